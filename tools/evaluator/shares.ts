/** Shares of what was right where F1 does not fit: those of the task, and those of multiple-choice questions. */
import { NONE_OF_THE_ABOVE } from "../../src/tasks/query/choice.ts";
import { BOOTSTRAP_DEFAULTS, bootstrap, type Interval } from "./bootstrap.ts";
import type { Compared } from "./item.ts";
import type { AnsweredQuestion, EvaluatedTask } from "./predict/contract.ts";
import type { ShareCounts, ShareDefinition } from "./tasks/definition.ts";
import { EVALUATED_TASKS } from "./tasks/tasks.ts";

export interface Share {
	readonly id: string;
	readonly name: string;
	/** What counts as right. */
	readonly rule: string;
	readonly source: string;
	readonly counts: ShareCounts;
	/** In percent; 0 where there is nothing to be right about. */
	readonly value: number;
	/** 95 % of the value. */
	readonly interval: Interval;
}

const RIGHT_ANSWER = "the annotated label, or none of the above where nothing is annotated";
const MQA = "MQA (Sun et al., 2023), questions about annotated places and about those the model named";

/**
 * MQA: the share of multiple-choice questions that were answered right, by what is asked about, and by whether an
 * option or none of them is right.
 */
function questionShare(id: string, name: string, counts: (question: AnsweredQuestion) => boolean): ShareDefinition {
	return {
		id: `questions-${id}`,
		name: `questions${name}`,
		rule: RIGHT_ANSWER,
		source: MQA,
		count({ prediction }) {
			const counted = prediction.questions.filter(counts);
			return { right: counted.filter(({ right, answer }) => right === answer).length, of: counted.length };
		},
	};
}

const PLURALS = { entity: "entities", event: "events", relation: "relations", role: "roles" } as const;

const QUESTIONS: readonly ShareDefinition[] = [
	questionShare("all", "", () => true),
	...Object.entries(PLURALS).map(([kind, name]) =>
		questionShare(kind, ` about ${name}`, ({ about }) => about === kind),
	),
	questionShare("option", ", one of the labels is right", ({ right }) => right !== NONE_OF_THE_ABOVE),
	questionShare("none", ', "none of the above" is right', ({ right }) => right === NONE_OF_THE_ABOVE),
];

/** @param questions whether multiple-choice questions were asked; those of which there are none are left out */
export function measureShares(task: EvaluatedTask, compared: readonly Compared[], questions: boolean): Share[] {
	const counted = questions
		? QUESTIONS.map((one) => measureShare(one, compared)).filter(({ counts }) => counts.of > 0)
		: [];
	return [...(EVALUATED_TASKS[task].shares ?? []).map((one) => measureShare(one, compared)), ...counted];
}

function measureShare({ count, ...rest }: ShareDefinition, compared: readonly Compared[]): Share {
	const posts = compared.map(count);
	return {
		...rest,
		counts: sumOf(posts),
		value: percent(posts),
		interval: bootstrap(posts, percent, BOOTSTRAP_DEFAULTS),
	};
}

const sumOf = (posts: readonly ShareCounts[]): ShareCounts =>
	posts.reduce((sum, { right, of }) => ({ right: sum.right + right, of: sum.of + of }), { right: 0, of: 0 });

function percent(posts: readonly ShareCounts[]): number {
	const { right, of } = sumOf(posts);
	return of === 0 ? 0 : (100 * right) / of;
}
