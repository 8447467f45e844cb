/**
 * Reads a file of words with their boxes: JSON, or a table with tabs, as Tesseract writes it. The file is not trusted.
 */
import { Failure } from "../../core/failure.ts";
import { MAX_POSITIONED_WORDS, type PositionedWord } from "./layout.ts";

/** Characters of a file: 5,000 words with boxes are a tenth of it. */
export const MAX_LAYOUT_FILE_LENGTH = 4 << 20;

const SHAPE = '{"text": "Name", "box": [x1, y1, x2, y2]}';

const isWord = (value: unknown): value is PositionedWord => {
	if (typeof value !== "object" || value === null || !("text" in value) || !("box" in value)) return false;
	const { text, box } = value;
	return typeof text === "string" && Array.isArray(box) && box.length === 4 && box.every(Number.isFinite);
};

/**
 * Words of a parsed JSON value.
 * @param where as a person finds it: a file, a line
 * @throws Failure `import-format` | `import-too-large`
 */
export function wordsOfJson(json: unknown, where: string): PositionedWord[] {
	if (!Array.isArray(json))
		throw new Failure("import-format", `${where}: expected a list of words with boxes, [${SHAPE}, …].`);
	checkCount(json.length, where);
	return json.map((value: unknown, at) => {
		if (!isWord(value))
			throw new Failure("import-format", `${where}, word ${at + 1}: expected ${SHAPE}, found ${shortly(value)}.`);
		const [x1, y1, x2, y2] = value.box;
		return { text: value.text, box: [x1, y1, x2, y2] };
	});
}

function checkCount(count: number, where: string): void {
	if (count > MAX_POSITIONED_WORDS)
		throw new Failure("import-too-large", `${where} has ${count} words; the limit is ${MAX_POSITIONED_WORDS}.`);
}

function shortly(value: unknown): string {
	const text = JSON.stringify(value) ?? String(value);
	return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** Whether a parsed JSON value is meant to be words with boxes: its first entry has both. */
export const looksLikeWords = (json: unknown): boolean => Array.isArray(json) && isWord(json[0]);

type Reader = (cells: readonly string[]) => PositionedWord;

/** By names of columns: corners, or corner and size as Tesseract's. */
const HEADERS: ReadonlyArray<{
	readonly names: readonly string[];
	readonly box: (a: number, b: number, c: number, d: number) => PositionedWord["box"];
}> = [
	{ names: ["x1", "y1", "x2", "y2"], box: (x1, y1, x2, y2) => [x1, y1, x2, y2] },
	{
		names: ["left", "top", "width", "height"],
		box: (left, top, width, height) => [left, top, left + width, top + height],
	},
];

/** How the rows below a header are read; null: there is none, and rows are text, x1, y1, x2, y2. */
function chooseReader(header: readonly string[]): Reader | null {
	const names = header.map((name) => name.trim().toLowerCase());
	const text = names.indexOf("text");
	for (const { names: wanted, box } of HEADERS) {
		const [a, b, c, d] = wanted.map((name) => names.indexOf(name));
		if (text < 0 || [a, b, c, d].some((at) => at === undefined || at < 0)) continue;
		const number = (cells: readonly string[], at: number) => numberOf(cells[at]);
		return (cells) => ({
			text: cells[text] ?? "",
			box: box(number(cells, a!), number(cells, b!), number(cells, c!), number(cells, d!)),
		});
	}
	return null;
}

const numberOf = (cell = ""): number => (cell.trim() === "" ? Number.NaN : Number(cell));

const PLAIN: Reader = ([text = "", ...box]) => ({
	text,
	box: [numberOf(box[0]), numberOf(box[1]), numberOf(box[2]), numberOf(box[3])],
});

function wordsOfTable(text: string, name: string): PositionedWord[] {
	const rows = text.split(/\r?\n/).map((row) => row.split("\t"));
	const reader = chooseReader(rows[0] ?? []);
	const words = rows.flatMap((cells, at): (PositionedWord & { readonly row: number })[] => {
		const word = at === 0 && reader ? null : (reader ?? PLAIN)(cells);
		// Tesseract has rows for pages, blocks and lines, too: they have no text.
		return word === null || word.text.trim() === "" ? [] : [{ ...word, row: at + 1 }];
	});
	checkCount(words.length, name);
	return words.map(({ row, ...word }) => {
		if (word.box.every(Number.isFinite)) return word;
		throw new Failure(
			"import-format",
			`${name}, row ${row}: expected a word and four numbers (text, x1, y1, x2, y2), separated by tabs.`,
		);
	});
}

/**
 * A list `[{"text", "box": [x1, y1, x2, y2]}, …]`, or a table parted by tabs: text, x1, y1, x2, y2, or with a header
 * that names its columns (x1, y1, x2, y2 or left, top, width, height).
 * @throws Failure `import-format` | `import-too-large`
 */
export function parseLayoutFile(text: string, name: string): PositionedWord[] {
	if (text.length > MAX_LAYOUT_FILE_LENGTH)
		throw new Failure("import-too-large", `${name} has more than ${MAX_LAYOUT_FILE_LENGTH >> 20} million characters.`);
	const clean = text.replace(/^\uFEFF/, "");
	const words = /^\s*[[{]/.test(clean) ? wordsOfJson(parseJson(clean, name), name) : wordsOfTable(clean, name);
	if (words.every((word) => word.text.trim() === ""))
		throw new Failure("import-format", `${name} contains no words with boxes.`);
	return words;
}

function parseJson(text: string, name: string): unknown {
	try {
		return JSON.parse(text);
	} catch (cause) {
		throw new Failure("import-format", `${name} is not valid JSON.`, { cause });
	}
}
