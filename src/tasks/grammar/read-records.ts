/** Reads generated token ids as records, and keeps what could not be read. The model's output is never trusted. */

import type { Hypothesis, TokenCodec } from "../types.ts";
import { probability, type Reading, same } from "./read.ts";
import { type RecordMachine, recordMachine } from "./record-machine.ts";
import type { RecordSpec, RecordValues } from "./record-spec.ts";

export interface ReadRecord {
	/** One value for each field. */
	readonly values: RecordValues;
	/** Probability of the record's own ids and of the separator (or end) after it, given what precedes them. */
	readonly score: number;
}

export interface RecordReading extends Omit<Reading, "records"> {
	readonly records: readonly ReadRecord[];
}

/**
 * Reads `none`, or records joined by `<spot>`. A record's spans are placed at the first places that come after the
 * record before; where there are none (the output was not held to the grammar), at the first places at all. What is not
 * a record, or repeats one, is left out; the rest counts.
 */
export function readRecords(hypothesis: Hypothesis, spec: RecordSpec, codec: TokenCodec): RecordReading {
	const { eos, spot } = codec.special;
	const end = hypothesis.ids.indexOf(eos);
	const ids = end < 0 ? hypothesis.ids : hypothesis.ids.slice(0, end);
	const ended = end >= 0;
	if (ids.length === 0 || same(ids, spec.none)) return { records: [], unread: [], wellFormed: ids.length > 0, ended };
	const machine = recordMachine(spec);
	const records: ReadRecord[] = [];
	const unread: string[] = [];
	const seen = new Set<string>();
	let last: RecordValues | null = null;
	for (let from = 0; from <= ids.length; ) {
		const next = ids.indexOf(spot, from);
		const to = next < 0 ? ids.length : next;
		const piece = ids.slice(from, to);
		const values: RecordValues | null =
			placed(machine, piece, last) ?? (last === null ? null : placed(machine, piece, null));
		if (values === null || seen.has(JSON.stringify(values)))
			unread.push(codec.decode(piece.length > 0 ? piece : [spot]));
		else {
			seen.add(JSON.stringify(values));
			records.push({ values, score: probability(hypothesis, from, to + 1) });
			last = values;
		}
		from = to + 1;
	}
	return { records, unread, wellFormed: unread.length === 0, ended };
}

/** The first places a piece can mean after the record before. */
function placed(machine: RecordMachine, piece: readonly number[], after: RecordValues | null): RecordValues | null {
	if (piece.length === 0) return null;
	const context = machine.context(after);
	let reached = machine.start(context);
	for (const id of piece) reached = machine.step(context, reached, id, Number.isFinite);
	return machine.first(reached.whole);
}
