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
};
