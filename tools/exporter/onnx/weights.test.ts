/** Shows where tensors lie, in which file and with which hash, with tensors of a few bytes. */

import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MAX_BUNDLE_FILE_BYTES } from "../../../src/core/limits.ts";
import { WeightStore } from "./weights.ts";

let folder = "";
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "umie-weights-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const bytes = (length: number, value: number) => () => new Uint8Array(length).fill(value);
const content = (path: string) => readFileSync(join(folder, path));

describe("a store of weights", () => {
	test("starts every tensor at a multiple of 64 bytes, with zeros between", () => {
		const store = new WeightStore(folder);
		const first = store.put("g", "a", "int8", [3], bytes(3, 1));
		const second = store.put("g", "b", "float32", [16], bytes(64, 2));
		const third = store.put("g", "c", "uint8", [2, 1], bytes(2, 3));
		store.finish();
		expect([first, second, third].flat().map(({ path, offset, length }) => [path, offset, length])).toEqual([
			["g.weights", 0, 3],
			["g.weights", 64, 64],
			["g.weights", 128, 2],
		]);
		const file = content("g.weights");
		expect([...file.subarray(0, 5)]).toEqual([1, 1, 1, 0, 0]);
		expect([...file.subarray(63, 65)]).toEqual([0, 2]);
		expect(file.length).toBe(130);
	});

	test("writes a name once and does not read it again", () => {
		const store = new WeightStore(folder);
		const first = store.put("shared", "a", "int8", [4], bytes(4, 1));
		const again = store.put("decoder", "a", "int8", [4], () => expect.unreachable());
		expect(again).toBe(first);
		expect([...store.finish().keys()]).toEqual(["shared.weights"]);
	});

	test("refuses a name that already means another weight", () => {
		const store = new WeightStore(folder, { maxFileBytes: 4 });
		store.put("g", "a", "int8", [4, 2], bytes(8, 1));
		expect(store.put("g", "a", "int8", [4, 2], bytes(8, 1))).toHaveLength(2);
		expect(() => store.put("g", "a", "int8", [8], bytes(8, 1))).toThrow(
			"a: stored as int8 [4,2], requested as int8 [8]",
		);
		expect(() => store.put("g", "a", "uint8", [4, 2], bytes(8, 1))).toThrow("requested as uint8");
		store.finish();
	});

	test("goes on in a new file rather than pass the limit", () => {
		const store = new WeightStore(folder, { maxFileBytes: 128 });
		store.put("g", "a", "int8", [64], bytes(64, 1));
		store.put("g", "b", "int8", [64], bytes(64, 2));
		store.put("g", "c", "int8", [1], bytes(1, 3));
		store.put("h", "d", "int8", [1], bytes(1, 4));
		expect([...store.finish()].map(([path, file]) => [path, file.bytes])).toEqual([
			["g.weights", 128],
			["g.1.weights", 1],
			["h.weights", 1],
		]);
	});

	test("splits a tensor over the limit by rows: 10 rows of 40 bytes in files of 128 are 3 + 3 + 3 + 1", () => {
		const store = new WeightStore(folder, { maxFileBytes: 128 });
		const data = Uint8Array.from({ length: 400 }, (_, i) => i % 251);
		const parts = store.put("g", "t", "float32", [10, 5, 2], () => data);
		const files = store.finish();
		expect(parts.map(({ name, shape, path, length }) => [name, shape, path, length])).toEqual([
			["t.part0", [3, 5, 2], "g.weights", 120],
			["t.part1", [3, 5, 2], "g.1.weights", 120],
			["t.part2", [3, 5, 2], "g.2.weights", 120],
			["t.part3", [1, 5, 2], "g.3.weights", 40],
		]);
		const joined = Buffer.concat(
			parts.map(({ path, offset, length }) => content(path).subarray(offset, offset + length)),
		);
		expect(new Uint8Array(joined)).toEqual(data);
		for (const { bytes: size } of files.values()) expect(size).toBeLessThanOrEqual(128);
	});

	test("takes a tensor in pieces that end anywhere", () => {
		const data = Uint8Array.from({ length: 400 }, (_, i) => i % 251);
		const pieces = function* () {
			for (const [begin, end] of [
				[0, 100],
				[100, 100],
				[100, 130],
				[130, 399],
				[399, 400],
			] as const)
				yield data.subarray(begin, end);
		};
		const store = new WeightStore(folder, { maxFileBytes: 128 });
		const parts = store.put("g", "t", "float32", [10, 5, 2], pieces);
		const files = store.finish();
		expect(parts.map(({ length }) => length)).toEqual([120, 120, 120, 40]);
		const joined = Buffer.concat(
			parts.map(({ path, offset, length }) => content(path).subarray(offset, offset + length)),
		);
		expect(new Uint8Array(joined)).toEqual(data);
		for (const [path, { sha256 }] of files)
			expect(sha256).toBe(createHash("sha256").update(content(path)).digest("hex"));
	});

	test.each([
		[[2, 3], 5],
		[[2, 3, 4], 9],
		[[], 0],
	])("refuses pieces of %j bytes for a tensor of six: %d in all", (lengths, got) => {
		const store = new WeightStore(folder);
		const pieces = () => lengths.map((length) => new Uint8Array(length));
		expect(() => store.put("g", "odd", "int8", [6], pieces)).toThrow(`odd: expected 6 bytes for int8 [6], got ${got}`);
		store.finish();
	});

	test("a planned store places what a real one writes, reads nothing and leaves no file", () => {
		const put = (store: WeightStore, produce: (length: number) => () => Uint8Array) => [
			...store.put("g", "a", "int8", [70], produce(70)),
			...store.put("g", "t", "float32", [10, 5, 2], produce(400)),
			...store.put("g", "a", "int8", [70], produce(70)),
		];
		const planned = new WeightStore(folder, { maxFileBytes: 128, planned: true });
		const places = put(planned, () => () => expect.unreachable());
		const sizes = [...planned.finish()].map(([path, { bytes }]) => [path, bytes]);
		expect(readdirSync(folder)).toEqual([]);
		const real = new WeightStore(folder, { maxFileBytes: 128 });
		expect(places).toEqual(put(real, (length) => bytes(length, 1)));
		expect(sizes).toEqual([...real.finish()].map(([path, { bytes }]) => [path, bytes]));
	});

	test("refuses a row over the limit, and bytes that do not fill the shape", () => {
		const store = new WeightStore(folder, { maxFileBytes: 128 });
		expect(() => store.put("g", "wide", "int8", [1, 129], bytes(129, 1))).toThrow(
			"wide: one row takes more than 128 bytes",
		);
		expect(() => store.put("g", "short", "float32", [2, 3], bytes(23, 1))).toThrow(
			"short: expected 24 bytes for float32 [2,3], got 23",
		);
		expect(store.finish().size).toBe(0);
	});

	test("knows size and SHA-256 of every file", () => {
		const store = new WeightStore(folder, { maxFileBytes: 128 });
		for (const name of ["a", "b", "c"]) store.put("g", name, "int8", [70], bytes(70, name.charCodeAt(0)));
		const files = store.finish();
		expect(files.size).toBe(3);
		for (const [path, file] of files)
			expect(file).toEqual({
				bytes: content(path).length,
				sha256: createHash("sha256").update(content(path)).digest("hex"),
			});
		expect(store.finish()).toBe(files);
	});

	test("keeps files to 64 MiB unless told otherwise", () => {
		expect(MAX_BUNDLE_FILE_BYTES).toBe(67_108_864);
	});
});
