/** What a source of tensors is, and what all of them need. */
import { Failure } from "../../../src/core/failure.ts";
import type { Convolution } from "../checkpoint/resnet.ts";
import type { PositionTable } from "../checkpoint/text-encoders/family.ts";
import { bandsOf, type RowSource } from "../graphs/bands.ts";
import type { BundleFacts } from "./bundle-facts.ts";
import type { Buckets } from "./distances.ts";
import type { Losses } from "./losses.ts";
import type { StoredWeight } from "./packings.ts";

/** Values of a tensor, piece by piece. */
export type Pieces = Iterable<Float32Array>;

/** A tensor that comes back, and what of it does not. */
export interface Found {
	/** The weights of the bundle that it is made of, by the exporter's names. */
	readonly from: readonly string[];
	readonly make: () => Pieces;
}

/** What the sources look things up in. */
export interface SourceContext {
	readonly facts: BundleFacts;
	/** Name → shape of every tensor that the checkpoint has. */
	readonly expected: ReadonlyMap<string, readonly number[]>;
	readonly convolutions: readonly Convolution[];
	/** Heads of the tables by distance. */
	readonly heads: number;
	/** Of every bias by distance. */
	readonly buckets: Buckets;
	/** Of an encoder with absolute positions; null: it knows distances only. */
	readonly positions: PositionTable | null;
	readonly losses: Losses;
}

/** @returns null where the tensor does not come from here */
export type Source = (name: string, shape: readonly number[], context: Indexed) => Found | null;

/** With what is looked up often. */
export interface Indexed extends SourceContext {
	/** Module of a product ("….q") → the product's weight in the bundle and which of its modules it is. */
	readonly products: ReadonlyMap<string, { readonly weight: StoredWeight; readonly modules: readonly string[] }>;
	readonly byConvolution: ReadonlyMap<string, Convolution>;
	readonly byNorm: ReadonlyMap<string, Convolution>;
}

export function* piecesOf(source: RowSource): Pieces {
	for (const { data } of bandsOf(source)) yield data;
}

/** @throws Failure `bundle-format` */
export function checkElements(found: readonly number[], expected: readonly number[], name: string): void {
	const count = (shape: readonly number[]) => shape.reduce((product, dim) => product * dim, 1);
	if (count(found) !== count(expected)) throw misfit(name, found, expected);
}

export function misfit(name: string, found: readonly number[], expected: readonly number[]): Failure {
	return new Failure("bundle-format", `"${name.slice(0, 200)}" is stored as [${found}], expected [${expected}].`);
}
