/** Proves that windows cover a text, overlap, and stay small whatever the text is made of. */
import { describe, expect, test } from "vitest";
import { MAX_TEXT } from "../../core/limits.ts";
import { type CutOptions, cutAgain, cutWindows, type TextWindow, wholeText } from "./cut.ts";
import { unitsOf } from "./units.ts";

/** A token for every four characters, and one for less. */
const count = (word: string) => Math.ceil(word.length / 4);
const OPTIONS: CutOptions = { words: "post", count, tokens: 64, most: 64, overlap: 24, piece: 24 };

function cut(text: string, options: Partial<CutOptions> = {}): TextWindow[] {
	const most = options.tokens ?? OPTIONS.most;
	const tokens = options.tokens ?? OPTIONS.tokens;
	const piece = Math.max(1, Math.min(options.overlap ?? OPTIONS.overlap, tokens >> 1));
	const windows = [...cutWindows(text, { ...OPTIONS, most, piece, ...options })];
	let at = 0;
	for (const { start, end, from, to } of windows) {
		expect(from).toBe(at);
		expect(to).toBeGreaterThan(from);
		expect(end).toBeGreaterThan(start);
		at = to;
	}
	if (windows.length > 0) expect(at).toBe(text.length);
	return windows;
}
const read = (text: string, windows: readonly TextWindow[]) => windows.map(({ start, end }) => text.slice(start, end));
const owned = (text: string, windows: readonly TextWindow[]) =>
	windows.map(({ from, to }) => text.slice(from, to).trim());

const STORY = "Ada met Bo. Bo met Cy. Cy met Di. Di met Ed. Ed met Flo.";

describe("sentences", () => {
	test("a window ends with a sentence, and the next one begins with the last sentences again", () => {
		const windows = cut(STORY, { tokens: 12, overlap: 4 });
		expect(read(STORY, windows)).toEqual(["Ada met Bo. Bo met Cy. Cy met Di.", "Cy met Di. Di met Ed. Ed met Flo."]);
		expect(owned(STORY, windows)).toEqual(["Ada met Bo. Bo met Cy. Cy met Di.", "Di met Ed. Ed met Flo."]);
	});

	test("without room to overlap each sentence is read once", () => {
		const windows = cut(STORY, { tokens: 8, overlap: 0 });
		expect(read(STORY, windows)).toEqual(["Ada met Bo. Bo met Cy.", "Cy met Di. Di met Ed.", "Ed met Flo."]);
	});

	test.each([
		["an abbreviation", "He saw Dr. Who at 10 Downing St. in May"],
		["an initial", "J. K. Rowling wrote it"],
		["an address", "look at http://a.example/?q=what!now please"],
	])("%s does not end a sentence", (_, text) => {
		expect(cut(`${text}. ${text}.`, { tokens: count(text) + 20, overlap: 0 })).not.toHaveLength(0);
		expect(read(text, cut(text, { tokens: 1000 }))).toEqual([text]);
		const [first] = cut(`${text}. Then came the end of it.`, { tokens: 22, overlap: 0 });
		expect(`${text}.`.slice(first!.start, first!.end)).toBe(`${text}.`);
	});

	test("a sentence that is longer than a window is read as it is, if it may", () => {
		const text = `Ada met Bo. ${"So ".repeat(20)}it is. Cy met Di.`;
		expect(read(text, cut(text, { tokens: 10, most: 25, overlap: 0 }))).toEqual([
			"Ada met Bo.",
			`${"So ".repeat(20)}it is.`,
			"Cy met Di.",
		]);
	});

	test("a paragraph that is as short as a post is read at once", () => {
		const text = `${STORY}\n${STORY}`;
		expect(read(text, cut(text, { tokens: 8, most: 20, overlap: 0 }))).toEqual([STORY, STORY]);
	});

	const POST = "Ada met Bo and Cy and Di in Berlin on a very sunny day";
	test.each(["\n\n", "\n", "\r\n \r\n"])("nothing is shared across %j", (apart) => {
		const text = [POST, POST, POST].join(apart);
		expect(read(text, cut(text))).toEqual([POST, POST, POST]);
	});

	test("but short lines share a window, and so do lines that are broken where they are full", () => {
		const list = Array.from({ length: 30 }, (_, at) => `name${at}`).join("\n");
		expect(cut(list, { tokens: 20 })).toHaveLength(15);
		const wrapped = `${`${POST}\nand `.repeat(3)}so it ended.`;
		expect(cut(wrapped)[0]!.end).toBeGreaterThan(2 * POST.length);
	});

	test("Chinese sentences end without a space", () => {
		const text = "巴拉克·奥巴马会见默克尔。他们在柏林。天气很好。";
		const windows = cut(text, { count: () => 1, tokens: 12, overlap: 0 });
		expect(read(text, windows)[0]).toMatch(/。$/);
		expect(read(text, windows).join("")).toBe(text);
	});
});

describe("what is longer than a window", () => {
	const words = Array.from({ length: 90 }, (_, at) => `w${at}`);

	test("a sentence without an end is cut between words, and a name near the cut is whole in its own window", () => {
		const text = words.join(" ");
		const windows = cut(text, { tokens: 20, overlap: 8 });
		expect(windows.length).toBeGreaterThan(4);
		for (const [at, { start, end, to }] of windows.entries()) {
			expect(text.slice(start, end)).toMatch(/^w\d+( w\d+)*$/);
			const next = windows[at + 1];
			if (next === undefined) continue;
			// Both read some words before and behind the seam.
			expect(end - to).toBeGreaterThanOrEqual(6);
			expect(to - next.start).toBeGreaterThanOrEqual(6);
		}
	});

	test("it is rather cut at a comma", () => {
		const text = "one two three four, five six seven eight nine ten";
		const units = [...unitsOf(text, { words: "post", count: () => 1, most: 10, piece: 5 })];
		expect(units.map(({ start, end }) => text.slice(start, end))).toEqual([
			"one two three four,",
			"five six seven eight",
			"nine ten",
		]);
	});

	test("no surrogate pair, mark or joined emoji is cut in two", () => {
		for (const unit of ["😀", "👩‍👩‍👧", "é".normalize("NFD"), "𝐀"]) {
			const text = unit.repeat(2_000);
			for (const piece of read(text, cut(text)).slice(0, -1)) expect(piece.length % unit.length).toBe(0);
		}
	});

	test.each([
		"x",
		"漢",
		"ก",
		"a\n",
		"a.",
		"\uD83D",
		"\u0301",
		"👩‍👩‍👧",
		"http://a.b/?x=1!",
		"a@",
		"l'",
		"A/A-",
		", ",
	])("100,000 characters of %j make windows of at most 64 tokens", (unit) => {
		const text = unit.repeat(Math.floor(100_000 / unit.length));
		const windows = cut(text);
		expect(windows.length).toBeGreaterThan(100);
		for (const { start, end, tokens } of windows) {
			expect(tokens).toBeLessThanOrEqual(64);
			expect(end - start).toBeLessThan(2_000);
		}
	});

	test.each(["\n", " ", "\u200B", "\t\r\n"])("nothing is read of %j alone", (unit) => {
		expect(cut(unit.repeat(MAX_TEXT / unit.length))).toEqual([]);
	});
});

describe("a text as a whole", () => {
	test("one window where it fits, none where it does not", () => {
		expect(wholeText(STORY, { ...OPTIONS, tokens: 20 })).toEqual({
			start: 0,
			end: STORY.length,
			from: 0,
			to: STORY.length,
			tokens: 20,
		});
		expect(wholeText(STORY, { ...OPTIONS, tokens: 19 })).toBeNull();
		expect(wholeText(" \n", OPTIONS)).toBeNull();
	});
});

describe("a window that is cut again", () => {
	test("its halves answer for the same piece of the text", () => {
		const [, second] = cut(STORY, { tokens: 12, overlap: 4 });
		const halves = cutAgain(STORY, second!, { ...OPTIONS, overlap: 4 });
		expect(read(STORY, halves)).toEqual(["Cy met Di. Di met Ed.", "Di met Ed. Ed met Flo."]);
		expect(owned(STORY, halves)).toEqual(["Di met Ed.", "Ed met Flo."]);
		expect([halves[0]!.from, halves.at(-1)!.to]).toEqual([second!.from, second!.to]);
	});

	test("one word cannot be cut", () => {
		const whole = wholeText("Wow", OPTIONS)!;
		expect(cutAgain("Wow", whole, OPTIONS)).toEqual([]);
	});
});
