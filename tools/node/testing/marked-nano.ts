/**
 * Makes the committed bundle ask about pairs between markers, with a pair classifier of random weights, or one whose
 * answer is known.
 */
import { nanoArchitecture, nanoWithGraph } from "./nano-with-graph.ts";

const WIDTH = 5;
/** Pieces that nano has for objects of a picture stand in for markers. */
export const NANO_MARKERS = {
	open: { person: 34, location: 35, organization: 36, miscellaneous: 37, other: 38 },
	close: 39,
} as const;

export interface PairAnswer {
	/** What the classifier knows. */
	readonly relations: readonly string[];
	/** Weight of its vote. */
	readonly vote: number;
	/** What it says of every pair, as logits of the relations; absent: random weights decide. */
	readonly says?: readonly number[];
}

/** @returns the folder */
export function nanoWithPairs(folder: string, { relations, vote, says }: PairAnswer): string {
	const { d_model } = nanoArchitecture();
	return nanoWithGraph(folder, {
		role: "pair_classifier",
		parts: { pairs: { relations, width: WIDTH } },
		shapes: {
			"pair_classifier.dense.weight": [WIDTH, 2 * d_model],
			"pair_classifier.dense.bias": [WIDTH],
			"pair_classifier.out.weight": [relations.length, WIDTH],
			"pair_classifier.out.bias": [relations.length],
		},
		fill(name, weights) {
			if (says === undefined || !name.includes(".out.")) return;
			if (name.endsWith("bias")) weights.set(says);
			else weights.fill(0);
		},
		config: { marker_token_ids: NANO_MARKERS, pair_relations: relations, pair_vote: vote },
		instructors: { relations: "marked" },
	});
}
