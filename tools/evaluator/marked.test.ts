/**
 * Proves how given pairs are asked about between markers: which share a reading, how their ends are typed, and what is
 * the output for those that cannot be marked.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { NANO_MARKERS, nanoWithPairs } from "../node/testing/marked-nano.ts";
import { copyNano, type ObservedEngine, openObserved, temporaryFolder } from "../node/testing/nano.ts";
import { measure } from "./found-pairs.ts";
import { modelPredictor } from "./node-predictor.ts";
import type { Batch } from "./predict/contract.ts";
import { typed } from "./predict/marked.ts";
import type { RecordOf } from "./tasks/tasks.ts";

type Pair = RecordOf<"mre">;
const { person, location, other } = NANO_MARKERS.open;
const RELATIONS = ["none", "peer", "place of residence", "member of"];
// Of its own relations, the classifier says peer of every pair: 4 of 10 parts.
const SAYS = [3, 4, 2, 1].map(Math.log);

const folder = temporaryFolder();
let observed: ObservedEngine;
let bundle: string;
beforeAll(async () => {
	bundle = join(folder.path, "pairs");
	mkdirSync(bundle);
	observed = await openObserved(nanoWithPairs(bundle, { relations: RELATIONS, vote: 1, says: SAYS }));
});
beforeEach(() => {
	observed.runs.length = 0;
});
afterAll(async () => {
	await observed.engine.close();
	folder.remove();
});

const TEXT = "😀 Barack Obama met Angela Merkel in Berlin , then Emmanuel Macron in Paris";
const OTHER_TEXT = "Angela Merkel was the chancellor";
/** Offsets of the data count code points. */
const place = (text: string, name: string) => {
	const start = [...text.slice(0, text.indexOf(name))].length;
	return { text: name, start, end: start + [...name].length };
};
const pairOf = (id: string, head: string, tail: string, relation = "none", text = TEXT): Pair => ({
	id,
	text,
	head: place(text, head),
	tail: place(text, tail),
	relation,
});
async function predict(records: readonly Pair[], request: Partial<Batch["request"]> = {}) {
	const labels = { relationTypes: ["peer", "place of residence", "member of"] };
	const batch: Batch = { task: "mre", records, images: records.map(() => null), request: { labels, ...request } };
	return modelPredictor(observed.engine.model()).predict(batch);
}
/** Markers of each text that was read for pairs, in the order of the readings. */
const markersRead = () => {
	const ids = Object.values(NANO_MARKERS.open) as number[];
	const read = observed.runs
		.filter(({ role }) => role === "text_encoder")
		.map(({ feeds }) => [...(feeds.input_ids!.data as Int32Array)]);
	return read
		.filter((input) => input.includes(NANO_MARKERS.close))
		.map((input) => input.filter((id) => ids.includes(id)));
};

test("records that share a text are marked together, in one reading classified once, in their order", async () => {
	const pairs = [
		pairOf("r0", "Emmanuel Macron", "Paris"),
		pairOf("r1", "Angela Merkel", "chancellor", "none", OTHER_TEXT),
		pairOf("r2", "Barack Obama", "Angela Merkel"),
		pairOf("r3", "Paris", "Emmanuel Macron"),
	];
	const predictions = await predict(pairs);
	expect(predictions.map(({ id }) => id)).toEqual(["r0", "r1", "r2", "r3"]);
	for (const { relation, malformed } of predictions)
		expect([relation, malformed]).toEqual([{ name: "peer", score: expect.closeTo(0.4, 5) }, 0]);
	// Two texts, each read for its entities and for its pairs; Berlin is not an end of a given pair.
	expect([observed.count("text_encoder"), observed.count("pair_classifier")]).toEqual([4, 2]);
	expect(markersRead()).toEqual(expect.arrayContaining([[person, person, person, location]]));
	const classified = observed.runs
		.filter(({ role }) => role === "pair_classifier")
		.map(({ feeds }) => feeds.ends!.dims[0]);
	expect(classified.sort()).toEqual([1, 3]);
});

test("types come from what mner finds there, not from the record: the annotated relation changes nothing", async () => {
	const leaky = {
		...pairOf("r", "met", "Angela Merkel", "member of"),
		head: { ...place(TEXT, "met"), type: "organization" },
	};
	const predictions = await predict([leaky]);
	expect(markersRead()).toEqual([[other, person]]);
	observed.runs.length = 0;
	expect(await predict([{ ...leaky, relation: "none" }])).toEqual(predictions);
	expect(markersRead()).toEqual([[other, person]]);
});

test("of several mentions that overlap an end the one that shares most words types it", () => {
	const found = [
		{ from: 0, to: 2, type: "person", score: 1 },
		{ from: 2, to: 5, type: "location", score: 0.1 },
	];
	expect(typed({ from: 1, to: 4 }, found)).toEqual({ from: 1, to: 4, type: "location", score: 1 });
	expect(typed({ from: 0, to: 3 }, found).type).toBe("person");
	expect(typed({ from: 5, to: 6 }, found).type).toBe("other");
});

test("a pair that another record's ends keep from being marked has a reading of its own", async () => {
	const predictions = await predict([pairOf("r0", "Angela", "Paris"), pairOf("r1", "Angela Merkel", "Paris")]);
	expect(predictions.map(({ relation }) => relation?.name)).toEqual(["peer", "peer"]);
	expect(markersRead()).toEqual([
		[person, location],
		[person, location],
	]);
});

test("a pair whose ends overlap, or lie past what the model reads, gets none without a question", async () => {
	const long = `Paris ${"and so on ".repeat(200)}Berlin`;
	const predictions = await predict([
		pairOf("r0", "Angela Merkel", "Merkel"),
		pairOf("r1", "Paris", "Berlin", "peer", long),
	]);
	expect(predictions.map(({ relation, malformed }) => [relation, malformed])).toEqual(
		Array(2).fill([{ name: "none", score: 0 }, 0]),
	);
	expect(observed.count("pair_classifier")).toBe(0);
});

test("relations that the classifier does not know are the decoder's, in every decoding", async () => {
	for (const decoding of ["extractive", "constrained", "full"] as const) {
		const [predictions] = await predict([pairOf("r", "Barack Obama", "Berlin")], {
			labels: { relationTypes: ["peer", "alumni"] },
			decoding,
		});
		expect(["peer", "alumni", "none"]).toContain(predictions!.relation!.name);
		expect([predictions!.malformed, observed.count("pair_classifier")]).toEqual([0, 0]);
	}
});

test("a bundle that marks nothing is asked by a prompt for each pair, as before", async () => {
	const at = join(folder.path, "fitting");
	mkdirSync(at);
	const plain = await openObserved(
		copyNano(at, {
			manifest: (nano) => ({ ...nano, instructors: { ...(nano.instructors as object), relations: "fitting" } }),
		}),
	);
	const records = [pairOf("r0", "Barack Obama", "Berlin"), pairOf("r1", "Emmanuel Macron", "Paris")];
	await modelPredictor(plain.engine.model()).predict({
		task: "mre",
		records,
		images: [null, null],
		request: { prefilter: "off" },
	});
	// Nothing was read for entities.
	expect(plain.count("text_encoder")).toBe(2);
	expect(plain.count("pair_classifier")).toBe(0);
	await plain.engine.close();
});

test("pairs of found mentions cost one reading a text", async () => {
	const measured = await measure(bundle, [pairOf("r", "Barack Obama", "Angela Merkel", "peer")], "auto");
	// Of 5 mentions 3 pairs of persons, 6 of a person and a place, and one of two places: of no kind does the classifier
	// know all relations.
	expect(measured).toMatchObject({ readingsPerText: 1, pairsPerText: 10, foundWhole: { pairs: 1 } });
});
