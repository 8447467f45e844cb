/**
 * Reads vocabulary tables in a graph: rows by token id, and the product with every row, with 4-bit rows where an export
 * asks for them.
 */
import type { GraphBuilder, Value } from "../onnx/graph-builder.ts";
import { type RowSource, sampleRows } from "./bands.ts";
import { type FourBitParts, fourBitParts, lookUp, matrix, nibbles, type Stored } from "./precision.ts";
import { type Blocks, blockError, MAX_ERROR, SAMPLE } from "./precision-int4.ts";

/** How a vocabulary table is stored in an int8 or int4 bundle: a byte or half a byte for each number. */
export const EMBEDDING_DTYPES = ["int8", "int4"] as const;
export type EmbeddingDType = (typeof EMBEDDING_DTYPES)[number];

/**
 * Numbers of a 4-bit row that share a scale. The trainer's `four_bit_words` rounds to blocks of 128, so they are the
 * default. A checkpoint that was not trained so loses 1.3 F1 of entities by them (Twitter-2017's dev set), through the
 * rows that the decoder scores, and nothing by blocks of 32, whose scales take 0.8 MB more of 44,276 × 384 numbers;
 * docs/decisions has the table. There are no zero points: rows lie around zero.
 */
export const EMBEDDING_BLOCKS = [32, 64, 128] as const;
export type EmbeddingBlock = (typeof EMBEDDING_BLOCKS)[number];
export const DEFAULT_EMBEDDING_BLOCK: EmbeddingBlock = 128;

export interface StoredVocabulary extends Stored {
	readonly embeddings: EmbeddingDType;
	readonly block: EmbeddingBlock;
}

/** A table in 4 bits, and how it is cut. */
interface Table {
	readonly parts: FourBitParts;
	readonly blocks: Blocks;
}

/** Rows of a table [V, D] by id. @param ids [...] @returns [..., D] */
export function vocabularyRows(at: StoredVocabulary, name: string, rows: RowSource, ids: Value): Value {
	const table = tableOf(at, name, rows);
	if (table === null) return lookUp(at, name, rows, ids);
	const { graph } = at;
	const { parts, blocks } = table;
	const [d, shape] = [rows.columns, ids.shape];
	const cut = [...shape, d / blocks.block, blocks.block];
	// WASM gathers bytes: a table of 48,000 × 384 takes 9 MB of memory. Beside an int8 table's, the look-up of 300
	// candidates in every step costs nothing that can be measured; by powers of two along a last axis of two, as for
	// WebGPU, it doubles a step of 4 rows and 3 layers (3.0 → 6.1 ms).
	const found =
		at.target === "wasm" ? nibbles(graph, graph.gather(parts.packed, ids)) : nibblesOfJoined(graph, parts, rows, ids);
	const values = graph.reshape(found, [...shape.map(() => 0), d / blocks.block, blocks.block], cut);
	const scaled = graph.mul(graph.sub(values, graph.float(8)), graph.gather(parts.scales, ids));
	return graph.reshape(scaled, [...shape.map(() => 0), d], [...shape, d]);
}

/**
 * WebGPU gathers no bytes. Three of them are a whole number that float32 holds exactly: they are joined when the
 * session opens, and a table takes a sixth of its float32 size on the GPU (48,000 × 384: 12 MB instead of 74).
 * @returns nibbles [..., D/(2·bytes), 2·bytes]
 */
function nibblesOfJoined(
	graph: GraphBuilder,
	{ packed }: FourBitParts,
	{ rows, columns }: RowSource,
	ids: Value,
): Value {
	const bytes = columns % 6 === 0 ? 3 : columns % 4 === 0 ? 2 : 1;
	const width = columns / 2 / bytes;
	const apart = graph.cast(graph.reshape(packed, [rows, width, bytes], [rows, width, bytes]), "float32");
	const weights = graph.constant({ dtype: "float32", shape: [bytes], values: [1, 256, 65_536].slice(0, bytes) });
	const whole = graph.gather(graph.sum(graph.mul(apart, weights), 2), ids);
	// All steps are exact: powers of two and whole numbers below 2²⁴.
	const digits = Array.from({ length: 2 * bytes }, (_, digit) => 16 ** -digit);
	const powers = graph.constant({ dtype: "float32", shape: [digits.length], values: digits });
	const shifted = graph.floor(graph.mul(graph.unsqueeze(whole, [whole.shape.length]), powers));
	return graph.sub(shifted, graph.mul(graph.floor(graph.mul(shifted, graph.float(1 / 16))), graph.float(16)));
}

/** x Tᵀ. @param rows T [V, D] @param x [M, D] @returns [M, V] */
export function vocabularyProduct(at: StoredVocabulary, name: string, rows: RowSource, x: Value): Value {
	const { graph } = at;
	const table = tableOf(at, name, rows);
	if (table === null) return graph.gemmTransposed(x, matrix(at, name, [rows.rows, rows.columns], rows));
	const [v, d, block] = [rows.rows, rows.columns, table.blocks.block];
	if (at.target === "wasm") return productOfBytes(graph, table, rows, x);
	const scales = graph.reshape(table.parts.scales, [-1], [(v * d) / block]);
	return graph.matmulNBits(x, { ...table.parts, scales, zeros: null }, { n: v, k: d, bits: 4, block });
}

/**
 * WASM has no fast product of 4 bits (MatMulNBits widens the whole table at every run). The digits become bytes when
 * the session opens, a byte for each number, and are multiplied block after block, as each block of a row has its own
 * scale: in blocks of 32 16 ms for 4 rows of 44,276, where an int8 table, widened to 68 MB of floats, takes 11.
 */
function productOfBytes(
	graph: GraphBuilder,
	{ parts: { packed, scales }, blocks: { block } }: Table,
	rows: RowSource,
	x: Value,
): Value {
	const [v, d, count] = [rows.rows, rows.columns, rows.columns / block];
	const byte = (value: number) => graph.constant({ dtype: "uint8", shape: [], values: [value] });
	const [low, high] = [graph.bitwiseAnd(packed, byte(15)), graph.shiftRight(packed, byte(4))];
	const pairs = graph.concat([graph.unsqueeze(low, [3]), graph.unsqueeze(high, [3])], 3);
	const transposed = graph.transpose(graph.reshape(pairs, [v, d], [v, d]), [1, 0]);
	const parts = Array.from({ length: count }, () => block);
	const [columns, weights] = [graph.split(x, parts, 1), graph.split(transposed, parts, 0)];
	const byBlock = graph.split(
		graph.reshape(scales, [v, count], [v, count]),
		Array.from({ length: count }, () => 1),
		1,
	);
	const products = columns.map((part, at) =>
		graph.dynamicQuantizeMatMul(part, weights[at]!, graph.reshape(byBlock[at]!, [v], [v]), { zero: byte(8) }),
	);
	return products.reduce((sum, product) => graph.add(sum, product));
}

/** null: the table is not stored in 4 bits. */
function tableOf(at: StoredVocabulary, name: string, rows: RowSource): Table | null {
	if (at.embeddings !== "int4" || (at.dtype !== "int8" && at.dtype !== "int4")) return null;
	const blocks = at.decisions.tables.of(name, () => chooseTableBlocks(at, name, rows));
	return blocks === null ? null : { parts: fourBitParts(at, name, rows, blocks), blocks };
}

/** The block asked for, or the next smaller one that divides a row; null: the rows stay int8, and a note says why. */
function chooseTableBlocks(
	{ decisions, block: wanted }: StoredVocabulary,
	name: string,
	rows: RowSource,
): Blocks | null {
	const block = EMBEDDING_BLOCKS.findLast((size) => size <= wanted && rows.columns % size === 0);
	const blocks = block === undefined ? null : { block, asymmetric: false };
	const error = blocks === null ? 1 : blockError(sampleRows(rows, SAMPLE), blocks);
	if (blocks !== null && error <= MAX_ERROR) return blocks;
	const why =
		blocks === null
			? `${rows.columns} numbers a row are not a multiple of ${EMBEDDING_BLOCKS[0]}`
			: `4 bits would change it by ${(100 * error).toFixed(0)} %`;
	decisions.notes.push(`${name}: ${why}: stored as int8`);
	return null;
}
