/** Turns HTML into plain text without running or fetching any of it, and says where each piece stood. */
import { Parser } from "htmlparser2";
import type { TextPiece } from "../types.ts";

export interface HtmlText {
	readonly text: string;
	/** In order; line breaks between blocks belong to none. */
	readonly pieces: readonly TextPiece[];
}

/** Elements that stand on lines of their own. */
const BLOCKS = new Set(
	(
		"address article aside blockquote dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header " +
		"hr li main nav ol p pre section table tbody td tfoot th thead tr ul"
	).split(" "),
);
/** Blocks with an empty line around them. */
const PARAGRAPHS = new Set("blockquote figure h1 h2 h3 h4 h5 h6 ol p pre table ul".split(" "));
const HIDDEN = new Set("head iframe noscript object script style svg template textarea title".split(" "));
const VOID = new Set("area base br col embed hr img input link meta source track wbr".split(" "));

/** Blanks that HTML shows as one. */
const BLANKS = /[ \t\n\f\r]+/g;

class TextWriter {
	text = "";
	readonly pieces: TextPiece[] = [];
	/** Line breaks that are written before the next word. */
	#breaks = 0;

	break(lines: number): void {
		this.text = this.text.replace(/ $/, "");
		if (this.text !== "") this.#breaks = Math.max(this.#breaks, lines);
	}

	/** A `<br>`: several are several lines. */
	lineBreak(): void {
		this.text = this.text.replace(/ $/, "");
		if (this.text !== "") this.#breaks++;
	}

	add(data: string, from: number, to: number, literal: boolean): void {
		// Of a text without entities every letter has its own place; an entity is one piece.
		const exact = to - from === data.length;
		for (let at = 0; at < data.length; ) {
			BLANKS.lastIndex = at;
			const blank = literal ? null : BLANKS.exec(data);
			const end = blank ? blank.index : data.length;
			if (end > at) {
				this.text += "\n".repeat(Math.min(this.#breaks, 2));
				this.#breaks = 0;
				const start = this.text.length;
				this.text += data.slice(at, end);
				this.#piece(start, exact ? from + at : from, exact ? from + end : to);
			}
			if (!blank) return;
			if (this.text !== "" && !/[ \n]$/.test(this.text) && this.#breaks === 0) this.text += " ";
			at = BLANKS.lastIndex;
		}
	}

	#piece(start: number, sourceStart: number, sourceEnd: number): void {
		const end = this.text.length;
		const before = this.pieces.at(-1);
		// Pieces with one blank between them in both are one.
		const gap = before && start - before.end;
		if (
			before &&
			gap !== undefined &&
			gap <= 1 &&
			gap === sourceStart - before.sourceEnd &&
			isLinear(before) &&
			end - start === sourceEnd - sourceStart
		) {
			this.pieces[this.pieces.length - 1] = { ...before, end, sourceEnd };
			return;
		}
		this.pieces.push({ start, end, sourceStart, sourceEnd });
	}
}

const isLinear = ({ start, end, sourceStart, sourceEnd }: TextPiece): boolean =>
	end - start === sourceEnd - sourceStart;

export const textOfHtml = (html: string): HtmlText => readHtml(html, false);

/** As `textOfHtml`, with the places that `data-umie-at="from,to,length"` of elements around texts carry. */
export const textOfMarkedHtml = (html: string): HtmlText => readHtml(html, true);

/** A text's place in the page that was marked. */
interface Mark {
	readonly from: number;
	readonly to: number;
	/** Letters that it is exact for; another number than `to - from`: an entity. */
	readonly length: number;
	used: number;
}

function markIn(value: string | undefined): Mark | null {
	const [from, to, length] = (value ?? "").split(",").map(Number);
	const known = [from, to, length].every((number) => Number.isSafeInteger(number));
	return known ? { from: from!, to: to!, length: length!, used: 0 } : null;
}

function readHtml(html: string, marked: boolean): HtmlText {
	const writer = new TextWriter();
	let hidden = 0;
	let literal = 0;
	let mark: Mark | null = null;
	const parser: Parser = new Parser(
		{
			onopentag(name, attributes) {
				if (HIDDEN.has(name)) hidden++;
				if (name === "pre") literal++;
				if (name === "br") writer.lineBreak();
				else if (BLOCKS.has(name)) writer.break(PARAGRAPHS.has(name) ? 2 : 1);
				if (marked && name === "span") mark = markIn(attributes["data-umie-at"]);
			},
			ontext(data) {
				if (hidden > 0) return;
				if (!marked) return writer.add(data, parser.startIndex, parser.endIndex + 1, literal > 0);
				const exact = mark && mark.length === mark.to - mark.from;
				const from = mark ? (exact ? mark.from + mark.used : mark.from) : 0;
				writer.add(data, from, mark ? (exact ? from + data.length : mark.to) : 0, literal > 0);
				if (mark) mark.used += data.length;
			},
			onclosetag(name) {
				if (HIDDEN.has(name) && hidden > 0) hidden--;
				if (name === "pre" && literal > 0) literal--;
				if (name === "span") mark = null;
				if (BLOCKS.has(name) && !VOID.has(name)) writer.break(PARAGRAPHS.has(name) ? 2 : 1);
			},
		},
		{ decodeEntities: true },
	);
	parser.end(html);
	// Text without a place was put in by nobody known.
	const pieces = marked ? writer.pieces.filter(({ sourceEnd }) => sourceEnd > 0) : writer.pieces;
	return { text: writer.text.trimEnd(), pieces };
}
