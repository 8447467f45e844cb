/** What a family of text encoders must answer, so that a checkpoint of it can be read, described and exported. */
import type { T5Settings } from "../t5-settings.ts";
import type { Shapes } from "../tensor-shapes.ts";

/** @typeParam E settings of such an encoder: `umie.text_encoder` of config.json */
export interface TextEncoderFamily<E> {
	/** @throws Failure `checkpoint-format` where the encoder's settings contradict themselves or those of the T5 */
	check(t5: T5Settings, encoder: E): void;
	/** Adds the name and shape of every tensor of the encoder but the word embeddings, which are "shared.weight". */
	addTensors(shapes: Shapes, t5: T5Settings, encoder: E): void;
	/** Tokens of a text that the encoder has positions for; infinite where its positions have no end. */
	maxTokens(encoder: E): number;
	/** In words for a person; null: its layers are those of the T5, and one line describes both. */
	describe(t5: T5Settings, encoder: E): string | null;
	/** The encoder with the token that its tokenizer puts in front of every text, or without one. */
	withStartToken(encoder: E, start: number | null): E;
	/** Its table of absolute positions; null: it knows distances only. */
	positions(encoder: E): PositionTable | null;
}

/** Positions, token types and the start token, which a bundle keeps as one table. */
export interface PositionTable {
	/** The checkpoint's tensors [rows, D]. */
	readonly names: { readonly positions: string; readonly types: string };
	/** Row that the first position reads. */
	readonly offset: number;
	/** Token in front of every text, whose embedding is part of the first row; null: none is. */
	readonly start: number | null;
}
