/** Chinese (simplified): views that app, element and extension share. */
import type { messages as English } from "../en/ui.ts";
import type { Translation } from "../messages.ts";

export const messages: Translation<typeof English> = {
	"stage.runtime": "正在启动运行环境",
	"stage.load": "正在加载模型",
	"stage.download": "正在加载模型",
	"stage.verify": "正在检查模型",
	"stage.sessions": "正在准备模型",
	"stage.image": "正在读取图片",
	"stage.regions": "正在查找图片中的区域",
	"stage.encode": "正在读取文本",
	"stage.decode": "正在生成答案",
	"amount.of": "{done} / {total}",
	"device.webgpu": "显卡（WebGPU）",
	"device.wasm": "处理器（WebAssembly）",
	"device.threads": { other: "{device}，{count} 个线程" },
	// The language of a text.
	"language.language": "这段文字似乎是{name}，模型并非为该语言而制作：结果可能有误或缺失。",
	"language.script": "这段文字使用了模型不支持的文字（{name}）：结果可能有误或缺失。",
	"language.other": "这段文字似乎使用了模型不支持的语言：结果可能有误或缺失。",
	"language.nothing": "模型无法读懂这段文字的语言，因此没有找到任何内容。",
	"language.posts": { other: "{count} 篇帖子使用了模型不支持的语言。" },
};
