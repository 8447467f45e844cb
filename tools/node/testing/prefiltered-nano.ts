/** Makes the committed bundle with a prefilter of random weights, or one whose answer is known. */
import { nanoArchitecture, nanoWithGraph } from "./nano-with-graph.ts";

const WIDTHS = { related_width: 3, eventful_width: 2 };

export interface PrefilterAnswer {
	/** Thresholds of the bundle. */
	readonly related: number;
	readonly eventful: number;
	/** What the heads say before the sigmoid, of every pair and of every token; absent: random weights decide. */
	readonly says?: { readonly related: number; readonly eventful: number };
}

/** @returns the folder */
export function nanoWithPrefilter(folder: string, { related, eventful, says }: PrefilterAnswer): string {
	const { d_model } = nanoArchitecture();
	return nanoWithGraph(folder, {
		role: "screen",
		parts: { prefilter: { related, eventful, ...WIDTHS } },
		shapes: {
			"screen.related.wi.weight": [WIDTHS.related_width, 4 * d_model],
			"screen.related.wi.bias": [WIDTHS.related_width],
			"screen.related.wo.weight": [1, WIDTHS.related_width],
			"screen.related.wo.bias": [1],
			"screen.eventful.wi.weight": [WIDTHS.eventful_width, d_model],
			"screen.eventful.wi.bias": [WIDTHS.eventful_width],
			"screen.eventful.wo.weight": [1, WIDTHS.eventful_width],
			"screen.eventful.wo.bias": [1],
		},
		fill(name, weights) {
			const [, head] = name.split(".") as [string, "related" | "eventful"];
			if (says !== undefined && name.includes(".wo.")) weights.fill(name.endsWith("bias") ? says[head] : 0);
		},
		// The former name, which the format keeps.
		config: { screen: { related, eventful } },
		// Pairs that are asked about on the reading for entities are never prefiltered.
		instructors: { relations: "fitting" },
	});
}
