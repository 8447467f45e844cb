/** Scores predictions: every metric with its rule and interval, types, confusion, and the posts themselves. */
import type { WordMode } from "../../src/core/text.ts";
import { BOOTSTRAP_DEFAULTS, bootstrap, type Interval } from "./bootstrap.ts";
import type { JudgedPost } from "./calibration/fit.ts";
import { type Reliability, reliabilityOf } from "./calibration/reliability.ts";
import { type Confusion, countConfusions } from "./confusion.ts";
import type { Compared, Item } from "./item.ts";
import { goldItems, predictedItems } from "./items.ts";
import type { Metric } from "./metric.ts";
import { addCounts, type Counts, type Matching, match, noCounts, ruleOf, type Score, scoreOf } from "./metrics.ts";
import type { AnnotatedRecord, EvaluatedTask, Prediction, TextSpan } from "./predict/contract.ts";
import { measureShares, type Share } from "./shares.ts";
import { type Slice, scoreSlices, sumOf } from "./slices.ts";
import { EVALUATED_TASKS } from "./tasks/tasks.ts";
import type { Trimming } from "./trimming.ts";

interface MetricScore extends Score {
	readonly id: string;
	readonly name: string;
	readonly rule: string;
	readonly source: string;
	readonly counts: Counts;
	/** 95 % of F1. */
	readonly interval: Interval;
}

export interface MarkedItem {
	readonly label: string;
	/** The words, or the box. */
	readonly text: string;
	readonly spans: readonly TextSpan[];
	readonly score: number;
}

/** A post with what was right, wrong and missed by the first metric. */
export interface Example {
	readonly id: string;
	readonly text: string;
	readonly imageId: string | null;
	/** The record says that its names are ambiguous. */
	readonly ambiguous: boolean;
	readonly right: readonly MarkedItem[];
	readonly wrong: readonly MarkedItem[];
	readonly missed: readonly MarkedItem[];
}

export interface Scores extends Score {
	readonly task: EvaluatedTask;
	readonly records: number;
	readonly trimming: Trimming;
	readonly rule: string;
	readonly interval: Interval;
	readonly metrics: readonly MetricScore[];
	/** Mean F1 of the types, each counting the same, by the first metric. */
	readonly macro: number;
	readonly byType: Readonly<Record<string, Score>>;
	/** Where F1 does not fit: accuracies, the order of steps, multiple-choice questions. */
	readonly shares: readonly Share[];
	/** mre, more: share of pairs with the annotated relation, "none" included. */
	readonly accuracy: number | null;
	/** Share of outputs with a part that is not a record, in percent of the records. */
	readonly malformed: number;
	/** Records whose picture the model looked at. */
	readonly looked: number;
	/** Gold arguments that are regions of a picture. */
	readonly regions: number;
	/** The same metrics over ambiguous names and over each kind of picture, where records say what theirs is. */
	readonly slices: readonly Slice[];
	readonly confusion: Confusion;
	/** How far scores can be taken for probabilities, by the first metric. */
	readonly reliability: Reliability;
	/** Every predicted record of every post with its score and whether it is right, by the first metric. */
	readonly judged: readonly JudgedPost[];
	/** Most mistakes first. */
	readonly examples: readonly Example[];
}

/** @param predictions in the order of the records */
export function score(
	task: EvaluatedTask,
	records: readonly AnnotatedRecord[],
	predictions: readonly Prediction[],
	trimming: Trimming = "exact",
	words: WordMode = "tokens",
): Scores {
	const definition = EVALUATED_TASKS[task];
	const [tabled] = definition.metrics as readonly [Metric, ...Metric[]];
	const compared = records.map((record, index): Compared => {
		const prediction = predictions[index]!;
		return {
			record,
			prediction,
			gold: goldItems(task, record, words),
			predicted: predictedItems(task, record, prediction),
		};
	});
	const matchings = definition.metrics.map((metric) => compared.map((one) => matchRecord(metric, one, trimming)));
	const metrics = definition.metrics.map((metric, index) => metricScore(metric, matchings[index]!, trimming));
	const first = metrics[0]!;
	const byType = typeScores(tabled, compared, trimming);
	const shares = measureShares(
		task,
		compared,
		predictions.some(({ questions }) => questions.length > 0),
	);
	const judged = compared.map(({ record }, index) => judgedPost(record.text, matchings[0]![index]!));
	const share = (count: number) => (records.length === 0 ? 0 : (100 * count) / records.length);
	const sum = (of: (one: Compared) => number) => compared.reduce((total, one) => total + of(one), 0);
	return {
		task,
		records: records.length,
		trimming,
		rule: first.rule,
		precision: first.precision,
		recall: first.recall,
		f1: first.f1,
		interval: first.interval,
		metrics,
		macro: mean(Object.values(byType).map(({ f1 }) => f1)),
		byType,
		shares,
		accuracy: shares.find(({ id }) => id === "accuracy")?.value ?? null,
		malformed: share(sum(({ prediction }) => prediction.malformed)),
		looked: sum(({ prediction }) => Number(prediction.looked)),
		regions: sum(({ gold }) => gold.arguments.filter(({ spans }) => spans.length === 0).length),
		slices: scoreSlices(
			records,
			definition.metrics.map(({ id }, index) => ({ id, counts: matchings[index]!.map((one) => one.counts) })),
		),
		reliability: reliabilityOf(judged.flatMap(({ outcomes }) => outcomes)),
		judged,
		confusion: countConfusions(definition, compared, tabled.layer),
		examples: listExamples(compared, matchings[0]!, tabled.parts.region),
	};
}

function matchRecord(metric: Metric, { record, predicted, gold }: Compared, trimming: Trimming): Matching {
	return match(metric, record.text, predicted[metric.layer], gold[metric.layer], trimming);
}

function judgedPost(text: string, { right, wrong, counts }: Matching): JudgedPost {
	const outcomes = [
		...right.map(({ predicted }) => ({ score: predicted.score, right: true })),
		...wrong.map(({ score }) => ({ score, right: false })),
	];
	return { text, outcomes, gold: counts.gold };
}

function metricScore(metric: Metric, matchings: readonly Matching[], trimming: Trimming): MetricScore {
	const { id, name, source } = metric;
	const counts = matchings.map((one) => one.counts);
	const total = sumOf(counts);
	const interval = bootstrap(counts, (drawn) => scoreOf(sumOf(drawn)).f1, BOOTSTRAP_DEFAULTS);
	return { id, name, source, rule: ruleOf(metric, trimming), ...scoreOf(total), counts: total, interval };
}

const mean = (values: readonly number[]) =>
	values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Each type alone, by the first metric; arguments by event and role. What no prediction can reach counts in no type.
 */
function typeScores(metric: Metric, compared: readonly Compared[], trimming: Trimming): Record<string, Score> {
	const byType = new Map<string, Counts>();
	for (const one of compared) {
		const gold = one.gold[metric.layer].filter(({ reachable }) => reachable);
		const predicted = one.predicted[metric.layer];
		for (const type of new Set([...gold, ...predicted].map(typeOf))) {
			const of = (items: readonly Item[]) => items.filter((item) => typeOf(item) === type);
			const { counts } = match(metric, one.record.text, of(predicted), of(gold), trimming);
			byType.set(type, addCounts(byType.get(type) ?? noCounts(), counts));
		}
	}
	return Object.fromEntries(
		[...byType].sort(([a], [b]) => (a < b ? -1 : 1)).map(([type, counts]) => [type, scoreOf(counts)]),
	);
}

/** "attack attacker" of an argument, "member of (person, organization)" of a JMERE relation, else the label. */
function typeOf({ group, label, spans }: Item): string {
	if (group === "") return label;
	return spans.length === 2 ? `${label} (${group})` : `${group} ${label}`;
}

/** @param regions whether the regions of words are compared, and so shown */
function listExamples(compared: readonly Compared[], matchings: readonly Matching[], regions: boolean): Example[] {
	const examples = compared.map(({ record }, index): Example => {
		const { right, wrong, missed } = matchings[index]!;
		const marked = (items: readonly Item[]) => items.map((item) => markedItem(item, record.text, regions));
		return {
			id: record.id,
			text: record.text,
			imageId: record.image_id ?? null,
			ambiguous: record.ambiguous ?? false,
			right: marked(right.map(({ predicted }) => predicted)),
			wrong: marked(wrong),
			missed: marked(missed),
		};
	});
	const surest = ({ wrong }: Example) => Math.max(0, ...wrong.map((item) => item.score));
	const mistakes = ({ wrong, missed }: Example) => wrong.length + missed.length;
	return examples.sort((a, b) => mistakes(b) - mistakes(a) || surest(b) - surest(a));
}

function markedItem(item: Item, text: string, regions: boolean): MarkedItem {
	const shown = regions || item.spans.length === 0 ? item.boxes : [];
	const box = shown.map((one) => `[${one.map((value) => Math.round(value * 1000) / 1000).join(", ")}]`).join(" ");
	const words = item.spans.map(({ start, end }) => text.slice(start, end)).join(" → ");
	return {
		label: typeOf(item),
		text: [words, box].filter((part) => part !== "").join(" "),
		spans: item.spans,
		score: item.score,
	};
}
