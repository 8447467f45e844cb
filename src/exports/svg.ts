/** A picture of the annotated text as SVG: mentions in their colours, relations as arcs, the rest as a list below. */
import { HUE_COLOURS } from "../core/looks.ts";
import type { Entity, ExtractionResult } from "../core/result.ts";
import { wellFormed } from "./offsets.ts";
import { arcRise, FONT, type Line, labelRise, layOut, MARGIN, SMALL_FONT, WIDTH, widthOf, wrap } from "./svg-layout.ts";
import type { ExportItem, Format, OutFile } from "./types.ts";

const DASHES = { solid: "", dashed: "5 3", dotted: "1.5 2.5", double: "" } as const;
const LIST_LINE = 22;
const BELOW_LINE = 10;
/** What a title of a picture needs: screen readers read all of it. */
const TITLE_LENGTH = 200;
const TEXT_COLOUR = "#1c1b18";
const QUIET_COLOUR = "#5c5a52";

/** Characters that XML 1.0 (section 2.2) does not allow become U+FFFD. */
const escaped = (text: string): string =>
	wellFormed(text)
		// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are not allowed
		.replace(/[\x00-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]/g, "\uFFFD")
		.replaceAll("&", "&amp;")
		.replaceAll("<", "&lt;")
		.replaceAll(">", "&gt;")
		.replaceAll('"', "&quot;");

const n = (value: number): string => String(Math.round(value * 100) / 100);

/** A text that begins with a script from right to left is drawn from the right. */
const runsLeft = (text: string): boolean =>
	/^[^\p{L}]*[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u.test(text);

interface Run {
	readonly x: number;
	readonly y: number;
	readonly width?: number;
	readonly size?: number;
	readonly fill?: string;
	readonly anchor?: "middle";
}

/** The words are stretched to the planned width: marks then fit in any font. */
function run(text: string, { x, y, width, size = FONT, fill = TEXT_COLOUR, anchor }: Run): string {
	const fit = width === undefined ? "" : ` textLength="${n(width)}" lengthAdjust="spacingAndGlyphs"`;
	const at = anchor === undefined ? "" : ` text-anchor="${anchor}"`;
	return `<text x="${n(x)}" y="${n(y)}" font-size="${size}" fill="${fill}"${fit}${at}>${escaped(text)}</text>`;
}

/** @param place the left edge of something so wide, drawn from the side where the text begins */
function drawLine(line: Line, feet: number, place: (x: number, width: number) => number): string[] {
	const out: string[] = [];
	for (const { x, width, look, label, level } of line.marks) {
		const { hue, ink } = HUE_COLOURS[look.hue];
		const left = place(x, width);
		const dash = DASHES[look.line];
		out.push(
			`<rect x="${n(left - 2)}" y="${n(feet - FONT)}" width="${n(width + 4)}" height="${FONT + 6}" rx="4" ` +
				`fill="${hue}" fill-opacity="0.16" stroke="${hue}"${dash && ` stroke-dasharray="${dash}"`}/>`,
		);
		if (label) out.push(run(label, { x: left, y: feet - labelRise(level), size: SMALL_FONT, fill: ink }));
	}
	for (const { from, to, label, level } of line.arcs) {
		const [a, b, top] = [place(from, 0), place(to, 0), feet - arcRise(line.labels, level)];
		const path = `M${n(a)} ${n(feet - FONT)}V${n(top)}H${n(b)}V${n(feet - FONT)}`;
		out.push(`<path d="${path}" fill="none" stroke="${QUIET_COLOUR}" marker-end="url(#tip)"/>`);
		out.push(run(label, { x: (a + b) / 2, y: top - 3, size: SMALL_FONT, fill: QUIET_COLOUR, anchor: "middle" }));
	}
	for (const { text, x, width } of line.words) out.push(run(text, { x: place(x, width), y: feet, width }));
	return out;
}

/** One sentence for each relation that no arc shows, and for each event. */
function sentences({ entities, relations, events }: ExtractionResult, apart: ReadonlySet<string>): string[] {
	const name = (id: string) => entities.find((entity: Entity) => entity.id === id)?.text ?? id;
	const joins = relations
		.filter(({ id }) => apart.has(id))
		.map(({ head, type, tail }) => `${name(head)} → ${type} → ${name(tail)}`);
	const happened = events.map((event) => {
		const roles = event.arguments.map(({ role, span, region }) => `${role}: ${span?.text ?? region?.object ?? ""}`);
		return `${event.type} (${event.trigger.text})${roles.length > 0 ? ` ${roles.join("; ")}` : ""}`;
	});
	return [...joins, ...happened].map((sentence) => sentence.replace(/\s+/g, " "));
}

function drawing(result: ExtractionResult): string {
	const { lines, apart } = layOut(result);
	const mirrored = runsLeft(result.text);
	const place = (x: number, width: number) => (mirrored ? WIDTH - MARGIN - x - width : MARGIN + x);
	const parts: string[] = [];
	let y = MARGIN;
	for (const line of lines) {
		parts.push(...drawLine(line, y + line.baseline, place));
		y += line.baseline + BELOW_LINE;
	}
	for (const sentence of sentences(result, apart)) {
		const { words } = wrap(sentence, FONT - 2);
		for (const line of words) {
			y += LIST_LINE;
			const text = line.map((word) => word.text).join(" ");
			parts.push(run(text, { x: MARGIN, y, size: FONT - 2, fill: QUIET_COLOUR, width: widthOf(text, FONT - 2) }));
		}
	}
	const height = n(y + MARGIN);
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" ` +
			'font-family="system-ui, sans-serif" role="img">',
		`<title>${escaped(Array.from(result.text).slice(0, TITLE_LENGTH).join(""))}</title>`,
		'<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">' +
			`<path d="M0 0L8 4L0 8z" fill="${QUIET_COLOUR}"/></marker></defs>`,
		`<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
		...parts,
		"</svg>\n",
	].join("\n");
}

/** Each post is a file of its own. */
function write(items: readonly ExportItem[]): OutFile[] {
	const names = new Set<string>();
	return items.map(({ id, result }) => {
		const base = id.replace(/[^\p{L}\p{N}._-]+/gu, "-").slice(0, 80) || "post";
		let path = `${base}.svg`;
		for (let copy = 2; names.has(path.toLowerCase()); copy++) path = `${base}-${copy}.svg`;
		names.add(path.toLowerCase());
		return { path, text: drawing(result) };
	});
}

/** One picture of the text of one post. */
export const pictureOf = drawing;

export const svg: Format = {
	title: "SVG picture",
	about: "The text with its marks and relations, for slides, papers and pages; one file a post",
	leavesOut: "scores, regions of pictures",
	extension: "svg",
	files: "several",
	mediaType: "image/svg+xml",
	offsets: "none",
	write,
};
