/** Goes in: a context and what to ask. Comes out: one query each for mner, mre, med and meae, and the vocabulary its answer is read against. */
import { Failure } from "../../core/failure.ts";
import type { ChoiceQuery } from "../catalog/mqa.ts";
import { type ExtractionContext, labelIds, plainIds } from "../context.ts";
import { DEFAULT_INSTRUCTORS, NO_RELATION, RELATION_SIGNATURES, TASK_INSTRUCTORS } from "../defaults.ts";
import {
	choiceCandidates,
	choiceGrammar,
	type SpanGrammarOptions,
	spanCandidates,
	spanGrammar,
} from "../grammar/grammar.ts";
import type { SpanVocabulary } from "../grammar/read.ts";
import { gazetteerBias } from "../names/gazetteer-bias.ts";
import type { Query, TaskName, TextRange } from "../types.ts";
import type { RecordQuery } from "./records.ts";

/** A run of words of a context, `from` … `to - 1`. */
export interface WordSpan {
	readonly from: number;
	readonly to: number;
}

/** A piece of the text that mner or med found. */
export interface Mention extends WordSpan {
	readonly type: string;
	readonly score: number;
}

/** Two mentions that a relation may join. */
export interface MentionPair {
	readonly head: Mention;
	readonly tail: Mention;
}

interface AskedQuery extends Query {
	/** How many words of the text the model reads with this instructor. */
	readonly wordsRead: number;
}

/** A query whose answer `readSpans` reads. */
export interface SpanQuery extends AskedQuery {
	readonly task: "mner" | "med" | "meae";
	readonly vocabulary: SpanVocabulary;
	/** The event type an meae query asks about. */
	readonly event: string | null;
	/** The one trigger an meae query asks about; null: every event of the type. */
	readonly trigger: WordSpan | null;
}

/** A query whose answer `readChoice` reads. */
export interface RelationQuery extends AskedQuery {
	readonly task: "mre";
	readonly choices: ReadonlyArray<{ readonly name: string; readonly ids: readonly number[] }>;
	/** What mner found that head and tail are; null when they were given as plain strings. */
	readonly pair: MentionPair | null;
	/** Who votes beside the decoder, or in its place; absent: nobody. */
	readonly vote?: PairVote;
}

/** What a pair classifier is asked about one pair. */
export interface PairVote {
	/** Weight of its vote beside the decoder's, 0…1. */
	readonly weight: number;
	/** For each of the query's `ends` the relations that may be said, each with its place among what the classifier says. The second is the first the other way round. */
	readonly orders: ReadonlyArray<ReadonlyArray<{ readonly name: string; readonly at: number }>>;
}

export type TaskQuery = SpanQuery | RelationQuery | RecordQuery | ChoiceQuery;

/** Tokens of the text that must fit beside an instructor, or asking is pointless. */
const LEAST_ROOM = 8;

/** Puts values into `{name}` places, in one pass: a value is never read as a template. */
export function fill(template: string, values: Readonly<Record<string, string>>): string {
	return template.replace(/\{(\w+)\}/g, (place, name: string) => (Object.hasOwn(values, name) ? values[name]! : place));
}

/** Paper, Table 1: "Please extract the following entity type: person, location." */
export function entityQuery(context: ExtractionContext): SpanQuery {
	const { mner } = context.instructors;
	const wording = context.request.instructor;
	const template = mner[wording] ?? DEFAULT_INSTRUCTORS.mner[wording] ?? DEFAULT_INSTRUCTORS.mner.default!;
	const instructor = fill(template, { types: context.entityTypes.join(", ") });
	return spanQuery(context, { task: "mner", instructor, labels: context.entityTypes, what: "entity types" });
}

/** Paper, Table 1: "Please extract the following event type: attack, meet." */
export function eventQuery(context: ExtractionContext): SpanQuery {
	const instructor = fill(context.instructors.med, { types: context.eventTypes.join(", ") });
	return spanQuery(context, { task: "med", instructor, labels: context.eventTypes, what: "event types" });
}

/**
 * Paper, Table 1: "Given an attack event, please extract the corresponding argument type: attacker, target."
 * @param trigger the one event that is meant, where a text has several of a type (M2E2)
 */
export function argumentQuery(
	context: ExtractionContext,
	event: string,
	roles: readonly string[],
	trigger: WordSpan | null = null,
): SpanQuery {
	const { tasks = {}, meae } = context.instructors;
	const template = trigger === null ? meae : (tasks.meae_trigger ?? TASK_INSTRUCTORS.meae_trigger);
	const instructor = fill(template, {
		event,
		roles: roles.join(", "),
		trigger: trigger === null ? "" : modelText(context, trigger),
	});
	return spanQuery(context, {
		task: "meae",
		instructor,
		labels: roles,
		what: `argument roles of ${JSON.stringify(event)}`,
		event,
		trigger,
	});
}

/**
 * Paper, Table 1: "Please extract the following relation between Star Fox and Starlink: part of, none."
 * @param head and @param tail as the model reads them: words joined by one space
 */
export function relationQuery(
	context: ExtractionContext,
	head: string,
	tail: string,
	pair: RelationQuery["pair"] = null,
): RelationQuery {
	const { codec, relationTypes, instructors } = context;
	const choices = relationTypes.map((name) => ({ name, ids: plainIds(`${head}, ${name}, ${tail}`, codec) }));
	const fitting = choices.filter(({ name }) => pair === null || mayJoin(context, name, pair));
	const listed = (instructors.relations ?? "all") === "all" ? choices : fitting;
	const instructor = fill(instructors.mre, { head, tail, relations: listed.map(({ name }) => name).join(", ") });
	const sequences = fitting.map(({ ids }) => ids);
	const { eos } = codec.special;
	const grammar = choiceGrammar(sequences, eos);
	return {
		task: "mre",
		instructor,
		...buildInput(context, instructor),
		grammar,
		candidateIds: choiceCandidates(sequences, eos),
		choices,
		pair,
	};
}

/**
 * Whether a relation can hold between two mentions: with MNRE's own labels only between the types of its signature, so that two places are never
 * "place of residence" of each other. Other label lists: always. The prompt lists what it listed in training: all relations, where only the answer is held
 * to these, or with `relations: "fitting"` (or "read") of a manifest no others.
 * MNRE-V2 dev, the 753 pairs that mner finds whole, int8, 4 beams: F1 43.7 instead of 42.9, accuracy 54.2 instead of 50.1; leaving the others out of the
 * prompt of a model that was trained with all would save a third of the time, but loses 4 to 7 points of precision.
 */
export function mayJoin(context: ExtractionContext, relation: string, { head, tail }: MentionPair): boolean {
	if (relation === NO_RELATION || !hasSignatures(context)) return true;
	return RELATION_SIGNATURES[relation]!.some(([first, second]) => first === head.type && second === tail.type);
}

/** Whether entity and relation types are those that MNRE's signatures speak of. */
export function hasSignatures({ entityTypes, relationTypes }: ExtractionContext): boolean {
	const known = new Set(Object.values(RELATION_SIGNATURES).flat(2));
	return (
		relationTypes.every((relation) => Object.hasOwn(RELATION_SIGNATURES, relation)) &&
		entityTypes.every((type) => known.has(type))
	);
}

/** What the model reads of a run of words. */
export function modelText(context: ExtractionContext, { from, to }: WordSpan): string {
	return context.words
		.slice(from, to)
		.map(({ model }) => model)
		.join(" ");
}

interface SpanTask {
	readonly task: SpanQuery["task"] & TaskName;
	readonly instructor: string;
	readonly labels: readonly string[];
	readonly what: string;
	readonly event?: string;
	readonly trigger?: WordSpan | null;
}

function spanQuery(
	context: ExtractionContext,
	{ task, instructor, labels, what, event, trigger = null }: SpanTask,
): SpanQuery {
	const { codec, request } = context;
	checkRoom(context, instructor, what);
	const input = buildInput(context, instructor);
	const words = context.words.slice(0, input.wordsRead).map(({ ids }) => ids);
	const types = labelIds(labels, what, codec);
	const none = plainIds("none", codec);
	const objects = task === "meae" ? context.objects : [];
	const { spot, eos } = codec.special;
	const options: SpanGrammarOptions = {
		words,
		types: types.map(({ ids }) => ids),
		none,
		spot,
		eos,
		objects,
		ordered: task !== "meae",
		maxTokens: request.maxNewTokens,
	};
	const read = context.words.slice(0, input.wordsRead);
	const lead =
		task === "mner" && request.gazetteer ? gazetteerBias(request.gazetteer, read, options.types, codec.special) : null;
	return {
		task,
		instructor,
		...input,
		grammar: spanGrammar(options),
		candidateIds: spanCandidates(options),
		spansFollow: [...new Set(options.types.map((ids) => ids.at(-1)!))],
		...(lead && { bias: lead }),
		vocabulary: { words, types, none, objects },
		event: event ?? null,
		trigger,
	};
}

/** What a query reads: its ids, where the text stands in them, and how many words of it are whole. */
export type Input = Pick<AskedQuery, "inputIds" | "text" | "wordsRead">;

/** `<instructor> <text></s>`, cut from the text's end to the model's limit. A word that is cut in the middle is fed, but counts as not read. */
export function buildInput(context: ExtractionContext, instructor: string): Input {
	const { piecesRead, ...input } = cutInput(
		context,
		instructor,
		context.words.map(({ ids }) => ids),
	);
	return { ...input, wordsRead: piecesRead };
}

/** An input whose text is made of `pieces`, and how many of them are whole. */
export function cutInput(
	{ codec, maxInput }: ExtractionContext,
	instructor: string,
	pieces: ReadonlyArray<readonly number[]>,
): Pick<Input, "inputIds" | "text"> & { readonly piecesRead: number } {
	const ids = plainIds(instructor, codec);
	const limit = maxInput - 1;
	const begin = Math.min(ids.length, limit);
	let piecesRead = 0;
	for (const piece of pieces) {
		ids.push(...piece);
		if (ids.length > limit) break;
		piecesRead++;
	}
	const text: TextRange = { begin, end: Math.min(ids.length, limit) };
	return { inputIds: [...ids.slice(0, limit), codec.special.eos], text, piecesRead };
}

/** @throws Failure `labels-invalid` when a label list leaves the text no room in the model's input */
export function checkRoom({ codec, maxInput }: ExtractionContext, instructor: string, what: string): void {
	const { length } = plainIds(instructor, codec);
	if (length + LEAST_ROOM < maxInput) return;
	throw new Failure(
		"labels-invalid",
		`The ${what}: with this list the prompt takes ${length} of the model's ${maxInput} tokens, which leaves no room for the text.`,
	);
}
