/**
 * What a metric compares: the shape of its row, and the parts and rules that several tasks share. Each task's
 * definition lists its metrics.
 */
import type { Layer } from "./item.ts";

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

export const LABELLED = { label: true, place: true, region: false } as const satisfies Parts;
export const PLACED = { label: false, place: true, region: false } as const satisfies Parts;
export const GROUNDED = { label: true, place: true, region: true } as const satisfies Parts;

export const REGION_RULE = `none where none is annotated, else IoU ≥ ${IOU_RIGHT} with an annotated one`;

/**
 * Strict span F1, the metric of Twitter-15/17 and SNAP (Zhang et al., AAAI 2018; Lu et al., ACL 2018): type, first and
 * last word as annotated, micro-averaged, as conlleval and seqeval count.
 */
export const STRICT_SPANS: Metric = {
	id: "strict",
	name: "span + type",
	rule: "type, first and last word as annotated, micro-averaged",
	source: "conlleval (Tjong Kim Sang & De Meulder, CoNLL 2003), used for Twitter-15/17 and SNAP",
	layer: "entities",
	parts: LABELLED,
};

/** Strict spans without the type: were the names found at all? */
export const SPAN_BOUNDARIES: Metric = {
	id: "boundary",
	name: "boundary only",
	rule: "first and last word as annotated, whatever the type",
	source: "the same count without the type",
	layer: "entities",
	parts: PLACED,
};

/** Entity extraction and grounding: spans with their regions, without types. */
export const GROUNDED_SPANS: Metric = {
	id: "eeg",
	name: "EEG: span + region",
	rule: "span and region as annotated, whatever the type",
	source: "GMNER (Yu et al., ACL 2023), sub-task entity extraction and grounding",
	layer: "entities",
	parts: { label: false, place: true, region: true },
};
