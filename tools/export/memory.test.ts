/** Goes in: a random checkpoint of 300 MB whose largest tensor has 64 MiB. Comes out: proof that neither writing nor exporting it holds more than a few tensors. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/** shared.weight is 16,384 × 1,024 floats. */
const LARGEST = 16_384 * 1_024 * 4;
const CHANGES = {
	t5: { vocab_size: 16_384, d_model: 1_024, d_kv: 64, num_heads: 16, d_ff: 4_096, num_layers: 1, num_decoder_layers: 1 },
	umie: { visual_layers: 1 },
};
/** Node, tsx and the code itself take 95 MB of it. */
const LIMIT = 3 * LARGEST + 200e6;

const folder = mkdtempSync(join(tmpdir(), "umie-memory-"));
const [checkpoint, bundle] = [join(folder, "checkpoint"), join(folder, "bundle")];
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs `work` in a process of its own. @returns the most memory it had, in bytes */
async function peakOf(module: string, work: string): Promise<number> {
	const address = pathToFileURL(join(import.meta.dirname, module)).href;
	const script = `import * as m from ${JSON.stringify(address)}; ${work}; console.log(process.resourceUsage().maxRSS);`;
	const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", script], {
		cwd: join(import.meta.dirname, "../.."),
	});
	return Number(stdout) * 1024;
}

describe("memory stays under three of the largest tensor and 200 MB", () => {
	beforeAll(async () => {
		const peak = await peakOf(
			"../checkpoint/random-checkpoint.ts",
			`m.writeRandomCheckpoint(${JSON.stringify(checkpoint)}, m.tinyConfig(${JSON.stringify(CHANGES)}))`,
		);
		expect(peak).toBeLessThan(LIMIT);
		expect(statSync(join(checkpoint, "model.safetensors")).size).toBeGreaterThan(3e8);
	});

	// What int4 and fp16 make is between these two; measured peaks are 202 to 222 MB for all four.
	test.each(["fp32", "int8"])("exporting as %s", async (dtype) => {
		const peak = await peakOf(
			"export-bundle.ts",
			`m.exportBundle(${JSON.stringify(checkpoint)}, ${JSON.stringify(bundle)}, { dtype: ${JSON.stringify(dtype)} })`,
		);
		expect(peak).toBeLessThan(LIMIT);
	});
});
