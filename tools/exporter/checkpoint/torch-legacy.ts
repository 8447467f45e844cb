/** Opens a checkpoint as `torch.save` wrote it before PyTorch 1.6: five pickles, then the storages. */
import { Failure } from "../../../src/core/failure.ts";
import { type ByteSource, openBytes } from "./byte-source.ts";
import { ELEMENT_TYPES } from "./element-types.ts";
import { readPickle } from "./pickle.ts";
import type { PickleValue } from "./pickle-machine.ts";
import type { TensorFile } from "./tensor-file.ts";
import { MAX_PICKLE_BYTES, torchTensorFile } from "./torch-file.ts";
import { type TorchStorage, torchNames } from "./torch-objects.ts";

/** torch/serialization.py: MAGIC_NUMBER, PROTOCOL_VERSION. */
const MAGIC = 0x1950a86a20f9469cfc6cn;
const VERSION = 1001;

/** @throws Failure `checkpoint-format` for a file that is broken, or whose pickle asks for more than tensors */
export function openLegacyTorch(path: string): TensorFile {
	const source = openBytes(path);
	try {
		return readLegacyTorch(source);
	} catch (error) {
		source.close();
		throw error;
	}
}

function readLegacyTorch(source: ByteSource): TensorFile {
	const { name } = source;
	const bad = (what: string) => new Failure("checkpoint-format", `${name}: ${what}.`);
	const head = source.read(0, Math.min(source.size, MAX_PICKLE_BYTES));
	const storages = new Map<string, TorchStorage>();
	const names = torchNames((storage) => storages.set(storage.key, storage));
	let at = 0;
	const next = (): PickleValue => {
		const { value, end } = readPickle(head, names, name, at);
		at = end;
		return value;
	};
	if (next() !== MAGIC) throw bad("it is a Python pickle, but not a PyTorch checkpoint");
	if (next() !== VERSION) throw bad(`it is of an old PyTorch format other than ${VERSION}`);
	const system = next();
	if (!(system instanceof Map) || system.get("little_endian") !== true) throw bad("its numbers are not little-endian");
	const root = next();
	const places = placeStorages(source, next(), at, storages, bad);
	const placeOf = ({ key }: TorchStorage): Place => {
		const place = places.get(key);
		if (place === undefined)
			throw new Failure("checkpoint-tensors", `${name} lacks storage "${key}", the weights its pickle speaks of.`);
		return place;
	};
	const check = (storage: TorchStorage) => {
		const { size } = placeOf(storage);
		const expected = bytesOf(storage);
		if (size !== expected) throw bad(`storage "${storage.key}" has ${size} bytes, but its pickle expects ${expected}`);
	};
	return torchTensorFile({
		name,
		root,
		check,
		read: (storage, begin, end) => source.read(placeOf(storage).position + begin, end - begin),
		close: () => source.close(),
	});
}

interface Place {
	/** Bytes from the start of the file. */
	readonly position: number;
	readonly size: number;
}

/** Behind the pickles, in the order of the list of keys: a count of elements in 8 bytes, then the elements. */
function placeStorages(
	source: ByteSource,
	keys: PickleValue,
	start: number,
	storages: ReadonlyMap<string, TorchStorage>,
	bad: (what: string) => Failure,
): ReadonlyMap<string, Place> {
	if (!Array.isArray(keys)) throw bad("it does not list its storages");
	const places = new Map<string, Place>();
	let at = start;
	for (const key of keys) {
		const storage = typeof key === "string" ? storages.get(key) : undefined;
		if (storage === undefined || places.has(storage.key))
			throw bad("its list of storages has one twice, or one that no tensor uses");
		const count = Number(new DataView(source.read(at, 8).buffer).getBigInt64(0, true));
		if (count !== storage.count)
			throw bad(`storage "${storage.key}" has ${count} elements, but its pickle expects ${storage.count}`);
		places.set(storage.key, { position: at + 8, size: bytesOf(storage) });
		at += 8 + bytesOf(storage);
	}
	if (at > source.size) throw bad(`it ends at byte ${source.size}; its storages reach byte ${at}`);
	return places;
}

function bytesOf({ count, dtype }: TorchStorage): number {
	return count * ELEMENT_TYPES.get(dtype)!.bytes;
}
