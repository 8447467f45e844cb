/**
 * Shows that right checkpoints give weights, and wrong ones a single failure that names everything that does not fit.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { Failure } from "../../../src/core/failure.ts";
import { parseArchitecture } from "./architecture.ts";
import { openCheckpoint, readJson } from "./checkpoint.ts";
import { expectedTensors } from "./expected-tensors.ts";
import { randomTensor, tinyConfig } from "./random-checkpoint.ts";
import { type NamedTensor, writeSafetensors } from "./safetensors-writer.ts";

const root = mkdtempSync(join(tmpdir(), "umie-checkpoint-"));
afterAll(() => rmSync(root, { recursive: true }));
let count = 0;

/** A checkpoint of the tiny model, its tensors changed. */
function checkpointWith(change: (tensors: NamedTensor[]) => NamedTensor[], config: unknown = tinyConfig()): string {
	const folder = join(root, String(count++));
	mkdirSync(folder);
	const tensors = [...expectedTensors(parseArchitecture(tinyConfig()))].map(([name, shape]) => ({
		name,
		dtype: "float32" as const,
		shape,
		data: randomTensor(name, shape, 1),
	}));
	writeSafetensors(join(folder, "model.safetensors"), change(tensors));
	writeFileSync(join(folder, "config.json"), typeof config === "string" ? config : JSON.stringify(config));
	return folder;
}
const extra = (name: string): NamedTensor => ({ name, dtype: "float32", shape: [1], data: Float32Array.of(1) });

function failureOf(work: () => unknown): Failure {
	try {
		work();
	} catch (error) {
		if (error instanceof Failure) return error;
		throw error;
	}
	throw new Error("it did not fail");
}

describe("tensors that do not fit config.json", () => {
	test("missing, misshapen and unused ones are reported together, by name", () => {
		const folder = checkpointWith((tensors) => [
			...tensors
				.filter(({ name }) => !["gate.q.weight", "visual.fc1.bias"].includes(name))
				.map((tensor) => (tensor.name === "visual.fc2.bias" ? { ...tensor, shape: [4, 4] } : tensor)),
			extra("gate.extra.weight"),
			extra("__proto__"),
			extra("constructor"),
		]);
		const { code, what } = failureOf(() => openCheckpoint(folder));
		expect(code).toBe("checkpoint-tensors");
		expect(what.split("\n")).toEqual([
			"model.safetensors does not fit config.json.",
			"missing (2):",
			"  visual.fc1.bias",
			"  gate.q.weight",
			"wrong shape (1):",
			"  visual.fc2.bias: expected [16], found [4,4]",
			"unused (3):",
			"  gate.extra.weight",
			"  __proto__",
			"  constructor",
		]);
	});

	test("second names of the embedding, counters, and a head that is tied are not reported as unused", () => {
		const folder = checkpointWith((tensors) => {
			const shared = tensors.find(({ name }) => name === "shared.weight")!;
			const again = ["encoder.embed_tokens.weight", "decoder.embed_tokens.weight", "lm_head.weight"];
			const counter = extra("visual.backbone.bn1.num_batches_tracked");
			return [...tensors, ...again.map((name) => ({ ...shared, name })), counter];
		});
		openCheckpoint(folder).close();
	});
});

describe("weights", () => {
	test("come as float32", () => {
		const checkpoint = openCheckpoint(checkpointWith((tensors) => tensors));
		expect(checkpoint.floats("gate.q.weight")).toEqual(randomTensor("gate.q.weight", [16, 16], 1));
		checkpoint.close();
	});

	test.each([
		Number.NaN,
		Number.POSITIVE_INFINITY,
		Number.NEGATIVE_INFINITY,
	])("%d is a checkpoint-values failure that names tensor and position", (value) => {
		const folder = checkpointWith((tensors) =>
			tensors.map((tensor) =>
				tensor.name === "gate.k.weight" ? { ...tensor, data: new Float32Array(256).fill(value, 17, 18) } : tensor,
			),
		);
		const checkpoint = openCheckpoint(folder);
		expect(failureOf(() => checkpoint.floats("gate.k.weight"))).toMatchObject({
			code: "checkpoint-values",
			what: `Tensor "gate.k.weight" holds ${value} at position 17.`,
		});
		expect(() => checkpoint.floats("gate.k.weight", 16, 32)).toThrow("at position 17.");
		expect(checkpoint.floats("gate.k.weight", 18, 32)).toHaveLength(14);
		checkpoint.floats("gate.q.weight");
		checkpoint.close();
	});
});

describe("a missing file and broken JSON are named", () => {
	test.each<[string, string, string]>([
		["{", "checkpoint-format", "config.json is not valid JSON"],
		["null", "checkpoint-format", 'config.json: "" is null'],
		['{"vocab_size":"many"}', "checkpoint-format", '"vocab_size" is "many"'],
	])("config.json %s", (config, code, what) => {
		const folder = checkpointWith((tensors) => tensors, config);
		expect(failureOf(() => openCheckpoint(folder))).toMatchObject({ code, what: expect.stringContaining(what) });
	});

	test("a folder without config.json, a folder as JSON, a file of 17 MB as JSON", () => {
		const folder = checkpointWith((tensors) => tensors);
		rmSync(join(folder, "config.json"));
		expect(failureOf(() => openCheckpoint(folder))).toMatchObject({
			code: "checkpoint-format",
			what: expect.stringMatching(/^There is no .*config\.json\.$/),
		});
		expect(failureOf(() => readJson(folder)).what).toContain("larger than 16 MiB");
		writeFileSync(join(folder, "large.json"), Buffer.alloc(17_000_000, " "));
		expect(failureOf(() => readJson(join(folder, "large.json"), "input-unreadable"))).toMatchObject({
			code: "input-unreadable",
		});
	});
});
