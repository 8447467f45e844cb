/** Chinese: the app. */
import type { messages as English } from "../en/app.ts";
import type { Translation } from "../messages.ts";

export const messages: Translation<typeof English> = {
	"header.headline": "找出帖子及其图片中的人物、地点、关系和事件",
	"header.promise": "模型就在此页面中运行。你输入或拖入的任何内容都不会离开你的浏览器。",
	"header.views": "视图",
	"header.skip": "跳到结果",
	"header.language": "语言",
	"header.languageAuto": "浏览器的语言",
	"header.languageFailed": "无法加载该语言的文本。",
	"header.theme": "主题：{theme}",
	"theme.auto": "跟随系统",
	"theme.light": "浅色",
	"theme.dark": "深色",
	"view.post": "单个帖子",
	"view.many": "多个帖子",
	"view.docs": "用在你的网页上",
	"status.model": "模型",
	"status.loading": "正在加载 {name}…",
	"status.loadingShare": "正在加载 {name}… {share}",
	"status.failed": "无法加载 {name}",
	"status.closed": "{name}，尚未加载",
	"status.open": "{name}，运行于{device}",
	"page.loading": "正在加载…",
	"toast.undo": "撤销",
	"toast.dismiss": "关闭",
	"toast.dismissMessage": "关闭消息",
	"failure.retry": "重试",
	"failure.code": "你的帖子还在。错误代码：{code}",
};
