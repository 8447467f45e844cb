/** Says what to look for in a picture, and which box belongs to which mention. */

import type { GivenRegion } from "../../client/protocol.ts";
import type { Entity, ExtractionResult, Region } from "../../core/result.ts";

/** A detector reads all labels at once: more would need gigabytes. */
const MAX_LABELS = 64;
/** Scores of detectors that search for words are rarely above 0.5, even for things that are in the picture. */
export const FIND_THRESHOLD = 0.1;

/** The words that a detector searches for: a mention without its hash or at sign. */
const labelOf = ({ text }: Pick<Entity, "text">): string => text.replace(/^[#@]+/, "").trim();

/** Each mention's text once, in text order. */
export function labelsOf({ entities }: Pick<ExtractionResult, "entities">): string[] {
	return [...new Set(entities.map(labelOf))].filter((label) => label !== "").slice(0, MAX_LABELS);
}

/** A mention and the best box for it. */
export interface Finding {
	readonly entity: Entity;
	/** Null: nothing was found. */
	readonly best: { readonly box: Region["box"]; readonly score: number } | null;
}

/** @param regions best first, labelled with the words that were searched for */
export function findingsOf(
	{ entities }: Pick<ExtractionResult, "entities">,
	regions: readonly GivenRegion[],
): Finding[] {
	return entities.map((entity) => {
		const best = regions.find(({ label }) => label === labelOf(entity));
		return { entity, best: best ? { box: [...best.box], score: best.score } : null };
	});
}

/** The links at a threshold, for the edit `link-found`. */
export function linksAbove(findings: readonly Finding[], threshold: number) {
	return findings.flatMap(({ entity: { id, text }, best }) =>
		best && best.score >= threshold
			? [{ entity: id, box: best.box, score: best.score, label: labelOf({ text }).slice(0, 200) }]
			: [],
	);
}
