/** Matches predicted and gold items of a post one to one by a metric, and counts. */
import type { Item } from "./item.ts";
import { IOU_RIGHT, type Metric, type Parts } from "./metric.ts";
import type { Box } from "./predict/contract.ts";
import { placeKey, TRIMMING_RULES, type Trimming } from "./trimming.ts";

/** Counts of a micro-averaged score. */
export interface Counts {
	/** Predicted and in the gold annotation. */
	right: number;
	predicted: number;
	gold: number;
}

export interface Score {
	readonly precision: number;
	readonly recall: number;
	/** Harmonic mean, 0…100. */
	readonly f1: number;
}

export const noCounts = (): Counts => ({ right: 0, predicted: 0, gold: 0 });

export function addCounts(to: Counts, { right, predicted, gold }: Counts): Counts {
	to.right += right;
	to.predicted += predicted;
	to.gold += gold;
	return to;
}

/** Micro precision, recall and F1 in percent; 0 where nothing was predicted or nothing is to be found. */
export function scoreOf({ right, predicted, gold }: Counts): Score {
	const precision = predicted === 0 ? 0 : right / predicted;
	const recall = gold === 0 ? 0 : right / gold;
	const f1 = precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
	return { precision: 100 * precision, recall: 100 * recall, f1: 100 * f1 };
}

/** The rule as it is printed beside every number. */
export function ruleOf({ rule, layer }: Metric, trimming: Trimming): string {
	return layer === "relation" ? rule : `${rule}; compared: ${TRIMMING_RULES[trimming]}`;
}

/** Intersection over union; 0 for boxes without area. */
export function iou(a: Box, b: Box): number {
	const width = Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0]));
	const height = Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]));
	const area = (box: Box) => Math.max(0, box[2] - box[0]) * Math.max(0, box[3] - box[1]);
	const union = area(a) + area(b) - width * height;
	return union <= 0 ? 0 : (width * height) / union;
}

export interface Matching {
	readonly right: ReadonlyArray<{ readonly predicted: Item; readonly gold: Item }>;
	/** Predicted, not annotated. */
	readonly wrong: readonly Item[];
	/** Annotated, not predicted; what no prediction can reach included. */
	readonly missed: readonly Item[];
	readonly counts: Counts;
}

/**
 * One-to-one matching of a post's items. The same prediction twice counts once. Gold counts every annotation, also the
 * same one twice and one that no prediction can reach, as the checkpoint's own evaluation does; where words are
 * compared wherever they stand, the same words count once on both sides.
 */
export function match(
	metric: Metric,
	text: string,
	predicted: readonly Item[],
	gold: readonly Item[],
	trimming: Trimming,
): Matching {
	const key = (item: Item) => keyOf(metric.parts, text, item, trimming);
	const wanted = trimming === "exact" ? gold : unique(gold, key);
	const open = new Map<string, Item[]>();
	for (const item of wanted) if (item.reachable) open.set(key(item), [...(open.get(key(item)) ?? []), item]);
	const right: { predicted: Item; gold: Item }[] = [];
	const wrong: Item[] = [];
	const distinct = unique(predicted, key);
	for (const item of distinct) {
		const candidates = open.get(key(item)) ?? [];
		const found = best(metric.parts, item, candidates);
		if (found === undefined) wrong.push(item);
		else {
			candidates.splice(candidates.indexOf(found), 1);
			right.push({ predicted: item, gold: found });
		}
	}
	const met = new Set(right.map((pair) => pair.gold));
	const missed = wanted.filter((item) => !met.has(item));
	return { right, wrong, missed, counts: { right: right.length, predicted: distinct.length, gold: wanted.length } };
}

function keyOf({ label, place }: Parts, text: string, item: Item, trimming: Trimming): string {
	const places = place ? item.spans.map((span) => placeKey(text, span, trimming)) : [];
	return JSON.stringify([label ? item.label : "", item.group, ...places]);
}

function unique(items: readonly Item[], key: (item: Item) => string): Item[] {
	return [
		...new Map(items.toReversed().map((item) => [`${key(item)}${item.boxes.join(" ")}`, item])).values(),
	].reverse();
}

/** The candidate whose region fits best; any where regions do not count. */
function best({ place, region }: Parts, item: Item, candidates: readonly Item[]): Item | undefined {
	const needsRegion = region || (place && item.spans.length === 0 && item.boxes.length > 0);
	if (!needsRegion) return candidates[0];
	const fits = candidates.map((candidate) => ({ candidate, overlap: overlap(item.boxes, candidate.boxes) }));
	const [first] = fits.filter((fit) => fit.overlap >= IOU_RIGHT).sort((a, b) => b.overlap - a.overlap);
	return first?.candidate;
}

/** Best IoU of any two; 1 where both have no region. */
function overlap(predicted: readonly Box[], gold: readonly Box[]): number {
	if (predicted.length === 0 || gold.length === 0) return Number(predicted.length === gold.length);
	return Math.max(...predicted.flatMap((one) => gold.map((other) => iou(one, other))));
}
