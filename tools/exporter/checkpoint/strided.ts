/** Copies elements at strides so that they lie one after the other, the last axis fastest. */

type Elements = Uint8Array | Uint16Array | Uint32Array | BigUint64Array;

/** Copies whole elements, whatever they mean. */
const ELEMENTS: ReadonlyMap<number, new (buffer: ArrayBuffer) => Elements> = new Map<
	number,
	new (
		buffer: ArrayBuffer,
	) => Elements
>([
	[1, Uint8Array],
	[2, Uint16Array],
	[4, Uint32Array],
	[8, BigUint64Array],
]);

/** The stride of an axis with one element does not matter. */
export function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
	let expected = 1;
	for (let axis = shape.length - 1; axis >= 0; axis--) {
		if (shape[axis] !== 1 && strides[axis] !== expected) return false;
		expected *= shape[axis]!;
	}
	return true;
}

/**
 * @param data begins at the first element, a buffer of its own
 * @param strides in elements
 * @param bytes of one element
 */
export function copyStrided(
	data: Uint8Array<ArrayBuffer>,
	shape: readonly number[],
	strides: readonly number[],
	bytes: number,
): Uint8Array<ArrayBuffer> {
	const View = ELEMENTS.get(bytes)!;
	const from = new View(data.buffer);
	const out = new Uint8Array(shape.reduce((product, dim) => product * dim, bytes));
	const to = new View(out.buffer);
	const place = shape.map(() => 0);
	const [inner, step] = [shape.at(-1) ?? 1, strides.at(-1) ?? 0];
	for (let at = 0, start = 0; at < to.length; ) {
		for (let i = 0; i < inner; i++) to[at++] = from[start + i * step]!;
		start = advance(place, shape, strides, start);
	}
	return out;
}

/** Counts one up, the last axis but one first. @returns where the next run begins */
function advance(place: number[], shape: readonly number[], strides: readonly number[], start: number): number {
	let next = start;
	for (let axis = shape.length - 2; axis >= 0; axis--) {
		place[axis]! += 1;
		next += strides[axis]!;
		if (place[axis]! < shape[axis]!) return next;
		next -= shape[axis]! * strides[axis]!;
		place[axis] = 0;
	}
	return next;
}
