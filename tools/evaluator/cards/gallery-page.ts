/** Writes judged gallery cases as one HTML page that loads nothing, to be photographed. All text is escaped. */
import type { Region } from "../../../src/core/result.ts";
import { escapeHtml } from "../report-html.ts";
import { gateText, isRight, type Shown } from "./gallery-markdown.ts";

export interface Drawn extends Shown {
	readonly size: { readonly width: number; readonly height: number };
	/** JPEG. */
	readonly bytes: Uint8Array;
	/** Those that mentions are shown in. */
	readonly boxes: readonly Region[];
}

export const PAGE_WIDTH = 1200;
const HIGH = 180;

const STYLE = `
body{margin:0;padding:16px;width:${PAGE_WIDTH - 32}px;background:#f6f6f4;color:#1f2328;
font:13px/1.35 system-ui,sans-serif}
main{display:grid;grid-template-columns:repeat(4,1fr);gap:14px}
article{background:#fff;border:1px solid #d1d9e0;border-top:5px solid #1a7f37;border-radius:6px;padding:10px}
article.wrong{border-top-color:#cf222e}
figure{margin:0 0 8px;text-align:center;background:#e8e8e6}
svg{display:block;margin:auto;height:${HIGH}px;max-width:100%}
rect{fill:none;stroke:#ff2ea6;stroke-width:3;vector-effect:non-scaling-stroke}
h2{font-size:13px;margin:0 0 4px}p{margin:3px 0}.post{font-style:italic}
.soft{color:#59636e}.bad{color:#b3151f}.good{color:#116329}
`;

function pictureSvg({ size: { width, height }, bytes, boxes }: Drawn): string {
	const letter = (12 * height) / HIGH;
	const marks = boxes.map(({ box: [x1, y1, x2, y2], object }) => {
		const wide = object.length * letter * 0.75;
		const left = Math.max(0, Math.min(x1, width - wide));
		const top = Math.max(0, y1 - letter * 1.3);
		return `<rect x="${x1}" y="${y1}" width="${x2 - x1}" height="${y2 - y1}"/>
<rect x="${left}" y="${top}" width="${wide}" height="${letter * 1.3}" style="fill:#ff2ea6;stroke:none"/>
<text x="${left + letter * 0.2}" y="${top + letter}" font-size="${letter}"
textLength="${wide - letter * 0.4}" lengthAdjust="spacingAndGlyphs" fill="#fff">${escapeHtml(object)}</text>`;
	});
	const href = `data:image/jpeg;base64,${Buffer.from(bytes).toString("base64")}`;
	const image = `<image href="${href}" width="${width}" height="${height}"/>`;
	return `<svg viewBox="0 0 ${width} ${height}">${image}${marks.join("")}</svg>`;
}

function caseHtml(drawn: Drawn, at: number): string {
	const { post, judged } = drawn;
	const verdict = isRight(drawn)
		? `<p class="good">right</p>`
		: judged.wrong.map((line) => `<p class="bad">wrong: ${escapeHtml(line)}</p>`).join("");
	return `<article class="${isRight(drawn) ? "right" : "wrong"}">
<h2>${at + 1}. ${escapeHtml(post.about)}</h2>
<figure>${pictureSvg(drawn)}</figure>
<p class="post">${escapeHtml(post.text)}</p>
${judged.output.map((line) => `<p>${escapeHtml(line)}</p>`).join("")}
<p class="soft">gate ${gateText(judged.gate)} · ${escapeHtml(post.tasks.join(", "))}</p>
${verdict}</article>`;
}

export function galleryPage(drawn: readonly Drawn[]): string {
	return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>Gallery</title><style>${STYLE}</style></head>
<body><main>${drawn.map(caseHtml).join("\n")}</main></body>
</html>`;
}
