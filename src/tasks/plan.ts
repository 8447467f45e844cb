/** Goes in: a setting, then answers. Comes out: what to ask first, what to ask next, and what a person should know. Pure: the engine does the asking. */
import type { TaskDefinition, Wave } from "./catalog/definition.ts";
import { DEFINITIONS } from "./catalog/definitions.ts";
import { MQA_WAVES } from "./catalog/mqa.ts";
import type { Setting } from "./context.ts";
import type { TaskQuery } from "./query/queries.ts";
import { isEventful, screenInForce } from "./query/screen.ts";
import type { TaskAnswer } from "./result/mentions.ts";
import type { RequestableTask, TaskName } from "./types.ts";

export type { TaskAnswer } from "./result/mentions.ts";

const inOrder = ({ request }: Setting): TaskDefinition[] =>
	Object.values(DEFINITIONS).filter(({ name }) => request.tasks.includes(name));

/** What is asked in place of a task that the model was not trained for; null: the task itself. */
function substituteOf({ request, trained }: Setting, { name, substitute }: TaskDefinition): TaskDefinition | null {
	return request.untrained === "substitute" && substitute !== undefined && !trained.includes(name) ? substitute : null;
}

/** Whether a generation may be among what is asked, as part of a task or of one that stands in for another. */
export const asks = (setting: Setting, generation: TaskName): boolean =>
	inOrder(setting).some((task) => (substituteOf(setting, task) ?? task).asks.includes(generation));

function wavesOf(setting: Setting, task: TaskDefinition): readonly Wave[] {
	const { name, waves, screened } = substituteOf(setting, task) ?? task;
	if (setting.request.style === "mqa") return MQA_WAVES[name] ?? waves;
	return screened !== undefined && screenInForce(setting)[screened] !== null ? screenedWaves(waves) : waves;
}

/** The same a wave later, once mner was answered, and only where its text showed a sign of it. */
function screenedWaves([first, ...others]: readonly Wave[]): readonly Wave[] {
	const wait: Wave = (setting, answers) => {
		// A list that leaves no room for the text should be told before anything is generated.
		first?.(setting, answers);
		return [];
	};
	return [
		wait,
		(setting, answers) => (isEventful(setting, answers) ? (first?.(setting, answers) ?? []) : []),
		...others,
	];
}

/** How often a setting asks at most: what is asked next may depend on what was answered. */
export function waveCount(setting: Setting): number {
	return Math.max(0, ...inOrder(setting).map((task) => wavesOf(setting, task).length));
}

/** What is asked in wave `wave` (the first is 0), given the answers of those before. Nothing is asked twice. @throws Failure `labels-invalid` */
export function waveQueries(setting: Setting, answers: readonly TaskAnswer[], wave: number): TaskQuery[] {
	const byKey = new Map<string, TaskQuery>();
	for (const task of inOrder(setting)) {
		for (const query of wavesOf(setting, task)[wave]?.(setting, answers) ?? []) {
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
export const startQueries = (setting: Setting): TaskQuery[] => waveQueries(setting, [], 0);

/** Second wave: mre over the pairs that mner found, meae for every event that med found. */
export const followQueries = (setting: Setting, answers: readonly TaskAnswer[]): TaskQuery[] =>
	waveQueries(setting, answers, 1);

/** "gmner (grounded entities)"; generations that are no task of their own by their name alone. */
function named(name: string): string {
	const task = Object.hasOwn(DEFINITIONS, name) ? DEFINITIONS[name as RequestableTask] : null;
	return task ? `${name} (${task.title.toLowerCase()})` : name;
}

/** What was asked for and the model was not trained for: tasks that another stands in for, and generations. */
export function experimentalOf(setting: Setting, answers: readonly TaskAnswer[]): string[] {
	const replaced = inOrder(setting).filter((task) => substituteOf(setting, task) !== null);
	const asked = answers.map(({ query }) =>
		query.task === "meae" && "trigger" in query && query.trigger ? "meae_trigger" : query.task,
	);
	return [
		...new Set([...replaced.map(({ name }) => name), ...asked.filter((task) => !setting.trained.includes(task))]),
	];
}

/** What a person should know about how the text was asked: what was not read, not asked, cut, or never learned. */
export function notesOf(setting: Setting, answers: readonly TaskAnswer[]): string[] {
	const notes: string[] = [];
	const read = Math.min(setting.wordCount, ...answers.map(({ query }) => query.wordsRead));
	if (read < setting.wordCount)
		notes.push(
			`The model read the first ${read} of ${setting.wordCount} words: it takes ${setting.maxInput} tokens, the prompt included.`,
		);
	// Two tasks may have the same to say.
	notes.push(
		...new Set(
			inOrder(setting).flatMap((task) => (substituteOf(setting, task) ?? task).notes?.(setting, answers) ?? []),
		),
	);
	const cut = new Set(
		answers
			.filter(({ hypotheses }) => hypotheses[0] && !hypotheses[0].ids.includes(setting.codec.special.eos))
			.map(({ query }) => query.task),
	);
	for (const task of cut)
		notes.push(`The output of ${task} reached its limit of ${setting.request.maxNewTokens} tokens: there may be more.`);
	for (const task of inOrder(setting)) {
		const other = substituteOf(setting, task);
		if (other)
			notes.push(
				`This model was not trained for ${named(task.name)}: ${named(other.name)} was asked instead, which says less.`,
			);
	}
	const replaced = new Set<string>(
		inOrder(setting).flatMap((task) => (substituteOf(setting, task) ? [task.name] : [])),
	);
	const untrained = experimentalOf(setting, answers).filter((task) => !replaced.has(task));
	if (untrained.length > 0)
		notes.push(
			`Experimental: this model was not trained for ${untrained.map(named).join(", ")}, so expect wrong and missing answers.`,
		);
	return notes;
}
