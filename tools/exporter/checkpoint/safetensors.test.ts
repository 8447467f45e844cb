/**
 * Shows that small safetensors files give their tensors, and broken ones a failure that says what is wrong with which
 * tensor.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { openTensorFile } from "./open-tensor-file.ts";
import { openSafetensors, type SafetensorsFile } from "./safetensors.ts";
import { encodeSafetensors, streamSafetensors, streamShards, writeSafetensors } from "./safetensors-writer.ts";

const folder = mkdtempSync(join(tmpdir(), "umie-safetensors-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, "x.safetensors");

function withFile<T>(bytes: Uint8Array, use: (file: SafetensorsFile) => T): T {
	writeFileSync(path, bytes);
	const file = openSafetensors(path);
	try {
		return use(file);
	} finally {
		file.close();
	}
}

const join8 = (chunks: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(chunks));
const WHOLE = join8(
	encodeSafetensors(
		[
			{ name: "a", dtype: "float32", shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
			{ name: "b", dtype: "int32", shape: [], data: Int32Array.of(-5) },
		],
		{ made: "by hand" },
	),
);

/** A file with this header over `size` bytes of zeros. */
function fileOf(header: string | Uint8Array, size: number): Uint8Array {
	const text = typeof header === "string" ? Buffer.from(header) : header;
	const length = Buffer.alloc(8);
	length.writeBigUInt64LE(BigInt(text.length));
	return join8([length, text, new Uint8Array(size)]);
}
const entry = (dtype: string, shape: readonly unknown[], offsets: readonly unknown[]) => ({
	dtype,
	shape,
	data_offsets: offsets,
});
const fileWith = (tensors: Readonly<Record<string, unknown>>, size: number) => fileOf(JSON.stringify(tensors), size);

describe("a whole file", () => {
	test("gives names, types, shapes, text and values", () => {
		withFile(WHOLE, (file) => {
			expect([...file.tensors].map(([name, { dtype, shape }]) => [name, dtype, shape])).toEqual([
				["a", "F32", [2, 2]],
				["b", "I32", []],
			]);
			expect(file.metadata).toEqual({ made: "by hand" });
			expect([...file.readFloats("a"), ...file.readFloats("b")]).toEqual([1, 2, 3, 4, -5]);
			expect(file.readBytes("b")).toEqual(Uint8Array.of(0xfb, 0xff, 0xff, 0xff));
			expect(() => file.readFloats("c")).toThrow('x.safetensors holds no tensor "c"');
		});
	});

	test("begins its data at a multiple of 8 bytes", () => {
		expect(new DataView(WHOLE.buffer).getBigUint64(0, true) % 8n).toBe(0n);
	});

	test("may hold tensors named as what every object has", () => {
		const names = ["__proto__", "constructor", "toString", "hasOwnProperty"];
		const tensors = names.map((name, index) => ({
			name,
			dtype: "float32" as const,
			shape: [1],
			data: Float32Array.of(index),
		}));
		withFile(join8(encodeSafetensors(tensors)), (file) => {
			expect([...file.tensors.keys()]).toEqual(names);
			expect(names.map((name) => file.readFloats(name)[0])).toEqual([0, 1, 2, 3]);
		});
	});

	test("may hold no tensor, and tensors without elements", () => {
		expect(withFile(join8(encodeSafetensors([])), (file) => file.tensors.size)).toBe(0);
		const empty = encodeSafetensors([{ name: "e", dtype: "float32", shape: [0, 7], data: new Float32Array(0) }]);
		expect(withFile(join8(empty), (file) => file.readFloats("e").length)).toBe(0);
	});
});

describe("a broken file is a checkpoint-format failure", () => {
	const one = entry("F32", [2], [0, 8]);
	const cases: readonly (readonly [string, Uint8Array, string])[] = [
		["of 0 bytes", new Uint8Array(0), "has 0 bytes: too short"],
		["of 7 bytes", new Uint8Array(7), "has 7 bytes: too short"],
		["cut in its header", WHOLE.subarray(0, 40), "in a file of 40"],
		["cut in its data", WHOLE.subarray(0, -1), 'tensor "b" lies outside the file'],
		[
			"with a header longer than itself",
			fileOf("{}", 0).with(0, 200),
			"declares a header of 200 bytes in a file of 10 bytes",
		],
		["with a header of 2^63 bytes", fileOf("{}", 0).with(7, 128), "declares a header of 8589934592 GiB"],
		["with broken JSON in its header", fileOf("{", 0), "the header is not valid JSON"],
		["with broken UTF-8 in its header", fileOf(Uint8Array.of(0x22, 0xff, 0x22), 0), "the header is not UTF-8"],
		["with a list as header", fileOf("[]", 0), "the header is not a JSON object"],
		["with null as header", fileOf("null", 0), "the header is not a JSON object"],
		["with metadata null", fileWith({ __metadata__: null }, 0), "__metadata__ holds more than strings"],
		["with numbers in its metadata", fileWith({ __metadata__: { n: 1 } }, 0), "__metadata__ holds more than strings"],
		["with null as a tensor", fileWith({ t: null }, 0), 'tensor "t" has the unknown type undefined'],
		["with an unknown type", fileWith({ t: entry("F7", [2], [0, 8]) }, 8), 'tensor "t" has the unknown type "F7"'],
		[
			"with the type constructor",
			fileWith({ t: entry("constructor", [2], [0, 8]) }, 8),
			'tensor "t" has the unknown type "constructor"',
		],
		["with a negative dimension", fileWith({ t: entry("F32", [-2], [0, 8]) }, 8), 'tensor "t" has the shape [-2]'],
		["with half a dimension", fileWith({ t: entry("F32", [0.5], [0, 2]) }, 2), 'tensor "t" has the shape [0.5]'],
		["with one offset", fileWith({ t: entry("F32", [2], [8]) }, 8), 'tensor "t" has the offsets [8]'],
		["with offsets as text", fileWith({ t: entry("F32", [2], ["0", "8"]) }, 8), 'tensor "t" has the offsets ["0","8"]'],
		[
			"with offsets the wrong way round",
			fileWith({ t: entry("F32", [2], [8, 0]) }, 8),
			'tensor "t" lies outside the file (bytes 8 to 0 of 8)',
		],
		[
			"with offsets past its end",
			fileWith({ t: entry("F32", [2], [8, 16]) }, 8),
			'tensor "t" lies outside the file (bytes 8 to 16 of 8)',
		],
		[
			"with a shape that does not fill its offsets",
			fileWith({ t: entry("F16", [2], [0, 8]) }, 8),
			'tensor "t" is F16 [2] = 4 bytes, but its offsets span 8',
		],
		[
			"with a shape of 2^60 elements",
			fileWith({ t: entry("F32", [2 ** 30, 2 ** 30], [0, 8]) }, 8),
			'tensor "t" has the shape',
		],
		[
			"with tensors that overlap",
			fileWith({ t: one, u: entry("F32", [2], [4, 12]) }, 12),
			'tensors "t" and "u" overlap',
		],
		["with tensors that are the same bytes", fileWith({ t: one, u: one }, 8), 'tensors "t" and "u" overlap'],
	];
	test.each(cases)("%s", (_, bytes, what) => {
		expect(() => withFile(bytes, () => expect.unreachable())).toThrow(
			expect.objectContaining({ code: "checkpoint-format", what: expect.stringContaining(what) }),
		);
	});
});

test("a folder, and a file that is not there, are input-unreadable", () => {
	expect(() => openSafetensors(folder)).toThrow(expect.objectContaining({ code: "input-unreadable" }));
	expect(() => openSafetensors(join(folder, "nowhere"))).toThrow(expect.objectContaining({ code: "not-found" }));
});

describe("a written file", () => {
	test("is the same whether tensors are at hand or made one at a time", () => {
		const tensors = ["x", "y"].map((name, index) => ({
			name,
			dtype: "float32" as const,
			shape: [3],
			data: new Float32Array(3).fill(index),
		}));
		writeSafetensors(path, tensors, { k: "v" });
		const atHand = withFile(join8(encodeSafetensors(tensors, { k: "v" })), (file) => [...file.readFloats("y")]);
		const requested: string[] = [];
		const make = (name: string) => {
			requested.push(name);
			return tensors.find((tensor) => tensor.name === name)!.data;
		};
		streamSafetensors(path, tensors, make, { k: "v" });
		const file = openSafetensors(path);
		expect([...file.readFloats("y")]).toEqual(atHand);
		file.close();
		expect(requested).toEqual(["x", "y"]);
	});

	test("takes tensors in pieces, and is cut into shards with an index when it passes the limit", () => {
		const heads = [2, 3, 1].map((length, index) => ({ name: `t${index}`, dtype: "float32" as const, shape: [length] }));
		const make = function* (name: string) {
			const [{ shape }] = heads.filter((head) => head.name === name) as [(typeof heads)[0]];
			for (let i = 0; i < shape[0]!; i++) yield Float32Array.of(10 * shape[0]! + i);
		};
		const shards = join(folder, "shards");
		mkdirSync(shards);
		// 8 + 12 bytes fit 20, 4 more do not.
		streamShards(shards, heads, make, 20);
		expect(readdirSync(shards).sort()).toEqual([
			"model-00001-of-00002.safetensors",
			"model-00002-of-00002.safetensors",
			"model.safetensors.index.json",
		]);
		const file = openTensorFile(shards);
		expect(["t0", "t1", "t2"].map((name) => [...file.readFloats(name)])).toEqual([[20, 21], [30, 31, 32], [10]]);
		file.close();
		const whole = join(folder, "one");
		mkdirSync(whole);
		streamShards(whole, heads, make, 24);
		expect(readdirSync(whole)).toEqual(["model.safetensors"]);
		expect(() => streamShards(whole, heads, () => [Float32Array.of(1)], 24)).toThrow(
			"t0: expected 8 bytes for float32 [2], got 4",
		);
	});

	test("refuses numbers that do not fill their shape", () => {
		expect(() => encodeSafetensors([{ name: "x", dtype: "float32", shape: [2], data: Float32Array.of(1) }])).toThrow(
			"x: expected 8 bytes for float32 [2], got 4",
		);
	});
});

describe("a hostile header", () => {
	/** Only the length and the header: what it says is never looked at. */
	const open = (header: string) => () => withFile(fileOf(header, 0), () => undefined);

	test("past 32 MiB is refused before it is read, and one of too many tensors or levels before it is built", () => {
		const length = Buffer.alloc(8);
		length.writeBigUInt64LE(99_000_000n);
		writeFileSync(path, length);
		truncateSync(path, 8 + 99_000_000);
		expect(() => openSafetensors(path)).toThrow(/has a header of 94.4 MiB; at most 32 MiB are read/);
		expect(open("[".repeat(1_000_000))).toThrow(/the header is nested more than 32 levels deep/);
		expect(open(`[${"{},".repeat(2_000_000)}0]`)).toThrow(/the header holds more than 2,000,000 values/);
		const many = Array.from({ length: 100_001 }, (_, n) => `"${n}":0`).join();
		expect(open(`{${many}}`)).toThrow(/holds 100,001 tensors; 100,000 are the limit/);
	});
});
