/** Writes pickles and PyTorch checkpoints, zipped or of the old kind. For tests. */
import { numbers, writeZip, type ZipInput, type ZipOptions } from "./zip-writer.test-helper.ts";

/**
 * What a pickle is written from. A tuple is `{ tuple }`, a name `{ global }`, a call `{ call, args }`, a persistent id
 * `{ persistent }`.
 */
export type Py =
	| null
	| boolean
	| number
	| string
	| Py[]
	| Map<Py, Py>
	| { readonly tuple: readonly Py[] }
	| { readonly global: readonly [module: string, name: string] }
	| { readonly call: Py; readonly args: readonly Py[]; readonly state?: Py }
	| { readonly persistent: Py }
	| { readonly raw: Uint8Array };

/** A pickle of protocol 0 to 5 without memo: every opcode family of that protocol's own. */
export function writePickle(value: Py, protocol = 2): Uint8Array<ArrayBuffer> {
	const head = protocol >= 2 ? [Uint8Array.of(0x80, protocol)] : [];
	return Uint8Array.from(Buffer.concat([...head, ...encode(value, protocol), ascii(".")]));
}

const ascii = (text: string) => Buffer.from(text, "latin1");

function encode(value: Py, protocol: number): Uint8Array[] {
	if (value === null) return [ascii("N")];
	if (typeof value === "boolean")
		return [protocol >= 2 ? Uint8Array.of(value ? 0x88 : 0x89) : ascii(value ? "I01\n" : "I00\n")];
	if (typeof value === "number") return [encodeNumber(value, protocol)];
	if (typeof value === "string") return [encodeText(value, protocol)];
	const each = (items: readonly Py[]) => items.flatMap((item) => encode(item, protocol));
	if (Array.isArray(value))
		return protocol === 0
			? [ascii("(l"), ...value.flatMap((item) => [...encode(item, 0), ascii("a")])]
			: [ascii("]("), ...each(value), ascii("e")];
	if (value instanceof Map) return [ascii(protocol === 0 ? "(d" : "}"), ...encodeItems(value, protocol)];
	if ("raw" in value) return [value.raw];
	if ("tuple" in value) return encodeTuple(value.tuple, protocol);
	if ("global" in value) return encodeGlobal(value.global, protocol);
	if ("persistent" in value) return [...encode(value.persistent, protocol), ascii("Q")];
	const made = [...encode(value.call, protocol), ...encodeTuple(value.args, protocol), ascii("R")];
	return value.state === undefined ? made : [...made, ...encode(value.state, protocol), ascii("b")];
}

function encodeItems(map: ReadonlyMap<Py, Py>, protocol: number): Uint8Array[] {
	const pairs = [...map].map(([key, value]) => [...encode(key, protocol), ...encode(value, protocol)]);
	return protocol === 0 ? pairs.flatMap((pair) => [...pair, ascii("s")]) : [ascii("("), ...pairs.flat(), ascii("u")];
}

function encodeTuple(items: readonly Py[], protocol: number): Uint8Array[] {
	const each = items.flatMap((item) => encode(item, protocol));
	if (protocol >= 2 && items.length >= 1 && items.length <= 3) return [...each, Uint8Array.of(0x84 + items.length)];
	return protocol >= 1 && items.length === 0 ? [ascii(")")] : [ascii("("), ...each, ascii("t")];
}

function encodeGlobal([module, name]: readonly [string, string], protocol: number): Uint8Array[] {
	return protocol >= 4
		? [encodeText(module, protocol), encodeText(name, protocol), Uint8Array.of(0x93)]
		: [ascii(`c${module}\n${name}\n`)];
}

function encodeNumber(value: number, protocol: number): Uint8Array {
	if (!Number.isInteger(value)) {
		const double = Buffer.alloc(9, "G");
		double.writeDoubleBE(value, 1);
		return protocol === 0 ? ascii(`F${value}\n`) : double;
	}
	if (protocol === 0) return ascii(`I${value}\n`);
	if (value >= 0 && value < 256) return Uint8Array.of(0x4b, value);
	if (Math.abs(value) < 2 ** 31) return Buffer.concat([ascii("J"), numbers([4, value])]);
	return protocol === 1 ? ascii(`L${value}L\n`) : Buffer.concat([Uint8Array.of(0x8a, 8), numbers([8, value])]);
}

function encodeText(text: string, protocol: number): Uint8Array {
	if (protocol === 0) return ascii(`V${text}\n`);
	const bytes = Buffer.from(text);
	return protocol >= 4 && bytes.length < 256
		? Buffer.concat([Uint8Array.of(0x8c, bytes.length), bytes])
		: Buffer.concat([ascii("X"), numbers([4, bytes.length]), bytes]);
}

export interface StorageInput {
	/** "FloatStorage" */
	readonly type: string;
	readonly key: string;
	/** Elements. */
	readonly count: number;
}

/** `torch._utils._rebuild_tensor_v2(storage, offset, size, stride, False, OrderedDict())` */
export function pyTensor(
	storage: StorageInput,
	shape: readonly number[],
	strides: readonly number[] = contiguous(shape),
	offset = 0,
): Py {
	return {
		call: { global: ["torch._utils", "_rebuild_tensor_v2"] },
		args: [pyStorage(storage), offset, { tuple: shape }, { tuple: strides }, false, pyOrderedDict([])],
	};
}

export function pyStorage({ type, key, count }: StorageInput): Py {
	return { persistent: { tuple: ["storage", { global: ["torch", type] }, key, "cpu", count] } };
}

export function pyOrderedDict(entries: readonly (readonly [string, Py])[]): Py {
	const made: Py = { call: { global: ["collections", "OrderedDict"] }, args: [] };
	return { raw: Buffer.concat([...encode(made, 2), ...encodeItems(new Map(entries), 2)]) };
}

function contiguous(shape: readonly number[]): number[] {
	return shape.map((_, axis) => shape.slice(axis + 1).reduce((product, dim) => product * dim, 1));
}

/** A checkpoint as `torch.save` writes it: folder "archive", stored entries at multiples of 64 bytes. */
export function writeTorchZip(
	root: Py,
	storages: Readonly<Record<string, ArrayBufferView>>,
	options: ZipOptions & {
		readonly protocol?: number;
		readonly deflate?: boolean;
		readonly more?: readonly ZipInput[];
	} = {},
) {
	const { protocol = 2, deflate = false, more = [], ...zip } = options;
	const entry = (name: string, data: Uint8Array): ZipInput => ({ name: `archive/${name}`, data, deflate });
	const data = Object.entries(storages).map(([key, { buffer, byteOffset, byteLength }]) =>
		entry(`data/${key}`, new Uint8Array(buffer, byteOffset, byteLength)),
	);
	return writeZip(
		[
			entry("data.pkl", writePickle(root, protocol)),
			entry("byteorder", ascii("little")),
			...data,
			entry("version", ascii("3\n")),
			...more,
		],
		{ align: 64, ...zip },
	);
}

/** A checkpoint as PyTorch wrote it before 1.6. */
export function writeLegacyTorch(
	root: Py,
	storages: Readonly<Record<string, { readonly count: number; readonly data: ArrayBufferView }>>,
): Uint8Array<ArrayBuffer> {
	const magic = Uint8Array.of(0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e);
	const system: Py = new Map<Py, Py>([
		["protocol_version", 1001],
		["little_endian", true],
	]);
	const data = Object.values(storages).flatMap(({ count, data: { buffer, byteOffset, byteLength } }) => [
		numbers([8, count]),
		new Uint8Array(buffer, byteOffset, byteLength),
	]);
	return Uint8Array.from(
		Buffer.concat([
			magic,
			writePickle(1001),
			writePickle(system),
			writePickle(root),
			writePickle(Object.keys(storages)),
			...data,
		]),
	);
}
