/** Measures what the precision of an exported bundle costs, for a line on the terminal and for its umie.json. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Manifest } from "../../../src/bundle/manifest.ts";
import { type ExportOptions, exportBundle, writeManifest } from "./export-bundle.ts";
import { describeQuality, measureQuality } from "./quality.ts";

/** Bytes of a bundle whose float32 graphs still fit the 4 GB of WASM, by bits a weight. */
const CHECKED_BYTES = { fp32: 0, fp16: 800e6, bf16: 800e6, int8: 400e6, int4: 250e6 } as const satisfies Record<
	Manifest["dtype"],
	number
>;

export interface Checked {
	/** With `quality`, if it was measured. */
	readonly manifest: Manifest;
	/** For a person. */
	readonly line: string;
}

/**
 * Compares a bundle that was just written with float32 graphs of its checkpoint, and writes what was found into its
 * umie.json.
 * @param options those of its export
 */
export async function checkQuality(
	checkpoint: string | null,
	bundle: string,
	manifest: Manifest,
	options: ExportOptions,
): Promise<Checked> {
	if (manifest.dtype === "fp32") return { manifest, line: "not compared: float32 is exact" };
	const bytes = Object.values(manifest.files).reduce((sum, file) => sum + file.bytes, 0);
	if (bytes > CHECKED_BYTES[manifest.dtype])
		return { manifest, line: "not compared: its float32 graphs do not fit the memory of WASM" };
	const reference = mkdtempSync(join(tmpdir(), "umie-float32-"));
	try {
		const { backbone, encoder, seed = 0, onProgress } = options;
		exportBundle(checkpoint, reference, { dtype: "fp32", backbone, encoder, seed });
		const quality = await measureQuality(bundle, reference, {
			onProgress: (done, total) => onProgress?.("comparing with float32", done, total),
		});
		const measured = { ...manifest, quality };
		writeManifest(bundle, measured);
		return { manifest: measured, line: describeQuality(quality) };
	} finally {
		rmSync(reference, { recursive: true, force: true });
	}
}
