/** Biases the search toward names of a gazetteer that the text has. */

import type { ReadableWord } from "../context.ts";
import type { Gazetteer } from "../request.ts";
import type { Generation } from "../types.ts";
import { type GazetteerIndex, indexNames } from "./gazetteer.ts";
import { nameKey } from "./identity.ts";

/** Longest name that is looked for, in words. */
const LONGEST_RUN = 8;

interface Node extends Map<number, Node> {}

/** Runs of words that the gazetteer knows, as ids. */
function knownRuns(words: readonly ReadableWord[], index: GazetteerIndex): number[][] {
	const runs: number[][] = [];
	for (let from = 0; from < words.length; from++) {
		for (let to = from + 1; to <= Math.min(words.length, from + LONGEST_RUN); to++) {
			const run = words.slice(from, to);
			const key = nameKey(run.map(({ model }) => model).join(" "));
			if (index.has(key)) runs.push(run.flatMap(({ ids }) => [...ids]));
		}
	}
	return runs;
}

/**
 * Adds `bias` to the log-probability of each id that goes on with a name of the list behind a label, then normalises
 * again, so that scores stay probabilities. A name that has been said whole gains the same for the separator and the
 * end: nothing is won by making it longer.
 * @param types ids of each label with its comma
 * @returns null where the text has no name of the list
 */
export function gazetteerBias(
	{ names, bias }: Gazetteer,
	words: readonly ReadableWord[],
	types: ReadonlyArray<readonly number[]>,
	{ spot, eos }: { readonly spot: number; readonly eos: number },
): NonNullable<Generation["bias"]> | null {
	const runs = bias === 0 ? [] : knownRuns(words, indexNames(names));
	if (runs.length === 0) return null;
	const root: Node = new Map();
	for (const run of runs) {
		const end = run.reduce<Node>((node, id) => child(node, id), root);
		child(end, spot);
		child(end, eos);
	}
	return (scores, ids, tokenOf) => {
		const piece = ids.slice(ids.lastIndexOf(spot) + 1);
		const type = types.find((label) => label.length <= piece.length && label.every((id, i) => id === piece[i]));
		if (type === undefined) return;
		const node = piece.slice(type.length).reduce<Node | undefined>((at, id) => at?.get(id), root);
		if (node === undefined || node.size === 0) return;
		for (let column = 0; column < scores.length; column++) if (node.has(tokenOf(column))) scores[column]! += bias;
		normalise(scores);
	};
}

function child(node: Node, id: number): Node {
	const known = node.get(id);
	if (known) return known;
	const made: Node = new Map();
	node.set(id, made);
	return made;
}

/** Log-probabilities that sum to one again. */
function normalise(scores: Float32Array): void {
	const highest = scores.reduce((best, score) => Math.max(best, score), Number.NEGATIVE_INFINITY);
	if (!Number.isFinite(highest)) return;
	const total = highest + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - highest), 0));
	for (let column = 0; column < scores.length; column++) scores[column]! -= total;
}
