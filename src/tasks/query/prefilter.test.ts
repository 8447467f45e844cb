/**
 * Proves, with made-up answers and numbers, what the prefilter looks at, what is then asked, and which notes a person
 * reads.
 */
import { describe, expect, test } from "vitest";
import type { Manifest } from "../../bundle/manifest.ts";
import { prepareText } from "../../core/text.ts";
import { createContext, type ExtractionContext } from "../context.ts";
import { planSteps, startQueries, waveCount, waveQueries } from "../plan.ts";
import { type ExtractRequest, settleRequest } from "../request.ts";
import { assemble } from "../result/assemble.ts";
import { hypothesisOf, tinyCodec, tinyManifest } from "../tiny-codec.ts";
import { type PrefilterOutputs, prefilterInput, readPrefilter, thresholdsInForce, thresholdsOf } from "./prefilter.ts";
import type { Query, ReadAnswer } from "./question.ts";
import { readAnswer } from "./readers.ts";

const BARE = tinyManifest();
const GRAPH = { file: "screen.onnx", inputs: [], outputs: [], weights: [] };
/** Pairs are asked from ½ on, events from ¼ on. */
const PREFILTERED: Manifest = {
	...BARE,
	// The former name, which the format keeps.
	graphs: { screen: GRAPH },
	config: { ...BARE.config, screen: { related: 0.5, eventful: 0.25 } },
};

const ALL = { tasks: ["mner", "mre", "mee"] } as const satisfies ExtractRequest;
/** Lakers–LA, Ada–Lakers, Ada–LA, in the order of the text. */
const POST = "Lakers sign Ada in LA";
const FOUND = "organization, Lakers <spot> person, Ada <spot> location, LA";

function contextOf(request: Partial<ExtractRequest> = {}, manifest = PREFILTERED, post = POST): ExtractionContext {
	const full: ExtractRequest = { ...ALL, ...request };
	return createContext({
		request: settleRequest(full),
		prepared: prepareText(post, "post"),
		codec: tinyCodec(),
		manifest,
		regionCount: 0,
	});
}

/** Every query is answered by what `outputs` has for its task, with states of two zeros a token. */
function answersTo(
	context: ExtractionContext,
	queries: readonly Query[],
	outputs: Readonly<Record<string, string>> = {},
): ReadAnswer[] {
	return queries.map((query) =>
		readAnswer(context, {
			query,
			hypotheses: [hypothesisOf(context.codec, outputs[query.task] ?? "none")],
			gate: null,
			states: { values: new Float32Array(2 * query.inputIds.length), width: 2 },
		}),
	);
}

/** What the first wave says, and the prefilter of it. */
function prefilteredAnswers(
	context: ExtractionContext,
	{ related, eventful }: { related: number[]; eventful: number },
	found = FOUND,
): ReadAnswer[] {
	const answers = answersTo(context, startQueries(context), { mner: found });
	const task = prefilterInput(context, answers);
	if (task === null) return answers;
	const outputs: PrefilterOutputs = { related: Float32Array.from(related), eventful };
	return answers.map((answer) =>
		answer === task.answer ? { ...answer, signs: readPrefilter(task, outputs) } : answer,
	);
}

const tasksOf = (queries: readonly Query[]) => queries.map(({ task }) => task);
const pairsOf = (queries: readonly Query[]) =>
	queries.flatMap(({ instructor }) => /between (.*):/.exec(instructor)?.[1] ?? []);
const notesOf = (context: ExtractionContext, answers: readonly ReadAnswer[]) => assemble(context, answers).notes;

describe("what the graph reads", () => {
	const context = contextOf();
	const answers = answersTo(context, startQueries(context), { mner: FOUND });
	const { feeds, pairs } = prefilterInput(context, answers)!;
	const length = answers[0]!.query.inputIds.length;

	test("the text is what stands between the prompt and the end: ▁Lake rs ▁sign ▁Ada ▁in ▁LA", () => {
		expect(feeds.textMask).toHaveLength(length);
		expect([...feeds.textMask].lastIndexOf(0)).toBe(length - 1);
		expect(feeds.textMask.reduce((sum, one) => sum + one, 0)).toBe(6);
		expect([...feeds.textMask].indexOf(1)).toBe(length - 7);
	});

	test("a mention is the mean of its tokens, and stands in one row however many pairs it has", () => {
		const rows = Array.from({ length: feeds.spans.length / length }, (_, row) =>
			[...feeds.spans.slice(row * length, (row + 1) * length)].slice(-7),
		);
		expect(rows).toHaveLength(3);
		expect(rows).toContainEqual([0.5, 0.5, 0, 0, 0, 0, 0]);
		expect(rows).toContainEqual([0, 0, 0, 1, 0, 0, 0]);
		expect(rows).toContainEqual([0, 0, 0, 0, 0, 1, 0]);
	});

	test("pairs have head and tail as mre would ask, the nearest first", () => {
		const words = pairs.map(({ head, tail }) => [head, tail].map(({ from }) => context.words[from]!.model).join(" "));
		expect(words).toEqual(["Ada Lakers", "Ada LA", "Lakers LA"]);
		const rowOf = (word: string) => [...feeds.pairs][words.flatMap((pair) => pair.split(" ")).indexOf(word)];
		expect([...feeds.pairs]).toEqual(words.flatMap((pair) => pair.split(" ").map(rowOf)));
	});

	test("a text without mentions is still asked whether it says any event: one pair of nothing stands in", () => {
		const none = prefilterInput(context, answersTo(context, startQueries(context)))!;
		expect(none.pairs).toEqual([]);
		expect([...none.feeds.pairs]).toEqual([0, 0]);
		expect(none.feeds.spans).toEqual(new Float32Array(length));
	});

	test("of a text that is cut, the first half of a word counts as text", () => {
		// 27 tokens of the prompt, 31 of words of two tokens each, the end.
		const cut = contextOf(
			{ tasks: ["mner", "med"] },
			{ ...PREFILTERED, config: { ...PREFILTERED.config, max_input: 59 } },
			"Lakers ".repeat(40),
		);
		const [first] = startQueries(cut);
		const task = prefilterInput(cut, answersTo(cut, [first!]))!;
		expect(first).toMatchObject({ wordsRead: 15 });
		expect([...task.feeds.textMask]).toEqual([...new Array(27).fill(0), ...new Array(31).fill(1), 0]);
	});
});

describe("what is asked", () => {
	test("mner first, then pairs that reach the threshold and events of an eventful text, then their arguments", () => {
		const context = contextOf();
		expect(tasksOf(startQueries(context))).toEqual(["mner"]);
		const answers = prefilteredAnswers(context, { related: [0.5, 0.49, 0.9], eventful: 0.25 });
		const second = waveQueries(context, answers, 1);
		expect(tasksOf(second)).toEqual(["mre", "mre", "med"]);
		expect(pairsOf(second)).toEqual(["Lakers and LA", "Ada and Lakers"]);
		const third = waveQueries(context, [...answers, ...answersTo(context, second, { med: "transfer, sign" })], 2);
		expect(tasksOf(third)).toEqual(["meae"]);
		expect(waveCount(context)).toBe(3);
	});

	test("events below the threshold are not asked for, nor their arguments", () => {
		const context = contextOf();
		const answers = prefilteredAnswers(context, { related: [0.1, 0.1, 0.1], eventful: 0.24 });
		expect(waveQueries(context, answers, 1)).toEqual([]);
		expect(waveQueries(context, answers, 2)).toEqual([]);
	});

	test("event types that leave the text no room are refused before mner is asked", () => {
		const event_types = Array.from({ length: 60 }, (_, index) => `event number ${index}`);
		const { instructors } = PREFILTERED;
		const many = { ...PREFILTERED, instructors: { ...instructors, labels: { ...instructors.labels, event_types } } };
		const context = contextOf({ tasks: ["mner", "med"] }, { ...many, config: { ...many.config, max_input: 128 } });
		expect(thresholdsInForce(context).eventful).toBe(0.25);
		expect(() => startQueries(context)).toThrow(expect.objectContaining({ code: "labels-invalid" }));
	});

	test("the prefilter is a step between the first two waves, of a batch in which any post has one", () => {
		const kinds = (...contexts: ExtractionContext[]) => planSteps(contexts).map(({ kind }) => kind);
		expect(kinds(contextOf({}, BARE), contextOf())).toEqual(["ask", "prefilter", "ask", "ask"]);
		expect(kinds(contextOf({}, BARE), contextOf({ screen: "off" }))).toEqual(["ask", "ask"]);
	});

	test("what the prefilter did not say, or said as NaN, is asked", () => {
		const context = contextOf();
		const unfiltered = answersTo(context, startQueries(context), { mner: FOUND });
		expect(tasksOf(waveQueries(context, unfiltered, 1))).toEqual(["mre", "mre", "mre", "med"]);
		const broken = prefilteredAnswers(context, { related: [Number.NaN, 0.1, 0.1], eventful: Number.NaN });
		expect(tasksOf(waveQueries(context, broken, 1))).toEqual(["mre", "med"]);
	});

	test("without a prefilter, or with it off, med is asked at once and every pair after mner", () => {
		for (const context of [contextOf({}, BARE), contextOf({ screen: "off" })]) {
			const first = startQueries(context);
			expect(tasksOf(first)).toEqual(["mner", "med"]);
			const answers = answersTo(context, first, { mner: FOUND });
			expect(prefilterInput(context, answers)).toBeNull();
			expect(tasksOf(waveQueries(context, answers, 1))).toEqual(["mre", "mre", "mre"]);
			expect(waveCount(context)).toBe(2);
		}
	});

	test.each<[string, Partial<ExtractRequest>, ReturnType<typeof thresholdsInForce>]>([
		["everything of a post", {}, { related: 0.5, eventful: 0.25 }],
		["relations", { tasks: ["mre"] }, { related: 0.5, eventful: null }],
		["entities", { tasks: ["mner"] }, { related: null, eventful: null }],
		["events without entities", { tasks: ["mee"] }, { related: null, eventful: null }],
		["event types beside entities", { tasks: ["mner", "med"] }, { related: null, eventful: 0.25 }],
		["relations of a person's own", { labels: { relationTypes: ["likes"] } }, { related: null, eventful: 0.25 }],
		["entities of a person's own", { labels: { entityTypes: ["film"] } }, { related: null, eventful: 0.25 }],
		["some of the relations", { labels: { relationTypes: ["peer"] } }, { related: 0.5, eventful: 0.25 }],
		["events of a person's own", { labels: { eventTypes: ["launch"] } }, { related: 0.5, eventful: null }],
		[
			"the model's own events by name",
			{ labels: { eventTypes: BARE.instructors.labels.event_types } },
			{ related: 0.5, eventful: 0.25 },
		],
		["multiple choice", { style: "mqa" }, { related: null, eventful: null }],
	])("of %s the prefilter says what it was made for", (_, request, expected) => {
		expect(thresholdsInForce(contextOf(request))).toEqual(expected);
	});

	test("a caller that brings mner along gets the thresholds that the labels allow, whatever is asked", () => {
		expect(thresholdsOf(contextOf({ tasks: ["mee"] }))).toEqual({ related: 0.5, eventful: 0.25 });
	});
});

describe("what a person is told", () => {
	test("how many pairs were asked about, and that events were not", () => {
		const context = contextOf();
		expect(notesOf(context, prefilteredAnswers(context, { related: [0.9, 0.1, 0.9], eventful: 0.1 }))).toEqual([
			"Relations were checked for 2 of 3 pairs: the others showed no sign of one.",
			"Events were skipped: the text showed no sign of one.",
		]);
	});

	test("that no pair was asked about, and events once for both of their tasks", () => {
		const context = contextOf({ tasks: ["mre", "med", "mee"] });
		expect(notesOf(context, prefilteredAnswers(context, { related: [0, 0, 0], eventful: 0 }))).toEqual([
			"Relations were skipped: no pair of entities showed a sign of one.",
			"Events were skipped: the text showed no sign of one.",
		]);
	});

	test("that of too many pairs only the nearest were looked at", () => {
		const context = contextOf({ tasks: ["mre"], maxPairs: 2 });
		expect(notesOf(context, prefilteredAnswers(context, { related: [0.9, 0.1], eventful: 1 }))).toEqual([
			"Relations were checked for 1 of 3 pairs of entities: the nearest pairs that showed a sign of one.",
		]);
	});

	test("nothing where nothing was left out", () => {
		const context = contextOf();
		expect(notesOf(context, prefilteredAnswers(context, { related: [1, 1, 1], eventful: 1 }))).toEqual([]);
	});
});
