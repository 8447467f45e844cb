/** Writes everything that goes into and comes out of the graphs to a safetensors file. */
import type { Tensor } from "onnxruntime-web";
import type { GraphRole } from "../../../src/bundle/manifest.ts";
import { Failure } from "../../../src/core/failure.ts";
import type { ObservedRun } from "../../../workers/model/sessions.ts";
import { type NamedTensor, writeSafetensors } from "../../exporter/checkpoint/safetensors-writer.ts";
import { cannotWrite } from "../../node/files/write-whole.ts";

const MIB = 1 << 20;
/** A dump is collected in memory: the header of the file comes first. */
const MAX_BYTES = 1024 * MIB;

/**
 * Tensors are called GRAPH.RUN/NAME, such as `decoder.3/logits`; runs of each graph count from 0, names are those of
 * the graph.
 */
export class TensorDump {
	readonly #tensors: NamedTensor[] = [];
	readonly #runs = new Map<GraphRole, number>();
	readonly #limit: number;
	#bytes = 0;

	constructor(limit = MAX_BYTES) {
		this.#limit = limit;
	}

	/** Copies at once: the caller reuses and frees its tensors. @throws Failure `out-of-memory` past the limit */
	readonly observe = ({ role, feeds, outputs }: Pick<ObservedRun, "role" | "feeds" | "outputs">): void => {
		const run = this.#runs.get(role) ?? 0;
		this.#runs.set(role, run + 1);
		for (const [name, tensor] of Object.entries({ ...feeds, ...outputs })) this.#add(`${role}.${run}/${name}`, tensor);
	};

	save(path: string, metadata: Readonly<Record<string, string>>): void {
		try {
			writeSafetensors(path, this.#tensors, metadata);
		} catch (cause) {
			throw cannotWrite(path, cause);
		}
	}

	#add(name: string, { type, dims, data }: Tensor): void {
		if (!(data instanceof Float32Array || data instanceof Int32Array))
			throw new Failure("internal", `${name} is ${type}: dumps hold float32 and int32.`);
		this.#bytes += data.byteLength;
		if (this.#bytes > this.#limit)
			throw new Failure(
				"out-of-memory",
				`The dump is larger than ${Math.round(this.#limit / MIB)} MiB: use a shorter text, fewer beams or fewer tasks.`,
			);
		this.#tensors.push({
			name,
			dtype: data instanceof Float32Array ? "float32" : "int32",
			shape: [...dims],
			data: data.slice(),
		});
	}
}
