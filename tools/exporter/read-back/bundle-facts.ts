/** An open bundle's weights by the exporter's names, its bias tables, and what its graphs do with them. */
import type { GraphRole } from "../../../src/bundle/manifest.ts";
import { Failure } from "../../../src/core/failure.ts";
import type { RowSource } from "../graphs/bands.ts";
import { BY_DISTANCE } from "../graphs/stored-names.ts";
import type { ReadGraph } from "../onnx/read-model.ts";
import { backwardTable, bidirectionalTable, type DistanceTable } from "./distances.ts";
import { factorOf, type Readers, readersOf, usesOf } from "./graph-facts.ts";
import { bytesOf, type OpenBundle } from "./open-bundle.ts";
import { openRows, type StoredWeight, weightsOf } from "./packings.ts";

/** Ours have 2,047. */
const MAX_DISTANCES = 1 << 17;

type Node = ReadGraph["nodes"][number];

export class BundleFacts {
	readonly bundle: OpenBundle;
	readonly weights: ReadonlyMap<string, StoredWeight>;
	readonly #readers = new Map<GraphRole, Readers>();
	/** The parts of a product are asked for one after the other. */
	#last: { readonly name: string; readonly rows: RowSource } | null = null;

	constructor(bundle: OpenBundle) {
		this.bundle = bundle;
		this.weights = weightsOf(bundle.tensors);
	}

	/**
	 * Length of the weight's axes as stored, its packing undone.
	 * @returns undefined where the bundle has no such weight
	 */
	shape(name: string): readonly number[] | undefined {
		return this.weights.get(name)?.shape;
	}

	/** Rows of a weight; [out, in] of a product. */
	rows(weight: StoredWeight, product: boolean): RowSource {
		const name = `${weight.name}\n${product}`;
		if (this.#last?.name !== name)
			this.#last = { name, rows: openRows(this.bundle, weight, product, this.#factor(weight)) };
		return this.#last.rows;
	}

	/** A small weight, whole. */
	whole(weight: StoredWeight): Float32Array {
		const { rows, read } = this.rows(weight, false);
		return read(0, rows);
	}

	#factor({ tensor }: StoredWeight): number {
		if (tensor.dtype !== "float16") return 1;
		const factors = [...this.bundle.graphs].map(([role, graph]) => factorOf(graph, this.readers(role), tensor.name));
		return Math.max(...factors);
	}

	readers(role: GraphRole): Readers {
		const known = this.#readers.get(role) ?? readersOf(this.bundle.graphs.get(role) ?? { nodes: [] });
		this.#readers.set(role, known);
		return known;
	}

	/** Nodes of a graph that compute with a weight. */
	uses(role: GraphRole, { tensor }: StoredWeight): readonly Node[] {
		return usesOf(this.readers(role), tensor.name);
	}

	/** Nodes of a graph, in order. */
	nodes(role: GraphRole): readonly Node[] {
		return this.bundle.graphs.get(role)?.nodes ?? [];
	}

	/** Every bias that is stored by distance, by the name of the bias. */
	distanceTables(heads: number): ReadonlyMap<string, DistanceTable> {
		const out = new Map<string, DistanceTable>();
		for (const [stored, weight] of this.weights) {
			if (!stored.endsWith(BY_DISTANCE)) continue;
			const name = stored.slice(0, -BY_DISTANCE.length);
			const [first = 0, second = 0] = weight.shape;
			// The decoder's looks back only: [N, MAX]. All others look both ways: [2·MAX − 1, N].
			const backward = name.startsWith("decoder.") && first === heads && second > heads;
			const entries = backward ? second : first;
			if (
				weight.shape.length !== 2 ||
				entries > MAX_DISTANCES ||
				bytesOf(weight.tensor) === 0 ||
				(!backward && entries % 2 === 0)
			)
				throw new Failure(
					"bundle-format",
					`"${stored}" has the shape [${weight.shape}], which a table of distances cannot have.`,
				);
			const data = this.whole(weight);
			out.set(name, backward ? backwardTable(name, data, first) : bidirectionalTable(name, data, first));
		}
		return out;
	}
}
