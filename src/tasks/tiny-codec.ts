/** A codec and a manifest small enough to follow by hand. For tests only. */
import type { Manifest } from "../bundle/manifest.ts";
import { DEFAULT_INSTRUCTORS } from "./defaults.ts";
import type { Hypothesis, TokenCodec } from "./types.ts";

const SPECIALS = ["<pad>", "</s>", "<unk>", "<spot>", "O1", "O2", "O3"];

/**
 * Pieces of up to four characters, commas apart, "▁" before a word: "person," is ▁pers on , . Ids are given out as
 * pieces appear, from 7.
 */
export function tinyCodec(): TokenCodec {
	const pieces = [...SPECIALS];
	const idOf = (piece: string) => {
		const id = pieces.indexOf(piece);
		return id >= 0 ? id : pieces.push(piece) - 1;
	};
	const encodeWord = (word: string): number[] =>
		SPECIALS.includes(word.replace(/,$/, ""))
			? [idOf(word.replace(/,$/, "")), ...(word.endsWith(",") ? [idOf(",")] : [])]
			: [...word.matchAll(/,|[^,]{1,4}/gu)].map(({ 0: piece, index }) => idOf(index === 0 ? `▁${piece}` : piece));
	return {
		encode: (text) => text.split(/\s+/u).flatMap((word) => (word === "" ? [] : encodeWord(word))),
		decode: (ids) =>
			ids
				.map((id) => (id < SPECIALS.length ? `▁${pieces[id]}` : pieces[id]))
				.join("")
				.replaceAll("▁", " ")
				.trim(),
		special: { pad: 0, eos: 1, start: 0, spot: 3, objects: [4, 5, 6] },
	};
}

/** A manifest for {@link tinyCodec}; `max_input` in tokens. */
export function tinyManifest(max_input = 512, vision: Manifest["vision"] = "trained"): Manifest {
	return {
		format: "umie-bundle/1",
		name: "tiny",
		config: {
			vocab_size: 1000,
			d_model: 8,
			d_kv: 4,
			num_heads: 2,
			d_ff: 8,
			num_layers: 1,
			num_decoder_layers: 1,
			pad_token_id: 0,
			eos_token_id: 1,
			decoder_start_token_id: 0,
			spot_token_id: 3,
			object_token_ids: [4, 5, 6],
			max_input,
			visual: null,
			gate: null,
		},
		dtype: "fp32",
		graphs: {},
		files: {},
		languages: ["en"],
		license: "Apache-2.0",
		trained_on: [],
		metrics: [],
		instructors: DEFAULT_INSTRUCTORS,
		vision,
	};
}

/** A hypothesis that says `output`, every token with probability `p`; with eos unless it was cut. */
export function hypothesisOf(codec: TokenCodec, output: string, { p = 0.5, cut = false } = {}): Hypothesis {
	const ids = [...codec.encode(output), ...(cut ? [] : [codec.special.eos])];
	const logProbs = ids.map(() => Math.log(p));
	return { ids, logProbs, score: Math.log(p) };
}

/** Pseudo-random numbers in 0…1, so that a failure can be repeated. */
export function mulberry32(seed: number): () => number {
	let a = seed;
	return () => {
		a = (a + 0x6d2b79f5) | 0;
		let t = Math.imul(a ^ (a >>> 15), 1 | a);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
	};
}
