/** Whether records keep their annotation when they are rewritten in the engine's words. */
import { expect, test } from "vitest";
import { rewordRecord } from "./word-records.ts";

test("spans move with their words, counted in code points", () => {
	const text = "😀 l'Équipe, d'Hergé\u200B.";
	const entities = [
		{ type: "organization", text: "Équipe", start: 4, end: 10 },
		{ type: "person", text: "Hergé", start: 14, end: 19 },
	];
	expect(rewordRecord({ id: "a", text, entities })).toEqual({
		record: {
			id: "a",
			text: "😀 l' Équipe , d' Hergé .",
			entities: [
				{ type: "organization", text: "Équipe", start: 5, end: 11 },
				{ type: "person", text: "Hergé", start: 17, end: 22 },
			],
		},
		spans: 2,
		dropped: 0,
	});
});

test("a span within a word goes, with the event or the pair that it is part of", () => {
	const [inside, whole] = [
		{ start: 0, end: 4 },
		{ start: 15, end: 20 },
	];
	const text = "Londoners near Paris";
	expect(rewordRecord({ text, entities: [inside, whole] }).record?.entities).toEqual([whole]);
	const event = { type: "meet", trigger: whole, arguments: [{ role: "entity", ...inside }] };
	expect(rewordRecord({ text, events: [event, { ...event, trigger: inside }] })).toEqual({
		record: { text, events: [{ ...event, arguments: [] }] },
		spans: 4,
		dropped: 3,
	});
	expect(rewordRecord({ text, head: inside, tail: whole, relation: "none" }).record).toBe(null);
});

test("everything except spans stays: boxes, numbers of objects, names of images", () => {
	const record = {
		text: "one two",
		image_id: "x",
		entities: [{ start: 4, end: 7, boxes: [[0, 0.5, 1, 1]] }],
		events: [{ arguments: [{ object: 3 }] }],
	};
	expect(rewordRecord(record).record).toEqual(record);
});

test("a text without a word has no record", () => {
	expect(rewordRecord({ text: " \u200B", entities: [] })).toEqual({ record: null, spans: 0, dropped: 0 });
});
