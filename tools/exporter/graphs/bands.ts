/**
 * Writes a weight in bands of rows, in its own order or transposed, so that no large weight is ever whole in memory.
 */

/** Elements read at once: 16 MB of float32. A row longer than that is read whole. */
const BAND = 4 * 1024 * 1024;
/**
 * Bytes of a transposed weight that are made at once; the rows are read again for each such piece. FLAN-T5-XL's widest
 * weight in halves is one.
 */
const TURNED = 40 * 1024 * 1024;
/** Side of the squares in which a matrix is transposed, in elements: rows and columns of one stay in the cache. */
const TILE = 32;

/** A weight [rows, columns], row-major; what has more axes counts the last ones as columns. */
export interface RowSource {
	readonly rows: number;
	readonly columns: number;
	/** @returns float32 [end − begin, columns] */
	read(begin: number, end: number): Float32Array;
}

/** Rows that lie one below the other. */
export interface Band {
	/** Which row of the weight is the first. */
	readonly first: number;
	readonly rows: number;
	/** [rows, columns] */
	readonly data: Float32Array;
}

type Codes = Float32Array | Uint16Array | Int8Array;

/** What is stored instead of each float of a band. */
export type Encode = (band: Band) => Codes;

/** A weight that is at hand, or small enough to be made whole. */
export function wholeRows(rows: number, columns: number, load: () => Float32Array): RowSource {
	let data: Float32Array | undefined;
	return {
		rows,
		columns,
		read: (begin, end) => {
			data ??= load();
			return data.subarray(begin * columns, end * columns);
		},
	};
}

/** Weights of the same width one below the other. */
export function stackRows(parts: readonly RowSource[]): RowSource {
	if (parts.length === 1) return parts[0]!;
	const { columns } = parts[0]!;
	const rows = parts.reduce((sum, part) => sum + part.rows, 0);
	return {
		rows,
		columns,
		read: (begin, end) => {
			const out = new Float32Array((end - begin) * columns);
			let top = 0;
			for (const part of parts) {
				const [from, to] = [Math.max(begin, top), Math.min(end, top + part.rows)];
				if (from < to) out.set(part.read(from - top, to - top), (from - begin) * columns);
				top += part.rows;
			}
			return out;
		},
	};
}

/** All rows, band after band. @param size elements of a band; at least one row */
export function* bandsOf({ rows, columns, read }: RowSource, size = BAND): Iterable<Band> {
	const most = Math.max(1, Math.floor(size / columns));
	for (let first = 0; first < rows; first += most) {
		const end = Math.min(rows, first + most);
		yield { first, rows: end - first, data: read(first, end) };
	}
}

/** Every n-th row, so that they are about so many elements; at least one. */
export function sampleRows({ rows, columns, read }: RowSource, elements: number): Float32Array[] {
	const every = Math.max(1, Math.ceil((rows * columns) / elements));
	return Array.from({ length: Math.ceil(rows / every) }, (_, i) => read(i * every, i * every + 1));
}

/** The codes as they come: [rows, columns] */
export function* inOrder(source: RowSource, encode: Encode, size = BAND): Iterable<Uint8Array> {
	for (const band of bandsOf(source, size)) yield bytesOf(encode(band));
}

/**
 * The codes transposed: [columns, rows]. A piece holds some columns of all rows, for which all rows are read.
 * @param elementBytes of one code @param limit bytes of a piece
 */
export function* transposed(
	source: RowSource,
	encode: Encode,
	elementBytes: number,
	{ size = BAND, limit = TURNED }: { readonly size?: number; readonly limit?: number } = {},
): Iterable<Uint8Array> {
	const { rows, columns } = source;
	const most = Math.max(1, Math.floor(limit / (rows * elementBytes)));
	for (let left = 0; left < columns; left += most) {
		const right = Math.min(columns, left + most);
		let piece: Codes | undefined;
		for (const band of bandsOf(source, size)) {
			const codes = encode(band);
			piece ??= likeOf(codes, (right - left) * rows);
			turnInto(piece, rows, codes, band, { columns, left, right });
		}
		if (piece !== undefined) yield bytesOf(piece);
	}
}

function likeOf(codes: Codes, length: number): Codes {
	return codes instanceof Float32Array
		? new Float32Array(length)
		: codes instanceof Int8Array
			? new Int8Array(length)
			: new Uint16Array(length);
}

/** Copies the columns `left` to `right` of a band to its place in [right − left, total]. */
function turnInto(
	piece: Codes,
	total: number,
	codes: Codes,
	{ first, rows }: Band,
	{ columns, left, right }: { readonly columns: number; readonly left: number; readonly right: number },
): void {
	for (let top = 0; top < rows; top += TILE)
		for (let side = left; side < right; side += TILE) {
			const [bottom, end] = [Math.min(rows, top + TILE), Math.min(right, side + TILE)];
			for (let column = side; column < end; column++)
				for (let row = top, to = (column - left) * total + first + top; row < bottom; row++)
					piece[to++] = codes[row * columns + column]!;
		}
}

function bytesOf(codes: Codes): Uint8Array {
	return new Uint8Array(codes.buffer, codes.byteOffset, codes.byteLength);
}
