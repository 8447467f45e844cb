/**
 * Tests which pictures and regions are shown, what a wrong picture is, and how gates are summed up, as counted by
 * hand.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { temporaryFolder } from "../node/testing/nano.ts";
import { compareVariants } from "./differences.ts";
import { bars, summarizeGates, unrelatedShare } from "./gates.ts";
import {
	type AnnotatedRecord,
	type Batch,
	type Box,
	EMPTY_PREDICTION,
	type PictureKind,
	type Prediction,
	type Predictor,
} from "./predict/contract.ts";
import { chooseShowings, type Pictures, withRegions } from "./showing.ts";
import { scoreSlices } from "./slices.ts";
import { listVariants, measureVariants } from "./variants.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());

const LEFT: Box = [0, 0, 0.5, 1];
const record = (id: string, image: string | null, picture: PictureKind, types: readonly string[], more: object = {}) =>
	({
		...{ id, text: "Jordan", picture, ...(image !== null && { image_id: image }) },
		entities: types.map((type) => ({ type, start: 0, end: 6, boxes: [[...LEFT]] })),
		...more,
	}) as AnnotatedRecord;

const RECORDS = [
	record("p1", "face", "deciding", ["person"]),
	record("p2", "crowd", "deciding", ["person"]),
	record("l1", "flag", "deciding", ["location"]),
	record("u1", "tree", "unrelated", []),
	record("n1", null, "none", []),
	record("b1", "both", "deciding", ["person", "location"]),
];
const shown = (pictures: Pictures, regions = "proposer", records = RECORDS, names: readonly string[] = []) =>
	chooseShowings("mner", withRegions(records, { pictures, regions }), { pictures, regions }, names);

describe("pictures", () => {
	test("right is the record's own, none is none", () => {
		expect(shown("right").map(({ imageId }) => imageId)).toEqual(["face", "crowd", "flag", "tree", null, "both"]);
		expect(shown("none").every(({ imageId }) => imageId === null)).toBe(true);
	});
	test("wrong is the next deciding one that shares no type, always the same; a record of both types has none", () => {
		const wrong = shown("wrong").map(({ imageId }) => imageId);
		// u1 has no types, so anything that decides is wrong: the next after it.
		expect(wrong).toEqual(["flag", "flag", "face", "both", null, null]);
		expect(shown("wrong").map(({ imageId }) => imageId)).toEqual(wrong);
	});
	test("unrelated is one of the folder for every record, never its own, always with the proposer's regions", () => {
		const showings = shown("unrelated", "gold", RECORDS, ["crowd.jpg", "face.png"]);
		expect(showings.map(({ regions }) => regions)).toEqual(RECORDS.map(() => null));
		expect(showings.slice(0, 2).map(({ imageId }) => imageId)).toEqual(["crowd.jpg", "face.png"]);
		expect(showings.every(({ imageId }) => imageId === "crowd.jpg" || imageId === "face.png")).toBe(true);
	});
});

describe("regions", () => {
	test("gold is the record's list, else its boxes, each once, cut to the picture; a wrong picture has its own", () => {
		const listed = record("x", "x", "deciding", ["person"], { regions: [LEFT, [0.5, -1, 2, 1], [3, 3, 4, 4]] });
		const [own, twice] = shown("right", "gold", [listed, RECORDS[5]!]);
		expect(own!.regions).toEqual([LEFT, [0.5, 0, 1, 1]]);
		expect(twice!.regions).toEqual([LEFT]);
		expect(shown("wrong", "gold")[0]).toEqual({ imageId: "flag", regions: [LEFT] });
		expect(shown("right", "proposer")[0]!.regions).toBeNull();
	});
	test("of a file are those of the picture; a line that breaks is named", () => {
		const path = join(folder.path, "regions.jsonl");
		writeFileSync(path, `${JSON.stringify({ image_id: "face", boxes: [LEFT], kinds: ["person"] })}\n\n`);
		expect(shown("right", path).map(({ regions }) => regions)).toEqual([[LEFT], [], [], [], null, []]);
		writeFileSync(path, '{"image_id":"face","boxes":[[0,0,1]]}\n');
		expect(() => shown("right", path)).toThrow(/regions.jsonl, line 1: "boxes.0"/);
		expect(() => shown("right", join(folder.path, "absent"))).toThrow(/--regions is proposer, gold, largest or a file/);
	});
	test("gold where nothing has a box is wrong usage", () => {
		expect(() => shown("right", "gold", [record("x", "x", "deciding", [])])).toThrow(
			/no record of mner here has a box/,
		);
	});
});

describe("gates", () => {
	const gates = [0.4, 0.8, 0.6, 0.1, null, 0.2];
	const predictions = gates.map((gate, index) => ({ ...EMPTY_PREDICTION, id: RECORDS[index]!.id, gate }));

	test("mean, median and tenths of the common range, by kind of picture", () => {
		const [deciding, unrelated] = summarizeGates(RECORDS, predictions, "right");
		expect(deciding).toMatchObject({
			kind: "deciding",
			records: 4,
			low: 0,
			high: 0.8,
			histogram: [0, 0, 1, 0, 0, 1, 0, 1, 0, 1],
		});
		expect([deciding!.mean, deciding!.median]).toEqual([expect.closeTo(0.5, 9), expect.closeTo(0.5, 9)]);
		expect(unrelated).toMatchObject({ kind: "unrelated", records: 1, mean: 0.1, median: 0.1 });
		expect(unrelatedShare([deciding!, unrelated!])).toBeCloseTo(0.2, 9);
		expect(unrelatedShare([deciding!])).toBeNull();
		expect(bars([0, 1, 4, 8])).toBe(" ▁▄█");
	});
	test("wrong and unrelated pictures count as what was shown; data that does not name kinds has one kind", () => {
		expect(summarizeGates(RECORDS, predictions, "wrong").map(({ kind, records }) => `${kind} ${records}`)).toEqual([
			"wrong 5",
		]);
		expect(summarizeGates(RECORDS, predictions, "unrelated").map(({ kind, records }) => `${kind} ${records}`)).toEqual([
			"unrelated 5",
		]);
		const plain = RECORDS.map(({ picture, ...rest }) => rest as AnnotatedRecord);
		expect(summarizeGates(plain, predictions, "right").map(({ kind }) => kind)).toEqual(["any"]);
		expect(summarizeGates(plain, [], "right")).toEqual([]);
	});
});

test("slices count the records of their kind, by every metric", () => {
	const ambiguous = record("a", "a", "deciding", [], { ambiguous: true });
	const right = { right: 1, predicted: 1, gold: 1 };
	const wrong = { right: 0, predicted: 1, gold: 1 };
	const slices = scoreSlices(
		[ambiguous, ...RECORDS.slice(0, 4)],
		[{ id: "strict", counts: [right, wrong, right, wrong, right] }],
	);
	expect(slices.map(({ name, records, metrics }) => `${name} ${records} ${metrics[0]!.f1}`)).toEqual([
		"ambiguous names 1 100",
		"deciding picture 4 50",
		"unrelated picture 1 100",
	]);
	const { picture, ...plain } = RECORDS[0]!;
	expect(scoreSlices([plain as AnnotatedRecord], [{ id: "strict", counts: [right] }])).toEqual([]);
});

describe("variants", () => {
	/** Says nothing. */
	const IDLE: Predictor = {
		opened: {
			...{ name: "x", dtype: "fp32", trainedOn: [], tasks: [], vision: "none", fingerprint: "" },
			device: { name: "wasm", threads: 1, reason: "" },
		},
		predict: async () => [],
		close: async () => {},
	};

	test("every combination once, named by what differs", () => {
		const names = listVariants({ gates: ["auto"], pictures: ["right", "wrong"], regions: ["gold", "largest"] }).map(
			({ name }) => name,
		);
		expect(names).toEqual([
			"pictures right, regions gold",
			"pictures right, regions largest",
			"pictures wrong, regions gold",
			"pictures wrong, regions largest",
		]);
		expect(listVariants({ gates: [0.5], pictures: ["none"], regions: ["proposer"] })).toEqual([
			{ name: "", gate: 0.5, pictures: "none", regions: "proposer" },
		]);
	});
	test("differences of F1 to the first run, over all records and over ambiguous names: counted by hand", async () => {
		const posts = Array.from({ length: 8 }, (_, index) =>
			record(`${index}`, null, "none", ["person"], { ambiguous: index < 4 }),
		);
		const data = join(folder.path, "ambiguous.jsonl");
		writeFileSync(data, posts.map((post) => `${JSON.stringify(post)}\n`).join(""));
		/** With gate 1 all is right; without, only what is not ambiguous. */
		const predict = async ({ records, request }: Batch): Promise<Prediction[]> =>
			records.map(({ id, ambiguous }) => {
				const type = ambiguous && request.gate === 0 ? "location" : "person";
				return { ...EMPTY_PREDICTION, id, entities: [{ type, start: 0, end: 6, boxes: [], score: 1 }] };
			});
		const variants = listVariants({ gates: [1, 0], pictures: ["right"], regions: ["proposer"] });
		const measured = await measureVariants(
			variants,
			"mner",
			{ ...IDLE, predict },
			{ data, limit: 0, request: {}, onProgress: () => {} },
		);
		const differences = compareVariants(measured);
		expect(differences.map(({ of, from, over, value }) => `${of}, ${from}, ${over}: ${value}`)).toEqual([
			"gate 1, gate 0, all records: 50",
			"gate 1, gate 0, ambiguous names: 100",
		]);
		// Every ambiguous record is worth all its points, so no draw says less.
		expect(differences[1]!.interval).toEqual({ low: 100, high: 100 });
		const { low, high } = differences[0]!.interval;
		expect([low > 0, low < 50, high > 50, high < 100]).toEqual([true, true, true, true]);
		expect(compareVariants(measured.slice(0, 1))).toEqual([]);
	});
	test("a run that is stopped is left out, as are those after it", async () => {
		const data = join(folder.path, "posts.jsonl");
		writeFileSync(data, `${JSON.stringify({ id: "a", text: "Ada", entities: [] })}\n`);
		const stop = new AbortController();
		let calls = 0;
		const predictor: Predictor = {
			...IDLE,
			predict: async () => {
				calls++;
				if (calls === 2) stop.abort();
				return [{ ...EMPTY_PREDICTION, id: "a" }];
			},
		};
		const variants = listVariants({ gates: [0, 0.1, 0.2], pictures: ["right"], regions: ["proposer"] });
		const options = { data, limit: 0, request: {}, signal: stop.signal, onProgress: () => {} };
		const measured = await measureVariants(variants, "mner", predictor, options);
		// The second was answered before it stopped.
		expect(measured.map(({ gate }) => gate)).toEqual([0, 0.1]);
		expect(calls).toBe(2);
	});
});
