/** A small result with every kind of record, for tests. */
import type { ExtractionResult } from "../core/result.ts";

const O1 = { object: "O1", box: [10, 20, 110, 220] as [number, number, number, number], score: 0.9 };
const O2 = { object: "O2", box: [0, 0, 50, 50] as [number, number, number, number], score: 0.4 };
const TEXT = "Kyrie met fans of the Bank of England in Cleveland";

/**
 * "Bank of England" holds "England"; Kyrie is seen in O1; the meeting has an entity, a text span and a region as
 * arguments.
 */
export const EXAMPLE: ExtractionResult = {
	format: "umie-result/1",
	text: TEXT,
	image: { width: 400, height: 300 },
	offsets: "utf-16",
	regions: [O1, O2],
	entities: [
		{ id: "e1", type: "person", text: "Kyrie", start: 0, end: 5, score: 0.934, regions: [O1] },
		{ id: "e2", type: "organization", text: "Bank of England", start: 22, end: 37, score: 0.8, regions: [] },
		{ id: "e3", type: "location", text: "England", start: 30, end: 37, score: 0.7, regions: [] },
		{ id: "e4", type: "location", text: "Cleveland", start: 41, end: 50, score: 0.6, regions: [] },
	],
	relations: [{ id: "r1", type: "present in", head: "e1", tail: "e4", score: 0.5 }],
	events: [
		{
			id: "v1",
			type: "meet",
			trigger: { text: "met", start: 6, end: 9 },
			arguments: [
				{ role: "entity", span: { text: "Kyrie", start: 0, end: 5 }, entity: "e1", region: null, score: 0.9 },
				{ role: "entity", span: { text: "fans", start: 10, end: 14 }, entity: null, region: null, score: 0.4 },
				{ role: "place", span: null, entity: null, region: O2, score: 0.2 },
			],
			score: 0.55,
		},
	],
	gate: { mner: 0.42 },
	scores: "candidates",
	raw: [
		{
			task: "mner",
			instructor: "Please extract",
			output: "person, Kyrie",
			score: -0.1,
			alternatives: [{ output: "none", score: -2 }],
			gate: 0.42,
		},
	],
	unread: ["person Kyrie <b>"],
	notes: ["This model read the text only."],
	model: "tiny",
	device: { name: "wasm", threads: 1, reason: "WASM with 1 thread: as you chose" },
	timings: { tokenize: 1, decoder: 3 },
};
