/** Goes in: the text of tokenizer.json and tokenizer_config.json. Comes out: text to ids and back, in the bundle's own vocabulary. */
import { Tokenizer } from "@huggingface/tokenizers";
import { type ModelConfig, SEPARATORS } from "../../src/bundle/manifest.ts";
import { Failure } from "../../src/core/failure.ts";
import type { TokenCodec } from "../../src/tasks/types.ts";

/** Words remembered: prompts and posts repeat most of theirs, and one new word costs about 10 µs. */
const CACHED_WORDS = 20_000;
/**
 * UTF-16 units of a word that are read. A word is all there is between two spaces; what stands past this is past the 512 tokens a model reads.
 * Without it 100,000 combining marks cost 3.3 s, and a word that NFKC makes longer than 125,000 tokens overflows the tokenizer's stack.
 */
export const MAX_WORD_UNITS = 4_096;

/**
 * A codec over a Unigram (T5) tokenizer. Words are encoded one by one: such a tokenizer splits at white space first, so the ids are the same.
 * @param tokenizerJson parsed tokenizer.json
 * @param tokenizerConfigJson parsed tokenizer_config.json
 * @throws Failure `bundle-format` when it is no such tokenizer, or when its ids do not fit the model
 */
export function createCodec(tokenizerJson: unknown, tokenizerConfigJson: unknown, config: ModelConfig): TokenCodec {
	const tokenizer = openTokenizer(tokenizerJson, tokenizerConfigJson);
	checkFit(tokenizer, config);
	const added = tokenizer.get_added_tokens_decoder();
	const silent = new Set([config.pad_token_id, config.eos_token_id, config.decoder_start_token_id]);
	const words = new Map<string, readonly number[]>();

	function encodeWord(word: string): readonly number[] {
		const known = words.get(word);
		if (known) return known;
		const { ids } = tokenizer.encode(cutWord(word), { add_special_tokens: false });
		if (words.size >= CACHED_WORDS) words.clear();
		words.set(word, ids);
		return ids;
	}

	return {
		encode: (text) => (text.match(/\S+/g) ?? []).flatMap(encodeWord),
		decode(ids) {
			const pieces: string[] = [];
			let run: number[] = [];
			const endRun = () => {
				if (run.length > 0) pieces.push(tokenizer.decode(run));
				run = [];
			};
			for (const id of ids) {
				const token = added.get(id);
				if (!token && !silent.has(id)) run.push(id);
				if (!token) continue;
				endRun();
				if (!silent.has(id)) pieces.push(token.content);
			}
			endRun();
			return pieces.join(" ").replace(/\s+/g, " ").trim();
		},
		special: {
			pad: config.pad_token_id,
			eos: config.eos_token_id,
			start: config.decoder_start_token_id,
			spot: config.spot_token_id,
			...(config.marker_token_ids && { markers: [...Object.values(config.marker_token_ids.open), config.marker_token_ids.close] }),
			objects: config.object_token_ids,
		},
	};
}

function openTokenizer(tokenizerJson: unknown, tokenizerConfigJson: unknown): Tokenizer {
	const type = kindOfModel(tokenizerJson);
	if (type !== "Unigram") throw new Failure("bundle-format", `tokenizer.json: expected a Unigram (T5) tokenizer, found ${type}.`);
	if (typeof tokenizerConfigJson !== "object" || tokenizerConfigJson === null)
		throw new Failure("bundle-format", "tokenizer_config.json: expected an object.");
	try {
		return new Tokenizer(tokenizerJson as object, tokenizerConfigJson);
	} catch (error) {
		const what = error instanceof Error ? error.message : String(error);
		throw new Failure("bundle-format", `tokenizer.json was not understood: ${what}.`, { cause: error });
	}
}

function kindOfModel(tokenizerJson: unknown): string {
	if (typeof tokenizerJson !== "object" || tokenizerJson === null || !("model" in tokenizerJson)) return "no model";
	const { model } = tokenizerJson;
	return typeof model === "object" && model !== null && "type" in model ? String(model.type) : "a model without a type";
}

/** Every id must have a row in the model's embedding, and the separator must be the one the model learned. */
function checkFit(tokenizer: Tokenizer, config: ModelConfig): void {
	let highest = 0;
	for (const id of tokenizer.get_vocab().values()) highest = Math.max(highest, id);
	for (const id of tokenizer.get_added_tokens_decoder().keys()) highest = Math.max(highest, id);
	if (highest >= config.vocab_size)
		throw new Failure("bundle-format", `tokenizer.json: token ${highest} is past the model's vocabulary of ${config.vocab_size}.`);
	const spot = tokenizer.id_to_token(config.spot_token_id);
	if (spot === undefined || !SEPARATORS.includes(spot))
		throw new Failure("bundle-format", `tokenizer.json: expected "<spot>" at ${config.spot_token_id} (spot_token_id), found "${spot}".`);
}

/** The part of a word that is read; never half a surrogate pair more than the word had. */
function cutWord(word: string): string {
	if (word.length <= MAX_WORD_UNITS) return word;
	const cut = word.slice(0, MAX_WORD_UNITS);
	return /[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut;
}
