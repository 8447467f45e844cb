/** Makes folders with random weights in the shape of FLAN-T5, as our bundle and as transformers.js reads them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeRandomCheckpoint } from "../../exporter/checkpoint/random-checkpoint.ts";
import { exportBundle } from "../../exporter/export/export-bundle.ts";
import { writePeer } from "./write-peer.ts";

const FLAN_T5 = {
	vocab_size: 32_128,
	d_kv: 64,
	feed_forward_proj: "gated-gelu",
	tie_word_embeddings: false,
	n_positions: 512,
};

/** The settings of google/flan-t5-small and google/flan-t5-base. */
export const SHAPES = {
	small: { ...FLAN_T5, d_model: 512, num_heads: 6, d_ff: 1024, num_layers: 8, num_decoder_layers: 8 },
	base: { ...FLAN_T5, d_model: 768, num_heads: 12, d_ff: 2048, num_layers: 12, num_decoder_layers: 12 },
} as const;
export type Shape = keyof typeof SHAPES;

export interface Models {
	readonly bundle: string;
	readonly peer: string;
	/** Weight files of the peer. */
	readonly weights: readonly string[];
}

/**
 * Writes both, float32 (small 0.3 GB each, base 1 GB), runs `work`, and removes them: they are made of the code as it
 * is now.
 */
export async function withFlanT5<T>(shape: Shape, work: (models: Models) => Promise<T>): Promise<T> {
	const folder = mkdtempSync(join(tmpdir(), "umie-flan-t5-"));
	try {
		const [checkpoint, bundle, peer] = ["checkpoint", "bundle", "peer"].map((name) => join(folder, name)) as [
			string,
			string,
			string,
		];
		writeRandomCheckpoint(checkpoint, SHAPES[shape]);
		exportBundle(checkpoint, bundle, { dtype: "fp32" });
		const weights = writePeer(checkpoint, peer);
		rmSync(checkpoint, { recursive: true });
		return await work({ bundle, peer, weights });
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
