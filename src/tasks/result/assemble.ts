/** Goes in: a context and its answers, of one wave or of both. Comes out: the extraction result, but for what only the engine knows. */
import type { Size } from "../../core/geometry.ts";
import type {
	Entity,
	EventArgument,
	ExtractedEvent,
	ExtractionResult,
	RawOutput,
	Region,
	Relation,
	Sight,
	Step,
} from "../../core/result.ts";
import type { Found, FoundEnd, FoundMention } from "../catalog/definition.ts";
import { foundIn } from "../catalog/definitions.ts";
import { stepsOf, type TextStep } from "../catalog/gmper.ts";
import { chosen, isChoice } from "../catalog/mqa.ts";
import type { ExtractionContext } from "../context.ts";
import { NO_RELATION } from "../defaults.ts";
import { readChoice, readSpans, type SpanRecord } from "../grammar/read.ts";
import { readRecords } from "../grammar/read-records.ts";
import { boxOf } from "../layout/layout.ts";
import { lookUp } from "../names/gazetteer.ts";
import { thingsOf, UNTYPED } from "../names/identity.ts";
import { experimentalOf, notesOf, type TaskAnswer } from "../plan.ts";
import { pairShares, relationSaid } from "../query/pair-shares.ts";
import { type Mention, modelText, type WordSpan } from "../query/queries.ts";
import type { TokenCodec } from "../types.ts";
import { answerLooking, regionSeen, sightOf, textPictureOf } from "./grounding.ts";
import { mentionsOf } from "./mentions.ts";

/** A result without model, device and timings: the engine adds those. */
export type TextResult = Omit<ExtractionResult, "model" | "device" | "timings">;

export interface Picture {
	readonly image: Size | null;
	/** O1…On, in order. */
	readonly regions: readonly Region[];
}

export const NO_PICTURE: Picture = { image: null, regions: [] };

/** Reads the best hypothesis of every answer. Never throws at what the model says: what could not be read is in `unread`. */
export function assemble(
	context: ExtractionContext,
	answers: readonly TaskAnswer[],
	{ image, regions }: Picture = NO_PICTURE,
): TextResult {
	const found = answers.flatMap((answer) => foundIn(context, answer));
	const steps = context.request.tasks.includes("gmper") ? stepsOf(context) : [];
	const mentions = collectMentions([
		...mentionsOf(context, answers, "mner"),
		...found.flatMap((one) => one.mentions),
	]).map((mention) => {
		const step = steps.find(({ from, to }) => mention.from >= from && mention.to <= to);
		return step ? { ...mention, step: step.number } : mention;
	});
	const looking = answerLooking(answers);
	const sights = mentions.map((mention) => sightOf(context, looking, mention, regions));
	const { entities, things } = thingsOf(
		mentions.map((mention, i) =>
			seenEntity(context, entityOf(context, mention, `e${i + 1}`, regions), sights[i]!, looking?.gate ?? 0, regions),
		),
		context.text,
	);
	const gates = answers.flatMap(({ gate }) => gate ?? []);
	const textPicture = textPictureOf(gates, sights, context.request.groundingThreshold);
	const idOf = new Map(mentions.map((mention, i) => [placeOf(mention), entities[i]!.id] as const).reverse());
	const untrained = experimentalOf(context, answers);
	return {
		format: "umie-result/1",
		text: context.text,
		image: image && { width: image.width, height: image.height },
		offsets: "utf-16",
		regions: [...regions],
		entities,
		relations: relationsOf(context, answers, found, mentions, regions),
		events: eventsOf(context, answers, regions, idOf),
		gate: gatesOf(answers),
		scores: context.request.decoding === "extractive" ? "candidates" : "vocabulary",
		raw: answers.flatMap((answer) => rawOf(context, answer)),
		unread: answers.flatMap((answer) => unreadOf(answer, context.codec)),
		notes: notesOf(context, answers),
		...(textPicture && { textPicture }),
		...(things.length > 0 && { things }),
		...(steps.length > 0 && { steps: steps.map((step) => stepOf(context, step, image !== null)) }),
		...(untrained.length > 0 && { experimental: untrained }),
	};
}

/** One mention for each place and type, in text order. One whose type was not asked is the first one at its place, if there is any. */
function collectMentions(found: readonly FoundMention[]): (FoundMention & { readonly type: string })[] {
	const typed = new Map<string, FoundMention & { readonly type: string }>();
	const add = (mention: FoundMention, type: string) => {
		const key = `${placeOf(mention)} ${type}`;
		// What another task says of the same mention is added to it.
		typed.set(key, { ...mention, ...typed.get(key), type });
	};
	for (const mention of found) if (mention.type !== null) add(mention, mention.type);
	for (const mention of found) {
		if (mention.type === null)
			add(mention, [...typed.values()].find((other) => placeOf(other) === placeOf(mention))?.type ?? UNTYPED);
	}
	return [...typed.values()].sort((a, b) => a.from - b.from || a.to - b.to);
}

function entityOf(
	context: ExtractionContext,
	mention: FoundMention & { readonly type: string },
	id: string,
	regions: readonly Region[],
): Entity {
	const { type, score, coarse, object, step } = mention;
	const piece = pieceOf(context, mention);
	const region = object === undefined || object === null ? undefined : regions[object];
	const box = context.layout && boxOf(context.layout, piece);
	const entry = context.gazetteer && lookUp(context.gazetteer, { text: piece.text, type, coarse });
	return {
		id,
		type,
		...piece,
		score,
		regions: region ? [region] : [],
		...(coarse !== undefined && { coarse }),
		// Without objects to choose from, "none" says nothing about the picture.
		...(object !== undefined && context.objects.length > 0 && { grounded: region !== undefined }),
		...(step !== undefined && { step }),
		...(box && { box: [...box] as [number, number, number, number] }),
		...(entry && { entry }),
	};
}

/** What the attention says of a mention; a region that a task named stays, unless the model points better than it numbers regions. */
function seenEntity(
	context: ExtractionContext,
	entity: Entity,
	sights: readonly Sight[],
	gate: number,
	regions: readonly Region[],
): Entity {
	if (sights.length === 0) return entity;
	const mayMove = entity.grounded === undefined || (entity.grounded && context.instructors.grounding === "seen");
	const seen = mayMove ? regionSeen(sights, gate, context.request.groundingThreshold, regions) : undefined;
	return { ...entity, regions: seen ? [seen] : entity.regions, sight: [...sights] };
}

function stepOf({ text }: ExtractionContext, { number, start, end }: TextStep, seen: boolean): Step {
	return { number, text: text.slice(start, end), start, end, picture: seen ? 0 : null };
}

/** A run of words as a piece of the person's own text. */
export function pieceOf(
	{ text, words }: ExtractionContext,
	{ from, to }: WordSpan,
): { text: string; start: number; end: number } {
	const [start, end] = [words[from]!.start, words[to - 1]!.end];
	return { text: text.slice(start, end), start, end };
}

const placeOf = ({ from, to }: WordSpan) => `${from} ${to}`;

/** Of mre and of multiple choice, then of the tasks that name both ends themselves. */
function relationsOf(
	context: ExtractionContext,
	answers: readonly TaskAnswer[],
	found: readonly Found[],
	mentions: readonly FoundMention[],
	regions: readonly Region[],
): Relation[] {
	const relations: Relation[] = [];
	const entityAt = ({ from, to, type }: FoundMention) => {
		const at = mentions.findIndex((one) => one.from === from && one.to === to && (type === null || one.type === type));
		return `e${at + 1}`;
	};
	const add = (relation: Omit<Relation, "id">) => {
		const known = relations.some(
			({ type, head, tail }) => type === relation.type && head === relation.head && tail === relation.tail,
		);
		if (!known) relations.push({ id: `r${relations.length + 1}`, ...relation });
	};
	for (const answer of answers) {
		const pair = relationIn(context, answer);
		if (pair) add({ type: pair.type, head: entityAt(pair.head), tail: entityAt(pair.tail), score: pair.score });
	}
	const nameOf = (end: FoundEnd) => ("object" in end ? `O${end.object + 1}` : entityAt(end.mention));
	for (const { type, score, head, tail } of found.flatMap((one) => one.relations)) {
		const object = "object" in head ? head.object : "object" in tail ? tail.object : null;
		const region = object === null ? null : regions[object];
		// An object that the picture does not have is none.
		if (region !== undefined) add({ type, head: nameOf(head), tail: nameOf(tail), score, ...(region && { region }) });
	}
	return relations;
}

/** The relation an mre answer, or one of multiple choice, names; null: none. */
function relationIn(
	context: ExtractionContext,
	answer: TaskAnswer,
): { type: string; score: number; head: Mention; tail: Mention } | null {
	const { query } = answer;
	if (isChoice(query)) {
		const choice = query.about === "relation" ? chosen(context, answer) : null;
		return choice && query.spanMention && query.other
			? { type: choice.name, score: choice.score, head: query.spanMention, tail: query.other }
			: null;
	}
	if (query.task !== "mre" || !query.pair) return null;
	const said = relationSaid({ ...answer, query }, context.codec);
	if (said === null || said.name === NO_RELATION) return null;
	const { head, tail } = query.pair;
	return { type: said.name, score: said.share, ...(said.reversed ? { head: tail, tail: head } : { head, tail }) };
}

/** One event for each (type, trigger). What meae found for a type belongs to every event of that type, as in the paper's cascade; for a trigger to its own. */
function eventsOf(
	context: ExtractionContext,
	answers: readonly TaskAnswer[],
	regions: readonly Region[],
	idOf: ReadonlyMap<string, string>,
): ExtractedEvent[] {
	const argumentsOf = new Map<string, EventArgument[]>();
	const add = (key: string, found: readonly EventArgument[]) =>
		argumentsOf.set(key, [...(argumentsOf.get(key) ?? []), ...found]);
	for (const answer of answers) {
		const { query, hypotheses } = answer;
		const best = hypotheses[0];
		if (isChoice(query) && query.about === "role" && query.other) {
			const choice = chosen(context, answer);
			const filler = choice && { type: choice.name, span: query.span, object: null, score: choice.score };
			if (filler) add(`${query.other.type} ${placeOf(query.other)}`, argumentOf(context, filler, regions, idOf));
		}
		if (query.task !== "meae" || query.event === null || !best) continue;
		const { records } = readSpans(best, query.vocabulary, context.codec);
		const key = query.trigger ? `${query.event} ${placeOf(query.trigger)}` : query.event;
		add(
			key,
			records.flatMap((record) => argumentOf(context, record, regions, idOf)),
		);
	}
	return mentionsOf(context, answers, "med").map((trigger, i) => {
		const list = argumentsOf.get(`${trigger.type} ${placeOf(trigger)}`) ?? argumentsOf.get(trigger.type) ?? [];
		return {
			id: `v${i + 1}`,
			type: trigger.type,
			trigger: pieceOf(context, trigger),
			arguments: [...list],
			score: trigger.score,
		};
	});
}

function argumentOf(
	context: ExtractionContext,
	record: SpanRecord,
	regions: readonly Region[],
	idOf: ReadonlyMap<string, string>,
): EventArgument[] {
	const { type: role, span, object, score } = record;
	if (span)
		return [{ role, span: pieceOf(context, span), entity: idOf.get(placeOf(span)) ?? null, region: null, score }];
	const region = object === null ? undefined : regions[object];
	return region ? [{ role, span: null, entity: null, region, score }] : [];
}

/** Mean g of each task (paper, Eq. 7); 0 where the picture had no say. */
function gatesOf(answers: readonly TaskAnswer[]): Record<string, number> {
	const byTask = new Map<string, number[]>();
	for (const { query, gate } of answers) byTask.set(query.task, [...(byTask.get(query.task) ?? []), gate ?? 0]);
	return Object.fromEntries(
		[...byTask].map(([task, gates]) => [task, gates.reduce((sum, gate) => sum + gate, 0) / gates.length]),
	);
}

function rawOf(context: ExtractionContext, answer: TaskAnswer): RawOutput[] {
	const { codec } = context;
	const { query, hypotheses, gate } = answer;
	const votes = votesOf(context, answer);
	const [best, ...others] = hypotheses.map(({ ids, score }) => ({
		output: codec.decode(ids.filter((id) => id !== codec.special.eos)),
		// What was searched by its sum is told like the rest, as a mean.
		score: query.search?.lengthPenalty === 0 ? score / Math.max(1, ids.length) : score,
	}));
	if (!best && !votes) return [];
	const { task, instructor } = query;
	return [
		{ task, instructor, ...(best ?? { output: "", score: 0 }), alternatives: others, gate, ...(votes && { votes }) },
	];
}

/** What was voted on a pair, in words; null: nobody voted. */
function votesOf(context: ExtractionContext, { query, ...answer }: TaskAnswer): RawOutput["votes"] | null {
	if (query.task !== "mre" || query.pair === null) return null;
	const [head, tail] = [query.pair.head, query.pair.tail].map((end) => modelText(context, end)) as [string, string];
	const shares = pairShares({ ...answer, query }, context.codec);
	return shares?.map(({ name, share, reversed }) => ({
		relation: name,
		share,
		...(reversed ? { head: tail, tail: head } : { head, tail }),
	}));
}

function unreadOf({ query, hypotheses }: TaskAnswer, codec: TokenCodec): readonly string[] {
	const best = hypotheses[0];
	if (!best) return [];
	if ("choices" in query) return readChoice(best, query.choices, codec).unread;
	return "spec" in query
		? readRecords(best, query.spec, codec).unread
		: readSpans(best, query.vocabulary, codec).unread;
}
