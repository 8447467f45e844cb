/** Checks that the written JSON Schema is the one of the types, and that both accept and refuse the same results. */

import { readFile } from "node:fs/promises";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { resultSchemaText, SCHEMA_FILE } from "../../tools/scripts/schema/write-result-schema.ts";
import { MAX_OBJECTS } from "./limits.ts";
import { type ExtractionResult, ResultSchema } from "./result.ts";

const SAMPLE: ExtractionResult = {
	format: "umie-result/1",
	text: "Ada visits London",
	image: { width: 640, height: 480 },
	offsets: "utf-16",
	regions: [{ object: "O1", box: [0, 0, 320.5, 480], score: 1.5 }],
	entities: [
		{ id: "e1", type: "person", text: "Ada", start: 0, end: 3, score: 0.9, regions: [] },
		{ id: "e2", type: "location", text: "London", start: 11, end: 17, score: 1, regions: [] },
	],
	relations: [{ id: "r1", type: "place of residence", head: "e1", tail: "e2", score: 0.5 }],
	events: [
		{
			id: "v1",
			type: "transport",
			trigger: { text: "visits", start: 4, end: 10 },
			arguments: [
				{ role: "artifact", span: { text: "Ada", start: 0, end: 3 }, entity: "e1", region: null, score: 0.4 },
				{
					role: "vehicle",
					span: null,
					entity: null,
					region: { object: "O1", box: [0, 0, 320.5, 480], score: 1.5 },
					score: 0.2,
				},
			],
			score: 0.7,
		},
	],
	gate: { mner: 0.1 },
	scores: "candidates",
	raw: [
		{
			task: "mner",
			instructor: "…",
			output: "person, Ada",
			score: -0.1,
			alternatives: [{ output: "none", score: -2 }],
			gate: null,
		},
	],
	unread: [],
	notes: [],
	model: "umie-nano",
	device: { name: "wasm", threads: 1, reason: "no WebGPU" },
	timings: { decoder: 12.5 },
};

const validate = new Ajv2020().compile(JSON.parse(resultSchemaText()));

test("result.schema.json is what ResultSchema says (else run scripts/schema/write-result-schema.ts)", async () => {
	expect(await readFile(SCHEMA_FILE, "utf8")).toBe(resultSchemaText());
});

test("a result is valid for the schema and for the types", () => {
	expect(validate(SAMPLE), JSON.stringify(validate.errors)).toBe(true);
	expect(ResultSchema.safeParse(SAMPLE).success).toBe(true);
});

test("what newer tasks add is optional, and valid", () => {
	const region = { object: "O2", box: [0, 0, 9, 9], score: 1, picture: 1 };
	const [first] = SAMPLE.entities;
	const entry = {
		name: "Ada Lovelace",
		type: null,
		link: null,
		match: "case",
		why: "The same letters, other capitals.",
	};
	const times = [{ start: 0, end: 2.5 }];
	const more = {
		coarse: "person",
		grounded: true,
		regions: [region],
		thing: "t1",
		entry,
		step: 1,
		box: [0, 0, 30, 12],
		times,
	};
	const result = {
		...SAMPLE,
		entities: [{ ...first, type: "author", ...more }],
		relations: [{ id: "r1", type: "member of", head: "O2", tail: "e1", score: 0.5, region }],
		things: [{ id: "t1", name: "Ada", type: "author", entities: ["e1"], why: [] }],
		pictures: [
			{ width: 9, height: 9, time: { start: 0, end: 2.5 } },
			{ width: 9, height: 9, step: 1 },
		],
		steps: [{ number: 1, text: "Ada visits London", start: 0, end: 17, picture: null }],
		experimental: ["gmner"],
	};
	expect(validate(result), JSON.stringify(validate.errors)).toBe(true);
	expect(ResultSchema.safeParse(result).success).toBe(true);
});

test.each([
	["a step 0", { ...SAMPLE, entities: [{ ...SAMPLE.entities[0], step: 0 }] }],
	["a time before the beginning", { ...SAMPLE, pictures: [{ width: 9, height: 9, time: { start: -1, end: 0 } }] }],
	["another format", { ...SAMPLE, format: "umie-result/2" }],
	["a score over 1", { ...SAMPLE, entities: [{ ...SAMPLE.entities[0], score: 1.1 }] }],
	["a negative offset", { ...SAMPLE, entities: [{ ...SAMPLE.entities[0], start: -1 }] }],
	[`object O${MAX_OBJECTS + 1}`, { ...SAMPLE, regions: [{ ...SAMPLE.regions[0], object: `O${MAX_OBJECTS + 1}` }] }],
	["a box of three numbers", { ...SAMPLE, regions: [{ ...SAMPLE.regions[0], box: [0, 0, 1] }] }],
	["no text", { ...SAMPLE, text: undefined }],
])("%s is refused by both", (_, result) => {
	const json = JSON.parse(JSON.stringify(result));
	expect(validate(json)).toBe(false);
	expect(ResultSchema.safeParse(json).success).toBe(false);
});
