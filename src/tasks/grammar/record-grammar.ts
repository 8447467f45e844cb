/** Goes in: the fields of a record ("person, Kyrie, O2"), as token ids. Comes out: what an output may be, its records when it is read, its ids when it is written. */
import type { Grammar } from "../types.ts";

/** One place of a record: one of several sequences of ids, or a run of words of the text. Ids of all but the last field hold the comma after it. */
export type Field =
	| { readonly kind: "choice"; readonly choices: ReadonlyArray<readonly number[]> }
	/** `comma`: the last word is said in its form with a comma. */
	| { readonly kind: "span"; readonly comma: boolean };

/** What a field of a record holds: the index of a choice, or words `from` … `to - 1`. */
export type FieldValue = number | { readonly from: number; readonly to: number };
export type RecordValues = readonly FieldValue[];

export interface RecordSpec {
	readonly fields: readonly Field[];
	/** Ids of each word the model reads; none empty. */
	readonly words: ReadonlyArray<readonly number[]>;
	/** Ids of each word with a comma after it. */
	readonly closed: ReadonlyArray<readonly number[]>;
	/** Group of each word: a span stays within one (the blocks of a form). Absent: all are one. */
	readonly groups?: readonly number[];
	/**
	 * Fields whose places (first word, or index of the choice) order the records: each record comes after the one before it, the first of these fields
	 * compared first. So no record is said twice and every output ends. All span fields are among them.
	 */
	readonly order: readonly number[];
	/** Spans of the first ordering field do not overlap: the next one begins behind the end of the last. */
	readonly apart: boolean;
	/** Whether `value` (index of a choice, first word of a span) may stand in `field` after `before`; absent: it may. */
	readonly allows?: (field: number, value: number, before: RecordValues) => boolean;
	/** Ids of the empty answer. */
	readonly none: readonly number[];
	readonly spot: number;
	readonly eos: number;
	/** Most ids an output may have, eos not counted: records that could not be finished within are not begun. */
	readonly maxTokens?: number;
}

/** One way to read what was said of a record so far: the next id is `ids[depth]`. */
interface Thread {
	readonly field: number;
	readonly before: RecordValues;
	/** The fields so far are at the very places of the last record. */
	readonly tied: boolean;
	readonly ids: readonly number[];
	readonly depth: number;
	/** Index of the choice, or first word of the span. */
	readonly at: number;
	/** The word being said; -1 for a choice. */
	readonly word: number;
	readonly ends: boolean;
}

/** What the finished records leave open. */
interface Context {
	/** Places of the last record; null before the first. */
	readonly last: readonly number[] | null;
	/** Tokens of the text up to the last word that was said. */
	readonly copied: number;
	readonly needs: Map<string, number>;
}

interface Reached {
	readonly threads: readonly Thread[];
	/** Records that end here; all have the same ids. */
	readonly whole: readonly RecordValues[];
}

interface State extends Reached {
	readonly context: Context;
	/** Tokens that may still follow. */
	readonly left: number;
	/** Ids of the empty answer said so far; -1: it is not what is being said. */
	readonly silent: number;
	moves: Map<number, State> | null;
}

export type RecordMachine = ReturnType<typeof recordMachine>;

/** The rules of one record, shared by the grammar and the reader, so that the two can never disagree. */
export function recordMachine({ fields, words, closed, groups, order, apart, allows }: RecordSpec) {
	const sameGroup = (a: number, b: number) => groups === undefined || groups[a] === groups[b];
	/** Fewest tokens from word `i` to a comma; Infinity behind the last word. */
	const toComma = new Array<number>(words.length + 1).fill(Number.POSITIVE_INFINITY);
	for (let i = words.length - 1; i >= 0; i--) {
		const onward =
			i + 1 < words.length && sameGroup(i, i + 1) ? words[i]!.length + toComma[i + 1]! : Number.POSITIVE_INFINITY;
		toComma[i] = Math.min(closed[i]!.length, onward);
	}

	/** Tokens of the text before each word, and all of them. */
	const firstToken = [0];
	for (const ids of words) firstToken.push(firstToken.at(-1)! + ids.length);

	/** Whether the record still has the places of the last one after `field` is at `value`; null: it would come before it. */
	function compare({ last }: Context, field: number, value: number, tied: boolean): boolean | null {
		const rank = order.indexOf(field);
		if (!tied || last === null || rank < 0) return tied;
		if (value > last[rank]!) return false;
		return value === last[rank] && rank < order.length - 1 ? true : null;
	}

	/** Every way to begin `field`. */
	function* begin(context: Context, field: number, before: RecordValues, tied: boolean): Generator<Thread> {
		const shape = fields[field]!;
		const count = shape.kind === "choice" ? shape.choices.length : words.length;
		for (let at = 0; at < count; at++) {
			const next = compare(context, field, at, tied);
			if (next === null || allows?.(field, at, before) === false) continue;
			const thread = { field, before, tied: next, depth: 0, at };
			if (shape.kind === "choice") yield { ...thread, ids: shape.choices[at]!, word: -1, ends: true };
			else yield* spellings(thread, at, shape.comma);
		}
	}

	/** A word within a span, and as the last word of one. */
	function* spellings(
		thread: Pick<Thread, "field" | "before" | "tied" | "depth" | "at">,
		word: number,
		comma: boolean,
	): Generator<Thread> {
		yield { ...thread, ids: words[word]!, word, ends: !comma };
		if (comma) yield { ...thread, ids: closed[word]!, word, ends: true };
	}

	/** Fewest tokens from the beginning of a field to the end of any record, whatever came before. */
	const leasts = new Array<number>(fields.length + 1).fill(0);
	for (let field = fields.length - 1; field >= 0; field--) {
		const shape = fields[field]!;
		const lengths =
			shape.kind === "choice"
				? shape.choices.map(({ length }) => length)
				: shape.comma
					? toComma
					: words.map(({ length }) => length);
		leasts[field] =
			leasts[field + 1]! + lengths.reduce((least, length) => Math.min(least, length), Number.POSITIVE_INFINITY);
	}

	/** Fewest tokens from the beginning of `field` to the end of the record. Without `allows` only the last record's places count, not what is before. */
	function toEnd(context: Context, field: number, before: RecordValues, tied: boolean): number {
		if (field === fields.length) return 0;
		const key = `${field} ${tied} ${allows ? JSON.stringify(before) : ""}`;
		let fewest = context.needs.get(key);
		if (fewest === undefined) {
			fewest = Number.POSITIVE_INFINITY;
			for (const thread of begin(context, field, before, tied)) {
				fewest = Math.min(fewest, need(context, thread));
				// It cannot get better: without this a long text costs words × words for every record.
				if (fewest <= leasts[field]!) break;
			}
			context.needs.set(key, fewest);
		}
		return fewest;
	}

	/** Fewest tokens from here to the end of the record. */
	function need(context: Context, thread: Thread): number {
		const { field, before, tied, word } = thread;
		const rest = thread.ids.length - thread.depth;
		if (thread.ends) return rest + toEnd(context, field + 1, [...before, heldBy(thread)], tied);
		const least = (toComma[word + 1] ?? 0) + leasts[field + 1]!;
		let fewest = Number.POSITIVE_INFINITY;
		let cost = 0;
		for (let last = word; hasNext(last) && fewest > least; ) {
			last++;
			const span = { from: thread.at, to: last + 1 };
			fewest = Math.min(fewest, cost + closed[last]!.length + toEnd(context, field + 1, [...before, span], tied));
			cost += words[last]!.length;
		}
		return rest + fewest;
	}

	const hasNext = (word: number) => word + 1 < words.length && sameGroup(word, word + 1);
	const spanOf = ({ at, word }: Thread) => ({ from: at, to: word + 1 });
	const heldBy = (thread: Thread): FieldValue => (thread.word < 0 ? thread.at : spanOf(thread));

	/** Where saying `token` leads. @param fits whether a way may be gone on with: it can still be finished */
	function step(context: Context, { threads }: Reached, token: number, fits: (need: number) => boolean): Reached {
		const next: Thread[] = [];
		const whole: RecordValues[] = [];
		const keep = (thread: Thread) => {
			if (fits(need(context, thread))) next.push(thread);
		};
		for (const thread of threads) {
			if (thread.ids[thread.depth] !== token) continue;
			const said = { ...thread, depth: thread.depth + 1 };
			if (said.depth < said.ids.length) {
				keep(said);
				continue;
			}
			const shape = fields[said.field]!;
			if (shape.kind === "span" && hasNext(said.word) && !(shape.comma && said.ends)) {
				for (const onward of spellings({ ...said, depth: 0 }, said.word + 1, shape.comma)) keep(onward);
			}
			if (!said.ends) continue;
			const values = [...said.before, heldBy(said)];
			if (values.length === fields.length) whole.push(values);
			else for (const onward of begin(context, said.field + 1, values, said.tied)) keep(onward);
		}
		return { threads: next, whole };
	}

	const placeOf = (values: RecordValues, rank: number): number => {
		const value = values[order[rank]!]!;
		if (typeof value === "number") return value;
		return apart && rank === 0 ? value.to - 1 : value.from;
	};
	const placesOf = (values: RecordValues): number[] => order.map((_, rank) => placeOf(values, rank));

	/** Tokens of the text up to the last word of a record; `otherwise` where it has said none yet. */
	function copiedBy(values: RecordValues, otherwise: number): number {
		const span = values.findLast((value) => typeof value === "object");
		return span === undefined ? otherwise : firstToken[span.to]!;
	}

	/** The same of a record that is being said. The comma of a word is no token of the text. */
	function copiedIn(context: Context, { before, word, at, depth }: Thread): number {
		if (word < 0 || (word === at && depth === 0)) return copiedBy(before, context.copied);
		return firstToken[word]! + Math.min(depth, words[word]!.length);
	}

	/** Of all the places a record may mean, the first. */
	const first = (whole: readonly RecordValues[]): RecordValues | null =>
		whole.reduce<RecordValues | null>(
			(best, values) => (best === null || isBefore(placesOf(values), placesOf(best)) ? values : best),
			null,
		);

	return {
		/** @param after the record before; null: none @param copied tokens of the text up to the last word said before it */
		context: (after: RecordValues | null, copied = 0): Context => {
			return { last: after && placesOf(after), copied: copiedBy(after ?? [], copied), needs: new Map() };
		},
		start(context: Context, fits: (need: number) => boolean = Number.isFinite): Reached {
			const threads = [...begin(context, 0, [], context.last !== null)];
			return { threads: threads.filter((thread) => fits(need(context, thread))), whole: [] };
		},
		step,
		shortest: (context: Context): number => toEnd(context, 0, [], context.last !== null),
		first,
		/** Tokens of the text up to the last one that was said. */
		place(context: Context, { threads, whole }: Reached): number {
			const ended = first(whole);
			if (ended !== null) return copiedBy(ended, context.copied);
			return threads.length === 0
				? context.copied
				: threads.reduce((least, thread) => Math.min(least, copiedIn(context, thread)), Number.POSITIVE_INFINITY);
		},
	};
}

function isBefore(a: readonly number[], b: readonly number[]): boolean {
	const rank = a.findIndex((place, i) => place !== b[i]);
	return rank >= 0 && a[rank]! < b[rank]!;
}

/** `none`, or records joined by `<spot>`, in text order. Every output that ends where eos is allowed reads without rest (`readRecords`). */
export function recordGrammar(spec: RecordSpec): Grammar<unknown> {
	const machine = recordMachine(spec);
	const { none, spot, eos, maxTokens = Number.MAX_SAFE_INTEGER } = spec;
	const opened = (context: Context, left: number, silent: number): State => {
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
