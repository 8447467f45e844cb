/**
 * Reads the tokenizer of a text encoder: the ids that a decoder needs, and the tokenizer with a separator where it has
 * none.
 */
import * as z from "zod/mini";
import { SEPARATORS } from "../../../src/bundle/manifest.ts";
import { Failure } from "../../../src/core/failure.ts";
import { parseSettings } from "./settings.ts";
import { parseBoundedJson } from "./strict-json.ts";

/** XLM-RoBERTa's has 9 MB, mT5's 16. */
export const MAX_TOKENIZER_BYTES = 64 * 1024 * 1024;

/** A piece of a Unigram vocabulary is an array of two. */
const TOKENIZER_LIMITS = { depth: 32, values: 8_000_000 };

const id = z.int().check(z.gte(0), z.lte(1_000_000));
const TokenizerSchema = z.looseObject({
	added_tokens: z._default(z.array(z.looseObject({ id, content: z.string() })).check(z.maxLength(10_000)), []),
	model: z.looseObject({ vocab: z.union([z.array(z.tuple([z.string(), z.number()])), z.record(z.string(), id)]) }),
});

/** A token in tokenizer_config.json: its text, or an object that has it. */
const token = z.optional(z.nullable(z.union([z.string(), z.object({ content: z.string() })])));
const ConfigSchema = z.object({
	cls_token: token,
	bos_token: token,
	sep_token: token,
	eos_token: token,
	pad_token: token,
});
type Role = keyof z.infer<typeof ConfigSchema>;

/** The settings that name a special token, and the pieces of BERT's and of RoBERTa's kind where none does. */
const SPECIALS = {
	start: { settings: ["cls_token", "bos_token"], pieces: ["[CLS]", "<s>"] },
	end: { settings: ["sep_token", "eos_token"], pieces: ["[SEP]", "</s>"] },
	pad: { settings: ["pad_token"], pieces: ["[PAD]", "<pad>"] },
} as const satisfies Record<string, { readonly settings: readonly Role[]; readonly pieces: readonly string[] }>;

export interface EncoderTokenizer {
	/** Put in front of every text; null: it has none. */
	readonly start: number | null;
	readonly end: number;
	readonly pad: number;
	/** Stands between two records. */
	readonly separator: number;
	/** Ids that need a row: one past the largest. */
	readonly size: number;
	/** With the separator; null: it has one. */
	readonly changed: Uint8Array | null;
}

/**
 * @param bytes tokenizer.json @param settings tokenizer_config.json, parsed
 * @throws Failure `checkpoint-format` when it is not a tokenizer of pieces, or has no end or padding
 */
export function readEncoderTokenizer(bytes: Uint8Array, settings: unknown): EncoderTokenizer {
	const json = parseTokenizer(bytes);
	const parsed = TokenizerSchema.safeParse(json);
	if (!parsed.success)
		throw new Failure(
			"checkpoint-format",
			"tokenizer.json: expected a Unigram or WordPiece tokenizer with its vocabulary.",
		);
	const ids = piecesOf(parsed.data);
	const named = parseSettings(ConfigSchema, settings, "tokenizer_config.json");
	const special = (role: keyof typeof SPECIALS) => {
		const own = SPECIALS[role].settings.flatMap((key) => textOf(named[key]));
		return [...own, ...SPECIALS[role].pieces].map((piece) => ids.get(piece)).find((found) => found !== undefined);
	};
	const [start, end, pad] = [special("start"), special("end"), special("pad")];
	if (end === undefined || pad === undefined)
		throw new Failure(
			"checkpoint-format",
			`tokenizer.json has no piece for the end of a text or for padding (looked for ${SPECIALS.end.pieces}, ` +
				`${SPECIALS.pad.pieces}).`,
		);
	const size = largestOf(ids) + 1;
	const separator = SEPARATORS.map((piece) => ids.get(piece)).find((found) => found !== undefined);
	const common = { start: start ?? null, end, pad };
	if (separator !== undefined) return { ...common, separator, size, changed: null };
	return { ...common, separator: size, size: size + 1, changed: withSeparator(json as TokenizerJson, size) };
}

/** mT5's has 16 MB, more than settings may have. @throws Failure `checkpoint-format` */
export function parseTokenizer(bytes: Uint8Array): unknown {
	if (bytes.length > MAX_TOKENIZER_BYTES)
		throw new Failure("checkpoint-format", `tokenizer.json is larger than ${MAX_TOKENIZER_BYTES} bytes.`);
	return parseBoundedJson(bytes, "tokenizer.json", { limits: TOKENIZER_LIMITS });
}

type TokenizerJson = z.infer<typeof TokenizerSchema>;

/** Id of every piece. */
function piecesOf({ added_tokens, model: { vocab } }: TokenizerJson): ReadonlyMap<string, number> {
	const own = Array.isArray(vocab) ? vocab.map(([piece], at) => [piece, at] as const) : Object.entries(vocab);
	return new Map([...own, ...added_tokens.map(({ content, id: at }) => [content, at] as const)]);
}

function largestOf(ids: ReadonlyMap<string, number>): number {
	let largest = -1;
	for (const at of ids.values()) largest = Math.max(largest, at);
	return largest;
}

const textOf = (value: string | { readonly content: string } | null | undefined): string[] =>
	value === null || value === undefined ? [] : [typeof value === "string" ? value : value.content];

/** As umie-nano has it: found as it is written, and shown where ids become text again. */
function withSeparator(json: TokenizerJson, at: number): Uint8Array {
	const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: false };
	const added = [...(json.added_tokens ?? []), { id: at, content: SEPARATORS[0], ...flags }];
	return Buffer.from(JSON.stringify({ ...json, added_tokens: added }));
}
