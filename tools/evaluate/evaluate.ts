/** Goes in: an open model, a task and annotated posts. Comes out: scores. The rules are those of the checkpoint's own evaluation, so that numbers compare. */
import { prepareText } from "../../src/core/text.ts";
import {
	argumentQuery,
	entityQuery,
	eventQuery,
	type RelationQuery,
	relationQuery,
	type SpanQuery,
	type TaskQuery,
} from "../../src/tasks/queries.ts";
import { readChoice, readSpans } from "../../src/tasks/read.ts";
import { createSetting, type Setting } from "../../src/tasks/setting.ts";
import type { Answer, ExtractRequest } from "../../src/tasks/types.ts";
import type { OpenModel } from "../../workers/extract.ts";
import { settleRequest } from "../../workers/extract.ts";
import { answerQueries } from "../../workers/model/answer.ts";
import { addRecords, addRelation, type Counts, noCounts, type Score, scoreOf } from "./metrics.ts";
import { type RecordOf, readRecords, wordRecord } from "./records.ts";

export const EVALUATED = ["mner", "mre", "med", "meae", "mee"] as const;
export type EvaluatedTask = (typeof EVALUATED)[number];

export interface EvaluateOptions {
	readonly data: string;
	readonly limit: number;
	readonly request: Omit<ExtractRequest, "tasks" | "words">;
	readonly onProgress: (done: number, total: number) => void;
}

export interface Evaluation extends Score {
	readonly task: EvaluatedTask;
	readonly records: number;
	/** Share of outputs with a piece that is no record, in percent. */
	readonly malformed: number;
	readonly accuracy: number | null;
	readonly byType: Readonly<Record<string, Score>>;
	readonly seconds: number;
}

/** Records asked at once: enough for full batches, few enough to show progress. */
const CHUNK = 64;

const RUNNERS = {
	mner: evaluateEntities,
	mre: evaluateRelations,
	med: evaluateEvents,
	meae: evaluateArguments,
	mee: evaluateCascade,
} as const satisfies Record<EvaluatedTask, (context: Context) => Promise<Tally>>;

export async function evaluate(model: OpenModel, task: EvaluatedTask, options: EvaluateOptions): Promise<Evaluation> {
	const started = performance.now();
	const { counts, byType, malformed, records, accuracy } = await RUNNERS[task]({ model, options });
	return {
		task,
		records,
		...scoreOf(counts),
		malformed: records === 0 ? 0 : (100 * malformed) / records,
		accuracy,
		byType: Object.fromEntries([...byType].sort(([a], [b]) => (a < b ? -1 : 1)).map(([type, of]) => [type, scoreOf(of)])),
		seconds: (performance.now() - started) / 1000,
	};
}

interface Context {
	readonly model: OpenModel;
	readonly options: EvaluateOptions;
}

interface Tally {
	readonly counts: Counts;
	readonly byType: Map<string, Counts>;
	malformed: number;
	records: number;
	readonly accuracy: number | null;
}

interface Item<Record> {
	readonly record: Record;
	readonly setting: Setting;
}

const newTally = (): Tally => ({ counts: noCounts(), byType: new Map(), malformed: 0, records: 0, accuracy: null });

/** Words are the data's tokens. */
function settingOf({ model, options }: Context, text: string): Setting {
	const request = { ...options.request, tasks: ["mner"] as const, words: "tokens" as const };
	return createSetting({ request, prepared: prepareText(text, "tokens"), codec: model.codec, manifest: model.sessions.manifest, regionCount: 0 });
}

async function ask<Asked extends TaskQuery>({ model, options }: Context, queries: readonly Asked[]): Promise<Answer<Asked>[]> {
	return answerQueries(
		model.sessions,
		queries.map((query) => ({ query, image: null })),
		{ request: settleRequest({ ...options.request, tasks: ["mner"] }), device: model.device.name, checkpoint: async () => {}, onProgress: () => {} },
	);
}

async function inChunks<Record extends { readonly text: string }>(
	context: Context,
	records: readonly Record[],
	work: (items: readonly Item<Record>[]) => Promise<void>,
): Promise<void> {
	for (let at = 0; at < records.length; at += CHUNK) {
		await work(records.slice(at, at + CHUNK).map((record) => ({ record, setting: settingOf(context, record.text) })));
		context.options.onProgress(Math.min(records.length, at + CHUNK), records.length);
	}
}

/** Strict span and type: type, first word and last word as annotated. */
function addSpans(tally: Tally, answer: Answer<SpanQuery>, setting: Setting, gold: readonly (string | null)[], prefix = ""): readonly string[] {
	const reading = readSpans(answer.hypotheses[0] ?? { ids: [], logProbs: [], score: 0 }, answer.query.vocabulary, setting.codec);
	const predicted = reading.records.flatMap(({ type, span }) => (span === null ? [] : [`${prefix}${type} ${span.from} ${span.to}`]));
	if (!reading.wellFormed) tally.malformed++;
	const reachable = gold.filter((record) => record !== null);
	addRecords(tally.counts, predicted, reachable, gold.length);
	const typeOf = (record: string) => record.split(" ").slice(0, -2).join(" ");
	for (const type of new Set([...predicted, ...reachable].map(typeOf))) {
		const counts = tally.byType.get(type) ?? noCounts();
		const ofType = (records: readonly string[]) => records.filter((record) => typeOf(record) === type);
		addRecords(counts, ofType(predicted), ofType(reachable));
		tally.byType.set(type, counts);
	}
	return predicted;
}

async function evaluateEntities(context: Context): Promise<Tally> {
	const tally = newTally();
	const records = readRecords(context.options.data, "mner", context.options.limit);
	await inChunks(context, records, async (items) => {
		const answers = await ask(
			context,
			items.map(({ setting }) => entityQuery(setting)),
		);
		for (const [index, { record, setting }] of items.entries()) {
			const gold = record.entities.map((entity) => wordRecord(entity.type, entity, setting.words, record.text));
			addSpans(tally, answers[index]!, setting, gold);
		}
	});
	return { ...tally, records: records.length };
}

async function evaluateRelations(context: Context): Promise<Tally> {
	const tally = newTally();
	const records = readRecords(context.options.data, "mre", context.options.limit);
	let right = 0;
	await inChunks(context, records, async (items) => {
		const queries = items.map(({ record, setting }): RelationQuery => relationQuery(setting, record.head.text, record.tail.text));
		for (const [index, { query, hypotheses }] of (await ask(context, queries)).entries()) {
			const { record, setting } = items[index]!;
			const predicted = hypotheses[0] === undefined ? null : readChoice(hypotheses[0], query.choices, setting.codec).name;
			if (predicted === null) tally.malformed++;
			if (predicted === record.relation) right++;
			addRelation(tally.counts, predicted, record.relation);
			for (const type of new Set([predicted, record.relation].filter((name) => name !== null && name !== "none"))) {
				const counts = tally.byType.get(type!) ?? noCounts();
				addRelation(counts, predicted === type ? predicted : null, record.relation === type ? type : "none");
				tally.byType.set(type!, counts);
			}
		}
	});
	return { ...tally, records: records.length, accuracy: (100 * right) / Math.max(1, records.length) };
}

type EventRecord = RecordOf<"events">;

const triggers = ({ record, setting }: Item<EventRecord>) =>
	record.events.map(({ type, trigger }) => wordRecord(type, trigger, setting.words, record.text));

/** Trigger F1: event type and exact trigger span. */
async function evaluateEvents(context: Context): Promise<Tally> {
	const tally = newTally();
	const records = readRecords(context.options.data, "events", context.options.limit);
	await inChunks(context, records, async (items) => {
		const answers = await ask(
			context,
			items.map(({ setting }) => eventQuery(setting)),
		);
		for (const [index, item] of items.entries()) addSpans(tally, answers[index]!, item.setting, triggers(item));
	});
	return { ...tally, records: records.length };
}

/** Argument F1 with gold event types: event type, role and exact span. */
function evaluateArguments(context: Context): Promise<Tally> {
	return scoreArguments(context, async (items) => items.map(({ record }) => [...new Set(record.events.map(({ type }) => type))].sort()));
}

/** Argument F1 with the event types that med found. */
function evaluateCascade(context: Context): Promise<Tally> {
	return scoreArguments(context, async (items) => {
		const answers = await ask(
			context,
			items.map(({ setting }) => eventQuery(setting)),
		);
		return answers.map(({ query, hypotheses }, index) => {
			const { records } = readSpans(hypotheses[0] ?? { ids: [], logProbs: [], score: 0 }, query.vocabulary, items[index]!.setting.codec);
			return [...new Set(records.map(({ type }) => type))].sort();
		});
	});
}

async function scoreArguments(context: Context, eventTypes: (items: readonly Item<EventRecord>[]) => Promise<string[][]>): Promise<Tally> {
	const tally = newTally();
	const records = readRecords(context.options.data, "events", context.options.limit);
	await inChunks(context, records, async (items) => {
		const types = await eventTypes(items);
		const asked = items.flatMap((item, index) => types[index]!.flatMap((type) => (item.setting.rolesOf(type) === null ? [] : [{ item, type }])));
		const answers = await ask(
			context,
			asked.map(({ item, type }) => argumentQuery(item.setting, type, item.setting.rolesOf(type)!)),
		);
		for (const [index, { item, type }] of asked.entries()) addSpans(tally, answers[index]!, item.setting, goldArguments(item, type), `${type} `);
		// What belongs to events that were not found is missed.
		for (const [index, item] of items.entries()) {
			const missed = [...new Set(item.record.events.map((event) => event.type))].filter((type) => !types[index]!.includes(type));
			for (const type of missed) tally.counts.gold += goldArguments(item, type).length;
		}
	});
	return { ...tally, records: records.length };
}

/** Each (role, span) of an event type once, as the reference counts; unreachable ones are left out there. */
function goldArguments({ record, setting }: Item<EventRecord>, type: string): string[] {
	const all = record.events.filter((event) => event.type === type).flatMap((event) => event.arguments);
	return [
		...new Set(all.map((argument) => wordRecord(`${type} ${argument.role}`, argument, setting.words, record.text)).filter((item) => item !== null)),
	];
}
