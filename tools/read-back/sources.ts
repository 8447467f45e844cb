/** Where each tensor of a checkpoint comes from in a bundle: as it is, out of a product of several, out of a table by distance, out of a folded convolution. */
import { Failure } from "../../src/core/failure.ts";
import type { BertEncoder } from "../checkpoint/architecture.ts";
import type { Convolution } from "../checkpoint/resnet.ts";
import { bandsOf, type RowSource } from "../graphs/bands.ts";
import { BATCH_NORM_EPSILON } from "../graphs/resnet.ts";
import { BY_DISTANCE, FOLDED, ORDER_EMBEDDING, ORDERS, PLACES, POSITIONS } from "../graphs/stored-names.ts";
import type { BundleFacts } from "./bundle-facts.ts";
import { type Buckets, undoDistances } from "./distances.ts";
import type { StoredWeight } from "./packings.ts";

/** Values of a tensor, piece by piece. */
export type Pieces = Iterable<Float32Array>;

/** A tensor that comes back, and what of it does not. */
interface Found {
	/** The weights of the bundle that it is made of, by the exporter's names. */
	readonly from: readonly string[];
	readonly make: () => Pieces;
}

/** What is lost of the tensors that come back: a kind of loss → names of tensors. */
export type Losses = Map<LossName, string[]>;

/** What cannot come back, in sentences for a person. */
export const LOSSES = {
	norms:
		"Batch normalisations were folded into the convolutions before them. They come back as ones that change nothing, in front of weights that hold " +
		"their scale: the model computes the same, but their running statistics are not those of the data. Keep them frozen (evaluation mode).",
	orders:
		"The embedding that tells pictures from objects was added to rows of the vocabulary: its first row comes back as the mean of the differences, its second, " +
		"which nothing reads, as zero.",
	types:
		"Positions and token types of the text encoder were one table: all of it comes back as positions, and the types as zero. Only their sum is ever read.",
	positions: "The text encoder's positions that no text reaches come back as zero.",
	distances: "A bias that no distance up to the tables' end reads (of relative positions) comes back as zero.",
} as const;
export type LossName = keyof typeof LOSSES;

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
	/** BERT's, which lies in a table with more than positions; null: T5's. */
	readonly bert: BertEncoder | null;
	readonly losses: Losses;
}

type Source = (name: string, shape: readonly number[], context: Indexed) => Found | null;

/** With what is looked up often. */
interface Indexed extends SourceContext {
	/** Module of a product ("….q") → the product's weight in the bundle and which of its modules it is. */
	readonly products: ReadonlyMap<string, { readonly weight: StoredWeight; readonly modules: readonly string[] }>;
	readonly byConvolution: ReadonlyMap<string, Convolution>;
	readonly byNorm: ReadonlyMap<string, Convolution>;
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

/** A tensor of the checkpoint, ready to be written. */
export interface ReadTensor {
	readonly name: string;
	readonly shape: readonly number[];
	readonly make: () => Pieces;
}

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

/** @throws Failure `bundle-format` when there are weights that nothing was made of: reading back would lose them unsaid */
export function refuseUnused(facts: BundleFacts, used: ReadonlySet<string>): void {
	const unused = [...facts.weights.keys()].filter((name) => !used.has(name));
	if (unused.length > 0) throw new Failure("bundle-format", `The bundle holds weights that are not understood: ${listed(unused)}.`);
}

function listed(names: readonly string[]): string {
	const shown = names.slice(0, 8).map((name) => name.slice(0, 200));
	return shown.join(", ") + (names.length > shown.length ? ` and ${names.length - shown.length} more` : "");
}

function indexedOf(context: SourceContext): Indexed {
	const products = new Map<string, { readonly weight: StoredWeight; readonly modules: readonly string[] }>();
	for (const weight of context.facts.weights.values()) {
		const modules = weight.name.split("|");
		if (modules.every((module) => context.expected.has(`${module}.weight`))) for (const module of modules) products.set(module, { weight, modules });
	}
	const { convolutions } = context;
	return {
		...context,
		products,
		byConvolution: new Map(convolutions.map((convolution) => [convolution.name.conv, convolution])),
		byNorm: new Map(convolutions.map((convolution) => [convolution.name.norm, convolution])),
	};
}

function firstOf(name: string, shape: readonly number[], context: Indexed): Found | null {
	for (const source of SOURCES) {
		const found = source(name, shape, context);
		if (found !== null) return found;
	}
	return null;
}

function asItIs(name: string, shape: readonly number[], { facts }: Indexed): Found | null {
	const weight = facts.weights.get(name);
	if (weight === undefined) return null;
	// A packing in blocks has two axes, whatever the weight had.
	checkElements(weight.shape, shape, name);
	return { from: [name], make: () => piecesOf(facts.rows(weight, false)) };
}

/** One or several weights that read the same input lie in one product, one below the other. */
function outOfProduct(name: string, shape: readonly number[], { facts, products, expected }: Indexed): Found | null {
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
		if (all.rows !== total || all.columns !== columns) throw misfit(weight.name, [all.rows, all.columns], [total, columns]);
		return piecesOf({ rows, columns, read: (begin, end) => all.read(first + begin, first + end) });
	};
	return { from: [weight.name], make };
}

function outOfDistances(name: string, shape: readonly number[], { facts, heads, buckets, losses }: Indexed): Found | null {
	const stored = `${name}${BY_DISTANCE}`;
	if (!facts.weights.has(stored)) return null;
	const table = facts.distanceTables(heads).get(name)!;
	const { bias, unseen } = undoDistances(table, buckets);
	checkElements([bias.length], shape, name);
	if (unseen.length > 0) note(losses, "distances", name);
	return { from: [stored], make: () => [bias] };
}

/** A convolution's kernel holds the scale of the normalisation behind it. */
function outOfConvolution(name: string, shape: readonly number[], { facts, byConvolution }: Indexed): Found | null {
	const conv = name.replace(/\.weight$/, "");
	const weight = facts.weights.get(`${name}${FOLDED}`);
	if (weight === undefined || !byConvolution.has(conv)) return null;
	checkElements(weight.shape, shape, name);
	return { from: [weight.name], make: () => piecesOf(facts.rows(weight, false)) };
}

/** σ² of a normalisation that changes nothing: √(σ² + ε) is 1. */
export const NEUTRAL_VARIANCE = Math.fround(1 - BATCH_NORM_EPSILON);
const NEUTRAL = { weight: 1, running_mean: 0, running_var: NEUTRAL_VARIANCE } as const;

/** A normalisation whose scale lies in its convolution: its shift is the convolution's bias. */
function outOfNorm(name: string, shape: readonly number[], { facts, byNorm, losses }: Indexed): Found | null {
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

/** Row s of the stored table is the picture's embedding and the row of the vocabulary's s-th last token. */
function outOfOrders(name: string, shape: readonly number[], { facts, expected, losses }: Indexed): Found | null {
	const [stored, shared] = [facts.weights.get(ORDERS), facts.weights.get("shared.weight")];
	if (name !== ORDER_EMBEDDING || stored === undefined || shared === undefined) return null;
	const [slots = 0, width = 0] = stored.shape;
	const vocabulary = expected.get("shared.weight")![0] ?? 0;
	checkElements([2, width], shape, name);
	if (slots < 1 || slots > vocabulary) throw misfit(ORDERS, stored.shape, [1, width]);
	note(losses, "orders", name);
	const make = () => {
		const sums = facts.whole(stored);
		const tokens = facts.rows(shared, false).read(vocabulary - slots, vocabulary);
		const picture = new Float32Array(2 * width);
		for (let column = 0; column < width; column++) {
			let sum = 0;
			for (let slot = 0; slot < slots; slot++) sum += sums[slot * width + column]! - tokens[(slots - 1 - slot) * width + column]!;
			picture[column] = sum / slots;
		}
		return [picture];
	};
	return { from: [ORDERS], make };
}

/** The biases of a product lie side by side. */
function outOfBiases(name: string, shape: readonly number[], { facts, products, expected }: Indexed): Found | null {
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

/** Where the decoder copied last: columns of one table, the layers' heads in order, then the pointer. */
function outOfPlaces(name: string, shape: readonly number[], { facts, expected }: Indexed): Found | null {
	const stored = facts.weights.get(PLACES);
	if (stored === undefined || !name.endsWith(".place_bias.weight")) return null;
	const all = [...expected].filter(([each]) => each.endsWith(".place_bias.weight"));
	const widths = all.map(([, [, width = 0]]) => width);
	const before = all.findIndex(([each]) => each === name);
	const sum = (of: readonly number[]) => of.reduce((total, width) => total + width, 0);
	const [rows = 0, width = 0] = shape;
	const [total, left] = [sum(widths), sum(widths.slice(0, before))];
	checkElements(stored.shape, [rows, total], PLACES);
	return { from: [PLACES], make: () => [columnsOf(facts.whole(stored), { rows, total, left, width })] };
}

interface Columns {
	readonly rows: number;
	/** Columns there are. */
	readonly total: number;
	/** First one that is wanted. */
	readonly left: number;
	readonly width: number;
}

function columnsOf(data: Float32Array, { rows, total, left, width }: Columns): Float32Array {
	const out = new Float32Array(rows * width);
	for (let row = 0; row < rows; row++) out.set(data.subarray(row * total + left, row * total + left + width), row * width);
	return out;
}

const POSITION_TABLES = ["position", "token_type"].map((part) => `encoder.embeddings.${part}_embeddings.weight`);

/** Positions, type 0 and the token in front lie in one table: all of it but that token comes back as positions. */
function outOfPositions(name: string, shape: readonly number[], { facts, bert, losses }: Indexed): Found | null {
	const stored = facts.weights.get(POSITIONS);
	const shared = facts.weights.get("shared.weight");
	if (stored === undefined || bert === null || shared === undefined || !POSITION_TABLES.includes(name)) return null;
	const [rows = 0, width = 0] = shape;
	note(losses, "types", name);
	if (name !== POSITION_TABLES[0]) return { from: [], make: () => [new Float32Array(rows * width)] };
	const [kept = 0, columns = 0] = stored.shape;
	const { position_offset: offset, start_token_id: start } = bert;
	if (columns !== width || offset + kept > rows) throw misfit(POSITIONS, stored.shape, [rows - offset, width]);
	if (offset + kept < rows) note(losses, "positions", `${name}, ${kept} of ${rows}`);
	const make = () => {
		const out = new Float32Array(rows * width);
		out.set(facts.whole(stored), offset * width);
		const token = start === null ? [] : facts.rows(shared, false).read(start, start + 1);
		for (let column = 0; column < token.length; column++) out[offset * width + column] = without(out[offset * width + column]!, token[column]!);
		return [out];
	};
	return { from: [POSITIONS], make };
}

/** A float32 that gives `sum` with `part` added, if there is one: their difference, or a float beside it. */
function without(sum: number, part: number): number {
	const difference = Math.fround(sum - part);
	return [0, 1, -1].map((steps) => beside(difference, steps)).find((value) => Math.fround(value + part) === sum) ?? difference;
}

const float = new Float32Array(1);
const word = new Int32Array(float.buffer);

/** The float32 so many steps further from zero. */
function beside(value: number, steps: number): number {
	float[0] = value;
	word[0]! += steps;
	return float[0]!;
}

function* piecesOf(source: RowSource): Pieces {
	for (const { data } of bandsOf(source)) yield data;
}

function note(losses: Losses, loss: LossName, name: string): void {
	const names = losses.get(loss) ?? [];
	if (!names.includes(name)) losses.set(loss, [...names, name]);
}

/** @throws Failure `bundle-format` */
function checkElements(found: readonly number[], expected: readonly number[], name: string): void {
	const count = (shape: readonly number[]) => shape.reduce((product, dim) => product * dim, 1);
	if (count(found) !== count(expected)) throw misfit(name, found, expected);
}

function misfit(name: string, found: readonly number[], expected: readonly number[]): Failure {
	return new Failure("bundle-format", `"${name.slice(0, 200)}" is stored as [${found}], expected [${expected}].`);
}
