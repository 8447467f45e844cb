/**
 * Decides by what a checkpoint's file holds whether its output head is the embedding, and whether outputs are scaled;
 * says where config.json says something else.
 */
import type { Architecture } from "./architecture.ts";
import type { TensorFile } from "./tensor-file.ts";

/** Where an embedding may lie: T5's own name first, then those of files that do not call it "shared". */
export const EMBEDDINGS = ["shared.weight", "encoder.embed_tokens.weight", "decoder.embed_tokens.weight"] as const;
const HEAD = "lm_head.weight";
/** Elements compared at a time. */
const BAND = 1 << 18;

export interface SettledHead {
	readonly architecture: Architecture;
	/** Sentences for a person: each names what config.json says and what the file holds. */
	readonly warnings: readonly string[];
}

type HeadSettings = Pick<Architecture, "tie_word_embeddings" | "scale_decoder_outputs">;

/**
 * T5 of before 2020 shares one matrix and scales what goes into it; later ones have a head and do not scale.
 * transformers 5 writes `tie_word_embeddings: true` for both, and says which by `scale_decoder_outputs`.
 * @param config parsed config.json
 */
export function settleHead(architecture: Architecture, config: unknown, file: TensorFile): SettledHead {
	if (architecture.encoder_only === true) return { architecture, warnings: [] };
	const stated = statedIn(config);
	const embedding = EMBEDDINGS.find((name) => file.tensors.has(name));
	const { head, warnings } = headOf(stated, embedding, file, architecture.feed_forward_proj !== "relu");
	const { scale_decoder_outputs: _, ...rest } = architecture;
	const scaled = architecture.scale_decoder_outputs ?? head;
	return {
		architecture: {
			...rest,
			tie_word_embeddings: head,
			// Bundles and checkpoints of before say nothing where one follows from the other.
			...(scaled !== head && { scale_decoder_outputs: scaled }),
		},
		warnings: [...warnings, ...differingEmbeddings(embedding, file)],
	};
}

function statedIn(config: unknown): Partial<HeadSettings> {
	const { tie_word_embeddings: tied, scale_decoder_outputs: scaled } = (config ?? {}) as Record<string, unknown>;
	return {
		...(typeof tied === "boolean" && { tie_word_embeddings: tied }),
		...(typeof scaled === "boolean" && { scale_decoder_outputs: scaled }),
	};
}

/** `head`: whether it is the embedding. */
function headOf(
	{ tie_word_embeddings: tied, scale_decoder_outputs: scaled }: Partial<HeadSettings>,
	embedding: string | undefined,
	file: TensorFile,
	gated: boolean,
): { readonly head: boolean; readonly warnings: readonly string[] } {
	const stated =
		tied === undefined ? "leaves tie_word_embeddings out, which means true" : `says tie_word_embeddings ${tied}`;
	if (!file.tensors.has(HEAD)) {
		if (tied !== false) return { head: true, warnings: [] };
		return {
			head: false,
			warnings: [`config.json ${stated}, but ${file.name} holds no ${HEAD}: the output head was not saved`],
		};
	}
	if (tied === false) return { head: false, warnings: [] };
	// Models whose feed-forwards are gated came after those that share one matrix.
	const mayBeTied = scaled === undefined && (tied === true || !gated);
	if (mayBeTied && embedding !== undefined && haveSameValues(file, HEAD, embedding))
		return { head: true, warnings: [] };
	const unscaled = scaled === undefined ? "; outputs are not scaled, as in T5 1.1" : "";
	const warning =
		`config.json ${stated}, but the ${HEAD} of ${file.name} lies beside the embedding: ` +
		`the file's own head is used${unscaled}`;
	// With scale_decoder_outputs false that is how transformers 5 writes T5 1.1.
	return { head: false, warnings: scaled === false ? [] : [warning] };
}

/** transformers takes the first for all. */
function differingEmbeddings(embedding: string | undefined, file: TensorFile): string[] {
	return EMBEDDINGS.filter(
		(name) =>
			embedding !== undefined && name !== embedding && file.tensors.has(name) && !haveSameValues(file, name, embedding),
	).map((name) => `${name} of ${file.name} differs from ${embedding}, which is used for both`);
}

/** Compares band by band and stops at the first that differs: heads of large models have gigabytes. */
function haveSameValues(file: TensorFile, one: string, other: string): boolean {
	const [a, b] = [file.tensors.get(one)!, file.tensors.get(other)!];
	if (a.dtype !== b.dtype || a.shape.join() !== b.shape.join()) return false;
	const count = a.shape.reduce((product, dim) => product * dim, 1);
	for (let from = 0; from < count; from += BAND) {
		const to = Math.min(count, from + BAND);
		const [x, y] = [file.readFloats(one, from, to), file.readFloats(other, from, to)];
		if (Buffer.compare(new Uint8Array(x.buffer), new Uint8Array(y.buffer)) !== 0) return false;
	}
	return true;
}
