/** Writes the config.json of an architecture: what umie.json keeps of a checkpoint, to be read back with it. */
import type { Architecture, PaperVision } from "./architecture.ts";

/** Settings of config.json. */
export type Settings = Readonly<Record<string, unknown>>;

/**
 * Read again by the layout it came from, it gives the same architecture. The authors' vision stands in tensors,
 * not here.
 */
export function configOf(architecture: Architecture): Settings {
	const {
		spot_token_id,
		object_token_ids,
		vision,
		prefilter,
		relations,
		grounding,
		instructors,
		text_encoder,
		copying,
		marker_token_ids,
		...others
	} = architecture;
	const { pairs, pair_vote, ...t5 } = others;
	const { encoder_only: _, embedding_block, ...stack } = t5;
	const config = {
		model_type: "t5",
		architectures: ["T5ForConditionalGeneration"],
		is_encoder_decoder: true,
		...stack,
	};
	const paper = vision?.kind === "paper" ? vision : null;
	if (vision?.kind === "authors" || (paper === null && spot_token_id === null)) return config;
	const optional = {
		// The former name, which the format keeps.
		...(prefilter && { screen: prefilter }),
		...(relations && { relations }),
		...(grounding && { grounding }),
		...(instructors && { instructors }),
		...(text_encoder && { text_encoder }),
		...(copying && { copying }),
		...(marker_token_ids && { marker_token_ids }),
		...(pairs && { pair_relations: pairs.relations }),
		...(pair_vote !== undefined && { pair_vote }),
		...(embedding_block && { embedding_block }),
	};
	return {
		...config,
		umie: {
			...(paper && visionSettings(paper)),
			...(spot_token_id !== null && { spot_token_id }),
			object_token_ids,
			...optional,
		},
	};
}

/** What no checkpoint does otherwise: Eq. 4 to 8 of the paper. */
const EQUATIONS = { scale: "1/sqrt(d_model)", mean: "masked", signal: "dot", pooled: "projected" } as const;

/** The settings of `umie` that say how pictures are seen. */
export function visionSettings({
	trained,
	backbone,
	gate,
	kind: _,
	...seen
}: Omit<PaperVision, "kind"> & { readonly kind?: "paper" }): Settings {
	return {
		...seen,
		backbone: { ...backbone, stride_in: "conv2" },
		box: "xyxy_0_1",
		gate: { ...gate, ...EQUATIONS },
		vision_trained: trained,
	};
}
