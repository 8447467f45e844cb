/** Checks that pictures of annotated texts are well-formed, place marks under words and bring nothing active along. */
import * as fc from "fast-check";
import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { importedResult } from "./checks.ts";
import { pictureOf, svg } from "./svg.ts";
import { layOut, MARGIN, WIDTH, wrap } from "./svg-layout.ts";
import { HARD } from "./testing.ts";

const TEXT = "Ada met Grace in Rome";
const at = (piece: string) => ({ text: piece, start: TEXT.indexOf(piece), end: TEXT.indexOf(piece) + piece.length });
const result = importedResult({
	image: null,
	text: TEXT,
	entities: [
		{ id: "e1", type: "person", ...at("Ada"), score: 1, regions: [] },
		{ id: "e2", type: "person", ...at("Grace"), score: 1, regions: [] },
	],
	relations: [{ id: "r1", type: "peer", head: "e1", tail: "e2", score: 1 }],
});
const room = WIDTH - 2 * MARGIN;

describe("wrapping", () => {
	test("every word lies within the line, in order, and breaks of the text are kept", async () => {
		await fc.assert(
			fc.property(fc.string({ unit: "grapheme", maxLength: 400 }), (text) => {
				const { line, x, words } = wrap(text);
				for (const row of words)
					for (const [at, word] of row.entries()) {
						expect(word.x + word.width).toBeLessThanOrEqual(room + 32);
						if (at > 0) expect(word.x).toBeGreaterThanOrEqual(row[at - 1]!.x + row[at - 1]!.width);
					}
				expect(
					words
						.flat()
						.map((word) => word.text)
						.join(""),
				).toBe(text.replace(/\s+/gu, ""));
				for (let unit = 1; unit <= text.length; unit++)
					expect(line[unit]! > line[unit - 1]! || x[unit]! >= x[unit - 1]!).toBe(true);
			}),
			{ numRuns: 200 },
		);
	});

	test("a word of 3,000 letters takes several lines", () => {
		expect(wrap("a".repeat(3000)).words.length).toBeGreaterThan(20);
	});
});

describe("marks", () => {
	test("a mark lies under its word, and a relation on one line is an arc between the middles", () => {
		const { lines, apart } = layOut(result);
		expect(lines).toHaveLength(1);
		const [ada, met, grace] = lines[0]!.words;
		expect(met!.text).toBe("met");
		expect(lines[0]!.marks.map(({ x, width, label }) => [x, width, label])).toEqual([
			[ada!.x, ada!.width, "person"],
			[grace!.x, grace!.width, "person"],
		]);
		const [arc] = lines[0]!.arcs;
		expect(arc).toMatchObject({ from: ada!.x + ada!.width / 2, to: grace!.x + grace!.width / 2, label: "peer" });
		expect(apart.size).toBe(0);
	});

	test("labels that would overlap stand above each other", () => {
		const entities = ["a very long type", "another long type"].map((type, k) => ({
			...result.entities[0]!,
			id: `e${k}`,
			type,
		}));
		expect(layOut({ ...result, entities, relations: [] }).lines[0]!.marks.map(({ level }) => level)).toEqual([0, 1]);
	});

	test("a relation whose ends stand on different lines is a sentence", () => {
		const text = `Ada met ${"nobody ".repeat(40)}Grace`;
		const start = text.indexOf("Grace");
		const entities = [result.entities[0]!, { ...result.entities[1]!, start, end: start + 5 }];
		const far = { ...result, text, entities };
		expect([...layOut(far).apart]).toEqual(["r1"]);
		expect(pictureOf(far)).toContain("Ada → peer → Grace");
	});
});

describe("files", () => {
	test("the hard post is well-formed XML with all of its types", () => {
		const [file] = svg.write([HARD]);
		expect(file!.path).toBe("post-1.svg");
		const { document } = parseHTML(`<body>${file!.text}</body>`);
		const shown = [...document.querySelectorAll("text")].map((one) => one.textContent);
		for (const type of ["person", "organization", "location", "body part", "meet"]) expect(shown).toContain(type);
		expect(document.querySelectorAll("rect").length).toBeGreaterThan(6);
	});

	test("posts of one name do not overwrite each other", () => {
		expect(svg.write([HARD, HARD, { ...HARD, id: "POST 1" }]).map(({ path }) => path)).toEqual([
			"post-1.svg",
			"post-1-2.svg",
			"POST-1-3.svg",
		]);
	});

	test("markup, entities and control characters of a post stay text", () => {
		const text = 'x</text><script>alert(1)</script>&amp;\u0000\u000B"\uD800';
		const drawn = pictureOf({ ...result, text, entities: [{ ...result.entities[0]!, type: "<b>", start: 0, end: 3 }] });
		for (const wrong of ["<script", "<b>", "\u0000", "\u000B", "\uD800"]) expect(drawn).not.toContain(wrong);
		expect(drawn).toContain("&lt;/text&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;");
	});

	test("a text from right to left begins on the right", () => {
		const drawn = pictureOf({ ...result, text: "القاهرة مدينة", entities: [], relations: [] });
		const [first, second] = [...drawn.matchAll(/<text x="([\d.]+)"/g)].map(([, x]) => Number(x));
		expect(first).toBeGreaterThan(second!);
	});
});
