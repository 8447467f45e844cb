/** Completes and checks the options of a search; the defaults are here. */
import { Failure } from "../../src/core/failure.ts";
import { REQUEST_DEFAULTS } from "../../src/tasks/request.ts";
import { noRepeatNgram } from "./processors.ts";
import type { SearchOptions } from "./types.ts";

/** Names and meanings of Hugging Face's GenerationConfig; the token ids are T5's. */
export const SEARCH_DEFAULTS: SearchOptions = {
	num_beams: REQUEST_DEFAULTS.beams,
	length_penalty: REQUEST_DEFAULTS.lengthPenalty,
	early_stopping: false,
	num_return_sequences: 1,
	max_new_tokens: REQUEST_DEFAULTS.maxNewTokens,
	max_step_tokens: 1,
	beam_threshold: Number.POSITIVE_INFINITY,
	no_repeat_ngram_size: 0,
	eos_token_id: 1,
	pad_token_id: 0,
	decoder_start_token_id: 0,
	logits_processors: [],
	stopping_criteria: [],
	onStep: () => {},
};

/**
 * Lowest and highest value of each whole-number option. The upper ends only keep a wrong number from eating the
 * memory.
 */
const RANGES = {
	num_beams: [1, 256],
	num_return_sequences: [1, 256],
	max_new_tokens: [1, 65_536],
	max_step_tokens: [1, 64],
	no_repeat_ngram_size: [0, 65_536],
} as const satisfies Partial<Record<keyof SearchOptions, readonly [number, number]>>;

/**
 * The chosen options over the defaults; `no_repeat_ngram_size` is turned into the first of the logits processors.
 * @throws Failure `usage` naming the option that is out of range.
 */
export function completeOptions(chosen: Partial<SearchOptions>): SearchOptions {
	const options = { ...SEARCH_DEFAULTS, ...chosen };
	for (const name of Object.keys(RANGES) as (keyof typeof RANGES)[]) {
		const [low, high] = RANGES[name];
		const value = options[name];
		if (!Number.isInteger(value) || value < low || value > high)
			throw new Failure("usage", `${name} must be an integer from ${low} to ${high}, found ${value}.`);
	}
	if (options.num_return_sequences > options.num_beams)
		throw new Failure(
			"usage",
			`num_return_sequences: expected at most num_beams (${options.num_beams}), found ${options.num_return_sequences}.`,
		);
	if (!Number.isFinite(options.length_penalty))
		throw new Failure("usage", `length_penalty: expected a finite number, found ${options.length_penalty}.`);
	if (!(options.beam_threshold >= 0))
		throw new Failure(
			"usage",
			`beam_threshold: expected a number that is not below 0, found ${options.beam_threshold}.`,
		);
	if (options.no_repeat_ngram_size === 0) return options;
	// The start token counts as text here, as it does in Hugging Face's decoder_input_ids.
	const noRepeat = noRepeatNgram(options.no_repeat_ngram_size, [options.decoder_start_token_id]);
	return { ...options, logits_processors: [noRepeat, ...options.logits_processors] };
}
