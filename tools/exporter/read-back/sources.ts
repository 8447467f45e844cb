/** Finds where in a bundle each tensor of a checkpoint comes from; what nothing is made of is refused. */
import { Failure } from "../../../src/core/failure.ts";
import type { BundleFacts } from "./bundle-facts.ts";
import type { StoredWeight } from "./packings.ts";
import type { Indexed, Pieces, Source, SourceContext } from "./source.ts";
import { outOfOrders, outOfPlaces, outOfPositions } from "./table-sources.ts";
import { asItIs, outOfBiases, outOfConvolution, outOfDistances, outOfNorm, outOfProduct } from "./weight-sources.ts";

/** A tensor of the checkpoint, ready to be written. */
export interface ReadTensor {
	readonly name: string;
	readonly shape: readonly number[];
	readonly make: () => Pieces;
}

/** Asked in this order; the first that has a tensor gives it. */
const SOURCES: readonly Source[] = [
	asItIs,
	outOfProduct,
	outOfDistances,
	outOfConvolution,
	outOfNorm,
	outOfOrders,
	outOfBiases,
	outOfPlaces,
	outOfPositions,
];

/**
 * Finds every expected tensor. Nothing is read but small tables.
 * @throws Failure `bundle-format` that names what the bundle lacks, and weights that no tensor is made of
 */
export function findTensors(context: SourceContext, used: Set<string>): ReadTensor[] {
	const indexed = indexedOf(context);
	const missing: string[] = [];
	const tensors: ReadTensor[] = [];
	for (const [name, shape] of context.expected) {
		const found = firstOf(name, shape, indexed);
		if (found === null) missing.push(name);
		else {
			for (const from of found.from) used.add(from);
			tensors.push({ name, shape, make: found.make });
		}
	}
	if (missing.length > 0) throw new Failure("bundle-format", `The bundle holds no weights for ${listed(missing)}.`);
	return tensors;
}

/**
 * @throws Failure `bundle-format` when there are weights that nothing was made of: reading back would lose them
 * unsaid
 */
export function refuseUnused(facts: BundleFacts, used: ReadonlySet<string>): void {
	const unused = [...facts.weights.keys()].filter((name) => !used.has(name));
	if (unused.length > 0) throw new Failure("bundle-format", `The bundle holds unknown weights: ${listed(unused)}.`);
}

function listed(names: readonly string[]): string {
	const shown = names.slice(0, 8).map((name) => name.slice(0, 200));
	return shown.join(", ") + (names.length > shown.length ? ` and ${names.length - shown.length} more` : "");
}

function indexedOf(context: SourceContext): Indexed {
	const products = new Map<string, { readonly weight: StoredWeight; readonly modules: readonly string[] }>();
	for (const weight of context.facts.weights.values()) {
		const modules = weight.name.split("|");
		if (modules.every((module) => context.expected.has(`${module}.weight`)))
			for (const module of modules) products.set(module, { weight, modules });
	}
	const { convolutions } = context;
	return {
		...context,
		products,
		byConvolution: new Map(convolutions.map((convolution) => [convolution.name.conv, convolution])),
		byNorm: new Map(convolutions.map((convolution) => [convolution.name.norm, convolution])),
	};
}

function firstOf(name: string, shape: readonly number[], context: Indexed): ReturnType<Source> {
	for (const source of SOURCES) {
		const found = source(name, shape, context);
		if (found !== null) return found;
	}
	return null;
}
