/** Finds turns of phrase and names that a reader stumbles over, in code, messages and documents. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Visitor } from "vite";
import { type Finding, lineAt, ROOT, type Source } from "./sources.ts";

/**
 * Where a row looks. "prose": comments, strings, texts of pages and documents; code in backticks is left out of
 * documents. "names": identifiers. "code": TypeScript without its comments.
 */
type Place = "prose" | "names" | "code";

interface Row {
	readonly where: Place;
	readonly pattern: RegExp;
	/** What to write instead. */
	readonly better: string;
	readonly catches: readonly string[];
	readonly spares: readonly string[];
}

/** One row for each thing that was said in a dialect before, with examples of what it catches and what it spares. */
export const PLAIN_ENGLISH: readonly Row[] = [
	{
		where: "prose",
		pattern:
			/(?<!\bthere )\b(is|are|was|were) no (?!longer\b|more than\b|later than\b|less than\b|fewer than\b|better\b)/i,
		better: '"is not a …", "is not valid …", or what must be there',
		catches: ["tokenizer.json is no JSON.", "What follows are no words."],
		spares: ["tokenizer.json is not valid JSON.", "The label is no longer offered.", "There is no picture."],
	},
	{
		where: "prose",
		pattern: /\b\d{6,} bytes\b/,
		better: "a size in KiB, MiB or GiB",
		catches: ["is no file of at most 16777216 bytes"],
		spares: ["is missing or larger than 16 MiB", "reads 4096 bytes at a time"],
	},
	{
		where: "prose",
		pattern: /\b(is no|expected a|not a) whole number\b/i,
		better: '"must be an integer from 1 to 16"',
		catches: ["is no whole number from 1 to 16", "expected a whole number of at least 1"],
		spares: ["must be an integer from 1 to 16", "a whole number of words"],
	},
	{
		where: "prose",
		pattern: /\bno piece of\b/i,
		better: '"lies outside the text (11 characters)"',
		catches: ["3 to 12 is no piece of a text of 11 characters"],
		spares: ["span 3–12 lies outside the text (11 characters)", "a piece of the text"],
	},
	{
		where: "prose",
		pattern: /\b(is|are) none of\b/i,
		better: '"is not in a supported format", "is not one of …"',
		catches: ["is none of the formats that can be read", '"cuda" is none of webgpu, wasm'],
		spares: ["is not in a supported format", "none of the above", "None of the rows is kept."],
	},
	{
		where: "prose",
		pattern: /\ball the same(?! [a-z])/i,
		better: '"anyway"',
		catches: ["Ask untrained tasks all the same", "are read all the same."],
		spares: ["Run untrained tasks anyway", "all the same length"],
	},
	{
		where: "prose",
		pattern: /\b(how far (they|it|the names) leads?|what leaves this)\b/i,
		better: 'a noun: "Search bias", "Data that leaves this browser"',
		catches: ["How far they lead the search", "What leaves this browser"],
		spares: ["Search bias", "how far the gate opened", "Nothing leaves this browser"],
	},
	{
		where: "prose",
		pattern: /\bno matter of\b/i,
		better: '"is not a …"',
		catches: ["A full disk is no matter of the connection."],
		spares: ["A full disk is not a network error; don't retry.", "no matter what the page says"],
	},
	{
		where: "prose",
		pattern: /\bnobody (reads?|needs?|asks?|waits?|hears?|uses|used|looks?|wants?|watches|else's)\b/i,
		better: "say what happens: drop it, it is not used, the caller must …",
		catches: ["Nobody reads the states again.", "an extraction that nobody asks for any more"],
		spares: ["Drop the encoder states; later waves don't need them.", "nobody could say which of the two"],
	},
	{
		where: "prose",
		pattern: /\bwhoever\b/i,
		better: '"the caller must …", or name who it is',
		catches: ["Whoever opens closes."],
		spares: ["The caller must close it.", "who opened it"],
	},
	{
		where: "prose",
		pattern: /\b(of those there (are|is)|nothing of (?!the kind\b))/i,
		better: '"overlaps no kept box", "does not …"',
		catches: ["Whether a box is none of those there are.", "Nothing of it is sent."],
		spares: ["Whether the box overlaps no kept box.", "nothing often", "nothing of the kind"],
	},
	{
		where: "prose",
		pattern: /\b(Goes in|Comes out): /,
		better: "a sentence that says what the file does for its callers",
		catches: ["Goes in: nothing. Comes out: the table of tasks."],
		spares: ["The table of tasks. A new task is one file and one row.", "What goes in comes out."],
	},
	{
		where: "prose",
		pattern: /\b(is asked first, and|and then only\b|[Ww]hat [a-z ]{3,40} is what\b)/,
		better: "subject, verb, object",
		catches: [
			"Where a bundle has a screen, mner is asked first, and then only the pairs are",
			"what was named is what counts as found",
		],
		spares: ["engine: skip pairs and events that the prefilter rules out", "This is what counts as found."],
	},
	{
		where: "names",
		pattern: /^(MOST|LEAST)_/,
		better: "MAX_ or MIN_",
		catches: ["MOST_LABELS", "LEAST_GATE"],
		spares: ["MAX_LABELS", "MIN_GATE", "mostLikely"],
	},
	{
		where: "names",
		pattern: /^[A-Z\d_]+_LIMIT$/,
		better: "MAX_ or MIN_",
		catches: ["POSTS_LIMIT"],
		spares: ["MAX_POSTS", "LIMITS"],
	},
	{
		where: "code",
		pattern: /(?<![.\w])checkpoint\(\)/,
		better: "yieldPoint(): a checkpoint holds weights",
		catches: ["await checkpoint();", "if (late) checkpoint()"],
		spares: ["await yieldPoint();", "openCheckpoint()", "checkpoint(folder)"],
	},
	{
		where: "names",
		pattern: /^turned$|[a-z]Turned$/,
		better: "transposed, rotated",
		catches: ["turned", "rowsTurned"],
		spares: ["transposed", "returned", "turnedOff"],
	},
	{
		where: "names",
		pattern: /^[Ss]creen(ed|ing|s)?$|^screen(?![XY]$)[A-Z]|(?<!^on|^off|^full)Screen(ed|ing|s)?([A-Z]|$)/,
		better: "prefilter",
		catches: ["screen", "screened", "readScreen", "screenFeeds", "ScreenOutputs", "throughScreen"],
		spares: ["prefilter", "screenshot", "TakeScreenshot", "offscreen", "onScreen", "OffscreenCanvas", "screenX"],
	},
	{
		where: "prose",
		pattern:
			/\b(the|a|its|no) screen('s| that (drops|rules)| ((say|drop|rule|look|find|keep|score)s|graph|head|is trained))/i,
		better: "the prefilter",
		catches: ["the screen says that no event is there", "a bundle with a screen that drops pairs"],
		spares: ["the prefilter says that no event is there", "a function fits a screen", "the screen reader"],
	},
	{
		where: "names",
		pattern: /^(heard|said|told|asked)$/,
		better: "pending, reported; output; hinted, notified; requested",
		catches: ["heard", "said", "told", "asked"],
		spares: ["pending", "output", "reported", "requested", "askedFor"],
	},
	{
		where: "names",
		pattern: /^Setting$/,
		better: "ExtractionContext",
		catches: ["Setting"],
		spares: ["ExtractionContext", "Settings", "DrawSettings"],
	},
];

/** This folder quotes what it refuses. */
const QUOTES = /^tools\/scripts\/check\/|^package-lock\.json$/;
const NOT_OURS = /^models\/|^e2e\/replicas\/.*\.html$|\.schema\.json$|\/former\//;
/** A line with this remark, or the one after it, may use an old name: files made before say it. */
const FORMER = /former name/i;

/** @param paths all files of the repository; TypeScript is taken from `files` */
export function stumblingBlocks(files: readonly Source[], paths: readonly string[]): Finding[] {
	const typescript = files.filter(({ path }) => isChecked(path)).flatMap(inSource);
	const rest = paths.filter((path) => isChecked(path) && /\.(md|py|css|html|json|ya?ml|mjs|sh)$/.test(path));
	return [...typescript, ...rest.flatMap((path) => inText(path, readFileSync(join(ROOT, path), "utf8")))];
}

const isChecked = (path: string) => !QUOTES.test(path) && !NOT_OURS.test(path);

function inSource({ path, text, program, comments }: Source): Finding[] {
	const found: Finding[] = [];
	const lines = text.split("\n");
	const add = (where: Place, piece: string, start: number) => {
		for (const row of PLAIN_ENGLISH) {
			const match = row.where === where ? row.pattern.exec(piece) : null;
			if (!match) continue;
			const line = lineAt(text, start + match.index);
			if (FORMER.test(`${lines[line - 2] ?? ""}\n${lines[line - 1] ?? ""}`)) continue;
			const quoted = where === "names" ? piece : match[0].trim();
			found.push({ path, line, what: `"${quoted}": better ${row.better}` });
		}
	};
	const names = new Map<string, number>();
	for (const { value, start } of comments) add("prose", value, start + 2);
	new Visitor({
		Literal: ({ value, start }) => {
			if (typeof value === "string" && value.includes(" ")) add("prose", value, start + 1);
		},
		TemplateLiteral: ({ quasis, start }) => add("prose", quasis.map(({ value }) => value.raw).join("…"), start + 1),
		JSXText: ({ value, start }) => add("prose", value.replaceAll(/\s/g, " "), start),
		Identifier: ({ name, start }) => {
			if (!names.has(name)) names.set(name, start);
		},
	}).visit(program);
	for (const [name, start] of names) add("names", name, start);
	add("code", withoutComments(text, comments), 0);
	return found;
}

function withoutComments(text: string, comments: Source["comments"]): string {
	let left = text;
	for (const { start, end } of comments)
		left = left.slice(0, start) + text.slice(start, end).replaceAll(/[^\n]/g, " ") + left.slice(end);
	return left;
}

/** Lines of documents, pages, styles and Python. A sentence that runs over two lines of Python is not seen whole. */
function inText(path: string, text: string): Finding[] {
	const prose = path.endsWith(".md")
		? text.replaceAll(/```[\s\S]*?```|`[^`\n]*`/g, (code) => code.replaceAll(/[^\n]/g, "`"))
		: text;
	return prose.split("\n").flatMap((line, at) =>
		PLAIN_ENGLISH.flatMap(({ where, pattern, better }) => {
			const match = where === "prose" ? pattern.exec(line) : null;
			return match ? [{ path, line: at + 1, what: `"${match[0].trim()}": better ${better}` }] : [];
		}),
	);
}
