/** Gives graphs their weights by checkpoint names, in the precision of the export. */
import type { Architecture } from "../checkpoint/architecture.ts";
import { parametersOf } from "../checkpoint/expected-tensors.ts";
import type { ProposerPlan } from "../checkpoint/proposer.ts";
import { GraphBuilder, type Value } from "../onnx/graph-builder.ts";
import type { WeightStore } from "../onnx/weights.ts";
import { type RowSource, stackRows, wholeRows } from "./bands.ts";
import { Decisions } from "./decisions.ts";
import { bytesOf, type ExportDType, linear, matrix, type Target } from "./precision.ts";
import {
	DEFAULT_EMBEDDING_BLOCK,
	type EmbeddingBlock,
	type EmbeddingDType,
	vocabularyProduct,
	vocabularyRows,
} from "./vocabulary.ts";

/** Where weights come from: a checkpoint, or random numbers in a test. */
interface WeightSource {
	/** Elements `begin` to `end`, all of them unless told otherwise. */
	floats(name: string, begin?: number, end?: number): Float32Array;
}

export interface GraphOptions {
	readonly architecture: Architecture;
	readonly weights: WeightSource;
	readonly store: WeightStore;
	readonly dtype: ExportDType;
	readonly target: Target;
	/** Of vocabulary tables where `dtype` is int8 or int4; absent: int8. */
	readonly embeddings?: EmbeddingDType;
	/** Numbers of a 4-bit row that share a scale; absent: what the checkpoint was trained with, or the default. */
	readonly embeddingBlock?: EmbeddingBlock | undefined;
	/** Products whose weights' names match read float activations on WASM too, where int8 ones would lose too much. */
	readonly floatActivations?: RegExp | undefined;
	/** Also outputs the values between (for comparing with a reference), by the names of the paper's symbols. */
	readonly inspect: boolean;
	/** Of the region proposer; then `weights` are its own. */
	readonly proposer?: ProposerPlan;
	/** Shared by the graphs of an export: what was measured and decided for a weight they all read. */
	readonly decisions?: Decisions;
}

/** Weight files: what several graphs use lies in "shared". */
export type WeightGroup = "shared" | "text_encoder" | "visual" | "decoder" | "proposer" | "screen" | "pairs";

/** Weights of a model whose widening on WASM fails for want of memory: FLAN-T5 small has 77 M, base 248 M. */
const LARGE = 120e6;

export class GraphContext {
	readonly graph: GraphBuilder;
	readonly options: GraphOptions;
	readonly #group: WeightGroup;
	readonly #decisions: Decisions;
	readonly #large: boolean;

	constructor(name: string, group: WeightGroup, options: GraphOptions) {
		this.graph = new GraphBuilder(name);
		this.options = options;
		this.#group = group;
		this.#decisions = options.decisions ?? new Decisions();
		this.#large = parametersOf(options.architecture) > LARGE;
	}

	get architecture(): Architecture {
		return this.options.architecture;
	}

	#at(group: WeightGroup = this.#group) {
		const { store, dtype, target } = this.options;
		return { graph: this.graph, store, group, dtype, target, decisions: this.#decisions, large: this.#large };
	}

	/**
	 * x Wᵀ for one or several weights of the checkpoint that read the same x: one product, outputs side by side.
	 * @param outliers, unequalRows as `LinearShape` @param biased adds the checkpoint's biases of the same names @returns
	 * [..., Σ out]
	 */
	linear(
		x: Value,
		names: readonly string[],
		out: number,
		width: number,
		{
			outliers = false,
			unequalRows = false,
			biased = false,
		}: { outliers?: boolean; unequalRows?: boolean; biased?: boolean } = {},
	): Value {
		const rows = stackRows(names.map((name) => this.#rowsOf(`${name}.weight`, out, width)));
		const joined = names.join("|");
		const biases = () => Float32Array.from(names.flatMap((name) => [...this.options.weights.floats(`${name}.bias`)]));
		const bias = biased ? this.exact(`${joined}.bias`, [out * names.length], biases) : null;
		const float = outliers || names.some((name) => this.options.floatActivations?.test(name));
		return linear(
			this.#at(),
			joined,
			{ out: out * names.length, in: width, outliers: float, unequalRows },
			rows,
			x,
			bias,
		);
	}

	/** Rows of a vocabulary table ("shared.weight", "lm_head.weight") by token id. @returns [..., D] */
	tokenRows(name: string, ids: Value): Value {
		const { vocab_size: v, d_model: d } = this.architecture;
		return vocabularyRows(this.#vocabulary(), name, this.#rowsOf(name, v, d), ids);
	}

	/** x Tᵀ with every row of a vocabulary table T. @param x [M, D] @returns [M, V] */
	tokenScores(name: string, x: Value): Value {
		const { vocab_size: v, d_model: d } = this.architecture;
		return vocabularyProduct(this.#vocabulary(), name, this.#rowsOf(name, v, d), x);
	}

	#vocabulary() {
		const { embeddings = "int8", embeddingBlock, architecture } = this.options;
		return {
			...this.#at("shared"),
			embeddings,
			block: embeddingBlock ?? architecture.embedding_block ?? DEFAULT_EMBEDDING_BLOCK,
		};
	}

	/**
	 * A weight as it is, one scale per index of its first axis.
	 * @param load makes it whole, where it is not one of the checkpoint's
	 */
	rows(name: string, shape: readonly number[], load?: () => Float32Array): Value {
		const [rows = 1, ...rest] = shape;
		const columns = rest.reduce((product, dim) => product * dim, 1);
		return matrix(
			this.#at(),
			name,
			shape,
			load === undefined ? this.#rowsOf(name, rows, columns) : wholeRows(rows, columns, load),
		);
	}

	/** A weight of the checkpoint, read as far as asked. */
	#rowsOf(name: string, rows: number, columns: number): RowSource {
		return { rows, columns, read: (begin, end) => this.options.weights.floats(name, begin * columns, end * columns) };
	}

	/** A small weight that stays float32 in every precision: norms, biases, tables. */
	exact(name: string, shape: readonly number[], load = () => this.options.weights.floats(name)): Value {
		return this.graph.stored(this.options.store.put(this.#group, name, "float32", shape, () => bytesOf(load())));
	}

	/** A small table of whole numbers. */
	integers(name: string, load: () => Int32Array, length: number): Value {
		return this.graph.stored(this.options.store.put(this.#group, name, "int32", [length], () => bytesOf(load())));
	}

	/** Names a value between as an output when the options ask for it. */
	inspect(name: string, value: Value): void {
		if (this.options.inspect) this.graph.output(name, value, value.shape);
	}
}
