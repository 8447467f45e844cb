/**
 * Works out the shape of an operation's output. Inputs that do not fit throw an error that names both shapes while the
 * graph is built.
 */
import type { Dim, Shape } from "./model.ts";

export function show(shape: Shape): string {
	return `[${shape.join(", ")}]`;
}

/** NumPy broadcasting; a name broadcasts with itself and with 1. */
export function broadcast(a: Shape, b: Shape, what: string): Shape {
	const rank = Math.max(a.length, b.length);
	const at = (shape: Shape, index: number): Dim => shape[index - rank + shape.length] ?? 1;
	return Array.from({ length: rank }, (_, index) => {
		const [x, y] = [at(a, index), at(b, index)];
		if (x === y || y === 1) return x;
		if (x === 1) return y;
		throw new Error(`${what}: ${show(a)} and ${show(b)} do not broadcast`);
	});
}

/** Batched matrix product [..., M, K] × [..., K, N]. */
export function matmulShape(a: Shape, b: Shape, what: string): Shape {
	const [m, k] = a.slice(-2);
	const [k2, n] = b.slice(-2);
	if (a.length < 2 || b.length < 2 || k !== k2)
		throw new Error(`${what}: ${show(a)} × ${show(b)}: inner dimensions differ`);
	return [...broadcast(a.slice(0, -2), b.slice(0, -2), what), m!, n!];
}

/** Output of a convolution or pooling window along one axis. */
export function windowSize(input: Dim, kernel: number, stride: number, pad: number): number {
	if (typeof input !== "number") throw new Error(`a window slides over "${input}", which is not known while building`);
	return Math.floor((input + 2 * pad - kernel) / stride) + 1;
}

export function sameShape(a: Shape, b: Shape, what: string): void {
	if (a.length !== b.length || a.some((dim, index) => dim !== b[index]))
		throw new Error(`${what}: expected ${show(b)}, got ${show(a)}`);
}

/** Number of elements if every dimension is known, with names multiplied as names. */
export function elements(shape: Shape): { readonly known: number; readonly names: string } {
	const names = shape.filter((dim) => typeof dim === "string").sort();
	return {
		known: shape.reduce<number>((product, dim) => (typeof dim === "number" ? product * dim : product), 1),
		names: names.join("·"),
	};
}
