/** Checks that an architecture's config.json gives the same architecture. */
import { expect, test } from "vitest";
import { parseArchitecture } from "./architecture.ts";
import { configOf } from "./config-of.ts";
import { stockConfig, tinyConfig } from "./random-checkpoint.ts";
import { parseT5 } from "./t5-settings.ts";

const MARKERS = { open: { person: 10, location: 11, organization: 12, miscellaneous: 13, other: 14 }, close: 15 };
const BERT = {
	kind: "bert",
	num_layers: 2,
	num_heads: 4,
	d_ff: 48,
	max_position_embeddings: 20,
	position_offset: 2,
	start_token_id: 8,
};

test.each<[string, object, number | undefined]>([
	["tiny", {}, undefined],
	[
		"relations and places",
		{ relations: "marked", grounding: "seen", marker_token_ids: MARKERS, object_embedding: true },
		undefined,
	],
	// The former name, which the format keeps.
	["a prefilter", { screen: { related: 0.2, eventful: 0.1, related_width: 6, eventful_width: 5 } }, undefined],
	[
		"BERT, copying and pairs",
		{ text_encoder: BERT, copying: { width: 8 }, pair_relations: ["none", "near"], pair_vote: 0.4 },
		12,
	],
])("%s", (_, umie, pairWidth) => {
	const architecture = parseArchitecture(
		tinyConfig({ t5: { feed_forward_smoothed: true }, umie: { ...umie } }),
		pairWidth,
	);
	expect(parseArchitecture(configOf(architecture), pairWidth)).toEqual(architecture);
});

test("a stock T5 has no block of ours", () => {
	const architecture = { ...parseT5(stockConfig()), spot_token_id: null, object_token_ids: [], vision: null };
	expect(configOf(architecture)).not.toHaveProperty("umie");
	expect(parseT5(configOf(architecture))).toEqual(parseT5(stockConfig()));
});
