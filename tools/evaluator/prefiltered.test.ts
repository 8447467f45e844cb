/**
 * Tests that the evaluator asks what the page would ask where a bundle has a prefilter, and reports how much that was.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCommand } from "../cli/run-command.test-helper.ts";
import { temporaryFolder } from "../node/testing/nano.ts";
import { nanoWithPrefilter, type PrefilterAnswer } from "../node/testing/screened-nano.ts";
import { openNodePredictor } from "./node-predictor.ts";
import type { Asked, Predictor } from "./predict/contract.ts";

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

function screened(name: string, answer: PrefilterAnswer): string {
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
const asked = (task: Asked["task"], records: readonly object[], request: Partial<Asked["request"]> = {}): Asked => ({
	task,
	records: records as Asked["records"],
	images: records.map(() => null),
	request: { beams: 2, ...request },
});

let plain: Predictor;
beforeAll(async () => {
	plain = await open(screened("plain", { related: 0, eventful: 0 }));
});

describe("a screen that sees no sign of anything", () => {
	const says = { related: Math.log(1 / 3), eventful: -20 };
	let bundle: string;
	let predictor: Predictor;
	beforeAll(async () => {
		bundle = screened("nothing", { related: 0.5, eventful: 0.5, says });
		predictor = await open(bundle);
	});

	test("answers none, as sure as the screen is, without asking", async () => {
		// σ(−ln 3) = ¼.
		const said = await predictor.predict(asked("mre", PAIRS));
		expect(said.map(({ relation, screened: how }) => [relation?.name, relation?.score.toFixed(6), how])).toEqual([
			["none", "0.750000", "left out"],
			["none", "0.750000", "left out"],
		]);
	});

	test.each(["med", "mee"] as const)("%s finds no event", async (task) => {
		expect(await predictor.predict(asked(task, EVENTS))).toEqual([
			expect.objectContaining({ events: [], arguments: [], malformed: 0, screened: "left out" }),
		]);
	});

	test.each<[string, Asked]>([
		["it is off", asked("mre", PAIRS, { screen: "off" })],
		["the relations are others", asked("mre", PAIRS, { labels: { relationTypes: ["likes"] } })],
		["the event types are others", asked("med", EVENTS, { labels: { eventTypes: ["attack"] } })],
		["events are given", asked("meae", EVENTS)],
		["entities are asked for", asked("mner", [{ id: "p0", text: TEXT, entities: [] }])],
		["questions have choices", asked("mre", PAIRS, { style: "mqa" })],
	])("has no say where %s", async (_, one) => {
		expect(await predictor.predict(one)).toEqual(await plain.predict(one));
	});

	test("is told with the scores, and asked about everything the model answers as before", async () => {
		const data = join(folder.path, "pairs.jsonl");
		writeFileSync(data, PAIRS.map((pair) => `${JSON.stringify(pair)}\n`).join(""));
		const run = (...more: string[]) =>
			runCommand("evaluate", "--model", bundle, "--task", "mre", "--data", data, "--beams", "1", ...more);
		expect((await run()).out).toContain("extractive decoding, 1 beam; a screen let 0 of 2 be asked (0.0 %)");
		expect(JSON.parse((await run("--json")).out)).toMatchObject({ screen: { asked: 0, of: 2 } });
		expect(JSON.parse((await run("--json", "--screen", "off")).out)).toMatchObject({ screen: null });
	});
});

test("a screen that sees signs everywhere changes no prediction", async () => {
	const predictor = await open(
		screened("everything", { related: 0.5, eventful: 0.5, says: { related: 1, eventful: 1 } }),
	);
	for (const one of [asked("mre", PAIRS), asked("med", EVENTS), asked("mee", EVENTS)]) {
		const expected = await plain.predict(one);
		expect(await predictor.predict(one)).toEqual(expected.map((said) => ({ ...said, screened: "asked" })));
	}
});

test("a pair past what mner reads is asked about", async () => {
	const predictor = await open(screened("long", { related: 0.5, eventful: 0.5, says: { related: -9, eventful: -9 } }));
	const text = `Iraq ${"and so on ".repeat(200)}Baghdad`;
	const tail = { text: "Baghdad", start: text.length - 7, end: text.length };
	const [said] = await predictor.predict(
		asked("mre", [{ id: "r", text, head: { text: "Iraq", start: 0, end: 4 }, tail, relation: "none" }]),
	);
	expect(said!.screened).toBeUndefined();
	expect(said!.relation).not.toBeNull();
});
