/** Gives stored weights back as float32 rows. A packing of the exporter is one row of the table here. */
import { Failure } from "../../../src/core/failure.ts";
import { ELEMENT_TYPES } from "../checkpoint/element-types.ts";
import type { RowSource } from "../graphs/bands.ts";
import { COMPUTED } from "../graphs/stored-names.ts";
import { DTYPES, type DType } from "../onnx/dtype.ts";
import { unpack4Bit, unquantize } from "./dequantise.ts";
import { bytesOf, type OpenBundle, type StoredTensor } from "./open-bundle.ts";

/** What a packing is opened with. */
interface Packed {
	readonly bundle: Pick<OpenBundle, "read">;
	/** The weight's own numbers, and what lies beside them, by the keys of the packing's `beside`. */
	readonly tensor: StoredTensor;
	readonly beside: Readonly<Record<string, StoredTensor | undefined>>;
	/** Stored as [in, out], to be given back as [out, in]. */
	readonly transposed: boolean;
	/** What 16-bit numbers were divided by. */
	readonly factor: number;
}

interface Packing {
	readonly dtype: DType;
	/** Further tensors: key → what stands behind the weight's name. One whose name ends in "?" may be missing. */
	readonly beside: Readonly<Record<string, string>>;
	/** Whether a product's weights lie as [in, out]. */
	readonly turns: boolean;
	/** Shape of the weight before it was packed, but for the turn. */
	shape(packed: Pick<Packed, "tensor">): readonly number[];
	open(packed: Packed): RowSource;
}

/** A packing that stores one number for each number. */
const plain = (dtype: DType): Packing => ({
	dtype,
	beside: {},
	turns: true,
	shape: ({ tensor }) => tensor.shape,
	open: (packed) => floats(packed, DTYPES[dtype].safetensors, packed.factor),
});

/** What stands behind a weight's name → how it is packed. The longest that fits counts. */
const PACKINGS = {
	"": plain("float32"),
	".f16": plain("float16"),
	".bf16": plain("bfloat16"),
	".i8": {
		dtype: "int8",
		beside: { scale: ".scale" },
		turns: true,
		shape: ({ tensor }) => tensor.shape,
		open: openInt8,
	},
	".i4": {
		dtype: "uint8",
		beside: { scale: ".i4.scale", zero: ".i4.zero?" },
		turns: false,
		shape: ({ tensor: { shape } }) => [shape[0] ?? 0, (shape[1] ?? 0) * (shape[2] ?? 0) * 2],
		open: openInt4,
	},
} as const satisfies Record<string, Packing>;

type PackingName = keyof typeof PACKINGS;

/** A weight of the bundle under the name that the exporter gave it, without what the packing adds. */
export interface StoredWeight {
	readonly name: string;
	readonly packing: PackingName;
	readonly tensor: StoredTensor;
	readonly beside: Packed["beside"];
	/** Before it was packed, but for the turn. */
	readonly shape: readonly number[];
}

const suffixes = (Object.keys(PACKINGS) as PackingName[]).sort((a, b) => b.length - a.length);
const besides = Object.values(PACKINGS as Record<string, Packing>).flatMap(({ beside }) =>
	Object.values(beside).map((suffix) => suffix.replace("?", "")),
);

/** Sorts tensors into weights. @throws Failure `bundle-format` for one whose packing lacks a part */
export function weightsOf(tensors: OpenBundle["tensors"]): ReadonlyMap<string, StoredWeight> {
	const out = new Map<string, StoredWeight>();
	for (const [full, tensor] of tensors) {
		if (COMPUTED.has(full) || besides.some((suffix) => full.endsWith(suffix))) continue;
		const packing = suffixes.find((suffix) => full.endsWith(suffix))!;
		const name = full.slice(0, full.length - packing.length);
		const { dtype, beside, shape }: Packing = PACKINGS[packing];
		const bad = (what: string) => new Failure("bundle-format", `The weight "${name.slice(0, 200)}" ${what}.`);
		if (tensor.dtype !== dtype) throw bad(`is stored as ${tensor.dtype}, expected ${dtype}`);
		if (out.has(name)) throw bad("is stored twice");
		const found = Object.entries(beside).map(([key, suffix]) => {
			const part = tensors.get(`${name}${suffix.replace("?", "")}`);
			if (part === undefined && !suffix.endsWith("?")) throw bad(`lacks ${name}${suffix}`);
			return [key, part] as const;
		});
		out.set(name, { name, packing, tensor, beside: Object.fromEntries(found), shape: shape({ tensor }) });
	}
	return out;
}

/** Whether the weights of a product lie transposed in this packing. */
export function isTransposed({ packing }: StoredWeight, product: boolean): boolean {
	return product && (PACKINGS[packing] as Packing).turns;
}

/**
 * @param product whether the weight is read by a product, x Wᵀ
 * @returns its rows: [out, in] of a product, [first axis, all others] else
 */
export function openRows(bundle: OpenBundle, weight: StoredWeight, product: boolean, factor: number): RowSource {
	const { packing, tensor, beside } = weight;
	return PACKINGS[packing].open({ bundle, tensor, beside, transposed: isTransposed(weight, product), factor });
}

function openInt8(packed: Packed): RowSource {
	const { bundle, tensor, beside } = packed;
	const codes = codeRows(packed);
	const scales = wholeFloats(bundle, beside.scale!);
	if (scales.length !== codes.rows)
		throw new Failure("bundle-format", `${tensor.name} has ${codes.rows} rows, but ${scales.length} scales.`);
	const { rows, columns } = codes;
	return {
		rows,
		columns,
		read: (begin, end) => unquantize(new Int8Array(codes.read(begin, end).buffer), scales.subarray(begin, end)),
	};
}

function openInt4({ bundle, tensor, beside }: Packed): RowSource {
	const [rows = 0, blocks = 0, half = 0] = tensor.shape;
	const [scales, zeros] = [beside.scale!, beside.zero];
	const zeroBytes = Math.ceil(blocks / 2);
	const fits = scales.dtype === "float16" && bytesOf(scales) === rows * blocks * 2;
	const zerosFit = zeros === undefined || (zeros.dtype === "uint8" && bytesOf(zeros) === rows * zeroBytes);
	if (!fits || !zerosFit)
		throw new Failure("bundle-format", `${tensor.name}: its scales or zero points do not fit [${tensor.shape}].`);
	const read = (begin: number, end: number) => {
		const part = (of: StoredTensor, perRow: number) => bundle.read(of, begin * perRow, end * perRow);
		return unpack4Bit({
			packed: part(tensor, blocks * half),
			scales: new Uint16Array(part(scales, blocks * 2).buffer),
			zeros: zeros === undefined ? null : part(zeros, zeroBytes),
			blocks,
			block: 2 * half,
		});
	};
	return { rows, columns: blocks * half * 2, read };
}

function floats(packed: Packed, type: string, factor: number): RowSource {
	const codes = codeRows(packed);
	const { toFloats } = ELEMENT_TYPES.get(type)!;
	const read = (begin: number, end: number) => {
		const values = toFloats(codes.read(begin, end));
		return factor === 1 ? values : values.map((value) => value * factor);
	};
	return { rows: codes.rows, columns: codes.columns, read };
}

function wholeFloats(bundle: Packed["bundle"], tensor: StoredTensor): Float32Array {
	if (tensor.dtype !== "float32")
		throw new Failure("bundle-format", `${tensor.name} is stored as ${tensor.dtype}, expected float32.`);
	return new Float32Array(bundle.read(tensor, 0, bytesOf(tensor)).buffer);
}

/** Numbers as they are stored, in the order of the checkpoint. */
interface CodeRows {
	readonly rows: number;
	readonly columns: number;
	/** @returns [end − begin, columns] in a buffer of its own */
	read(begin: number, end: number): Uint8Array<ArrayBuffer>;
}

/** Rows in order are read piece by piece; what lies transposed is read whole once. */
function codeRows({ bundle, tensor, transposed }: Packed): CodeRows {
	const { shape, dtype } = tensor;
	const { bytes } = DTYPES[dtype];
	const [first = 1, ...rest] = shape;
	const others = rest.reduce((product, dim) => product * dim, 1);
	if (!transposed)
		return {
			rows: first,
			columns: others,
			read: (begin, end) => bundle.read(tensor, begin * others * bytes, end * others * bytes),
		};
	let whole: Uint8Array<ArrayBuffer> | undefined;
	const read = (begin: number, end: number) => {
		whole ??= turnBack(bundle.read(tensor, 0, bytesOf(tensor)), first, others, bytes);
		return whole.slice(begin * first * bytes, end * first * bytes);
	};
	return { rows: others, columns: first, read };
}

const CODES = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array, 8: BigUint64Array } as const;
/** Side of the squares in which a matrix is transposed: rows and columns of one stay in the cache. */
const TILE = 32;

/** [rows, columns] → [columns, rows] of elements of 1, 2, 4 or 8 bytes. */
function turnBack(
	data: Uint8Array<ArrayBuffer>,
	rows: number,
	columns: number,
	bytes: 1 | 2 | 4 | 8,
): Uint8Array<ArrayBuffer> {
	const from = new CODES[bytes](data.buffer);
	const to = new CODES[bytes](from.length);
	for (let top = 0; top < rows; top += TILE)
		for (let left = 0; left < columns; left += TILE)
			for (let row = top; row < Math.min(rows, top + TILE); row++)
				for (let column = left; column < Math.min(columns, left + TILE); column++)
					to[column * rows + row] = from[row * columns + column]!;
	return new Uint8Array(to.buffer);
}
