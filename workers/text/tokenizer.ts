/**
 * Opens a tokenizer.json (Unigram or WordPiece) and encodes words with the place of every id; ids are those of the
 * Python tokenizers.
 */
import { Failure } from "../../src/core/failure.ts";
import { createFinder, type Finder, type Letters, lettersOf } from "./letters.ts";
import { createNormalizer, normalized } from "./normalizers.ts";
import { createPieceModel, MAX_PIECE, type PieceModel } from "./pieces.ts";
import { createPreTokenizer } from "./pre-tokenizers.ts";

/**
 * An id and the UTF-16 units [start, end) of the word that it stands for. Two ids of one character ("㎏" is "k" and "g")
 * have the same place.
 */
export interface Token {
	readonly id: number;
	readonly start: number;
	readonly end: number;
}

export interface Tokenizer {
	/** @param word without white space at its ends */
	encodeWord(word: string): Token[];
	readonly model: PieceModel;
	/** Tokens beside the vocabulary's pieces, or among them, that a text is searched for first: id to text. */
	readonly added: ReadonlyMap<number, string>;
}

export interface TokenizerOptions {
	/** Ids that no text spells, whatever it holds. */
	readonly silent?: Iterable<number>;
}

interface AddedToken {
	readonly id: number;
	readonly content: string;
	readonly normalized: boolean;
	readonly singleWord: boolean;
}

/** @throws Failure `bundle-format` when it is a tokenizer of another kind */
export function openTokenizer(json: unknown, { silent = [] }: TokenizerOptions = {}): Tokenizer {
	const parts = (typeof json === "object" && json !== null ? json : {}) as Readonly<Record<string, unknown>>;
	const unspoken = new Set(silent);
	const model = createPieceModel(parts.model, { silent: unspoken });
	const normalize = createNormalizer(parts.normalizer);
	const preTokenize = createPreTokenizer(parts.pre_tokenizer);
	const added = parseAdded(parts.added_tokens);
	const spoken = added.filter(({ id }) => !unspoken.has(id));
	const raw = addedFinder(spoken.filter((token) => !token.normalized));
	const late = addedFinder(
		spoken.flatMap((token) => {
			const content = token.normalized ? normalized(token.content, normalize) : "";
			return content === "" ? [] : { ...token, content };
		}),
	);

	function encodeWord(word: string): Token[] {
		const tokens: Token[] = [];
		const take = (part: Part) => {
			if ("id" in part) tokens.push(part);
			else
				for (const run of preTokenize([trimmed(part.letters)]))
					for (const { id, from, to } of model.spell(run))
						tokens.push({ id, start: run[from]!.start, end: run[to - 1]!.end });
		};
		for (const part of splitAtAdded(lettersOf(word), raw)) {
			if ("id" in part) take(part);
			else for (const inner of splitAtAdded(normalize(part.letters), late)) take(inner);
		}
		return tokens;
	}

	return { encodeWord, model, added: new Map(added.map(({ id, content }) => [id, content])) };
}

function parseAdded(json: unknown): AddedToken[] {
	if (json === undefined || json === null) return [];
	if (!Array.isArray(json)) throw new Failure("bundle-format", "tokenizer.json: added_tokens must be a list.");
	return json.map((token: Readonly<Record<string, unknown>> | null, i) => {
		const { id, content, normalized = !token?.special, single_word = false } = token ?? {};
		if (
			!Number.isInteger(id) ||
			(id as number) < 0 ||
			typeof content !== "string" ||
			content === "" ||
			content.length > MAX_PIECE
		)
			throw new Failure(
				"bundle-format",
				`tokenizer.json: added token ${i} must be a text of at most ${MAX_PIECE} characters with an id.`,
			);
		return { id: id as number, content, normalized: normalized === true, singleWord: single_word === true };
	});
}

/** A token found in a word, or letters between such tokens. */
type Part = Token | { readonly letters: Letters };

interface AddedFinder extends Finder {
	readonly singleWord: ReadonlySet<number>;
	readonly none: boolean;
}

function addedFinder(tokens: readonly AddedToken[]): AddedFinder {
	return {
		...createFinder(new Map(tokens.map(({ content, id }) => [content, id]))),
		singleWord: new Set(tokens.filter(({ singleWord }) => singleWord).map(({ id }) => id)),
		none: tokens.length === 0,
	};
}

const WORD = /[\p{L}\p{N}\p{M}\p{Pc}]/u;
const isWord = (char: string | undefined) => char !== undefined && WORD.test(char);

function splitAtAdded(letters: Letters, finder: AddedFinder): Part[] {
	if (finder.none) return letters.length > 0 ? [{ letters }] : [];
	const parts: Part[] = [];
	let from = 0;
	for (let at = 0; at < letters.length; ) {
		const found = finder.at(letters, at);
		const to = at + (found?.length ?? 1);
		if (found && !(finder.singleWord.has(found.id) && (isWord(letters[at - 1]?.char) || isWord(letters[to]?.char)))) {
			if (at > from) parts.push({ letters: letters.slice(from, at) });
			parts.push({ id: found.id, start: letters[at]!.start, end: letters[to - 1]!.end });
			from = to;
		}
		at = to;
	}
	if (from < letters.length) parts.push({ letters: letters.slice(from) });
	return parts;
}

/** A normaliser may make spaces of what stood at a word's ends; they fall together with those between words. */
function trimmed(letters: Letters): Letters {
	let [from, to] = [0, letters.length];
	while (from < to && letters[from]!.char === " ") from++;
	while (to > from && letters[to - 1]!.char === " ") to--;
	return from === 0 && to === letters.length ? letters : letters.slice(from, to);
}
