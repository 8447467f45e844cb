/**
 * The two ways to spell a run of letters with the pieces of a vocabulary: Unigram (the likeliest spelling) and
 * WordPiece (the longest piece first).
 */
import { Failure } from "../../src/core/failure.ts";
import { type Letters, withBeginnings } from "./letters.ts";

/** A piece of the vocabulary, and which letters `from` … `to - 1` of the run it stands for. */
interface Piece {
	readonly id: number;
	readonly from: number;
	readonly to: number;
}

export interface PieceModel {
	/** Pieces in order of the run, together all of it. */
	spell(letters: Letters): Piece[];
	/** What an id spells, as the vocabulary writes it; undefined: no such piece. */
	pieceOf(id: number): string | undefined;
	/** Piece texts as a person reads them. */
	join(pieces: readonly string[]): string;
	readonly unknown: number;
	readonly highest: number;
}

export interface PieceModelOptions {
	/** Ids that no text spells. */
	readonly silent: ReadonlySet<number>;
}

type Settings = Readonly<Record<string, unknown>>;

const KINDS: Readonly<Record<string, (settings: Settings, options: PieceModelOptions) => PieceModel>> = {
	Unigram: createUnigram,
	WordPiece: createWordPiece,
};
/**
 * UTF-16 units of a piece. SentencePiece makes 16 at most, BERT's have 18; this keeps a strange vocabulary from costing
 * the square of a word's length.
 */
export const MAX_PIECE = 256;
/** SentencePiece: how much less likely than its least likely piece a letter is that no piece spells. */
const UNKNOWN_PENALTY = 10;

/** @throws Failure `bundle-format` */
export function createPieceModel(json: unknown, options: PieceModelOptions): PieceModel {
	const settings = (typeof json === "object" && json !== null ? json : {}) as Settings;
	const type =
		typeof settings.type === "string"
			? settings.type
			: json === null || json === undefined
				? "no model"
				: "a model without a type";
	const create = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
	if (create === undefined)
		throw new Failure(
			"bundle-format",
			`tokenizer.json: expected a Unigram (T5, XLM-R) or WordPiece (BERT) tokenizer, found ${type}.`,
		);
	return create(settings, options);
}

const notUnderstood = (what: string) => new Failure("bundle-format", `tokenizer.json was not understood: ${what}.`);

function createUnigram({ vocab, unk_id, byte_fallback }: Settings, { silent }: PieceModelOptions): PieceModel {
	if (byte_fallback === true)
		throw notUnderstood("it spells unknown letters in bytes (byte_fallback), which is not supported");
	const { pieces, scores } = readScoredPieces(vocab);
	const ids = new Map<string, number>();
	for (const [id, piece] of pieces.entries()) if (piece !== "" && !silent.has(id)) ids.set(piece, id);
	const unknown = unk_id as number;
	if (!Number.isInteger(unknown) || pieces[unknown] === undefined)
		throw notUnderstood("model.unk_id must be the id of a piece");
	const unknownScore =
		scores.reduce((least, score) => Math.min(least, score), Number.POSITIVE_INFINITY) - UNKNOWN_PENALTY;
	const beginnings = withBeginnings(ids);

	function spell(letters: Letters): Piece[] {
		const best = new Float64Array(letters.length + 1);
		const from = new Int32Array(letters.length + 1).fill(-1);
		const id = new Int32Array(letters.length + 1);
		const offer = (start: number, end: number, score: number, piece: number) => {
			if (from[end] !== -1 && !(score > best[end]!)) return;
			[best[end], from[end], id[end]] = [score, start, piece];
		};
		for (let start = 0; start < letters.length; start++) {
			let text = "";
			let known = false;
			for (let end = start + 1; end <= letters.length; end++) {
				text += letters[end - 1]!.char;
				const piece = beginnings.get(text);
				if (piece === undefined) break;
				if (piece < 0) continue;
				offer(start, end, scores[piece]! + best[start]!, piece);
				known ||= end === start + 1;
			}
			if (!known) offer(start, start + 1, unknownScore + best[start]!, unknown);
		}
		const found: Piece[] = [];
		for (let to = letters.length; to > 0; to = from[to]!) {
			const last = found.at(-1);
			// Neighbouring letters that nothing spells are one unknown piece.
			if (last?.id === unknown && id[to] === unknown) found[found.length - 1] = { ...last, from: from[to]! };
			else found.push({ id: id[to]!, from: from[to]!, to });
		}
		return found.reverse();
	}

	return {
		spell,
		pieceOf: (at) => pieces[at],
		join: (texts) => texts.join("").replaceAll("▁", " "),
		unknown,
		highest: pieces.length - 1,
	};
}

/** Pieces by id, each with its logarithmic probability. @throws Failure `bundle-format` */
function readScoredPieces(vocab: unknown): { readonly pieces: string[]; readonly scores: Float64Array } {
	if (!Array.isArray(vocab) || vocab.length === 0) throw notUnderstood("model.vocab has no pieces");
	const pieces: string[] = [];
	const scores = new Float64Array(vocab.length);
	for (const [id, entry] of vocab.entries()) {
		const [piece, score] = Array.isArray(entry) ? entry : [];
		if (typeof piece !== "string" || piece.length > MAX_PIECE || typeof score !== "number")
			throw notUnderstood(`piece ${id} of model.vocab must be a text of at most ${MAX_PIECE} characters with a score`);
		pieces.push(piece);
		scores[id] = score;
	}
	return { pieces, scores };
}

function createWordPiece(settings: Settings, { silent }: PieceModelOptions): PieceModel {
	const { vocab, unk_token, continuing_subword_prefix, max_input_chars_per_word } = settings;
	if (typeof vocab !== "object" || vocab === null || Array.isArray(vocab))
		throw notUnderstood("model.vocab must give an id to each piece");
	const pieces = new Map<number, string>();
	const ids = new Map<string, number>();
	let highest = -1;
	for (const [piece, id] of Object.entries(vocab)) {
		if (!Number.isInteger(id) || id < 0 || piece.length > MAX_PIECE)
			throw notUnderstood(`the piece ${JSON.stringify(piece.slice(0, MAX_PIECE))} has no id, or is too long`);
		pieces.set(id, piece);
		highest = Math.max(highest, id);
		if (!silent.has(id)) ids.set(piece, id);
	}
	const unknown = ids.get(String(unk_token ?? "[UNK]"));
	if (unknown === undefined)
		throw notUnderstood(`the unknown token ${JSON.stringify(unk_token ?? "[UNK]")} is not among the pieces`);
	const prefix = String(continuing_subword_prefix ?? "##");
	const limit = Math.min(typeof max_input_chars_per_word === "number" ? max_input_chars_per_word : 100, 1_000);
	const longest = [...ids.keys()].reduce((most, piece) => Math.max(most, piece.length), 0);

	function spell(letters: Letters): Piece[] {
		const whole = [{ id: unknown!, from: 0, to: letters.length }];
		if (letters.length > limit) return whole;
		const found: Piece[] = [];
		for (let from = 0; from < letters.length; ) {
			let to = Math.min(letters.length, from + longest);
			let text = from > 0 ? prefix : "";
			for (let i = from; i < to; i++) text += letters[i]!.char;
			while (to > from && !ids.has(text)) text = text.slice(0, -letters[--to]!.char.length);
			if (to === from) return whole;
			found.push({ id: ids.get(text)!, from, to });
			from = to;
		}
		return found;
	}

	return {
		spell,
		pieceOf: (id) => pieces.get(id),
		join: (texts) =>
			texts.map((text, i) => (text.startsWith(prefix) && i > 0 ? text.slice(prefix.length) : ` ${text}`)).join(""),
		unknown,
		highest,
	};
}
