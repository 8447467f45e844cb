/** Says which graphs of a bundle a request runs. */
import { type GraphRole, type Manifest, VISUAL_ROLES } from "../src/bundle/manifest.ts";
import { looksAtPictures, type SettledRequest } from "../src/tasks/request.ts";

/** Whether the bundle has a trained proposer of regions and the sizes of its pictures. */
export function hasProposer({ graphs, config }: Manifest): boolean {
	return graphs.region_proposer !== undefined && config.proposer !== undefined;
}

/** Whether the bundle's pair classifier is ever asked. */
function votesOnPairs({ graphs, config, instructors }: Manifest): boolean {
	return graphs.pair_classifier !== undefined && instructors.relations === "marked" && config.pair_vote !== 0;
}

/** The graphs that a request runs. @param pictures whether there is any picture to look at */
export function rolesFor(
	manifest: Manifest,
	{ decoding, gate, prefilter }: Pick<SettledRequest, "decoding" | "gate" | "prefilter">,
	pictures: boolean,
): GraphRole[] {
	const decoder = decoding === "extractive" ? "decoder_extractive" : "decoder";
	const proposer: GraphRole[] = pictures && hasProposer(manifest) ? ["region_proposer"] : [];
	// `screen` is the former name, which the format keeps.
	const prefilters: GraphRole[] = prefilter === "auto" && manifest.graphs.screen !== undefined ? ["screen"] : [];
	const pairs: GraphRole[] = votesOnPairs(manifest) ? ["pair_classifier"] : [];
	const visual = pictures && looksAtPictures(manifest.vision, gate) ? VISUAL_ROLES : [];
	return ["text_encoder", "decoder_context", decoder, ...visual, ...proposer, ...prefilters, ...pairs];
}
