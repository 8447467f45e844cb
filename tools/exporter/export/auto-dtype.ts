/** Chooses the precision that serves both backends well at the size of an architecture. */
import { Failure } from "../../../src/core/failure.ts";
import type { Architecture } from "../checkpoint/architecture.ts";
import { parametersOf } from "../checkpoint/expected-tensors.ts";
import type { ExportDType } from "../graphs/precision.ts";
import type { EmbeddingDType } from "../graphs/vocabulary.ts";

/** What `--dtype` takes: a precision, or the choice by size. */
export type WantedDType = ExportDType | "auto";

/** T5-base has 248 M weights, T5-large 783 M. */
const MAX_INT8_PARAMETERS = 400_000_000;

/**
 * int8 up to 400 M weights: the fastest on WASM, and on WebGPU, where it is widened when sessions open, at most 1.6 GB.
 * Past that 4 bits: they stay 4 bits on both, slower on WASM than int8 but small enough to open there, and the download
 * is nearly halved.
 */
export function settleDType(wanted: WantedDType, architecture: Architecture): ExportDType {
	if (wanted !== "auto") return wanted;
	return parametersOf(architecture) <= MAX_INT8_PARAMETERS ? "int8" : "int4";
}

/** @throws Failure `usage` where a table in 4 bits was asked for and all else is not even in 8 */
export function checkEmbeddings(dtype: ExportDType, embeddings: EmbeddingDType): void {
	if (embeddings === "int4" && dtype !== "int8" && dtype !== "int4")
		throw new Failure(
			"usage",
			`Embeddings in int4 go with int8 or int4 weights, not with ${dtype}: choose --dtype int8.`,
		);
}
