/** Goes in: a context, then answers. Comes out: what to ask first, what to ask next, and what a person should know. Pure: the engine does the asking. */
import type { TaskDefinition, Wave } from "./catalog/definition.ts";
import { DEFINITIONS } from "./catalog/definitions.ts";
import { MQA_WAVES } from "./catalog/mqa.ts";
import type { ExtractionContext } from "./context.ts";
import type { TaskQuery } from "./query/queries.ts";
import { isEventful, screenInForce } from "./query/screen.ts";
import type { TaskAnswer } from "./result/mentions.ts";
import type { RequestableTask, TaskName } from "./types.ts";

export type { TaskAnswer } from "./result/mentions.ts";

const inOrder = ({ request }: ExtractionContext): TaskDefinition[] =>
	Object.values(DEFINITIONS).filter(({ name }) => request.tasks.includes(name));

/** What is asked in place of a task that the model was not trained for; null: the task itself. */
function substituteOf(
	{ request, trained }: ExtractionContext,
	{ name, substitute }: TaskDefinition,
): TaskDefinition | null {
	return request.untrained === "substitute" && substitute !== undefined && !trained.includes(name) ? substitute : null;
}

/** Whether a generation may be among what is asked, as part of a task or of one that stands in for another. */
export const asks = (context: ExtractionContext, generation: TaskName): boolean =>
	inOrder(context).some((task) => (substituteOf(context, task) ?? task).asks.includes(generation));

function wavesOf(context: ExtractionContext, task: TaskDefinition): readonly Wave[] {
	const { name, waves, screened } = substituteOf(context, task) ?? task;
	if (context.request.style === "mqa") return MQA_WAVES[name] ?? waves;
	return screened !== undefined && screenInForce(context)[screened] !== null ? screenedWaves(waves) : waves;
}

/** The same a wave later, once mner was answered, and only where its text showed a sign of it. */
function screenedWaves([first, ...others]: readonly Wave[]): readonly Wave[] {
	const wait: Wave = (context, answers) => {
		// A list that leaves no room for the text should be told before anything is generated.
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
	return Math.max(0, ...inOrder(context).map((task) => wavesOf(context, task).length));
}

/** What is asked in wave `wave` (the first is 0), given the answers of those before. Nothing is asked twice. @throws Failure `labels-invalid` */
export function waveQueries(context: ExtractionContext, answers: readonly TaskAnswer[], wave: number): TaskQuery[] {
	const byKey = new Map<string, TaskQuery>();
	for (const task of inOrder(context)) {
		for (const query of wavesOf(context, task)[wave]?.(context, answers) ?? []) {
			const key = keyOf(query);
			if (!byKey.has(key)) byKey.set(key, query);
		}
	}
	const asked = new Set(answers.map(({ query }) => keyOf(query)));
	return [...byKey].flatMap(([key, query]) => (asked.has(key) ? [] : [query]));
}

/** Tells queries apart that ask something else: two steps, two events or all pairs may have the same prompt. */
function keyOf(query: TaskQuery): string {
	const place =
		"range" in query
			? query.range
			: "trigger" in query
				? query.trigger
				: "span" in query
					? [query.span, query.other]
					: null;
	return JSON.stringify([query.task, query.instructor, "pair" in query ? query.pair : place]);
}

/** First wave. @throws Failure `labels-invalid` */
export const startQueries = (context: ExtractionContext): TaskQuery[] => waveQueries(context, [], 0);

/** Second wave: mre over the pairs that mner found, meae for every event that med found. */
export const followQueries = (context: ExtractionContext, answers: readonly TaskAnswer[]): TaskQuery[] =>
	waveQueries(context, answers, 1);

/** "gmner (grounded entities)"; generations that are no task of their own by their name alone. */
function named(name: string): string {
	const task = Object.hasOwn(DEFINITIONS, name) ? DEFINITIONS[name as RequestableTask] : null;
	return task ? `${name} (${task.title.toLowerCase()})` : name;
}

/** What was asked for and the model was not trained for: tasks that another stands in for, and generations. */
export function experimentalOf(context: ExtractionContext, answers: readonly TaskAnswer[]): string[] {
	const replaced = inOrder(context).filter((task) => substituteOf(context, task) !== null);
	const asked = answers.map(({ query }) =>
		query.task === "meae" && "trigger" in query && query.trigger ? "meae_trigger" : query.task,
	);
	return [
		...new Set([...replaced.map(({ name }) => name), ...asked.filter((task) => !context.trained.includes(task))]),
	];
}

/** What a person should know about how the text was asked: what was not read, not asked, cut, or never learned. */
export function notesOf(context: ExtractionContext, answers: readonly TaskAnswer[]): string[] {
	const notes: string[] = [];
	const read = Math.min(context.wordCount, ...answers.map(({ query }) => query.wordsRead));
	if (read < context.wordCount)
		notes.push(
			`The model read the first ${read} of ${context.wordCount} words: it takes ${context.maxInput} tokens, the prompt included.`,
		);
	// Two tasks may have the same to say.
	notes.push(
		...new Set(
			inOrder(context).flatMap((task) => (substituteOf(context, task) ?? task).notes?.(context, answers) ?? []),
		),
	);
	const cut = new Set(
		answers
			.filter(({ hypotheses }) => hypotheses[0] && !hypotheses[0].ids.includes(context.codec.special.eos))
			.map(({ query }) => query.task),
	);
	for (const task of cut)
		notes.push(`The output of ${task} reached its limit of ${context.request.maxNewTokens} tokens: there may be more.`);
	for (const task of inOrder(context)) {
		const other = substituteOf(context, task);
		if (other)
			notes.push(
				`This model was not trained for ${named(task.name)}: ${named(other.name)} was asked instead, which says less.`,
			);
	}
	const replaced = new Set<string>(
		inOrder(context).flatMap((task) => (substituteOf(context, task) ? [task.name] : [])),
	);
	const untrained = experimentalOf(context, answers).filter((task) => !replaced.has(task));
	if (untrained.length > 0)
		notes.push(
			`Experimental: this model was not trained for ${untrained.map(named).join(", ")}, so expect wrong and missing answers.`,
		);
	return notes;
}
