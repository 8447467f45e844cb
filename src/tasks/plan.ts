/**
 * Plans an extraction: its steps, and what each wave asks given the answers so far. Pure: the engine does the asking.
 */
import type { TaskDefinition, Wave } from "./catalog/definition.ts";
import { DEFINITIONS } from "./catalog/definitions.ts";
import { MQA_WAVES } from "./catalog/mqa.ts";
import type { ExtractionContext } from "./context.ts";
import { isEventful, prefilteredQuery, prefilters, thresholdsInForce } from "./query/prefilter.ts";
import type { Query, ReadAnswer, SpanQuery } from "./query/question.ts";
import { readForPairs } from "./query/relations-read.ts";
import { spanKey } from "./words.ts";

/** "ask": the queries of wave `wave`, the first is 0. "prefilter": the bundle's prefilter looks at what mner read. */
export type Step = { readonly kind: "ask"; readonly wave: number } | { readonly kind: "prefilter" };

/** The steps of a batch of posts. What a post does not need in a step is empty. */
export function planSteps(contexts: readonly ExtractionContext[]): Step[] {
	const waves = Math.max(2, ...contexts.map(waveCount));
	return Array.from({ length: waves }, (_, wave): Step[] => {
		const ask: Step = { kind: "ask", wave };
		return wave === 0 && contexts.some(prefilters) ? [ask, { kind: "prefilter" }] : [ask];
	}).flat();
}

/** A task that was requested; `instead`: what is asked in its place, because the model was not trained for it. */
export interface PlannedTask {
	readonly requested: TaskDefinition;
	readonly instead: TaskDefinition | null;
}

/** The requested tasks, in the order in which they are asked. */
export function plannedTasks({ request, trained }: ExtractionContext): PlannedTask[] {
	return Object.values(DEFINITIONS)
		.filter(({ name }) => request.tasks.includes(name))
		.map((requested) => {
			const mayReplace = request.untrained === "substitute" && !trained.includes(requested.name);
			return { requested, instead: mayReplace ? (requested.substitute ?? null) : null };
		});
}

/** Whether the first wave depends on the objects of the picture: whether it is another once they are known. */
export const namesObjects = (context: ExtractionContext): boolean =>
	plannedTasks(context).some(({ requested, instead }) => (instead ?? requested).namesObjects);

/** The queries whose states a later step reads: the prefilter, or relations that are asked for on the same reading. */
export function keptStates(context: ExtractionContext, queries: readonly Query[]): Query[] {
	const asksRelations = plannedTasks(context).some(({ requested, instead }) =>
		(instead ?? requested).asks.includes("mre"),
	);
	const readers = [prefilteredQuery(context, queries), asksRelations ? readForPairs(context, queries) : null];
	return queries.filter((query) => readers.includes(query as SpanQuery));
}

function wavesOf(context: ExtractionContext, { requested, instead }: PlannedTask): readonly Wave[] {
	const { name, waves, prefilteredBy } = instead ?? requested;
	if (context.request.style === "mqa") return MQA_WAVES[name] ?? waves;
	return prefilteredBy !== undefined && thresholdsInForce(context)[prefilteredBy] !== null
		? prefilteredWaves(waves)
		: waves;
}

/** The same a wave later, after the prefilter, and only where it saw a sign in the text. */
function prefilteredWaves([first, ...others]: readonly Wave[]): readonly Wave[] {
	const wait: Wave = (context, answers) => {
		// A list that leaves no room for the text should be reported before anything is generated.
		first?.(context, answers);
		return [];
	};
	return [
		wait,
		(context, answers) => (isEventful(context, answers) ? (first?.(context, answers) ?? []) : []),
		...others,
	];
}

/** How often a context asks at most: what is asked next may depend on what was answered. */
export function waveCount(context: ExtractionContext): number {
	return Math.max(0, ...plannedTasks(context).map((task) => wavesOf(context, task).length));
}

/**
 * What is asked in wave `wave` (the first is 0), given the answers of those before. Nothing is asked twice.
 * @throws Failure `labels-invalid`
 */
export function waveQueries(context: ExtractionContext, answers: readonly ReadAnswer[], wave: number): Query[] {
	const byKey = new Map<string, Query>();
	for (const task of plannedTasks(context)) {
		for (const query of wavesOf(context, task)[wave]?.(context, answers) ?? []) {
			const key = keyOf(query);
			if (!byKey.has(key)) byKey.set(key, query);
		}
	}
	const before = new Set(answers.map(({ query }) => keyOf(query)));
	return [...byKey].flatMap(([key, query]) => (before.has(key) ? [] : [query]));
}

/** Tells queries apart that ask something else: two steps, two events or all pairs may have the same prompt. */
function keyOf(query: Query): string {
	return JSON.stringify([query.task, query.instructor, subjectOf(query)]);
}

function subjectOf(query: Query): unknown {
	switch (query.kind) {
		case "span":
			return query.trigger && spanKey(query.trigger);
		case "relation":
			return query.pair;
		case "record":
			return spanKey(query.range);
		case "choice":
			return [query.span, query.other];
	}
}

/** First wave. @throws Failure `labels-invalid` */
export const startQueries = (context: ExtractionContext): Query[] => waveQueries(context, [], 0);

/** Second wave: mre over the pairs that mner found, meae for every event that med found. */
export const followQueries = (context: ExtractionContext, answers: readonly ReadAnswer[]): Query[] =>
	waveQueries(context, answers, 1);
