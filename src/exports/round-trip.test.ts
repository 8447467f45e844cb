/** Export followed by import changes nothing, for the hard post and for random ones. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { correct, type Edit } from "../corrections/correction.ts";
import { detectFormat, FORMAT_NAMES, FORMATS, type FormatName, load, READABLE, save } from "./formats.ts";
import { codePoints } from "./offsets.ts";
import { asInput, essence, HARD, ITEM } from "./testing.ts";
import type { Format } from "./types.ts";

test("the formats that can be read are these", () => {
	expect(READABLE).toEqual([
		...["json", "jsonl", "conll", "brat", "label-studio", "web-annotation"],
		...["doccano", "prodigy", "webanno", "hypothesis"],
	]);
});
/** Those that are written, too, and keep every span. */
const BOTH = FORMAT_NAMES.filter((name) => READABLE.includes(name) && name !== "conll");
const keptBy = (name: FormatName) => (FORMATS[name] as Format).reader!.restores;

interface MeeEvent {
	readonly type: string;
	readonly trigger: { readonly text: string };
	readonly arguments: readonly { readonly role: string }[];
}

const back = (name: FormatName, item = HARD) => {
	const format: Format = FORMATS[name];
	return load(asInput(format.write([item])), { format: name })[0]!;
};

describe.each(BOTH)("%s", (name) => {
	const keep = keptBy(name);

	test("emoji, combining marks, line breaks, nesting, right-to-left text and events come back", () => {
		const { result } = back(name);
		expect(result.text).toBe(HARD.result.text);
		expect(essence(result, keep)).toEqual(essence(HARD.result, keep));
	});

	test("random posts come back", async () => {
		await fc.assert(
			fc.property(ITEM, (item) => {
				const { result } = back(name, item);
				expect(result.text).toBe(item.result.text);
				expect(essence(result, keep)).toEqual(essence(item.result, keep));
			}),
			{ numRuns: 200, seed: 5 },
		);
	});

	test("two posts stay two, and the format is recognised", () => {
		const second = { ...HARD, id: "post/2" };
		const format: Format = FORMATS[name];
		const files = asInput(format.write([HARD, second]));
		expect(detectFormat(files)).toBe(name);
		expect(load(files).map(({ result }) => result.entities.length)).toEqual([5, 5]);
	});
});

/** A person marks a trigger and says who plays which role. */
const EDITED = {
	...HARD,
	result: (
		[
			{ edit: "add-event", type: "Ort/Straße", start: 3, end: 6 },
			{ edit: "add-argument", id: "v2", role: "bank", filler: { entity: "e2" } },
			{ edit: "add-argument", id: "v2", role: "sign of joy", filler: { start: 0, end: 2 } },
			{ edit: "add-argument", id: "v2", role: "place", filler: { object: "O2" } },
			{ edit: "retype-argument", id: "v1", index: 0, role: "guest" },
			{
				edit: "move-event",
				id: "v1",
				start: HARD.result.text.indexOf("and"),
				end: HARD.result.text.indexOf("and") + 3,
			},
		] satisfies Edit[]
	).reduce((result, edit) => correct(result, edit, { by: "Grace", at: "2026-01-02T03:04:05.000Z" }), HARD.result),
};

test.each(BOTH)("events that a person added and changed come back from %s", (name) => {
	const { result } = back(name, EDITED);
	const keep = keptBy(name);
	expect(essence(result, keep)).toEqual(essence(EDITED.result, keep));
	expect(result.events.map(({ trigger }) => trigger.text).sort()).toEqual(["Zoë", "and"]);
});

test("events that a person added stand in the training records and in every other format that has events", () => {
	const [, , mee] = FORMATS.training.write([EDITED]);
	expect(
		JSON.parse(mee!.text).events.map(({ type, trigger, arguments: parts }: MeeEvent) => [
			type,
			trigger.text,
			parts.map(({ role }) => role),
		]),
	).toEqual([
		["Ort/Straße", "Zoë", ["bank", "sign of joy", "place"]],
		["meet", "and", ["guest", "entity", "place"]],
	]);
	for (const name of ["csv", "turtle", "schema-org"] as const) {
		const [file] = FORMATS[name].write([EDITED]);
		expect(file?.text, name).toMatch(/Ort\/Straße|Ort%2FStra%C3%9Fe/);
	}
});

test("the boxes of JSON, Label Studio and Web Annotation come back in place and with their entity", () => {
	for (const name of ["json", "label-studio", "web-annotation"] as const) {
		const { result } = back(name);
		expect(result.image, name).toEqual({ width: 400, height: 300 });
		expect(
			result.regions.map(({ box }) => box.map((side) => Math.round(side))),
			name,
		).toEqual([
			[10, 20, 110, 220],
			[0, 0, 50, 50],
		]);
		expect(
			result.entities.find(({ type }) => type === "person")?.regions.map(({ object }) => object),
			name,
		).toEqual(["O1"]);
		expect(
			result.events[0]?.arguments.map(({ role, region }) => [role, region?.object]),
			name,
		).toContainEqual(["place", "O2"]);
	}
});

test("a relation between an object and an entity (MORE) comes back from JSON, Label Studio and Web Annotation", () => {
	const [region] = HARD.result.regions;
	const relations = [{ id: "r1", type: "part of", head: "O1", tail: "e2", score: 1, region: region! }];
	for (const name of ["json", "label-studio", "web-annotation"] as const) {
		const { result } = back(name, { ...HARD, result: { ...HARD.result, relations } });
		expect(result.relations, name).toMatchObject([{ type: "part of", head: "O1", region: { object: "O1" } }]);
		expect(result.entities.find(({ id }) => id === result.relations[0]?.tail)?.type, name).toBe("organization");
	}
});

test("a .zip of brat files is read like the files", () => {
	const { name, bytes } = save([HARD, { ...HARD, id: "other" }], "brat");
	expect(name).toBe("umie-brat.zip");
	expect(load([{ name, bytes }]).map(({ id }) => id)).toEqual(["post_1", "other"]);
});

test("corrections travel with JSON", () => {
	const corrections = [{ by: "person", at: "2026-01-02T03:04:05.000Z", edit: "delete-relation", changes: [] }];
	const item = { ...HARD, result: { ...HARD.result, corrections } };
	expect(back("json", item).result.corrections).toEqual(corrections);
});

test("Label Studio offsets in UTF-16 units, as before version 1.4, are understood by the text that was marked", () => {
	const task = {
		data: { text: "💩 Ada" },
		annotations: [
			{
				result: [
					{ id: "a", from_name: "label", type: "labels", value: { start: 3, end: 6, text: "Ada", labels: ["person"] } },
				],
			},
		],
	};
	const read = (value: object) =>
		load(asInput([{ path: "x.json", text: JSON.stringify(value) }]))[0]!.result.entities[0];
	expect(read([task])).toMatchObject({ start: 3, end: 6, text: "Ada" });
	const now = structuredClone(task);
	now.annotations[0]!.result[0]!.value = { start: 2, end: 5, text: "Ada", labels: ["person"] };
	expect(read([now])).toMatchObject({ start: 3, end: 6, text: "Ada" });
});

test("a foreign Web Annotation is found by its quote where its position is off", () => {
	const annotation = {
		"@context": "http://www.w3.org/ns/anno.jsonld",
		id: "http://example.org/a1",
		type: "Annotation",
		body: { type: "TextualBody", value: "person", purpose: "tagging" },
		target: {
			source: "http://example.org/page",
			selector: [
				{ type: "TextQuoteSelector", exact: "Ada", prefix: "saw " },
				{ type: "TextPositionSelector", start: 0, end: 3 },
			],
		},
	};
	const files = asInput([{ path: "a.jsonld", text: JSON.stringify(annotation) }]);
	expect(load(files, { text: "Bob Ada saw Ada" })[0]!.result.entities).toMatchObject([
		{ type: "person", text: "Ada", start: 12, end: 15 },
	]);
	expect(() => load(files)).toThrow(/refers to a text that it does not contain/);
});

test("code points and UTF-16 units are each other's inverse at every character", () => {
	const text = "a🏀e\u0301\ud83cz";
	const points = codePoints(text);
	expect(points.length).toBe(6);
	expect([0, 1, 3, 4, 5, 6, 7].map(points.fromUtf16)).toEqual([0, 1, 2, 3, 4, 5, 6]);
	expect(points.fromUtf16(2)).toBe(1);
	expect([0, 1, 2, 3, 4, 5, 6, 99].map(points.toUtf16)).toEqual([0, 1, 3, 4, 5, 6, 7, 7]);
});

test("CoNLL keeps every word and tag that it writes, also of random posts", async () => {
	await fc.assert(
		fc.property(ITEM, (item) => {
			const written = FORMATS.conll.write([item])[0]!.text;
			const rows = written.split("\n").filter((line) => line.includes("\t"));
			if (rows.length === 0) return;
			const { result } = load(asInput([{ path: "x.conll", text: written }]))[0]!;
			expect(result.text).toBe(rows.map((row) => row.split("\t")[0]).join(" "));
			const begun = rows.flatMap((row) => /\tB-(.+)$/u.exec(row)?.[1] ?? []);
			expect(result.entities.map(({ type }) => type)).toEqual(begun);
		}),
		{ numRuns: 50, seed: 9 },
	);
});
