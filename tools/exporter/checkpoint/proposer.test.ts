/** Shows that a right region proposer file opens, and that a wrong one is refused with the reason. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { settle } from "../../../src/core/failure.ts";
import { findProposer, openProposer, proposerTensors } from "./proposer.ts";
import { type RandomProposerOptions, TINY_PROPOSER, writeRandomProposer } from "./random-proposer.ts";

const folder = mkdtempSync(join(tmpdir(), "umie-proposer-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, "proposer.safetensors");

test("a file of the trainer gives its plan and its weights", () => {
	const { plan, floats, close } = openProposer(writeRandomProposer(path));
	expect(plan).toEqual(TINY_PROPOSER);
	expect(floats("stem.conv.weight")).toHaveLength(3 * 3 * 9);
	expect(floats("stem.conv.weight", 1, 3)).toEqual(floats("stem.conv.weight").slice(1, 3));
	close();
});

test("it is looked for beside the checkpoint, unless another file is named", () => {
	writeRandomProposer(path);
	expect([findProposer(folder, undefined), findProposer(folder, "other"), findProposer(tmpdir(), undefined)]).toEqual([
		path,
		"other",
		null,
	]);
});

test("names and shapes are those of torch: stages count the ReLU, heat maps are as many as kinds", () => {
	const tensors = proposerTensors(TINY_PROPOSER);
	expect(tensors.get("stages.1.2.second.conv.weight")).toEqual([5, 5, 3, 3]);
	expect(tensors.get("lateral.1.norm.running_var")).toEqual([4]);
	expect(tensors.get("scores.weight")).toEqual([3, 5, 1, 1]);
	expect([tensors.has("smooth.0.conv.weight"), tensors.has("smooth.1.conv.weight")]).toEqual([true, false]);
});

describe("what is wrong is named", () => {
	const without = new Map([...proposerTensors(TINY_PROPOSER)].filter(([name]) => name !== "boxes.bias"));
	test.each<[string, RandomProposerOptions, string, string]>([
		[
			"another format",
			{ metadata: { format: "pt" } },
			"checkpoint-format",
			'expected the format umie-proposer/1, found "pt"',
		],
		["no JSON", { metadata: { network: "{" } }, "checkpoint-format", "its network is not valid JSON"],
		[
			"pictures that cannot be halved",
			{ plan: { ...TINY_PROPOSER, image_size: 36 } },
			"checkpoint-format",
			"36 pixels cannot be halved 3 times",
		],
		[
			"a kind with a number as its name",
			{ plan: { ...TINY_PROPOSER, kinds: { 1: "logo" } } },
			"checkpoint-format",
			"network.kinds",
		],
		["no kinds", { plan: { ...TINY_PROPOSER, kinds: {} } }, "checkpoint-format", "it has 0 kinds"],
		[
			"widths without depths",
			{ plan: { ...TINY_PROPOSER, depths: [1] }, tensors: without },
			"checkpoint-format",
			"3 widths need 2 depths",
		],
		["a threshold past 1", { plan: { ...TINY_PROPOSER, threshold: 2 } }, "checkpoint-format", "network.threshold"],
		["a tensor that is missing", { tensors: without }, "checkpoint-tensors", "boxes.bias: expected [4], found none"],
		[
			"a tensor that is not used",
			{ tensors: new Map([...proposerTensors(TINY_PROPOSER), ["aux.weight", [1]]]) },
			"checkpoint-tensors",
			"aux.weight: not used",
		],
		[
			"a tensor of another shape",
			{ tensors: new Map([...proposerTensors(TINY_PROPOSER), ["head.conv.weight", [5, 4, 1, 1]]]) },
			"checkpoint-tensors",
			"head.conv.weight: expected [5,4,3,3], found [5,4,1,1]",
		],
	])("%s", async (_, options, code, what) => {
		writeRandomProposer(path, options);
		const outcome = await settle(() => openProposer(path));
		expect(outcome).toMatchObject({ ok: false, failure: { code, what: expect.stringContaining(what) } });
	});
});
