/**
 * Tests that the evaluator asks what the page would ask where a bundle has a prefilter, and reports how much that was.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCommand } from "../cli/run-command.test-helper.ts";
import { temporaryFolder } from "../node/testing/nano.ts";
import { nanoWithPrefilter, type PrefilterAnswer } from "../node/testing/prefiltered-nano.ts";
import { openNodePredictor } from "./node-predictor.ts";
import type { Batch, Predictor } from "./predict/contract.ts";

const folder = temporaryFolder();
const opened: Predictor[] = [];
afterAll(async () => {
	for (const predictor of opened) await predictor.close();
	folder.remove();
});

async function open(bundle: string): Promise<Predictor> {
	const predictor = await openNodePredictor(bundle);
	opened.push(predictor);
	return predictor;
}

function makeBundle(name: string, answer: PrefilterAnswer): string {
	const at = join(folder.path, name);
	mkdirSync(at);
	return nanoWithPrefilter(at, answer);
}

const TEXT = "😀 Coalition airstrikes near Baghdad , Iraq";
const PAIRS = [
	{
		id: "r0",
		text: TEXT,
		head: { text: "Iraq", start: 38, end: 42 },
		tail: { text: "Baghdad", start: 28, end: 35 },
		relation: "contain",
	},
	{
		id: "r1",
		text: TEXT,
		head: { text: "Coalition", start: 2, end: 11 },
		tail: { text: "Iraq", start: 38, end: 42 },
		relation: "none",
	},
];
const EVENTS = [{ id: "e0", text: TEXT, events: [{ type: "attack", trigger: { start: 12, end: 22 }, arguments: [] }] }];
const batch = (task: Batch["task"], records: readonly object[], request: Partial<Batch["request"]> = {}): Batch => ({
	task,
	records: records as Batch["records"],
	images: records.map(() => null),
	request: { beams: 2, ...request },
});

let plain: Predictor;
beforeAll(async () => {
	plain = await open(makeBundle("plain", { related: 0, eventful: 0 }));
});

describe("a prefilter that sees no sign of anything", () => {
	const says = { related: Math.log(1 / 3), eventful: -20 };
	let bundle: string;
	let predictor: Predictor;
	beforeAll(async () => {
		bundle = makeBundle("nothing", { related: 0.5, eventful: 0.5, says });
		predictor = await open(bundle);
	});

	test("answers none, as sure as the prefilter is, without asking", async () => {
		// σ(−ln 3) = ¼.
		const answers = await predictor.predict(batch("mre", PAIRS));
		expect(answers.map(({ relation, prefiltered: how }) => [relation?.name, relation?.score.toFixed(6), how])).toEqual([
			["none", "0.750000", "left out"],
			["none", "0.750000", "left out"],
		]);
	});

	test.each(["med", "mee"] as const)("%s finds no event", async (task) => {
		expect(await predictor.predict(batch(task, EVENTS))).toEqual([
			expect.objectContaining({ events: [], arguments: [], malformed: 0, prefiltered: "left out" }),
		]);
	});

	test.each<[string, Batch]>([
		["it is off", batch("mre", PAIRS, { prefilter: "off" })],
		["the relations are others", batch("mre", PAIRS, { labels: { relationTypes: ["likes"] } })],
		["the event types are others", batch("med", EVENTS, { labels: { eventTypes: ["attack"] } })],
		["events are given", batch("meae", EVENTS)],
		["entities are asked for", batch("mner", [{ id: "p0", text: TEXT, entities: [] }])],
		["questions have choices", batch("mre", PAIRS, { style: "mqa" })],
	])("is not used where %s", async (_, one) => {
		expect(await predictor.predict(one)).toEqual(await plain.predict(one));
	});

	test("is reported with the scores; asked about everything, the model answers as before", async () => {
		const data = join(folder.path, "pairs.jsonl");
		writeFileSync(data, PAIRS.map((pair) => `${JSON.stringify(pair)}\n`).join(""));
		const run = (...more: string[]) =>
			runCommand("evaluate", "--model", bundle, "--task", "mre", "--data", data, "--beams", "1", ...more);
		expect((await run()).out).toContain("extractive decoding, 1 beam; the prefilter kept 0 of 2 (0.0 %)");
		// `screen` and `asked` are former names, which scripts read.
		expect(JSON.parse((await run("--json")).out)).toMatchObject({ screen: { asked: 0, of: 2 } });
		// A former name of the flag.
		expect(JSON.parse((await run("--json", "--screen", "off")).out)).toMatchObject({ screen: null });
	});
});

test("a prefilter that sees signs everywhere changes no prediction", async () => {
	const predictor = await open(
		makeBundle("everything", { related: 0.5, eventful: 0.5, says: { related: 1, eventful: 1 } }),
	);
	for (const one of [batch("mre", PAIRS), batch("med", EVENTS), batch("mee", EVENTS)]) {
		const expected = await plain.predict(one);
		expect(await predictor.predict(one)).toEqual(expected.map((answer) => ({ ...answer, prefiltered: "asked" })));
	}
});

test("a pair past what mner reads is asked about", async () => {
	const predictor = await open(
		makeBundle("long", { related: 0.5, eventful: 0.5, says: { related: -9, eventful: -9 } }),
	);
	const text = `Iraq ${"and so on ".repeat(200)}Baghdad`;
	const tail = { text: "Baghdad", start: text.length - 7, end: text.length };
	const [answer] = await predictor.predict(
		batch("mre", [{ id: "r", text, head: { text: "Iraq", start: 0, end: 4 }, tail, relation: "none" }]),
	);
	expect(answer!.prefiltered).toBeUndefined();
	expect(answer!.relation).not.toBeNull();
});
