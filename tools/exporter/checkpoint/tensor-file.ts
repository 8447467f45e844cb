/**
 * What every kind of checkpoint looks like to the exporter: names, types and shapes of its tensors, and their values,
 * one at a time.
 */
interface TensorEntry {
	/** Name of the safetensors format: F32, BF16, I64 … */
	readonly dtype: string;
	readonly shape: readonly number[];
}

/** What every kind of checkpoint looks like to the exporter. */
export interface TensorFile {
	readonly name: string;
	readonly tensors: ReadonlyMap<string, TensorEntry>;
	readonly metadata: Readonly<Record<string, string>>;
	/** What was chosen or left out while opening, in sentences for a person. */
	readonly notes: readonly string[];
	/** One tensor, contiguous and little-endian, a fresh buffer. */
	readBytes(name: string): Uint8Array;
	/**
	 * Elements `begin` to `end` of a tensor (all of them unless told otherwise) as float32, contiguous, whatever it is
	 * stored as.
	 */
	readFloats(name: string, begin?: number, end?: number): Float32Array;
	close(): void;
}
