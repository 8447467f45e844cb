/** Asks for labelled pieces of the text: entities, event triggers and arguments. Reads the answers. */
import { type ExtractionContext, labelIds, plainIds } from "../context.ts";
import { DEFAULT_INSTRUCTORS, TASK_INSTRUCTORS } from "../defaults.ts";
import { spanCandidates, spanGrammar } from "../grammar/grammar.ts";
import { readSpans } from "../grammar/read.ts";
import type { SpanGrammarOptions } from "../grammar/span-ways.ts";
import { gazetteerBias } from "../names/gazetteer-bias.ts";
import type { Answer } from "../types.ts";
import { modelText } from "../words.ts";
import { buildInput, checkRoom, fill } from "./prompt.ts";
import type { ReadSpans, SpanQuery, WordSpan } from "./question.ts";

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

interface SpanTask {
	readonly task: SpanQuery["task"];
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
		kind: "span",
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

/** What the best output says; nothing where the search found no output. */
export function readSpanAnswer(
	{ codec }: ExtractionContext,
	{ query, hypotheses: [best] }: Answer<SpanQuery>,
): Pick<ReadSpans, "records" | "unread"> {
	return best ? readSpans(best, query.vocabulary, codec) : { records: [], unread: [] };
}
