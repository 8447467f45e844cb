/** Tensors that come from a weight of their own: as it is, in a product of several, by distance, or folded. */
import { BATCH_NORM_EPSILON } from "../graphs/resnet.ts";
import { BY_DISTANCE, FOLDED } from "../graphs/stored-names.ts";
import { undoDistances } from "./distances.ts";
import { note } from "./losses.ts";
import { checkElements, type Found, type Indexed, misfit, piecesOf } from "./source.ts";

export function asItIs(name: string, shape: readonly number[], { facts }: Indexed): Found | null {
	const weight = facts.weights.get(name);
	if (weight === undefined) return null;
	// A packing in blocks has two axes, whatever the weight had.
	checkElements(weight.shape, shape, name);
	return { from: [name], make: () => piecesOf(facts.rows(weight, false)) };
}

/** One or several weights that read the same input lie in one product, one below the other. */
export function outOfProduct(
	name: string,
	shape: readonly number[],
	{ facts, products, expected }: Indexed,
): Found | null {
	const module = name.endsWith(".weight") ? name.slice(0, -".weight".length) : "";
	const product = products.get(module);
	if (product === undefined) return null;
	const { weight, modules } = product;
	const heights = modules.map((each) => expected.get(`${each}.weight`)![0] ?? 0);
	const first = heights.slice(0, modules.indexOf(module)).reduce((sum, height) => sum + height, 0);
	const total = heights.reduce((sum, height) => sum + height, 0);
	checkElements(weight.shape, [total, ...shape.slice(1)], weight.name);
	const make = () => {
		const all = facts.rows(weight, true);
		const [rows = 0, columns = 0] = shape;
		if (all.rows !== total || all.columns !== columns)
			throw misfit(weight.name, [all.rows, all.columns], [total, columns]);
		return piecesOf({ rows, columns, read: (begin, end) => all.read(first + begin, first + end) });
	};
	return { from: [weight.name], make };
}

export function outOfDistances(
	name: string,
	shape: readonly number[],
	{ facts, heads, buckets, losses }: Indexed,
): Found | null {
	const stored = `${name}${BY_DISTANCE}`;
	if (!facts.weights.has(stored)) return null;
	const table = facts.distanceTables(heads).get(name)!;
	const { bias, unseen } = undoDistances(table, buckets);
	checkElements([bias.length], shape, name);
	if (unseen.length > 0) note(losses, "distances", name);
	return { from: [stored], make: () => [bias] };
}

/** A convolution's kernel holds the scale of the normalisation behind it. */
export function outOfConvolution(
	name: string,
	shape: readonly number[],
	{ facts, byConvolution }: Indexed,
): Found | null {
	const conv = name.replace(/\.weight$/, "");
	const weight = facts.weights.get(`${name}${FOLDED}`);
	if (weight === undefined || !byConvolution.has(conv)) return null;
	checkElements(weight.shape, shape, name);
	return { from: [weight.name], make: () => piecesOf(facts.rows(weight, false)) };
}

/** σ² of a normalisation that changes nothing: √(σ² + ε) is 1. */
const NEUTRAL_VARIANCE = Math.fround(1 - BATCH_NORM_EPSILON);
const NEUTRAL = { weight: 1, running_mean: 0, running_var: NEUTRAL_VARIANCE } as const;

/** A normalisation whose scale lies in its convolution: its shift is the convolution's bias. */
export function outOfNorm(name: string, shape: readonly number[], { facts, byNorm, losses }: Indexed): Found | null {
	const [, norm = "", part = ""] = /^(.+)\.(weight|bias|running_mean|running_var)$/.exec(name) ?? [];
	const convolution = byNorm.get(norm);
	const bias = convolution && facts.weights.get(`${convolution.name.conv}.bias${FOLDED}`);
	if (bias === undefined) return null;
	checkElements(bias.shape, shape, name);
	note(losses, "norms", norm);
	if (part === "bias") return { from: [bias.name], make: () => [facts.whole(bias)] };
	const value = NEUTRAL[part as keyof typeof NEUTRAL];
	return { from: [], make: () => [new Float32Array(shape[0] ?? 0).fill(value)] };
}

/** The biases of a product lie side by side. */
export function outOfBiases(
	name: string,
	shape: readonly number[],
	{ facts, products, expected }: Indexed,
): Found | null {
	const module = name.endsWith(".bias") ? name.slice(0, -".bias".length) : "";
	const modules = products.get(module)?.modules ?? [];
	const stored = facts.weights.get(`${modules.join("|")}.bias`);
	if (stored === undefined) return null;
	const lengths = modules.map((each) => expected.get(`${each}.bias`)?.[0] ?? 0);
	const sum = (of: readonly number[]) => of.reduce((total, length) => total + length, 0);
	const first = sum(lengths.slice(0, modules.indexOf(module)));
	checkElements(stored.shape, [sum(lengths)], stored.name);
	return { from: [stored.name], make: () => [facts.whole(stored).subarray(first, first + (shape[0] ?? 0))] };
}
