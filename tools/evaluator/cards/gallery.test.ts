/**
 * Tests what the gallery calls right and wrong, and what it writes, with results made by hand, hostile text and model
 * cards.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Entity, ExtractionResult } from "../../../src/core/result.ts";
import { CASES, type GalleryCase } from "./cases.ts";
import { BEGIN, END, galleryMarkdown, gateText, withGallery } from "./gallery-markdown.ts";
import { type Drawn, galleryPage } from "./gallery-page.ts";
import { judge, sameness } from "./judge.ts";

const entity = (id: string, type: string, text: string, box?: [number, number, number, number]): Entity => ({
	id,
	type,
	text,
	start: 0,
	end: text.length,
	score: 1,
	regions: box ? [{ object: "O1", box, score: 1 }] : [],
});
const ANN = entity("e1", "person", "Ann", [0, 0, 10, 10]);
const NASA = entity("e2", "organization", "NASA");
const found = (change: Partial<ExtractionResult> = {}) => ({
	entities: [ANN, NASA],
	relations: [],
	events: [],
	gate: { mner: 0.7 },
	...change,
});
const EXPECTED: Pick<GalleryCase, "entities"> = {
	entities: [
		{ type: "person", text: "Ann", box: [0, 0, 10, 12] },
		{ type: "organization", text: "NASA" },
	],
};

test("two boxes of 100 that share 50 are a third the same, two apart not at all", () => {
	expect(sameness([0, 0, 10, 10], [5, 0, 15, 10])).toBeCloseTo(1 / 3);
	expect(sameness([0, 0, 10, 10], [20, 0, 30, 10])).toBe(0);
});

test("what is as expected is right, and listed with its regions", () => {
	expect(judge(EXPECTED, found())).toEqual({ output: ["person Ann (O1)", "organization NASA"], wrong: [], gate: 0.7 });
});

test("a missed entity, another type, one too many and a wrong place are each a mistake", () => {
	const entities = [entity("e1", "organization", "Ann"), entity("e3", "location", "Paris")];
	expect(judge(EXPECTED, found({ entities })).wrong).toEqual([
		"Ann is a person, not an organization",
		"missed: organization NASA",
		"too much: location Paris",
	]);
	const elsewhere = [entity("e1", "person", "Ann", [50, 50, 60, 60]), NASA];
	expect(judge(EXPECTED, found({ entities: elsewhere })).wrong).toEqual(["Ann is shown in the wrong place"]);
	expect(judge(EXPECTED, found({ entities: [entity("e1", "person", "Ann"), NASA] })).wrong).toEqual([
		"Ann is in the picture, but is shown nowhere",
	]);
});

test("relations and events count only where they were asked for, then all of them, whatever the order of roles", () => {
	const relations = [{ id: "r1", type: "member of", head: "e1", tail: "e2", score: 1 }];
	expect(judge(EXPECTED, found({ relations })).wrong).toEqual([]);
	expect(judge({ ...EXPECTED, relations: [["Ann", "member of", "NASA"]] }, found({ relations })).wrong).toEqual([]);
	expect(judge({ ...EXPECTED, relations: [] }, found({ relations })).wrong).toEqual(["too much: Ann member of NASA"]);
	const span = (text: string) => ({ text, start: 0, end: text.length });
	const argument = (role: string, text: string) => ({ role, span: span(text), entity: null, region: null, score: 1 });
	const events = [
		{
			id: "v1",
			type: "transport",
			trigger: span("flew"),
			score: 1,
			arguments: [argument("origin", "Rome"), argument("artifact", "Ann")],
		},
	];
	const roles = [["artifact", "Ann"] as const, ["origin", "Rome"] as const];
	expect(
		judge({ ...EXPECTED, events: [{ type: "transport", trigger: "flew", roles }] }, found({ events })),
	).toMatchObject({
		output: ["person Ann (O1)", "organization NASA", "transport “flew”: artifact Ann, origin Rome"],
		wrong: [],
	});
	expect(judge({ ...EXPECTED, events: [{ type: "transport", trigger: "flew", roles }] }, found()).wrong).toEqual([
		"missed: transport “flew”: artifact Ann, origin Rome",
	]);
});

test("a picture that has nothing to do with the text may open the gate less than half", () => {
	expect(judge({ ...EXPECTED, unrelated: true }, found()).wrong).toEqual([
		"the picture counts, though it has nothing to do with the text",
	]);
	expect(judge({ ...EXPECTED, unrelated: true }, found({ gate: { mner: 0.4 } })).wrong).toEqual([]);
});

const HOSTILE = "a | b <img src=x onerror=alert(1)> `c` [d](e)\n# f";
const drawn = (wrong: string[] = []): Drawn => ({
	post: { about: HOSTILE, picture: "x.jpg", text: HOSTILE, tasks: ["mner"] },
	judged: { output: [HOSTILE], wrong, gate: -0.001 },
	size: { width: 20, height: 10 },
	bytes: new Uint8Array([1, 2, 3]),
	boxes: [{ object: "O1", box: [1, 2, 3, 4], score: 1 }],
});

test("a row is one line with six cells, whatever a post holds; right and wrong are counted", () => {
	const rows = galleryMarkdown([drawn(), drawn(["missed: x"])])
		.split("\n")
		.slice(-2);
	for (const row of rows) expect(row.split("|")).toHaveLength(8);
	expect(rows.join("")).not.toMatch(/[<`[]/);
	expect(rows[1]).toMatch(/\*\*wrong\*\*: missed: x \|$/);
	expect(galleryMarkdown([drawn(), drawn(["x"])])).toContain("1 of these 2 are right, 1 are wrong.");
	expect(gateText(-0.001)).toBe("0.00");
});

test("the page holds text as text, and may load nothing", () => {
	const html = galleryPage([drawn([HOSTILE])]);
	expect(html).not.toContain("<img");
	expect(html).toContain("&lt;img src=x");
	expect(html).toContain("default-src 'none'");
	expect(html).toContain('<rect x="1" y="2" width="2" height="2"/>');
});

test("only what stands between the marks is replaced, and twice is as once; a card without them is refused", () => {
	const card = `before\n${BEGIN}\nold\n${END}\nafter\n`;
	const written = withGallery(card, "new $& $1");
	expect(written).toBe(`before\n${BEGIN}\n\nnew $& $1\n\n${END}\nafter\n`);
	expect(withGallery(written, "new $& $1")).toBe(written);
	expect(() => withGallery("a card", "new")).toThrow(/no place for the gallery/);
});

test("every case of the gallery has its picture, and names words of its post", () => {
	for (const { picture, text, entities } of CASES) {
		expect(existsSync(join(import.meta.dirname, "../../..", picture)), picture).toBe(true);
		for (const entity of entities) expect(text.split(entity.text)).toHaveLength(2);
	}
});
