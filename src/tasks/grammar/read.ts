/**
 * Reads generated token ids back into records with their place among the words. The model's output is never trusted.
 */
import type { Hypothesis, TokenCodec } from "../types.ts";

/** What a span output is read against. */
export interface SpanVocabulary {
	/** Ids of each word the model read; none empty. */
	readonly words: ReadonlyArray<readonly number[]>;
	/** Labels and the ids of each with its comma. */
	readonly types: ReadonlyArray<{ readonly name: string; readonly ids: readonly number[] }>;
	readonly none: readonly number[];
	/** Ids of O1…On that could be said; empty where spans only are meant. */
	readonly objects: readonly number[];
}

/** One record: a label with words `from` … `to - 1`, or with object `object` (0 is O1). */
export interface SpanRecord {
	readonly type: string;
	readonly span: { readonly from: number; readonly to: number } | null;
	readonly object: number | null;
	/** Probability of the record's own ids and of the separator (or end) after it, given what precedes them. */
	readonly score: number;
}

export interface Reading {
	readonly records: readonly SpanRecord[];
	/** Pieces between separators that could not be read as a record, decoded. */
	readonly unread: readonly string[];
	/** The output is not empty, and all of it was read. */
	readonly wellFormed: boolean;
	/** The output ended by itself; else the limit of tokens cut it. */
	readonly ended: boolean;
}

/** Probability of the ids `from` … `to - 1` of a hypothesis. */
export function probability({ logProbs }: Hypothesis, from: number, to: number): number {
	let sum = 0;
	for (let i = from; i < Math.min(to, logProbs.length); i++) sum += logProbs[i]!;
	return Math.min(1, Math.exp(sum));
}

/** Whether two runs of ids are equal. */
export function same(a: readonly number[], b: readonly number[]): boolean {
	return a.length === b.length && a.every((id, i) => id === b[i]);
}

function startsWith(ids: readonly number[], prefix: readonly number[]): boolean {
	return prefix.length <= ids.length && prefix.every((id, i) => id === ids[i]);
}

/** Every run of whole words whose ids are `body`, from left to right. */
function runsOf(body: readonly number[], words: ReadonlyArray<readonly number[]>): { from: number; to: number }[] {
	const runs: { from: number; to: number }[] = [];
	for (let from = 0; from < words.length; from++) {
		let to = from;
		let length = 0;
		while (to < words.length && length < body.length && words[to]!.every((id, i) => id === body[length + i]))
			length += words[to++]!.length;
		if (length === body.length && length > 0) runs.push({ from, to });
	}
	return runs;
}

/**
 * Reads `TYPE, SPAN <spot> TYPE, SPAN …` with the rules of the reference evaluation: the longest label that begins a
 * piece; its span is placed at the first free run of the same words at or after the previous span, else at the first
 * free one; other pieces are left out, the rest counts.
 */
export function readSpans(
	hypothesis: Hypothesis,
	{ words, types, none, objects }: SpanVocabulary,
	codec: TokenCodec,
): Reading {
	const { eos, spot } = codec.special;
	const end = hypothesis.ids.indexOf(eos);
	const ids = end < 0 ? hypothesis.ids : hypothesis.ids.slice(0, end);
	const ended = end >= 0;
	if (ids.length === 0 || same(ids, none)) return { records: [], unread: [], wellFormed: ids.length > 0, ended };
	const records: SpanRecord[] = [];
	const unread: string[] = [];
	const used = new Set<string>();
	let last = 0;
	const take = (piece: readonly number[], score: number): boolean => {
		const type = types.reduce<SpanVocabulary["types"][number] | null>(
			(best, type) => (startsWith(piece, type.ids) && type.ids.length > (best?.ids.length ?? 0) ? type : best),
			null,
		);
		if (type === null) return false;
		const body = piece.slice(type.ids.length);
		const free = (key: string) => !used.has(`${key} ${type.name}`);
		const object = body.length === 1 ? objects.indexOf(body[0]!) : -1;
		if (object >= 0) {
			if (!free(`O${object}`)) return false;
			used.add(`O${object} ${type.name}`);
			records.push({ type: type.name, span: null, object, score });
			return true;
		}
		const runs = runsOf(body, words).filter(({ from, to }) => free(`${from} ${to}`));
		const span = runs.find(({ from }) => from >= last) ?? runs[0];
		if (span === undefined) return false;
		used.add(`${span.from} ${span.to} ${type.name}`);
		last = span.to;
		records.push({ type: type.name, span, object: null, score });
		return true;
	};
	for (let from = 0; from <= ids.length; ) {
		const next = ids.indexOf(spot, from);
		const to = next < 0 ? ids.length : next;
		const piece = ids.slice(from, to);
		if (!take(piece, probability(hypothesis, from, to + 1)))
			unread.push(codec.decode(piece.length > 0 ? piece : [spot]));
		from = to + 1;
	}
	return { records, unread, wellFormed: unread.length === 0, ended };
}

/**
 * The name of the choice whose ids the output is, exactly; null when it is another output. `score` is the probability
 * of the whole output.
 */
export function readChoice(
	hypothesis: Hypothesis,
	choices: ReadonlyArray<{ readonly name: string; readonly ids: readonly number[] }>,
	codec: TokenCodec,
): { readonly name: string | null; readonly score: number; readonly unread: readonly string[] } {
	const end = hypothesis.ids.indexOf(codec.special.eos);
	const ids = end < 0 ? hypothesis.ids : hypothesis.ids.slice(0, end);
	const choice = choices.find((choice) => same(choice.ids, ids));
	const score = probability(hypothesis, 0, end < 0 ? ids.length : end + 1);
	return { name: choice?.name ?? null, score, unread: choice ? [] : [codec.decode(ids)] };
}
