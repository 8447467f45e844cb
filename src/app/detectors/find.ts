/** Goes in: a result and the boxes that a detector found for its mentions. Comes out: what to ask for, and which mention belongs to which box. */

import type { GivenRegion } from "../../client/protocol.ts";
import type { Entity, ExtractionResult, Region } from "../../core/result.ts";

/** A detector reads all of them at once: more would need gigabytes. */
export const MOST_LABELS = 64;
/** What a detector that was asked says of things that are there is rarely higher than 0.5. */
export const FIND_THRESHOLD = 0.1;

/** A mention as a detector is asked for it: without its hash sign or at sign. */
const askedAs = ({ text }: Pick<Entity, "text">): string => text.replace(/^[#@]+/, "").trim();

/** Each mention's text once, in text order. */
export function labelsOf({ entities }: Pick<ExtractionResult, "entities">): string[] {
	return [...new Set(entities.map(askedAs))].filter((label) => label !== "").slice(0, MOST_LABELS);
}

/** A mention and the best box for it. */
export interface Finding {
	readonly entity: Entity;
	/** Null: nothing was found for it. */
	readonly best: { readonly box: Region["box"]; readonly score: number } | null;
}

/** @param regions best first, labelled with what was asked */
export function findingsOf(
	{ entities }: Pick<ExtractionResult, "entities">,
	regions: readonly GivenRegion[],
): Finding[] {
	return entities.map((entity) => {
		const best = regions.find(({ label }) => label === askedAs(entity));
		return { entity, best: best ? { box: [...best.box], score: best.score } : null };
	});
}

/** What is linked at a threshold, for the edit `link-found`. */
export function linksAbove(findings: readonly Finding[], threshold: number) {
	return findings.flatMap(({ entity: { id, text }, best }) =>
		best && best.score >= threshold
			? [{ entity: id, box: best.box, score: best.score, label: askedAs({ text }).slice(0, 200) }]
			: [],
	);
}
