/** Says what a person should know about how the text was asked: what was not read, not asked, cut, or never learned. */
import { DEFINITIONS } from "../catalog/definitions.ts";
import type { ExtractionContext } from "../context.ts";
import { plannedTasks } from "../plan.ts";
import type { ReadAnswer } from "../query/question.ts";
import type { RequestableTask } from "../types.ts";

/** The notes of a result, and the names in its `experimental`. */
export interface Remarks {
	readonly notes: string[];
	/** What was asked for and the model was not trained for: tasks that another stands in for, and generations. */
	readonly experimental: string[];
}

export function remarksOn(context: ExtractionContext, answers: readonly ReadAnswer[]): Remarks {
	const untrained = untrainedIn(context, answers);
	const unread = unreadWords(context, answers);
	const cut = cutOutputs(context, answers);
	const planned = plannedTasks(context);
	const replaced = planned.flatMap(({ requested, instead }) => (instead ? [{ requested, instead }] : []));
	const replacedNames = replaced.map(({ requested }): string => requested.name);
	const experimental = [...new Set([...replacedNames, ...untrained])];
	const notes = [
		...unread,
		// Two tasks may have the same to say.
		...new Set(planned.flatMap(({ requested, instead }) => (instead ?? requested).notes?.(context, answers) ?? [])),
		...cut,
		...replaced.map(
			({ requested, instead }) =>
				`This model was not trained for ${titled(requested.name)}: ${titled(instead.name)} ran instead and finds less.`,
		),
	];
	const shown = experimental.filter((task) => !replacedNames.includes(task));
	if (shown.length > 0)
		notes.push(
			`Experimental: this model was not trained for ${shown.map(titled).join(", ")}, ` +
				"so expect wrong and missing answers.",
		);
	return { notes, experimental };
}

/** The notes that say what is missing: words that were not read, answers that were cut. Empty: nothing is. */
export const limitNotes = (context: ExtractionContext, answers: readonly ReadAnswer[]): string[] => [
	...unreadWords(context, answers),
	...cutOutputs(context, answers),
];

/**
 * Whether smaller pieces of the text would say more. Answers that no grammar holds, or that the model never learned to
 * give, reach the limit because they repeat themselves.
 */
export function isWorthCutting(context: ExtractionContext, answers: readonly ReadAnswer[]): boolean {
	if (unreadWords(context, answers).length > 0) return true;
	const { request, trained } = context;
	return request.decoding !== "full" && answers.some(({ cut, query }) => cut && trained.includes(query.task));
}

function unreadWords({ wordCount, maxInput }: ExtractionContext, answers: readonly ReadAnswer[]): string[] {
	const read = Math.min(wordCount, ...answers.map(({ query }) => query.wordsRead));
	if (read >= wordCount) return [];
	return [`The model read the first ${read} of ${wordCount} words: it takes ${maxInput} tokens, including the prompt.`];
}

function cutOutputs({ request }: ExtractionContext, answers: readonly ReadAnswer[]): string[] {
	const tasks = new Set(answers.flatMap(({ cut, query }) => (cut ? [query.task] : [])));
	return [...tasks].map(
		(task) =>
			`The output of ${task} reached its limit of ${request.maxNewTokens} tokens, so some results may be missing.`,
	);
}

/** Generations that were asked and that the model was not trained for. */
function untrainedIn({ trained }: ExtractionContext, answers: readonly ReadAnswer[]): string[] {
	return answers.flatMap(({ kind, query }) => {
		const name = kind === "span" && query.trigger ? "meae_trigger" : query.task;
		return trained.includes(name) ? [] : [name];
	});
}

/** "gmner (grounded entities)"; generations without a task of their own by their name alone. */
function titled(name: string): string {
	const task = Object.hasOwn(DEFINITIONS, name) ? DEFINITIONS[name as RequestableTask] : null;
	return task ? `${name} (${task.title.toLowerCase()})` : name;
}
