/** Turns text into the ids of a bundle's vocabulary and back, with the place of every id in the text. */
import { type ModelConfig, SEPARATORS } from "../../src/bundle/manifest.ts";
import { Failure } from "../../src/core/failure.ts";
import type { TokenCodec } from "../../src/tasks/types.ts";
import { openTokenizer, type Token, type Tokenizer } from "./tokenizer.ts";

/** Words remembered: prompts and posts repeat most of theirs, and one new word costs about 10 µs. */
const CACHED_WORDS = 20_000;
/**
 * UTF-16 units of a word that are read. A word is all there is between two spaces; what stands past this is past the
 * 512 tokens a model reads. Without it 100,000 combining marks cost seconds.
 */
export const MAX_WORD_UNITS = 4_096;
const WORD = /[^\p{White_Space}]+/gu;

export interface PlacedCodec extends TokenCodec {
	/**
	 * The ids of {@link TokenCodec.encode}, each with the UTF-16 units [start, end) of `text` that it stands for, in text
	 * order: spaces never belong to a place, marks belong to the letter they stand on, and ids that one character was
	 * spelt with share its place.
	 */
	encodeWithPlaces(text: string): Token[];
}

/**
 * A codec over a Unigram (T5, XLM-R) or WordPiece (BERT) tokenizer. Words are encoded one by one: such tokenizers split
 * at white space first, so the ids are the same, and a prompt's "person," has the ids that a text's has. Neither CLS
 * nor SEP is added: the graph puts a start token in front where the model wants one, and the end is the manifest's eos.
 * An unpaired surrogate is read as U+FFFD.
 * @param tokenizerJson parsed tokenizer.json
 * @param tokenizerConfigJson parsed tokenizer_config.json
 * @throws Failure `bundle-format` when it is a tokenizer of another kind, or when its ids do not fit the model
 */
export function createCodec(tokenizerJson: unknown, tokenizerConfigJson: unknown, config: ModelConfig): PlacedCodec {
	if (typeof tokenizerConfigJson !== "object" || tokenizerConfigJson === null)
		throw new Failure("bundle-format", "tokenizer_config.json: expected an object.");
	const markers = markersOf(config);
	const tokenizer = openTokenizer(tokenizerJson, { silent: markers });
	checkFit(tokenizer, config);
	const silent = new Set([config.pad_token_id, config.eos_token_id, config.decoder_start_token_id]);
	const words = new Map<string, readonly Token[]>();

	function encodeWord(word: string): readonly Token[] {
		const known = words.get(word);
		if (known) return known;
		const tokens = tokenizer.encodeWord(cutWord(word));
		if (words.size >= CACHED_WORDS) words.clear();
		words.set(word, tokens);
		return tokens;
	}

	return {
		encode: (text) => (text.match(WORD) ?? []).flatMap((word) => encodeWord(word).map(({ id }) => id)),
		encodeWithPlaces: (text) =>
			[...text.matchAll(WORD)].flatMap(({ 0: word, index }) =>
				encodeWord(word).map(({ id, start, end }) => ({ id, start: index + start, end: index + end })),
			),
		decode: (ids) => decode(tokenizer, silent, ids),
		special: {
			pad: config.pad_token_id,
			eos: config.eos_token_id,
			start: config.decoder_start_token_id,
			spot: config.spot_token_id,
			markers,
			objects: config.object_token_ids,
		},
	};
}

/**
 * Ids of the pieces that mark mentions for a question about pairs, where a bundle has them: the engine puts them by id,
 * a text that spells them is a text.
 */
function markersOf({ marker_token_ids: markers }: ModelConfig): number[] {
	return markers ? [...Object.values(markers.open), markers.close] : [];
}

/** Added tokens stand between spaces; `silent` ids are left out. */
function decode({ model, added }: Tokenizer, silent: ReadonlySet<number>, ids: readonly number[]): string {
	const parts: string[] = [];
	let run: string[] = [];
	const endRun = () => {
		parts.push(model.join(run).replace(/ ([.?!,]|n't|'(?:m|s|ve|re)\b)/g, "$1"));
		run = [];
	};
	for (const id of ids) {
		if (silent.has(id)) continue;
		const content = added.get(id);
		if (content === undefined) run.push(model.pieceOf(id) ?? model.pieceOf(model.unknown)!);
		else {
			endRun();
			parts.push(content);
		}
	}
	endRun();
	return parts.join(" ").replace(/\s+/g, " ").trim();
}

/** Every id must have a row in the model's embedding, and the separator must be the one the model learned. */
function checkFit({ model, added }: Tokenizer, config: ModelConfig): void {
	let { highest } = model;
	for (const id of added.keys()) highest = Math.max(highest, id);
	if (highest >= config.vocab_size)
		throw new Failure(
			"bundle-format",
			`tokenizer.json: token ${highest} is past the model's vocabulary of ${config.vocab_size}.`,
		);
	const spot = added.get(config.spot_token_id) ?? model.pieceOf(config.spot_token_id);
	if (spot === undefined || !SEPARATORS.includes(spot))
		throw new Failure(
			"bundle-format",
			`tokenizer.json: expected "<spot>" at ${config.spot_token_id} (spot_token_id), found "${spot}".`,
		);
}

/** The part of a word that is read; never half a surrogate pair more than the word had. */
function cutWord(word: string): string {
	if (word.length <= MAX_WORD_UNITS) return word;
	const cut = word.slice(0, MAX_WORD_UNITS);
	return /[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut;
}
