/** Joins the two scores of a decoder that copies: its pointer's, of places of the text, and the vocabulary's. */
import type { TextRange } from "../../src/tasks/types.ts";
import { findColumn, NEGLIGIBLE } from "./select.ts";
import type { StepScores } from "./types.ts";

/**
 * Places of an input that can be copied, and the column of the token at each; a token that stands twice is there
 * twice.
 */
export interface PointerTargets {
	readonly places: Int32Array;
	readonly columns: Int32Array;
}

/**
 * Looks up once what every step joins by. Tokens without a column are left out: they cannot be said.
 *
 * @param inputIds [L]
 * @param candidateIds [C] token id of each column, ascending; null: column = token id
 * @param columns how many there are
 */
export function pointerTargets(
	inputIds: readonly number[],
	text: TextRange,
	candidateIds: Int32Array | null,
	columns: number,
): PointerTargets {
	const found: [place: number, column: number][] = [];
	for (let place = Math.max(0, text.begin); place < Math.min(text.end, inputIds.length); place++) {
		const token = inputIds[place]!;
		const column = candidateIds === null ? token : findColumn(token, candidateIds.length, (at) => candidateIds[at]!);
		if (column >= 0 && column < columns) found.push([place, column]);
	}
	return {
		places: Int32Array.from(found, ([place]) => place),
		columns: Int32Array.from(found, ([, column]) => column),
	};
}

/**
 * Adds the pointer's scores to those of the vocabulary, in place: the logit of a token becomes
 * log(exp(logit) + Σ exp(score)) over the places that hold it, and the sum over all columns grows by all of them.
 * 4 rows with 100 places take 10 µs, with sums of a whole vocabulary 30 (Node).
 *
 * @param scores of the vocabulary alone; changed
 * @param pointers [rows, L] row-major, the rows of `scores`; only the places of `targets` are read
 * @param length L
 * @param targets of each text; rows of a text are side by side, as many for each
 */
export function joinPointers(
	scores: StepScores,
	pointers: Float32Array,
	length: number,
	targets: readonly PointerTargets[],
): void {
	const { logits, logSumExp, columns } = scores;
	const rows = pointers.length / length;
	const each = rows / targets.length;
	for (let row = 0; row < rows; row++) {
		const target = targets[Math.floor(row / each)]!;
		joinRow(logits, row * columns, pointers, row * length, target);
		if (logSumExp === null) continue;
		// In a number of double precision: it is rounded to float32 once.
		let sum = logSumExp[row]!;
		for (const place of target.places) sum = logAddExp(sum, pointers[row * length + place]!);
		logSumExp[row] = sum;
	}
}

function joinRow(
	logits: Float32Array,
	row: number,
	pointers: Float32Array,
	from: number,
	{ places, columns }: PointerTargets,
): void {
	for (let at = 0; at < places.length; at++) {
		const column = row + columns[at]!;
		logits[column] = logAddExp(logits[column]!, pointers[from + places[at]!]!);
	}
}

/** log(exp(a) + exp(b)); NaN if one of them is. */
export function logAddExp(a: number, b: number): number {
	const difference = b - a;
	if (difference <= -NEGLIGIBLE) return a;
	if (difference >= NEGLIGIBLE) return b;
	if (b === Number.NEGATIVE_INFINITY) return a;
	return difference > 0 ? b + Math.log(1 + Math.exp(-difference)) : a + Math.log(1 + Math.exp(difference));
}
