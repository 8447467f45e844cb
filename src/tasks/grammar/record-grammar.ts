/** Holds an output to records ("person, Kyrie, O2"), lists the ids it may use, and writes records as ids. */
import type { Grammar } from "../types.ts";
import { type Reached, recordMachine } from "./record-machine.ts";
import type { FieldValue, RecordSpec, RecordValues } from "./record-spec.ts";
import type { RecordContext } from "./record-ways.ts";

interface State extends Reached {
	readonly context: RecordContext;
	/** Tokens that may still follow. */
	readonly left: number;
	/** Ids of the empty answer so far; -1: the output is not the empty answer. */
	readonly silent: number;
	moves: Map<number, State> | null;
}

/**
 * `none`, or records joined by `<spot>`, in text order. Every output that ends where eos is allowed reads without rest
 * (`readRecords`).
 */
export function recordGrammar(spec: RecordSpec): Grammar<unknown> {
	const machine = recordMachine(spec);
	const { none, spot, eos, maxTokens = Number.MAX_SAFE_INTEGER } = spec;
	const opened = (context: RecordContext, left: number, silent: number): State => {
		return { ...machine.start(context, (need) => need <= left), context, left, silent, moves: null };
	};
	const ended: State = { threads: [], whole: [], context: machine.context(null), left: 0, silent: -1, moves: null };
	ended.moves = new Map([[eos, ended]]);

	function movesOf(state: State): Map<number, State> {
		const moves = new Map<number, State>();
		const { context, left, silent, threads } = state;
		const values = machine.first(state.whole);
		if (values !== null || silent === none.length) moves.set(eos, ended);
		if (values !== null) {
			const following = machine.context(values, context.copied);
			if (1 + machine.shortest(following) <= left) moves.set(spot, opened(following, left - 1, -1));
		}
		const tokens = new Set(threads.map(({ ids, depth }) => ids[depth]!));
		const silentToken = silent >= 0 ? none[silent] : undefined;
		if (silentToken !== undefined) tokens.add(silentToken);
		for (const token of tokens) {
			const reached = machine.step(context, state, token, (need) => need <= left - 1);
			const still = silentToken === token ? silent + 1 : -1;
			if (reached.threads.length + reached.whole.length === 0 && still < 0) continue;
			moves.set(token, { ...reached, context, left: left - 1, silent: still, moves: null });
		}
		return moves;
	}

	const moves = (state: State) => {
		state.moves ??= movesOf(state);
		return state.moves;
	};
	return {
		start: opened(machine.context(null), maxTokens, 0),
		allowed: (state) => [...moves(state as State).keys()],
		next: (state, token) => moves(state as State).get(token) ?? ended,
		place: (state) => machine.place((state as State).context, state as State),
	};
}

/** Every id a record grammar can allow, eos included, ascending, each once. [C] */
export function recordCandidates({ fields, words, closed, none, spot, eos }: RecordSpec): Int32Array {
	const choices = fields.flatMap((field) => (field.kind === "choice" ? field.choices : []));
	const spans = fields.some(({ kind }) => kind === "span") ? [...words, ...closed] : [];
	return Int32Array.from(new Set([none, [eos, spot], ...choices, ...spans].flat())).sort();
}

/** The ids of an output that says `records`, without eos. */
export function writeRecords(
	{ fields, words, closed, none, spot }: RecordSpec,
	records: readonly RecordValues[],
): number[] {
	if (records.length === 0) return [...none];
	return records.flatMap((values, i) => {
		const ids = values.flatMap((value, at) => {
			const field = fields[at]!;
			if (field.kind === "choice") return field.choices[value as number]!;
			const { from, to } = value as Exclude<FieldValue, number>;
			return field.comma ? [...words.slice(from, to - 1), closed[to - 1]!].flat() : words.slice(from, to).flat();
		});
		return i === 0 ? ids : [spot, ...ids];
	});
}
