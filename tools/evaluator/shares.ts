/** Goes in: records beside what was said about them. Comes out: shares of what was right where F1 does not fit: accuracies, and the order of steps. */
import { NONE_OF_THE_ABOVE } from "../../src/tasks/catalog/mqa.ts";
import { BOOTSTRAP_DEFAULTS, bootstrap, type Interval } from "./bootstrap.ts";
import { type Compared, type Item, locator, NONE } from "./item.ts";
import { goldObjectRelations, stepNumbers } from "./items-beyond.ts";
import { IOU_RIGHT } from "./metric-table.ts";
import { iou } from "./metrics.ts";
import type { AnsweredQuestion, EvaluatedTask, RecordOf } from "./predict/contract.ts";

/** How many of how many. */
export interface ShareCounts {
	readonly right: number;
	readonly of: number;
}

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

interface Definition extends Pick<Share, "id" | "name" | "rule" | "source"> {
	readonly count: (one: Compared) => ShareCounts;
}

/** MNRE: the share of pairs whose relation is the annotated one, "none" included. */
const MRE_ACCURACY: Definition = {
	id: "accuracy",
	name: "accuracy, none included",
	rule: "the relation of the given pair, none included",
	source: "MNRE (Zheng et al., ICME 2021)",
	count: ({ record, said }) => ({ right: Number(said.relation?.name === (record as RecordOf<"mre">).relation), of: 1 }),
};

/** MORE: the share of annotated pairs of an entity and an object whose relation is the annotated one; a pair that was not found is said to have none. */
const MORE_ACCURACY: Definition = {
	id: "accuracy",
	name: "accuracy, none included",
	rule: `of each annotated pair the surest relation that was found for the entity and an object with IoU ≥ ${IOU_RIGHT}, else none`,
	source: "MORE (He et al., ACM MM 2023)",
	count({ record, predicted }) {
		const pairs = goldObjectRelations(record as RecordOf<"more">, locator(record.text, "tokens"));
		return {
			right: pairs.filter((pair) => relationBetween(pair, predicted.objects) === pair.label).length,
			of: pairs.length,
		};
	},
};

function relationBetween({ spans: [entity], boxes: [object] }: Item, predicted: readonly Item[]): string {
	const found = predicted.filter(({ spans: [place], boxes: [box] }) => {
		return place!.start === entity!.start && place!.end === entity!.end && iou(box!, object!) >= IOU_RIGHT;
	});
	return found.sort((a, b) => b.score - a.score)[0]?.label ?? NONE;
}

/** GMPER: the share of all pairs of annotated steps that were both found, the earlier one with the smaller number: (1 + Kendall's τ) ÷ 2 where all are found. */
const STEP_ORDER: Definition = {
	id: "order",
	name: "step pairs in order",
	rule: "both steps found, the earlier one with the smaller number; of all pairs of annotated steps",
	source: "pairwise order, as Kendall's τ counts (Lapata, 2006)",
	count({ record, said, gold }) {
		const numbers = stepNumbers(gold.steps, said.steps, record.text);
		const pairs = numbers.flatMap((first, at) =>
			numbers.slice(at + 1).map((second) => first !== null && second !== null && first < second),
		);
		return { right: pairs.filter(Boolean).length, of: pairs.length };
	},
};

const OF_TASK: Partial<Record<EvaluatedTask, readonly Definition[]>> = {
	mre: [MRE_ACCURACY],
	more: [MORE_ACCURACY],
	gmper: [STEP_ORDER],
};

const RIGHT_ANSWER = "the annotated label, or none of the above where nothing is annotated";
const MQA = "MQA (Sun et al., 2023), questions about annotated places and about those the model named";

/** MQA: the share of multiple-choice questions that were answered right, by what is asked about, and by whether an option or none of them is right. */
function questionShare(id: string, name: string, counts: (question: AnsweredQuestion) => boolean): Definition {
	return {
		id: `questions-${id}`,
		name: `questions${name}`,
		rule: RIGHT_ANSWER,
		source: MQA,
		count({ said }) {
			const asked = said.questions.filter(counts);
			return { right: asked.filter(({ right, answer }) => right === answer).length, of: asked.length };
		},
	};
}

const PLURALS = { entity: "entities", event: "events", relation: "relations", role: "roles" } as const;

const QUESTIONS: readonly Definition[] = [
	questionShare("all", "", () => true),
	...Object.entries(PLURALS).map(([kind, name]) =>
		questionShare(kind, ` about ${name}`, ({ about }) => about === kind),
	),
	questionShare("option", ", one of the labels is right", ({ right }) => right !== NONE_OF_THE_ABOVE),
	questionShare("none", ', "none of the above" is right', ({ right }) => right === NONE_OF_THE_ABOVE),
];

/** @param questions whether multiple-choice questions were asked; those of which there are none are left out */
export function sharesOf(task: EvaluatedTask, compared: readonly Compared[], questions: boolean): Share[] {
	const asked = questions ? QUESTIONS.map((one) => shareOf(one, compared)).filter(({ counts }) => counts.of > 0) : [];
	return [...(OF_TASK[task] ?? []).map((one) => shareOf(one, compared)), ...asked];
}

function shareOf({ count, ...told }: Definition, compared: readonly Compared[]): Share {
	const posts = compared.map(count);
	return {
		...told,
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
