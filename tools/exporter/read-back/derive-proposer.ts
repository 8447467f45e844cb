/** Writes the plan of a bundle's region proposer: its sizes from the weights, the rest from umie.json. */
import type { ProposerPlan } from "../checkpoint/proposer.ts";
import { FOLDED } from "../graphs/stored-names.ts";
import type { BundleFacts } from "./bundle-facts.ts";

/** What a kind may be called in training. */
const KIND = /^[a-z][a-z -]{0,39}$/;
/** More stages than a picture can be halved. */
const MAX_STAGES = 6;
/** Of one stage. */
const MAX_BLOCKS = 64;

export interface DerivedProposer {
	readonly plan: ProposerPlan;
	/** What its kinds are called in training comes back from umie.json; false: they are made up. */
	readonly kindsKnown: boolean;
}

/** @returns null where the bundle has no proposer */
export function deriveProposer(facts: BundleFacts): DerivedProposer | null {
	const { config, checkpoint } = facts.bundle.manifest;
	if (config.proposer === undefined) return null;
	const { image_size, image_mean, image_std, threshold, kinds } = config.proposer;
	const channels = (at: string) => facts.shape(`${at}.conv.weight${FOLDED}`)?.[0] ?? 0;
	const stages = countUp(MAX_STAGES, (stage) => facts.weights.has(`stages.${stage}.0.conv.weight${FOLDED}`));
	const at = Array.from({ length: stages }, (_, stage) => stage);
	const kept = checkpoint?.proposer_kinds;
	const known = kept !== undefined && Object.values(kept).join("\n") === kinds.join("\n");
	const plan = {
		image_size,
		kinds: known ? kept : named(kinds),
		widths: [channels("stem"), ...at.map((stage) => channels(`stages.${stage}.0`))],
		depths: at.map((stage) =>
			countUp(MAX_BLOCKS, (block) => facts.weights.has(`stages.${stage}.${block + 2}.first.conv.weight${FOLDED}`)),
		),
		neck: channels("lateral.0"),
		head: channels("head"),
		threshold,
		image_mean,
		image_std,
	};
	return { plan, kindsKnown: known || new Set(kinds).size === kinds.length };
}

/** Names of their own for kinds that are reported alike: "person", "person b". */
function named(kinds: readonly string[]): Record<string, string> {
	const out: Record<string, string> = {};
	for (const [index, kind] of kinds.entries()) {
		const letter = String.fromCharCode(97 + index);
		const name = KIND.test(kind) ? kind : "kind";
		out[name in out ? `${name.slice(0, 38)} ${letter}` : name] = kind;
	}
	return out;
}

function countUp(most: number, there: (n: number) => boolean): number {
	let n = 0;
	while (n < most && there(n)) n++;
	return n;
}
