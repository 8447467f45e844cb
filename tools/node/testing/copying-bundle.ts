/** Puts a random bundle whose decoder copies, in float32, under .cache/copying, where browser tests fetch it. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { tinyConfig, writeRandomCheckpoint } from "../../exporter/checkpoint/random-checkpoint.ts";
import { exportBundle } from "../../exporter/export/export-bundle.ts";

/** Pieces ▁w1 … ▁w44 are words of one token; labels and prompts are spelled in letters. */
export const COPYING_CONFIG = tinyConfig({
	t5: { vocab_size: 80, n_positions: 512 },
	umie: { copying: { width: 8, buckets: 8, max_distance: 16 } },
});

export default function setup(): void {
	const folder = join(import.meta.dirname, "../../../.cache/copying");
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	writeRandomCheckpoint(join(folder, "checkpoint"), COPYING_CONFIG);
	exportBundle(join(folder, "checkpoint"), join(folder, "fp32"), { dtype: "fp32" });
}
