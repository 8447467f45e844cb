/**
 * Shows that neither writing nor exporting a checkpoint whose largest tensors have 256 MiB as float32 holds one of them
 * whole, whatever the precision.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/** The embedding and the head: 65,536 × 1,024 floats. */
const CONFIG = {
	vocab_size: 65_536,
	d_model: 1_024,
	d_kv: 64,
	num_heads: 4,
	d_ff: 4_096,
	num_layers: 1,
	num_decoder_layers: 1,
	feed_forward_proj: "gated-gelu",
	tie_word_embeddings: false,
};
/**
 * Node, tsx and the code take 130 MB; the rest are bands of 16 MB and pieces of 32 MB. One whole tensor, its bytes and
 * its codes would take 470 more.
 */
const LIMIT = 400e6;

const folder = mkdtempSync(join(tmpdir(), "umie-memory-"));
const [checkpoint, bundle] = [join(folder, "checkpoint"), join(folder, "bundle")];
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs `work` in a process of its own. @returns the most memory it had, in bytes */
async function peakOf(module: string, work: string): Promise<number> {
	const address = pathToFileURL(join(import.meta.dirname, module)).href;
	const script = `import * as m from ${JSON.stringify(address)}; ${work}; console.log(process.resourceUsage().maxRSS);`;
	const { stdout } = await promisify(execFile)(
		process.execPath,
		["--import", "tsx", "--input-type=module", "--eval", script],
		{
			cwd: join(import.meta.dirname, "../../.."),
		},
	);
	return Number(stdout) * 1024;
}

describe("memory stays under 400 MB", () => {
	beforeAll(async () => {
		const [path, config] = [JSON.stringify(checkpoint), JSON.stringify(CONFIG)];
		const write = `m.writeRandomT5(${path}, ${config}, { dtype: "bf16", seed: 1 })`;
		expect(await peakOf("../checkpoint/random-flan.ts", write)).toBeLessThan(LIMIT);
		expect(statSync(join(checkpoint, "model.safetensors")).size).toBeGreaterThan(2.9e8);
	});

	// The others are between the two.
	test.each(["fp32", "int8"])("exporting as %s", async (dtype) => {
		const peak = await peakOf(
			"export-bundle.ts",
			`m.exportBundle(${JSON.stringify(checkpoint)}, ${JSON.stringify(bundle)}, { dtype: ${JSON.stringify(dtype)} })`,
		);
		expect(peak).toBeLessThan(LIMIT);
	});
});
