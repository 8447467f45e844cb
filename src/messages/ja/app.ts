/** Japanese: the app. */
import type { messages as English } from "../en/app.ts";
import type { Translation } from "../messages.ts";

export const messages: Translation<typeof English> = {
	"header.headline": "投稿とその画像から、人物・場所・関係・出来事を見つける",
	"header.promise": "モデルはこのページ内で動きます。入力した文章や画像がブラウザーの外へ送られることはありません。",
	"header.views": "表示",
	"header.skip": "結果へ移動",
	"header.language": "言語",
	"header.languageAuto": "ブラウザーの言語",
	"header.languageFailed": "この言語のメッセージを読み込めませんでした。",
	"header.theme": "テーマ: {theme}",
	"theme.auto": "システムと同じ",
	"theme.light": "ライト",
	"theme.dark": "ダーク",
	"view.post": "1件の投稿",
	"view.many": "複数の投稿",
	"view.docs": "自分のページで使う",
	"status.model": "モデル",
	"status.loading": "{name}を読み込み中…",
	"status.loadingShare": "{name}を読み込み中… {share}",
	"status.failed": "{name}を読み込めませんでした",
	"status.closed": "{name}（未読み込み）",
	"status.open": "{name}（{device}）",
	"page.loading": "読み込み中…",
	"toast.undo": "元に戻す",
	"toast.dismiss": "閉じる",
	"toast.dismissMessage": "メッセージを閉じる",
	"failure.retry": "もう一度試す",
	"failure.code": "投稿は残っています。エラーコード: {code}",
};
