/** Japanese: views that app, element and extension share. */
import type { messages as English } from "../en/ui.ts";
import type { Translation } from "../messages.ts";

export const messages: Translation<typeof English> = {
	"stage.runtime": "ランタイムを起動中",
	"stage.load": "モデルを読み込み中",
	"stage.download": "モデルを読み込み中",
	"stage.verify": "モデルを確認中",
	"stage.sessions": "モデルを準備中",
	"stage.image": "画像を読み取り中",
	"stage.regions": "画像内の領域を検出中",
	"stage.encode": "文章を読み取り中",
	"stage.decode": "回答を生成中",
	"amount.of": "{done} / {total}",
	"device.webgpu": "グラフィックカード（WebGPU）",
	"device.wasm": "プロセッサー（WebAssembly）",
	"device.threads": { other: "{device}、{count}スレッド" },
	// The language of a text.
	"language.language": "この文章は{name}のようです。モデルはこの言語に対応していないため、誤りや抜けがあります。",
	"language.script": "この文章はモデルが対応していない文字（{name}）で書かれています。誤りや抜けがあります。",
	"language.other": "この文章はモデルが対応していない言語のようです。誤りや抜けがあります。",
	"language.nothing": "モデルはこの文章の言語を読めないため、何も見つけられませんでした。",
	"language.posts": { other: "{count}件の投稿はモデルが対応していない言語です。" },
};
