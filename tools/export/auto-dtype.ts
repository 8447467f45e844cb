/** Goes in: an architecture. Comes out: how many weights it has, and the precision that serves both backends well at that size. */
import type { Architecture } from "../checkpoint/architecture.ts";
import { expectedTensors } from "../checkpoint/expected-tensors.ts";
import type { ExportDType } from "../graphs/precision.ts";

/** What `--dtype` takes: a precision, or the choice by size. */
export type WantedDType = ExportDType | "auto";

/** T5-base has 248 M weights, T5-large 783 M. */
const INT8_LIMIT = 400_000_000;

export function parametersOf(architecture: Architecture): number {
	let sum = 0;
	for (const shape of expectedTensors(architecture).values()) sum += shape.reduce((product, dim) => product * dim, 1);
	return sum;
}

/**
 * int8 up to 400 M weights: the fastest on WASM, and on WebGPU, where it is widened when sessions open, at most 1.6 GB. Past that 4 bits: they stay 4 bits on
 * WebGPU, become int8 on WASM, and the download is nearly halved.
 */
export function settleDType(wanted: WantedDType, architecture: Architecture): ExportDType {
	if (wanted !== "auto") return wanted;
	return parametersOf(architecture) <= INT8_LIMIT ? "int8" : "int4";
}
