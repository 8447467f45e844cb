/** Reads the HTML of a form or a table as words in rows and columns. Nothing in it is run, loaded or drawn. */
import { Failure } from "../core/failure.ts";
import { MAX_HTML } from "../core/limits.ts";
import { MAX_POSITIONED_WORDS, type PositionedWord } from "../tasks/layout/layout.ts";

/** Elements whose text a reader does not see. */
const SILENT =
	"script, style, template, noscript, svg, math, iframe, object, canvas, datalist, [hidden], [aria-hidden='true'], " +
	"[style*='display:none'], [style*='display: none']";
const CONTROL = "input, textarea, select";
const NO_TEXT_INPUT =
	"input:is([type='password'], [type='hidden'], [type='checkbox'], [type='radio'], [type='file'], [type='image'])";
/** Elements that begin a new line. */
const BLOCK =
	"address, article, aside, blockquote, body, caption, dd, details, div, dl, dt, fieldset, figcaption, figure, " +
	"footer, form, h1, h2, h3, h4, h5, h6, header, hr, legend, li, main, nav, ol, p, pre, section, summary, table, td, " +
	"th, tr, ul";
/** Columns of a table that are read. */
const MAX_COLUMNS = 100;
/**
 * The made-up page: letters are 8 pixels wide, lines 16 high, and columns are far enough apart to be separate blocks.
 */
const LETTER = 8;
const LINE = { height: 16, step: 24 } as const;
const GUTTER = 48;

interface Cell {
	readonly column: number;
	readonly words: string[];
}

/** Lines of one grid share their columns: those of a table, or those between tables. */
interface Line {
	readonly grid: Element | null;
	readonly cells: Cell[];
}

/** The column of each cell of a table, cells that span several included. */
function columnsOf(table: HTMLTableElement): Map<Element, number> {
	const columns = new Map<Element, number>();
	/** Rows that a cell above still covers, by column. */
	const covered: number[] = [];
	for (const row of table.rows) {
		let at = 0;
		const begun: [number, number][] = [];
		for (const cell of row.cells) {
			while ((covered[at] ?? 0) > 0) at++;
			columns.set(cell, Math.min(at, MAX_COLUMNS - 1));
			const width = Math.min(cell.colSpan, MAX_COLUMNS);
			for (let step = 0; step < width && at < MAX_COLUMNS; step++, at++) begun.push([at, cell.rowSpan - 1]);
		}
		for (let column = 0; column < covered.length; column++) covered[column] = Math.max(0, (covered[column] ?? 0) - 1);
		for (const [column, rows] of begun) covered[column] = rows;
	}
	return columns;
}

/** Collects words in the order of the source. */
class Page {
	readonly lines: Line[] = [];
	#count = 0;
	#block: Element | null = null;
	readonly #columns = new Map<Element, Map<Element, number>>();

	/** The next words begin a new line. */
	breakLine(): void {
		this.#block = null;
	}

	/** Adds the words of an element: in its table cell, else in its block. `column` puts them beside their key. */
	add(text: string, element: Element, column = 0): void {
		const words = text.match(/\S+/gu) ?? [];
		if (words.length === 0) return;
		this.#count += words.length;
		if (this.#count > MAX_POSITIONED_WORDS)
			throw new Failure("import-too-large", `The form has more than ${MAX_POSITIONED_WORDS} words; use a part of it.`);
		const cell = element.closest<HTMLTableCellElement>("td, th");
		const table = cell?.closest("table") ?? null;
		const row = cell?.closest("tr") ?? null;
		// A description stands on the line of its term.
		const block = row ?? (element.closest("dd") ? (termOf(element) ?? element.closest(BLOCK)) : element.closest(BLOCK));
		const place = table && cell ? (this.#columnsOf(table).get(cell) ?? 0) : element.closest("dd") ? 1 : column;
		let line = this.lines.at(-1);
		if (!line || this.#block !== block) {
			line = { grid: table, cells: [] };
			this.lines.push(line);
			this.#block = block;
		}
		const last = line.cells.at(-1);
		if (last && last.column === place) last.words.push(...words);
		else line.cells.push({ column: place, words: [...words] });
	}

	#columnsOf(table: HTMLTableElement): Map<Element, number> {
		let known = this.#columns.get(table);
		if (!known) {
			known = columnsOf(table);
			this.#columns.set(table, known);
		}
		return known;
	}
}

/** The first term before a description. */
function termOf(element: Element): Element | null {
	let before = element.closest("dd")?.previousElementSibling ?? null;
	if (before?.matches("dd")) return null;
	while (before && !before.matches("dt")) before = before.previousElementSibling;
	return before;
}

/** The value of a control: typed, chosen or filled in by the page. */
function filledIn(control: Element): string {
	if (control.matches(NO_TEXT_INPUT)) return "";
	if (control instanceof HTMLSelectElement) return control.selectedOptions[0]?.text ?? "";
	return control instanceof HTMLTextAreaElement || control instanceof HTMLInputElement ? control.value : "";
}

/** Reads text, controls and line breaks, each once. A control is read with its label, wherever it stands. */
function readInto(page: Page, body: HTMLElement): void {
	const controls = [...body.querySelectorAll(CONTROL)].filter((control) => !control.closest(SILENT));
	const labelOf = new Map<Element, Element>();
	for (const label of body.querySelectorAll("label")) {
		const { control } = label;
		if (control && !labelOf.has(control) && !label.closest(SILENT)) labelOf.set(control, label);
	}
	const controlOf = new Map(
		controls.flatMap((control) => (labelOf.has(control) ? [[labelOf.get(control)!, control] as const] : [])),
	);
	const walker = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
	for (let node = walker.nextNode(); node; node = walker.nextNode()) {
		if (node instanceof Text) {
			const parent = node.parentElement;
			if (parent && !parent.closest(`${SILENT}, ${CONTROL}, label`)) page.add(node.data, parent);
		} else if (node instanceof Element && !node.closest(SILENT)) {
			if (node.matches("br, hr")) page.breakLine();
			else if (node.matches("label")) readLabel(page, node, controlOf.get(node));
			else if (node.matches(CONTROL) && !labelOf.has(node)) readAlone(page, node);
		}
	}
}

/** A label and its value, on a line of their own unless a table gives them a place. */
function readLabel(page: Page, label: Element, control: Element | undefined): void {
	const walker = label.ownerDocument.createTreeWalker(label, NodeFilter.SHOW_TEXT);
	const pieces: string[] = [];
	for (let node = walker.nextNode(); node; node = walker.nextNode())
		if (!node.parentElement?.closest(`${SILENT}, ${CONTROL}`)) pieces.push(node.nodeValue ?? "");
	const own = label.closest("td, th") === null && control !== undefined;
	if (own) page.breakLine();
	page.add(pieces.join(" "), label);
	// A value in another cell of the table stays in that cell.
	if (control) page.add(filledIn(control), control.closest("td, th") ? control : label, 1);
	if (own) page.breakLine();
}

function readAlone(page: Page, control: Element): void {
	const name = control.getAttribute("aria-label") ?? "";
	const own = name.trim() !== "" && control.closest("td, th") === null;
	if (own) page.breakLine();
	if (own) page.add(name, control);
	page.add(filledIn(control), control, 1);
	if (own) page.breakLine();
}

/** Rows below each other, columns of a grid side by side. */
function placed(lines: readonly Line[]): PositionedWord[] {
	const words: PositionedWord[] = [];
	for (let from = 0; from < lines.length; ) {
		let to = from;
		while (to < lines.length && lines[to]!.grid === lines[from]!.grid) to++;
		const left = leftSides(lines.slice(from, to));
		for (let at = from; at < to; at++) {
			for (const { column, words: texts } of lines[at]!.cells) {
				let x = left[column] ?? 0;
				for (const text of texts) {
					const width = LETTER * [...text].length;
					words.push({ text, box: [x, at * LINE.step, x + width, at * LINE.step + LINE.height] });
					x += width + LETTER;
				}
			}
		}
		from = to;
	}
	return words;
}

/** The left side of each column. A line with a single cell may be long: it does not widen the column. */
function leftSides(lines: readonly Line[]): number[] {
	const widths: number[] = [];
	for (const { grid, cells } of lines) {
		if (grid === null && cells.length === 1 && cells[0]?.column === 0) continue;
		for (const { column, words } of cells) {
			const width = words.reduce((sum, word) => sum + LETTER * ([...word].length + 1), 0);
			widths[column] = Math.max(widths[column] ?? 0, width);
		}
	}
	let x = 0;
	return Array.from(widths, (width = 0) => {
		const left = x;
		x += width + GUTTER;
		return left;
	});
}

/**
 * The words of a form or a table in rows and columns, for the task that links keys and values. The source is parsed
 * into a separate document, in which no script runs and no picture loads. Passwords and hidden parts are left out.
 * @returns boxes in pixels of a made-up page
 * @throws Failure `import-too-large` | `import-format` where there are no words
 */
export function layoutFromHtml(html: string): PositionedWord[] {
	if (html.length > MAX_HTML)
		throw new Failure(
			"import-too-large",
			`The HTML has more than ${MAX_HTML >> 20} million characters; use a part of the page.`,
		);
	const { body } = new DOMParser().parseFromString(html, "text/html");
	const page = new Page();
	readInto(page, body);
	if (page.lines.length === 0)
		throw new Failure("import-format", "The HTML contains no words: paste a form or a table, or its HTML.");
	return placed(page.lines);
}
