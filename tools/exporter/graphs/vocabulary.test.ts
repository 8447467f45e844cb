/**
 * Compares vocabulary tables in 4 bits, as graphs for both backends read them, with the same numbers unpacked in plain
 * loops.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { loadNodeRuntime } from "../../node/engine/node-engine.ts";
import { randomTensor, stockConfig, tinyConfig, writeRandomCheckpoint } from "../checkpoint/random-checkpoint.ts";
import { stockArchitecture } from "../checkpoint/random-flan.ts";
import { exportBundle } from "../export/export-bundle.ts";
import { planExport } from "../export/plan.ts";
import { GraphBuilder } from "../onnx/graph-builder.ts";
import { WeightStore } from "../onnx/weights.ts";
import { wholeRows } from "./bands.ts";
import { Decisions } from "./decisions.ts";
import { TARGETS, type Target } from "./precision.ts";
import { fromHalf } from "./precision-half.ts";
import { quantize4Bit } from "./precision-int4.ts";
import { relativeError } from "./sessions.test-helper.ts";
import { vocabularyProduct, vocabularyRows } from "./vocabulary.ts";

const folder = mkdtempSync(join(tmpdir(), "umie-vocabulary-"));
afterAll(() => rmSync(folder, { recursive: true }));

const V = 37;
/** Three bytes of a row are joined on WebGPU, two, two. */
const WIDTHS = [96, 64, 32] as const;
const IDS = [3, 36, 0, 3];
const ROWS = 2;

const tableOf = (d: number) => randomTensor("shared.weight", [V, d], 4);

/** What 4 bits in blocks of 32 leave of the table: (nibble − 8) · scale, low half first. */
function unpacked(d: number): Float32Array {
	const { packed, scales } = quantize4Bit({ out: V, in: d, data: tableOf(d) }, { block: 32, asymmetric: false });
	return Float32Array.from(
		{ length: V * d },
		(_, i) => (((packed[i >> 1]! >> (4 * (i & 1))) & 15) - 8) * fromHalf(scales[Math.floor(i / 32)]!),
	);
}

async function run(d: number, target: Target, x: Float32Array) {
	const graph = new GraphBuilder("vocabulary");
	const store = new WeightStore(folder);
	const decisions = new Decisions();
	const at = {
		graph,
		store,
		group: `table-${d}-${target}`,
		dtype: "int8",
		target,
		decisions,
		large: false,
		embeddings: "int4",
		block: 32,
	} as const;
	const rows = wholeRows(V, d, () => tableOf(d));
	graph.output("rows", vocabularyRows(at, "shared.weight", rows, graph.input("ids", "int32", ["B", "C"])), [
		"B",
		"C",
		d,
	]);
	graph.output("scores", vocabularyProduct(at, "shared.weight", rows, graph.input("x", "float32", ["M", d])), ["M", V]);
	const { model, weights } = graph.build();
	store.finish();
	const ort = await loadNodeRuntime();
	const externalData = weights.map((path) => ({ path, data: readFileSync(join(folder, path)) }));
	const session = await ort.InferenceSession.create(model, { externalData, executionProviders: ["wasm"] });
	const outputs = await session.run({
		ids: new ort.Tensor("int32", Int32Array.from(IDS), [2, 2]),
		x: new ort.Tensor("float32", x, [ROWS, d]),
	});
	await session.release();
	expect(decisions.notes).toEqual([]);
	return { rows: outputs.rows!.data as Float32Array, scores: outputs.scores!.data as Float32Array };
}

describe.each(TARGETS)("for %s", (target) => {
	test.each(WIDTHS)("rows of width %d are the unpacked ones, and the product with all rows is theirs", async (d) => {
		const table = unpacked(d);
		const x = randomTensor("x", [ROWS, d], 5);
		const { rows, scores } = await run(d, target, x);
		expect(
			relativeError(
				rows,
				IDS.flatMap((id) => [...table.subarray(id * d, (id + 1) * d)]),
			),
		).toBeLessThan(1e-6);
		const dot = (row: number, id: number) =>
			table.subarray(id * d, (id + 1) * d).reduce((sum, value, i) => sum + value * x[row * d + i]!, 0);
		const expected = Array.from({ length: ROWS * V }, (_, at) => dot(Math.floor(at / V), at % V));
		// x is quantised on the fly.
		expect(relativeError(scores, expected)).toBeLessThan(0.02);
	});
});

describe("an export with embeddings in 4 bits", () => {
	const config = stockConfig({ d_model: 64, d_kv: 32, vocab_size: 400 });
	const checkpoint = join(folder, "checkpoint");
	writeRandomCheckpoint(checkpoint, config);

	test("has a table of half the bytes and a scale of two bytes for 32 numbers, which a plan foretells", () => {
		const { files, embeddings } = exportBundle(checkpoint, join(folder, "bundle"), {
			dtype: "int8",
			embeddings: "int4",
			embeddingBlock: 32,
		});
		expect(embeddings).toBe("int4");
		expect(files["shared.weights"]!.bytes).toBe(400 * 32 + 400 * 2 * 2);
		const planned = planExport(stockArchitecture(config), "int8", {
			embeddings: "int4",
			embeddingBlock: 32,
		}).files.find(({ path }) => path === "shared.weights");
		expect(planned?.bytes).toBe(files["shared.weights"]!.bytes);
	});

	test("has the blocks that the checkpoint was trained with where none are asked for", () => {
		writeRandomCheckpoint(
			join(folder, "trained"),
			tinyConfig({ t5: { d_model: 64, d_kv: 32 }, umie: { embedding_block: 64 } }),
		);
		const { files } = exportBundle(join(folder, "trained"), join(folder, "trained-bundle"), {
			dtype: "int8",
			embeddings: "int4",
		});
		expect(files["shared.weights"]!.bytes).toBe(50 * 32 + 50 * 2);
	});

	test("names the block that was asked for in what is kept of the checkpoint", () => {
		const options = { dtype: "int8", embeddings: "int4", embeddingBlock: 32 } as const;
		const { checkpoint: kept } = exportBundle(join(folder, "trained"), join(folder, "asked-bundle"), options);
		expect(kept?.config).toMatchObject({ umie: { embedding_block: 32 } });
	});

	test("of a width that 32 does not divide keeps 8 bits and says so", () => {
		writeRandomCheckpoint(join(folder, "narrow"), stockConfig());
		const notes: string[] = [];
		exportBundle(join(folder, "narrow"), join(folder, "narrow-bundle"), {
			dtype: "int8",
			embeddings: "int4",
			onNotes: (lines) => notes.push(...lines),
		});
		expect(notes).toContain("shared.weight: 16 numbers a row are not a multiple of 32: stored as int8");
	});

	test("goes with int8 and int4 only", () => {
		const work = () => exportBundle(checkpoint, join(folder, "refused"), { dtype: "fp16", embeddings: "int4" });
		expect(work).toThrow(/Embeddings in int4 go with int8 or int4 weights, not with fp16/);
	});
});
