/** Makes a tensor file of what a PyTorch pickle describes and a way to read its storages. */
import { Failure } from "../../../src/core/failure.ts";
import { checkRange, ELEMENT_TYPES, negate } from "./element-types.ts";
import type { PickleValue } from "./pickle-machine.ts";
import { findStateDict } from "./state-dict.ts";
import { copyStrided, isContiguous } from "./strided.ts";
import type { TensorFile } from "./tensor-file.ts";
import type { TorchStorage, TorchTensor } from "./torch-objects.ts";

/** Pickles hold names and shapes, no weights: FLAN-T5-XXL's has 0.2 MB. */
export const MAX_PICKLE_BYTES = 32 * 1024 * 1024;

export interface TorchSource {
	readonly name: string;
	readonly root: PickleValue;
	/** @throws Failure when the file does not hold the whole storage */
	check(storage: TorchStorage): void;
	/** Bytes `begin` to `end` of a storage, a fresh buffer. */
	read(storage: TorchStorage, begin: number, end: number): Uint8Array<ArrayBuffer>;
	close(): void;
}

/** @throws Failure `checkpoint-format` when there is no state dict in it */
export function torchTensorFile(source: TorchSource): TensorFile {
	const { tensors, notes } = findStateDict(source.root, source.name);
	for (const storage of new Set([...tensors.values()].map((tensor) => tensor.storage))) source.check(storage);
	const find = (name: string): TorchTensor => {
		const tensor = tensors.get(name);
		if (tensor === undefined) throw new Failure("checkpoint-tensors", `${source.name} holds no tensor "${name}".`);
		return tensor;
	};
	return {
		name: source.name,
		tensors,
		metadata: {},
		notes,
		readBytes: (name) => readContiguous(source, find(name)),
		readFloats: (name, begin = 0, end) => {
			const tensor = find(name);
			const range = checkRange(name, tensor.shape, begin, end);
			return ELEMENT_TYPES.get(tensor.dtype)!.toFloats(readPart(source, tensor, ...range));
		},
		close: () => source.close(),
	};
}

/** Elements `begin` to `end`. Of a tensor that is a view with strides, the rows they lie in are put in order first. */
function readPart(source: TorchSource, tensor: TorchTensor, begin: number, end: number): Uint8Array<ArrayBuffer> {
	const { shape, strides, offset, storage, dtype } = tensor;
	const { bytes } = ELEMENT_TYPES.get(dtype)!;
	if (begin === end) return new Uint8Array(0);
	if (isContiguous(shape, strides))
		return signed(tensor, source.read(storage, (offset + begin) * bytes, (offset + end) * bytes));
	const [, ...row] = shape;
	const length = row.reduce((product, dim) => product * dim, 1);
	const [first, last] = [Math.floor(begin / length), Math.ceil(end / length)];
	const rows = readContiguous(source, {
		...tensor,
		shape: [last - first, ...row],
		offset: offset + first * strides[0]!,
	});
	return rows.slice((begin - first * length) * bytes, (end - first * length) * bytes);
}

/** Reads from the tensor's first to its last element, never the whole storage, and puts the elements in order. */
function readContiguous(source: TorchSource, tensor: TorchTensor): Uint8Array<ArrayBuffer> {
	const { shape, strides, offset, storage, dtype } = tensor;
	const { bytes } = ELEMENT_TYPES.get(dtype)!;
	if (shape.includes(0)) return new Uint8Array(0);
	const span = shape.reduce((sum, dim, axis) => sum + (dim - 1) * strides[axis]!, 1);
	const data = source.read(storage, offset * bytes, (offset + span) * bytes);
	return signed(tensor, isContiguous(shape, strides) ? data : copyStrided(data, shape, strides, bytes));
}

function signed({ negative, dtype }: TorchTensor, data: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
	if (negative) negate(data, dtype);
	return data;
}
