/** Goes in: an open model and annotated posts. Comes out: what the model says about them; the same code in Node and in a page. */
import type { Manifest } from "../../../src/bundle/manifest.ts";
import { Failure } from "../../../src/core/failure.ts";
import type { ExtractionResult } from "../../../src/core/result.ts";
import { prepareText } from "../../../src/core/text.ts";
import {
	argumentQuery,
	entityQuery,
	eventQuery,
	type RelationQuery,
	relationQuery,
	type SpanQuery,
	type TaskQuery,
} from "../../../src/tasks/queries.ts";
import { type Reading, readChoice, readSpans } from "../../../src/tasks/read.ts";
import { createSetting, type Setting } from "../../../src/tasks/setting.ts";
import type { Answer, RequestableTask } from "../../../src/tasks/types.ts";
import { extractPosts, type OpenModel } from "../../../workers/extract.ts";
import { answerQueries } from "../../../workers/model/answer.ts";
import type { EncodedImage } from "../../../workers/model/model.ts";
import type { SeenPicture } from "../../../workers/pictures.ts";
import { looksAtPictures, settleRequest } from "../../../workers/request.ts";
import type { ImageDecoder, RegionProposer } from "../../../workers/vision/types.ts";
import type { AnnotatedRecord, Asked, Box, EvaluatedTask, FoundArgument, FoundSpan, OpenedBundle, Prediction, RecordOf } from "./contract.ts";

export interface PredictPlatform {
	readonly model: OpenModel;
	readonly decode: ImageDecoder;
	readonly proposer: RegionProposer;
	/** Gives the event loop one turn, so that Ctrl-C is heard. */
	readonly turn: () => Promise<void>;
}

const NEVER = new AbortController().signal;
/** JMERE asks about every ordered pair; posts have at most a handful of entities. */
const PAIRS = 60;

const EMPTY: Omit<Prediction, "id" | "looked"> = { entities: [], relation: null, events: [], arguments: [], relations: [], malformed: 0 };

/** A record with everything its queries are built from. */
interface Item<R extends AnnotatedRecord = AnnotatedRecord> {
	readonly record: R;
	readonly setting: Setting;
	readonly seen: SeenPicture | null;
	readonly image: EncodedImage | null;
}

interface Context {
	readonly platform: PredictPlatform;
	readonly asked: Asked;
}

type Said = Omit<Prediction, "id" | "looked">;

const RUNNERS = {
	mner: (context, items) => entities(context, items),
	mre: (context, items) => relations(context, items as Item<RecordOf<"mre">>[]),
	med: (context, items) => events(context, items),
	meae: (context, items) => argumentsOf(context, items, (items as Item<RecordOf<"events">>[]).map(goldTypes)),
	mee: (context, items) => cascade(context, items),
} as const satisfies Partial<Record<EvaluatedTask, (context: Context, items: readonly Item[]) => Promise<Said[]>>>;

/** Tasks of the page itself, asked as the page asks them. */
const EXTRACTED = { gmner: ["mner"], jmere: ["mner", "mre"] } as const satisfies Partial<Record<EvaluatedTask, readonly RequestableTask[]>>;

/** @throws Failure */
export async function predictRecords(platform: PredictPlatform, asked: Asked): Promise<Prediction[]> {
	const { task } = asked;
	const context = { platform, asked };
	try {
		if (task in EXTRACTED) return await extracted(context, EXTRACTED[task as keyof typeof EXTRACTED]);
		const items: Item[] = [];
		for (const [index, record] of asked.records.entries()) items.push(await prepare(context, record, asked.images[index] ?? null));
		const said = await RUNNERS[task as keyof typeof RUNNERS](context, items);
		return said.map((answer, index) => ({ id: items[index]!.record.id, ...answer, looked: items[index]!.image !== null }));
	} finally {
		platform.model.pictures.trim();
	}
}

export function describeModel({ sessions, device }: OpenModel): OpenedBundle {
	const { manifest } = sessions;
	return {
		name: manifest.name,
		dtype: manifest.dtype,
		device: { ...device },
		trainedOn: manifest.trained_on,
		vision: manifest.vision,
		fingerprint: fingerprint(manifest),
	};
}

function fingerprint({ files }: Manifest): string {
	return Object.entries(files)
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([, { sha256 }]) => sha256.slice(0, 8))
		.join("");
}

/** Words are the data's tokens. A picture that cannot be decoded counts as none. */
async function prepare({ platform, asked }: Context, record: AnnotatedRecord, bytes: Uint8Array | null): Promise<Item> {
	const { model } = platform;
	const { manifest } = model.sessions;
	const request = settleRequest({ ...asked.request, tasks: ["mner"], words: "tokens" });
	const looks = bytes !== null && looksAtPictures(manifest, request.gate);
	const options = {
		...platform,
		proposer: model.proposer ?? platform.proposer,
		limit: manifest.config.visual?.max_objects ?? 36,
		signal: NEVER,
		timed: <T>(_: string, work: () => Promise<T>) => work(),
	};
	const seen = looks ? await readable(() => model.pictures.look(bytes, options)) : null;
	const image = seen === null ? null : await model.pictures.encode(model.sessions, seen, options);
	const prepared = prepareText(record.text, "tokens");
	const setting = createSetting({ request, prepared, codec: model.codec, manifest, regionCount: seen?.boxes.length ?? 0 });
	return { record, setting, seen, image };
}

async function readable<T>(look: () => Promise<T>): Promise<T | null> {
	try {
		return await look();
	} catch (error) {
		if (error instanceof Failure && error.code.startsWith("image-")) return null;
		throw error;
	}
}

async function ask<Query extends TaskQuery>(
	{ platform, asked }: Context,
	queries: ReadonlyArray<{ readonly query: Query; readonly image: EncodedImage | null }>,
): Promise<Answer<Query>[]> {
	const request = settleRequest({ ...asked.request, tasks: ["mner"] });
	return answerQueries(platform.model.sessions, queries, {
		request,
		device: platform.model.device.name,
		checkpoint: platform.turn,
		onProgress: () => {},
	});
}

function read({ query, hypotheses }: Answer<SpanQuery>, { setting }: Item): Reading {
	return readSpans(hypotheses[0] ?? { ids: [], logProbs: [], score: 0 }, query.vocabulary, setting.codec);
}

function spansOf({ records }: Reading, { setting }: Item): FoundSpan[] {
	return records.flatMap(({ type, span, score }) =>
		span === null ? [] : [{ type, start: setting.words[span.from]!.start, end: setting.words[span.to - 1]!.end, score }],
	);
}

async function entities(context: Context, items: readonly Item[]): Promise<Said[]> {
	const answers = await ask(
		context,
		items.map(({ setting, image }) => ({ query: entityQuery(setting), image })),
	);
	return answers.map((answer, index) => {
		const reading = read(answer, items[index]!);
		const found = spansOf(reading, items[index]!).map((span) => ({ ...span, boxes: [] }));
		return { ...EMPTY, entities: found, malformed: Number(!reading.wellFormed) };
	});
}

async function relations(context: Context, items: readonly Item<RecordOf<"mre">>[]): Promise<Said[]> {
	const answers = await ask(
		context,
		items.map(({ record, setting, image }) => ({ query: relationQuery(setting, record.head.text, record.tail.text) as RelationQuery, image })),
	);
	return answers.map(({ query, hypotheses }, index) => {
		const choice = hypotheses[0] === undefined ? null : readChoice(hypotheses[0], query.choices, items[index]!.setting.codec);
		return { ...EMPTY, relation: { name: choice?.name ?? null, score: choice?.score ?? 0 }, malformed: Number((choice?.name ?? null) === null) };
	});
}

async function events(context: Context, items: readonly Item[]): Promise<Said[]> {
	const answers = await ask(
		context,
		items.map(({ setting, image }) => ({ query: eventQuery(setting), image })),
	);
	return answers.map((answer, index) => {
		const reading = read(answer, items[index]!);
		return { ...EMPTY, events: spansOf(reading, items[index]!), malformed: Number(!reading.wellFormed) };
	});
}

const goldTypes = ({ record }: Item<RecordOf<"events">>): string[] => [...new Set(record.events.map(({ type }) => type))].sort();

/** Arguments of the event types that med found. An output of med counts as malformed in med only. */
async function cascade(context: Context, items: readonly Item[]): Promise<Said[]> {
	const found = await events(context, items);
	const types = found.map(({ events }) => [...new Set(events.map(({ type }) => type))].sort());
	const made = await argumentsOf(context, items, types);
	return made.map((said, index) => ({ ...said, events: found[index]!.events }));
}

/** @param types event types to ask about, of each item */
async function argumentsOf(context: Context, items: readonly Item[], types: readonly string[][]): Promise<Said[]> {
	const asked = items.flatMap((item, index) =>
		types[index]!.flatMap((event) => {
			const roles = item.setting.rolesOf(event);
			return roles === null ? [] : [{ index, event, query: argumentQuery(item.setting, event, roles), image: item.image }];
		}),
	);
	const answers = await ask(context, asked);
	const said = items.map(() => ({ arguments: [] as FoundArgument[], malformed: 0 }));
	for (const [at, answer] of answers.entries()) {
		const { index, event } = asked[at]!;
		const item = items[index]!;
		const reading = read(answer, item);
		if (!reading.wellFormed) said[index]!.malformed++;
		said[index]!.arguments.push(...reading.records.flatMap((record) => argument(record, event, item)));
	}
	return said.map((one) => ({ ...EMPTY, ...one }));
}

function argument({ type, span, object, score }: Reading["records"][number], event: string, { setting, seen }: Item): FoundArgument[] {
	if (span !== null) {
		const place = { start: setting.words[span.from]!.start, end: setting.words[span.to - 1]!.end };
		return [{ event, role: type, span: place, box: null, score }];
	}
	const region = object === null ? undefined : seen?.picture.regions[object];
	return region === undefined ? [] : [{ event, role: type, span: null, box: region.box, score }];
}

async function extracted({ platform, asked }: Context, tasks: readonly RequestableTask[]): Promise<Prediction[]> {
	const { model, decode, proposer, turn } = platform;
	const options = { decode, proposer, turn, signal: NEVER, onProgress: () => {}, onPartial: () => {} };
	const request = { maxPairs: PAIRS, ...asked.request, tasks, words: "tokens" } as const;
	const answer = async (text: string, image: Uint8Array | null) => (await extractPosts(model, [{ text, image }], request, options))[0]!;
	const predictions: Prediction[] = [];
	for (const [index, { id, text }] of asked.records.entries()) {
		const image = asked.images[index] ?? null;
		const result = (image === null ? null : await readable(() => answer(text, image))) ?? (await answer(text, null));
		predictions.push({ id, ...saidOf(result), looked: result.image !== null });
	}
	return predictions;
}

function saidOf({ image, entities, relations, unread }: ExtractionResult): Said {
	const byId = new Map(entities.map((entity) => [entity.id, entity]));
	const fractions = ([x1, y1, x2, y2]: Box): Box => [x1 / image!.width, y1 / image!.height, x2 / image!.width, y2 / image!.height];
	return {
		...EMPTY,
		entities: entities.map(({ type, start, end, score, regions }) => ({ type, start, end, score, boxes: regions.map(({ box }) => fractions(box)) })),
		relations: relations.flatMap(({ type, head, tail, score }) => {
			const [from, to] = [byId.get(head), byId.get(tail)];
			return from && to ? [{ relation: type, head: foundSpan(from), tail: foundSpan(to), score }] : [];
		}),
		malformed: Number(unread.length > 0),
	};
}

const foundSpan = ({ type, start, end, score }: FoundSpan): FoundSpan => ({ type, start, end, score });
