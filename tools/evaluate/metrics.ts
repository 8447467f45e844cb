/** Goes in: predicted and gold items of a post. Comes out: which of them agree, by each of the field's metrics; every metric says its rule and its source. */
import type { Item, Layer } from "./items.ts";
import type { Box, EvaluatedTask } from "./predict/contract.ts";
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

/** Which parts of an item must agree; its group always must. */
interface Parts {
	readonly label: boolean;
	/** Words; of items without words (regions of the picture) their box. */
	readonly place: boolean;
	/** GMNER: the entity's region, or that it has none. */
	readonly region: boolean;
}

export interface Metric {
	readonly id: string;
	/** As reports name it. */
	readonly name: string;
	/** What counts as right, besides the trimming rule. */
	readonly rule: string;
	/** The paper or data set that defines it. */
	readonly source: string;
	readonly layer: Layer;
	readonly parts: Parts;
}

/** IoU from which a region counts as found (GMNER, Yu et al., ACL 2023; M2E2, Li et al., ACL 2020). */
export const IOU_RIGHT = 0.5;

const LABELLED = { label: true, place: true, region: false } as const;
const PLACED = { label: false, place: true, region: false } as const;

/**
 * Strict span F1, the metric of Twitter-15/17 and SNAP (Zhang et al., AAAI 2018; Lu et al., ACL 2018): type, first and last word as annotated, micro-averaged,
 * as conlleval and seqeval count. `boundary` leaves the type out: were the names found at all?
 */
const MNER: readonly Metric[] = [
	{
		id: "strict",
		name: "span + type",
		rule: "type, first and last word as annotated, micro-averaged",
		source: "conlleval (Tjong Kim Sang & De Meulder, CoNLL 2003), used for Twitter-15/17 and SNAP",
		layer: "entities",
		parts: LABELLED,
	},
	{
		id: "boundary",
		name: "boundary only",
		rule: "first and last word as annotated, whatever the type",
		source: "the same count without the type",
		layer: "entities",
		parts: PLACED,
	},
];

const EVENTS: readonly Metric[] = [
	{
		id: "mention",
		name: "event mention",
		rule: "event type and trigger as annotated, micro-averaged",
		source: "M2E2 (Li et al., ACL 2020), textual event mentions",
		layer: "events",
		parts: LABELLED,
	},
	{
		id: "trigger",
		name: "trigger only",
		rule: "trigger as annotated, whatever the event type",
		source: "trigger identification (Ji & Grishman, ACL 2008)",
		layer: "events",
		parts: PLACED,
	},
];

const ARGUMENTS: readonly Metric[] = [
	{
		id: "argument",
		name: "argument",
		rule: `event type, role and words as annotated, or a region with IoU ≥ ${IOU_RIGHT}; each once, micro-averaged`,
		source: "M2E2 (Li et al., ACL 2020)",
		layer: "arguments",
		parts: LABELLED,
	},
	{
		id: "argument-place",
		name: "argument, any role",
		rule: "event type and words (or region) as annotated, whatever the role",
		source: "argument identification (Ji & Grishman, ACL 2008)",
		layer: "arguments",
		parts: PLACED,
	},
];

/** Metrics of a task; the first is the one that tables show. */
export const METRICS = {
	mner: MNER,
	/** GMNER: a triple is right if span, type and region are; a region is right if both have none, or IoU with one of the annotated boxes reaches 0.5. */
	gmner: [
		{
			id: "triple",
			name: "span + type + region",
			rule: `span and type as annotated, and the region: none where none is annotated, else IoU ≥ ${IOU_RIGHT} with an annotated one`,
			source: "GMNER (Yu et al., ACL 2023)",
			layer: "entities",
			parts: { label: true, place: true, region: true },
		},
		{ ...MNER[0]!, id: "mner", name: "MNER: span + type", source: "GMNER (Yu et al., ACL 2023), sub-task MNER" },
		{
			id: "eeg",
			name: "EEG: span + region",
			rule: "span and region as annotated, whatever the type",
			source: "GMNER (Yu et al., ACL 2023), sub-task entity extraction and grounding",
			layer: "entities",
			parts: { label: false, place: true, region: true },
		},
	],
	/** MNRE: micro-F1 over the relations that are not "none"; a right "none" counts for accuracy only. */
	mre: [
		{
			id: "relation",
			name: "relation",
			rule: "the relation of the given pair, micro-averaged without none",
			source: "MNRE (Zheng et al., ICME 2021), as OpenNRE counts",
			layer: "relation",
			parts: LABELLED,
		},
		{
			id: "related",
			name: "related at all",
			rule: "any relation but none, whichever it is",
			source: "the same count without the relation's name",
			layer: "relation",
			parts: PLACED,
		},
	],
	med: EVENTS,
	meae: ARGUMENTS,
	mee: [...ARGUMENTS, ...EVENTS],
	/** JMERE: (head, head type, relation, tail, tail type); none is left out. */
	jmere: [
		{
			id: "quintuple",
			name: "head + type, relation, tail + type",
			rule: "both spans with their types and the relation as annotated, micro-averaged without none",
			source: "JMERE (Yuan et al., AAAI 2023)",
			layer: "relations",
			parts: LABELLED,
		},
		{ ...MNER[0]!, id: "mner", name: "entities: span + type", source: "JMERE (Yuan et al., AAAI 2023), entity part" },
	],
} as const satisfies Record<EvaluatedTask, readonly Metric[]>;

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
 * One-to-one matching of a post's items. A prediction said twice counts once. Gold counts every annotation, also the same one twice and one that no
 * prediction can reach, as the checkpoint's own evaluation does; where words are compared wherever they stand, the same words count once on both sides.
 */
export function match(metric: Metric, text: string, predicted: readonly Item[], gold: readonly Item[], trimming: Trimming): Matching {
	const key = (item: Item) => keyOf(metric.parts, text, item, trimming);
	const wanted = trimming === "exact" ? gold : unique(gold, key);
	const open = new Map<string, Item[]>();
	for (const item of wanted) if (item.reachable) open.set(key(item), [...(open.get(key(item)) ?? []), item]);
	const right: { predicted: Item; gold: Item }[] = [];
	const wrong: Item[] = [];
	const said = unique(predicted, key);
	for (const item of said) {
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
	return { right, wrong, missed, counts: { right: right.length, predicted: said.length, gold: wanted.length } };
}

function keyOf({ label, place }: Parts, text: string, item: Item, trimming: Trimming): string {
	const places = place ? item.spans.map((span) => placeKey(text, span, trimming)) : [];
	return JSON.stringify([label ? item.label : "", item.group, ...places]);
}

function unique(items: readonly Item[], key: (item: Item) => string): Item[] {
	return [...new Map(items.toReversed().map((item) => [`${key(item)}${item.boxes.join(" ")}`, item])).values()].reverse();
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
