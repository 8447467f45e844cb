/**
 * The table of text encoders that a checkpoint may have. A new family is its file in text-encoders/, its row and its
 * schema here, its graph's row in graphs/bundle-graphs.ts and its name in the manifest.
 */
import * as z from "zod/mini";
import type { TextEncoderKind } from "../../../src/bundle/manifest.ts";
import { BERT_FAMILY, BertEncoderSchema } from "./text-encoders/bert.ts";
import type { TextEncoderFamily } from "./text-encoders/family.ts";
import { T5_FAMILY, T5EncoderSchema } from "./text-encoders/t5.ts";

export const TextEncoderSchema = z.discriminatedUnion("kind", [T5EncoderSchema, BertEncoderSchema]);
type AnyTextEncoder = z.infer<typeof TextEncoderSchema>;
export type TextEncoders = { readonly [E in AnyTextEncoder as E["kind"]]: E };
/** Settings of an encoder: `umie.text_encoder` of config.json. */
export type TextEncoder<K extends TextEncoderKind = TextEncoderKind> = { readonly [P in K]: TextEncoders[P] }[K];

const TEXT_ENCODERS: { readonly [K in TextEncoderKind]: TextEncoderFamily<TextEncoders[K]> } = {
	t5: T5_FAMILY,
	bert: BERT_FAMILY,
};

/** The family of a checkpoint or a bundle that names none. */
export const DEFAULT_TEXT_ENCODER = "t5" satisfies TextEncoderKind;

export function familyOf<K extends TextEncoderKind>(encoder: TextEncoder<K>): TextEncoderFamily<TextEncoders[K]> {
	return TEXT_ENCODERS[encoder.kind as K];
}

/** What reads the text. */
export function textEncoderOf({ text_encoder }: { readonly text_encoder?: TextEncoder }): TextEncoder {
	return text_encoder ?? { kind: DEFAULT_TEXT_ENCODER };
}
