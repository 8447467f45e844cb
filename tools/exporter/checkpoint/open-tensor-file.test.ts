/**
 * Shows that every kind of checkpoint gives the same tensors by the same names, or a failure that says what is wrong.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { openTensorFile } from "./open-tensor-file.ts";
import { encodeSafetensors, writeSafetensors } from "./safetensors-writer.ts";
import { PYTHON_CHECKPOINTS } from "./torch-fixtures.test-helper.ts";
import {
	type Py,
	pyOrderedDict,
	pyTensor,
	writeLegacyTorch,
	writePickle,
	writeTorchZip,
} from "./torch-writer.test-helper.ts";

const root = mkdtempSync(join(tmpdir(), "umie-tensors-"));
afterAll(() => rmSync(root, { recursive: true }));
let count = 0;

/** A fresh folder with these files. */
function folderOf(files: Readonly<Record<string, Uint8Array | string>>): string {
	const folder = join(root, String(count++));
	mkdirSync(folder);
	for (const [name, data] of Object.entries(files)) writeFileSync(join(folder, name), data);
	return folder;
}

/** Everything a checkpoint holds. */
function readAll(path: string) {
	const file = openTensorFile(path);
	try {
		const tensors = Object.fromEntries(
			[...file.tensors].map(([name, { dtype, shape }]) => [name, [dtype, shape, [...file.readFloats(name)]]]),
		);
		return { tensors, notes: file.notes };
	} finally {
		file.close();
	}
}

const SIX = Float32Array.of(1, 2, 3, 4, 5, 6);
const storage = { type: "FloatStorage", key: "0", count: 6 };
const whole = pyTensor(storage, [2, 3]);
const EXPECTED = { a: ["F32", [2, 3], [1, 2, 3, 4, 5, 6]] };
const TWELVE = {
	name: "t",
	dtype: "float32" as const,
	shape: [3, 4],
	data: Float32Array.from({ length: 12 }, (_, i) => i + 1),
};
const TWELVE_STORAGE = { type: "FloatStorage", key: "0", count: 12 };
const twelveAs = (tensor: Py, options = {}) =>
	writeTorchZip(pyOrderedDict([["t", tensor]]), { "0": TWELVE.data }, options);
const zipOf = (py: Py, more = {}) => writeTorchZip(py, { "0": SIX }, more);

describe("PyTorch checkpoints", () => {
	test.each(Object.entries(PYTHON_CHECKPOINTS))("what Python wrote with protocol %s is read", (_, text) => {
		const { tensors, notes } = readAll(join(folderOf({ "x.pt": Buffer.from(text, "base64") }), "x.pt"));
		expect(tensors).toEqual({
			"a.weight": ["F32", [2, 3], [1, 2, 3, 4, 5, 6]],
			"a.transposed": ["F32", [3, 2], [1, 4, 2, 5, 3, 6]],
			"b.bias": ["F32", [2], [0.5, -0.5]],
		});
		expect(notes[0]).toMatch(/^the weights are those under "state_dict"; beside them: "epoch", /);
	});

	test.each([
		["stored", {}],
		["deflated", { deflate: true }],
		["ZIP64", { zip64: true }],
		["of protocol 5", { protocol: 5 }],
	])("an archive that is %s is read", (_, options) => {
		expect(readAll(folderOf({ "pytorch_model.bin": zipOf(pyOrderedDict([["a", whole]]), options) })).tensors).toEqual(
			EXPECTED,
		);
	});

	test.each([
		["safetensors", () => folderOf({ "model.safetensors": Buffer.concat(encodeSafetensors([TWELVE])) })],
		["a whole storage", () => folderOf({ "x.pt": twelveAs(pyTensor(TWELVE_STORAGE, [3, 4])) })],
		["a deflated storage", () => folderOf({ "x.pt": twelveAs(pyTensor(TWELVE_STORAGE, [3, 4]), { deflate: true }) })],
		["part of a storage", () => folderOf({ "x.pt": twelveAs(pyTensor(TWELVE_STORAGE, [2, 4], [4, 1], 4)) })],
		["a transposed view", () => folderOf({ "x.pt": twelveAs(pyTensor(TWELVE_STORAGE, [4, 3], [1, 4])) })],
		["every second column", () => folderOf({ "x.pt": twelveAs(pyTensor(TWELVE_STORAGE, [3, 2], [4, 2], 1)) })],
		["one row repeated", () => folderOf({ "x.pt": twelveAs(pyTensor(TWELVE_STORAGE, [3, 2], [0, 2])) })],
	])("any elements of %s can be read without the others", (_, folder) => {
		const file = openTensorFile(folder());
		const all = [...file.readFloats("t")];
		expect(all.length).toBeGreaterThan(5);
		for (let begin = 0; begin <= all.length; begin++)
			for (let end = begin; end <= all.length; end++)
				expect([...file.readFloats("t", begin, end)]).toEqual(all.slice(begin, end));
		expect(() => file.readFloats("t", 0, all.length + 1)).toThrow(
			`elements 0 to ${all.length + 1} of "t", which has ${all.length}`,
		);
		file.close();
	});

	test("the format before PyTorch 1.6 is read", () => {
		const bytes = writeLegacyTorch(
			pyOrderedDict([
				["a", whole],
				["n", pyTensor({ type: "LongStorage", key: "1", count: 1 }, [])],
			]),
			{
				"0": { count: 6, data: SIX },
				"1": { count: 1, data: BigInt64Array.of(7n) },
			},
		);
		expect(readAll(folderOf({ "pytorch_model.bin": bytes })).tensors).toEqual({ ...EXPECTED, n: ["I64", [], [7]] });
		const cut = folderOf({ "pytorch_model.bin": bytes.subarray(0, -1) });
		expect(() => readAll(cut)).toThrow("its storages reach byte");
	});

	test("views of one storage are read by offset and stride", () => {
		const views = pyOrderedDict([
			["row", pyTensor(storage, [3], [1], 3)],
			["column", pyTensor(storage, [2], [3], 1)],
			["transposed", pyTensor(storage, [3, 2], [1, 3])],
			["expanded", pyTensor(storage, [2, 2], [0, 1], 4)],
			["odd stride of an axis of one", pyTensor(storage, [2, 1, 3], [3, 2 ** 50, 1])],
			["empty", pyTensor(storage, [0, 3])],
			["scalar", pyTensor(storage, [], [], 5)],
		]);
		const { tensors } = readAll(folderOf({ "pytorch_model.bin": zipOf(views) }));
		expect(Object.values(tensors).map(([, , values]) => values)).toEqual([
			[4, 5, 6],
			[2, 5],
			[1, 4, 2, 5, 3, 6],
			[5, 6, 5, 6],
			[1, 2, 3, 4, 5, 6],
			[],
			[6],
		]);
	});

	test.each([
		["DoubleStorage", "F64", Float64Array.of(0.5, -2)],
		["HalfStorage", "F16", Uint16Array.of(0x3800, 0xc000)],
		["BFloat16Storage", "BF16", Uint16Array.of(0x3f00, 0xc000)],
		["LongStorage", "I64", BigInt64Array.of(7n, -2n)],
		["IntStorage", "I32", Int32Array.of(7, -2)],
		["ShortStorage", "I16", Int16Array.of(7, -2)],
		["CharStorage", "I8", Int8Array.of(7, -2)],
		["ByteStorage", "U8", Uint8Array.of(7, 254)],
		["BoolStorage", "BOOL", Uint8Array.of(1, 0)],
	])("a %s holds %s", (type, dtype, data) => {
		const values = { F64: [0.5, -2], F16: [0.5, -2], BF16: [0.5, -2], U8: [7, 254], BOOL: [1, 0] }[dtype] ?? [7, -2];
		const bytes = writeTorchZip(
			pyOrderedDict([
				["a", pyTensor({ type, key: "0", count: 2 }, [2])],
				["reversed", pyTensor({ type, key: "0", count: 2 }, [2, 1, 1], [1, 1, 1])],
			]),
			{ "0": data },
		);
		expect(readAll(folderOf({ "pytorch_model.bin": bytes })).tensors).toEqual({
			a: [dtype, [2], values],
			reversed: [dtype, [2, 1, 1], values],
		});
	});

	test.each<[string, Py, string]>([
		[
			"under model",
			new Map<Py, Py>([
				["model", pyOrderedDict([["a", whole]])],
				["epoch", 3],
			]),
			'the weights are those under "model"; beside them: "model", "epoch"',
		],
		[
			"under ema in a wrapper",
			new Map<Py, Py>([["state_dict", new Map<Py, Py>([["ema", pyOrderedDict([["a", whole]])]])]]),
			'the weights are those under "state_dict.ema"; beside them: "state_dict"',
		],
		["of DataParallel", pyOrderedDict([["module.a", whole]]), 'every name began with "module.", which was taken off'],
		[
			"with other things between",
			pyOrderedDict([
				["a", whole],
				["step", 5],
			]),
			'left out, because they are not tensors: "step"',
		],
	])("a state dict %s is found, and it is said so", (_, py, note) => {
		expect(readAll(folderOf({ "x.pt": zipOf(py) }))).toEqual({ tensors: EXPECTED, notes: [note] });
	});

	test("a TorchScript archive is read for its tensors", () => {
		const module = (name: string, attributes: readonly (readonly [string, Py])[]): Py => ({
			call: { global: [`__torch__.${name}`, "Net"] },
			args: [],
			state: new Map<Py, Py>(attributes),
		});
		const net = module("net", [
			["training", false],
			["visual", module("conv", [["weight", whole]])],
		]);
		expect(readAll(folderOf({ "RN101.pt": zipOf(net) })).tensors).toEqual({ "visual.weight": EXPECTED.a });
	});

	test.each<[string, Uint8Array, string]>([
		[
			"a whole pickled model",
			zipOf({ call: { global: ["__main__", "Model"] }, args: [] }),
			"the file asks to call __main__.Model: refused",
		],
		["a list", zipOf([whole]), "holds no dict of tensors"],
		["no tensors", zipOf(new Map<Py, Py>([["epoch", 3]])), 'Its keys are "epoch"'],
		[
			"a storage that is not there",
			zipOf(pyOrderedDict([["a", pyTensor({ ...storage, key: "9" }, [6])]])),
			"lacks archive/data/9",
		],
		[
			"a storage of another size",
			zipOf(pyOrderedDict([["a", pyTensor({ ...storage, count: 7 }, [6])]])),
			"archive/data/0 has 24 bytes, but its pickle expects 28",
		],
		[
			"a storage outside its folder",
			zipOf(pyOrderedDict([["a", pyTensor({ ...storage, key: "../version" }, [6])]])),
			"lacks archive/data/../version",
		],
		["a bare pickle", writePickle(new Map(), 4), "it is a Python pickle, but not a PyTorch checkpoint"],
	])("%s is a failure", (_, bytes, what) => {
		const folder = folderOf({ "x.pt": bytes });
		expect(() => readAll(folder)).toThrow(what);
	});
});

describe("folders and shards", () => {
	const index = (map: Readonly<Record<string, string>>) =>
		JSON.stringify({ metadata: { total_size: 24 }, weight_map: map });
	const safetensors = (folder: string, name: string, tensor: string, data: Float32Array) =>
		writeSafetensors(join(folder, name), [{ name: tensor, dtype: "float32", shape: [data.length], data }]);

	test("shards of either kind are one file", () => {
		const folder = folderOf({
			"model.safetensors.index.json": index({ a: "s-1.safetensors", b: "s-2.bin" }),
			"s-2.bin": zipOf(pyOrderedDict([["b", whole]])),
		});
		safetensors(folder, "s-1.safetensors", "a", Float32Array.of(9));
		expect(readAll(folder)).toEqual({ tensors: { a: ["F32", [1], [9]], b: EXPECTED.a }, notes: ["2 shards"] });
	});

	test.each([
		[
			"a shard outside the folder",
			index({ a: "../x.bin" }),
			'tensor "a" is in "../x.bin": a shard is a file in the same folder',
		],
		["a shard that is not there", index({ a: "s-9.bin" }), "lists shards that are not in its folder: s-9.bin"],
		[
			"a tensor that is not in its shard",
			index({ a: "x.bin", c: "x.bin" }),
			'lists 1 tensors that are not in their shard: "c" (x.bin)',
		],
		["an index as a shard", index({ a: "model.safetensors.index.json" }), "is itself an index"],
		["an index without a map", "{}", 'no "weight_map"'],
		["an index with an empty map", index({}), "names 0 shards"],
		["a tensor listed twice", '{"weight_map":{"a":"x.bin","a":"x.bin"}}', 'names "a" twice'],
	])("%s is a failure", (_, json, what) => {
		const folder = folderOf({ "model.safetensors.index.json": json, "x.bin": zipOf(pyOrderedDict([["a", whole]])) });
		expect(() => readAll(folder)).toThrow(what);
	});

	test("safetensors come before PyTorch files, and what a trainer left does not count", () => {
		const folder = folderOf({
			"optimizer.pt": "x",
			"training_args.bin": "x",
			"best.pth": zipOf(pyOrderedDict([["a", whole]])),
		});
		expect(readAll(folder).tensors).toEqual(EXPECTED);
		writeFileSync(join(folder, "last.pth"), "x");
		expect(() => readAll(folder)).toThrow("several weight files (best.pth, last.pth): name one");
		safetensors(folder, "model.safetensors", "s", Float32Array.of(1));
		expect(Object.keys(readAll(folder).tensors)).toEqual(["s"]);
	});

	test("what a file is called does not matter", () => {
		const folder = folderOf({ "model.safetensors": zipOf(pyOrderedDict([["a", whole]])) });
		expect(readAll(folder).tensors).toEqual(EXPECTED);
	});

	test.each([
		["a Git LFS pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:0", "git lfs pull"],
		["a web page", "<!DOCTYPE html><html>", "is a web page"],
		["GGUF", "GGUF\x03\0\0\0", "is a GGUF file"],
		["an empty file", "", "too short for a safetensors file"],
		["text", "weights! weights! weights!", "not a safetensors file"],
	])("%s is named", (_, data, what) => {
		const folder = folderOf({ "model.safetensors": data });
		expect(() => readAll(folder)).toThrow(what);
	});

	test("a tensor's name cannot carry control characters to a terminal", () => {
		const folder = folderOf({ "x.pt": zipOf(pyOrderedDict([["a\x1b[2J", whole]])) });
		expect(() => readAll(folder)).toThrow('a tensor named "a\\u001b[2J", which no model would use');
	});

	test("a path that leads nowhere is named", () => {
		expect(() => openTensorFile(join(root, "nowhere"))).toThrow("There is no ");
		const empty = folderOf({});
		expect(() => openTensorFile(empty)).toThrow("holds no weights (looked for model.safetensors, ");
	});
});
