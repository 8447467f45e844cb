/** Goes in: nothing. Comes out: the metrics of every task, the first the one that tables show; each says its rule and its source. */
import type { Layer } from "./item.ts";
import type { EvaluatedTask } from "./predict/contract.ts";

/** Which parts of an item must agree; its group always must. */
export interface Parts {
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
const GROUNDED = { label: true, place: true, region: true } as const;

const REGION_RULE = `none where none is annotated, else IoU ≥ ${IOU_RIGHT} with an annotated one`;
const FUNSD_ENTITIES = "entity labelling of FUNSD (Jaume et al., 2019), keys and values";

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

const EEG: Metric = {
	id: "eeg",
	name: "EEG: span + region",
	rule: "span and region as annotated, whatever the type",
	source: "GMNER (Yu et al., ACL 2023), sub-task entity extraction and grounding",
	layer: "entities",
	parts: { label: false, place: true, region: true },
};

/** FMNERG: a triple is a span, its fine type and its region; a fine type counts in full or, by the type above it, as a coarse one. */
const FMNERG: readonly Metric[] = [
	{
		id: "triple",
		name: "span + fine type + region",
		rule: `span and fine type as annotated, and the region: ${REGION_RULE}`,
		source: "FMNERG (Wang et al., ACM MM 2023)",
		layer: "entities",
		parts: GROUNDED,
	},
	{
		id: "coarse-triple",
		name: "span + coarse type + region",
		rule: `span and coarse type as annotated, and the region: ${REGION_RULE}`,
		source: "GMNER (Yu et al., ACL 2023)",
		layer: "coarse",
		parts: GROUNDED,
	},
	{
		id: "fmner",
		name: "FMNER: span + fine type",
		rule: "span and fine type as annotated",
		source: "FMNERG (Wang et al., ACM MM 2023), sub-task fine-grained MNER",
		layer: "entities",
		parts: LABELLED,
	},
	{
		id: "mner",
		name: "MNER: span + coarse type",
		rule: "span and coarse type as annotated",
		source: "GMNER (Yu et al., ACL 2023), sub-task MNER",
		layer: "coarse",
		parts: LABELLED,
	},
	{
		id: "hierarchical",
		name: "span + types, hierarchical",
		rule: "span as annotated; the fine type and the one above it each count once",
		source: "hierarchical F1 (Kiritchenko et al., 2006)",
		layer: "hierarchy",
		parts: LABELLED,
	},
	{ ...EEG, source: "FMNERG (Wang et al., ACM MM 2023), sub-task entity extraction and grounding" },
];

/** MORE: a relation between an object and an entity; "none" counts for accuracy only. */
const MORE: readonly Metric[] = [
	{
		id: "triple",
		name: "entity, relation, object",
		rule: `entity and relation as annotated, and the object: IoU ≥ ${IOU_RIGHT} with the annotated one; micro-averaged without none`,
		source: "MORE (He et al., ACM MM 2023); there pairs are given, here they are found",
		layer: "objects",
		parts: GROUNDED,
	},
	{
		id: "pair",
		name: "related at all",
		rule: `entity as annotated and object with IoU ≥ ${IOU_RIGHT}, whatever the relation but none`,
		source: "the same count without the relation's name",
		layer: "objects",
		parts: { label: false, place: true, region: true },
	},
	{
		id: "text",
		name: "entity, relation",
		rule: "entity and relation as annotated, whatever the object",
		source: "the same count without the object",
		layer: "objects",
		parts: LABELLED,
	},
];

/** GMPER: entities without types, each in a step and in its region or none; what lies beyond (steps, things followed) is counted apart. */
const GMPER: readonly Metric[] = [
	{
		id: "grounded",
		name: "entity + step + region",
		rule: `words and step as annotated, and the region: ${REGION_RULE}`,
		source: "GMPER (LREC-COLING 2024), grounded procedural entities",
		layer: "entities",
		parts: GROUNDED,
	},
	{
		id: "entity",
		name: "entity + step",
		rule: "words and number of the step as annotated",
		source: "GMPER (LREC-COLING 2024), procedural entity recognition",
		layer: "entities",
		parts: LABELLED,
	},
	{
		id: "step",
		name: "step",
		rule: "first and last word of the step as annotated",
		source: "strict spans, as conlleval counts, over steps",
		layer: "steps",
		parts: LABELLED,
	},
	{
		id: "link",
		name: "same thing, other step",
		rule: "two mentions of one thing in different steps, both with words as annotated; every pair counts once",
		source: "pairwise links of coreference (Recasens & Hovy, BLANC, 2011)",
		layer: "links",
		parts: LABELLED,
	},
];

/** Forms: keys and values as entities, and which value belongs to which key. */
const RE2: readonly Metric[] = [
	{
		id: "link",
		name: "key → value",
		rule: "words of the key and of its value as annotated, micro-averaged over links",
		source:
			"entity linking of FUNSD (Jaume et al., 2019), as RE² (NAACL 2024) counts; there entities are given, here they are found",
		layer: "relations",
		parts: LABELLED,
	},
	{
		...MNER[0]!,
		id: "field",
		name: "key or value",
		rule: "words as annotated, and whether they are key or value",
		source: FUNSD_ENTITIES,
	},
	{ ...MNER[1]!, rule: "words as annotated, key or value", source: FUNSD_ENTITIES },
];

/** Metrics of a task; the first is the one that tables show. */
export const METRICS = {
	mner: MNER,
	/** GMNER: a triple is right if span, type and region are; a region is right if both have none, or IoU with one of the annotated boxes reaches 0.5. */
	gmner: [
		{
			id: "triple",
			name: "span + type + region",
			rule: `span and type as annotated, and the region: ${REGION_RULE}`,
			source: "GMNER (Yu et al., ACL 2023)",
			layer: "entities",
			parts: GROUNDED,
		},
		{ ...MNER[0]!, id: "mner", name: "MNER: span + type", source: "GMNER (Yu et al., ACL 2023), sub-task MNER" },
		EEG,
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
	fmnerg: FMNERG,
	more: MORE,
	gmper: GMPER,
	re2: RE2,
} as const satisfies Record<EvaluatedTask, readonly Metric[]>;
