/** Reads back bundles whose files were changed along with their hashes: each is refused by what is wrong. */
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readJson } from "../checkpoint/checkpoint.ts";
import { tinyConfig, writeRandomCheckpoint } from "../checkpoint/random-checkpoint.ts";
import { exportBundle } from "../export/export-bundle.ts";
import { encodeModel, type InitializerRecord } from "../onnx/model.ts";
import { readModel } from "../onnx/read-model.ts";
import { readBack } from "./read-back.ts";

const root = mkdtempSync(join(tmpdir(), "umie-hostile-read-back-"));
const whole = join(root, "whole");
beforeAll(() => {
	writeRandomCheckpoint(
		join(root, "checkpoint"),
		// The former name, which the format keeps.
		tinyConfig({ umie: { screen: { related: 0, eventful: 0, related_width: 6, eventful_width: 5 } } }),
	);
	exportBundle(join(root, "checkpoint"), whole, { dtype: "int8" });
});
afterAll(() => rmSync(root, { recursive: true }));

let bundle = "";
let count = 0;
beforeEach(() => {
	bundle = join(root, `bundle-${count++}`);
	cpSync(whole, bundle, { recursive: true });
});

type Json = Record<string, unknown>;

function editManifest(edit: (manifest: Json) => void): void {
	const manifest = readJson(join(bundle, "umie.json")) as Json;
	edit(manifest);
	writeFileSync(join(bundle, "umie.json"), JSON.stringify(manifest));
}

/** Changes a file and what umie.json says of it. */
function replaceFile(name: string, bytes: Uint8Array): void {
	writeFileSync(join(bundle, name), bytes);
	editManifest(({ files }) => {
		(files as Json)[name] = { bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
	});
}

/** Changes the weights that a graph names. */
function editGraph(file: string, edit: (initializers: InitializerRecord[]) => InitializerRecord[]): void {
	const { initializers } = readModel(readFileSync(join(bundle, file)), file);
	replaceFile(
		file,
		encodeModel({ name: "g", inputs: [], outputs: [], nodes: [], initializers: edit([...initializers]) }),
	);
}

/** A weight of screen.weights, the only graph that reads it. */
function editWeight(name: string, change: (weight: Extract<InitializerRecord, { external: unknown }>) => object): void {
	editGraph("screen.onnx", (all) =>
		all.map((each) =>
			each.name === name && "external" in each ? ({ ...each, ...change(each) } as InitializerRecord) : each,
		),
	);
}

async function expectRefused(code: string, what: RegExp): Promise<void> {
	const output = join(root, "output");
	await expect(readBack(bundle, output)).rejects.toMatchObject({ code, what: expect.stringMatching(what) });
	expect(readdirSync(root).filter((name) => name.startsWith("output"))).toEqual([]);
}

const WEIGHT = "screen.related.wi.weight.i8";

test("the bundle as it was is read", async () => {
	const output = join(root, "right");
	expect((await readBack(bundle, output)).tensors).toBeGreaterThan(100);
});

describe("files", () => {
	test("one that changed", async () => {
		const bytes = readFileSync(join(bundle, "shared.weights"));
		bytes[0]! ^= 1;
		writeFileSync(join(bundle, "shared.weights"), bytes);
		await expectRefused("bundle-wrong-hash", /shared\.weights is changed/);
	});

	test("one that is missing", async () => {
		rmSync(join(bundle, "decoder.weights"));
		await expectRefused("bundle-missing-file", /decoder\.weights is missing/);
	});

	test("a graph that umie.json does not list", async () => {
		editManifest(({ files }) => {
			delete (files as Json)["screen.onnx"];
		});
		await expectRefused("bundle-format", /needs screen\.onnx/);
	});

	test("a tokenizer that umie.json does not list", async () => {
		editManifest(({ files }) => {
			delete (files as Json)["tokenizer.json"];
		});
		await expectRefused("bundle-format", /does not list tokenizer\.json/);
	});

	test.each<[string, Uint8Array]>([
		["nothing", new Uint8Array(0)],
		["text", new TextEncoder().encode("<!DOCTYPE html>")],
		["a field that leaves the file", Uint8Array.of(0x3a, 0x7f)],
		["a number that never ends", new Uint8Array(64).fill(0xff)],
	])("a graph of %s", async (_, bytes) => {
		replaceFile("screen.onnx", bytes);
		await expectRefused("bundle-format", /^screen\.onnx cannot be read as an ONNX graph/);
	});

	test("umie.json that is not a manifest", async () => {
		writeFileSync(join(bundle, "umie.json"), "{}");
		await expectRefused("bundle-format", /umie\.json/);
	});
});

describe("weights", () => {
	test.each<[string, (weight: Extract<InitializerRecord, { external: unknown }>) => object, RegExp]>([
		[
			"outside of their file",
			({ external }) => ({ external: { ...external, offset: 1e9 } }),
			/lies outside of screen\.weights/,
		],
		[
			"in a file that the graph does not name",
			({ external }) => ({ external: { ...external, path: "shared.weights" } }),
			/does not name for this graph/,
		],
		[
			"in no file of the bundle",
			({ external }) => ({ external: { ...external, path: "../../etc/passwd" } }),
			/does not name for this graph/,
		],
		[
			"of more bytes than their shape",
			({ external }) => ({ external: { ...external, length: 1 } }),
			/which is not 1 bytes/,
		],
		["of a shape past counting", () => ({ shape: [2 ** 40, 2 ** 40] }), /cannot be read as an ONNX graph/],
		["as whole numbers where bytes belong", () => ({ name: "screen.related.wi.weight" }), /expected float32/],
		[
			"on the bytes of others",
			({ external }) => ({ external: { ...external, offset: external.offset + 64 } }),
			/overlap/,
		],
		[
			"under the name of another graph's",
			({ external }) => ({ name: "shared.weight.scale", external }),
			/"shared\.weight\.scale" lies elsewhere in another graph/,
		],
	])("%s", async (_, change, what) => {
		editWeight(WEIGHT, change);
		await expectRefused("bundle-format", what);
	});

	test("without their scales", async () => {
		editGraph("screen.onnx", (all) => all.filter(({ name }) => name !== "screen.related.wi.weight.scale"));
		await expectRefused("bundle-format", /"screen\.related\.wi\.weight" lacks screen\.related\.wi\.weight\.scale/);
	});

	test("under another name", async () => {
		editWeight("screen.related.wo.bias", () => ({ name: "screen.related.extra.bias" }));
		await expectRefused("bundle-format", /holds no weights for screen\.related\.wo\.bias/);
	});

	test("that are not numbers", async () => {
		const { initializers } = readModel(readFileSync(join(bundle, "screen.onnx")), "screen.onnx");
		const scale = initializers.find(({ name }) => name === "screen.related.wi.weight.scale") as Extract<
			InitializerRecord,
			{ external: unknown }
		>;
		const bytes = readFileSync(join(bundle, "screen.weights"));
		bytes.writeFloatLE(Number.NaN, scale.external.offset);
		replaceFile("screen.weights", bytes);
		await expectRefused("checkpoint-values", /"screen\.related\.wi\.weight" holds NaN/);
	});

	test("of distances that the buckets do not explain", async () => {
		const { initializers } = readModel(readFileSync(join(bundle, "text_encoder.onnx")), "text_encoder.onnx");
		const table = initializers.find(({ name }) => name.endsWith(".by_distance")) as Extract<
			InitializerRecord,
			{ external: unknown }
		>;
		const bytes = readFileSync(join(bundle, "text_encoder.weights"));
		bytes.writeFloatLE(77, table.external.offset);
		replaceFile("text_encoder.weights", bytes);
		await expectRefused("bundle-format", /is not a table of 32 buckets/);
	});
});

describe("settings", () => {
	const edit = (change: (config: { umie: Json } & Json) => void) =>
		editManifest((manifest) => change((manifest.checkpoint as { config: { umie: Json } & Json }).config));

	test("that do not fit the weights", async () => {
		edit((config) => {
			config.d_ff = 1_000_000;
		});
		await expectRefused("bundle-format", /is stored as \[16,48\], expected \[2000000,16\]/);
	});

	test("that name more layers than there are", async () => {
		edit((config) => {
			config.num_decoder_layers = 256;
		});
		await expectRefused("bundle-format", /holds no weights for decoder\.block\.2\..* and \d+ more/);
	});

	test("that name fewer", async () => {
		edit((config) => {
			config.num_decoder_layers = 1;
		});
		await expectRefused("bundle-format", /unknown weights: decoder\.block\.1/);
	});

	test("that no checkpoint has", async () => {
		edit((config) => {
			config.d_model = -1;
		});
		await expectRefused("checkpoint-format", /"d_model" is -1/);
		edit((config) => {
			config.d_model = 16;
			config.umie.max_objects = 1000;
		});
		await expectRefused("checkpoint-format", /max_objects/);
	});
});
