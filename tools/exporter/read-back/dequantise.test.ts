/** Checks that dequantised weights are quantised to the very same numbers again. */
import { describe, expect, test } from "vitest";
import { seededNormals, seededRandom } from "../checkpoint/seeded-random.ts";
import { bandsOf, wholeRows } from "../graphs/bands.ts";
import { chooseBlocks, quantize4Bit } from "../graphs/precision-int4.ts";
import { quantize } from "../graphs/precision-int8.ts";
import { unpack4Bit, unquantize } from "./dequantise.ts";

const normals = (count: number, spread: number, name: string) => seededNormals(count, spread, seededRandom(5, name));

describe("int8", () => {
	test("is a number times its row's scale", () => {
		expect([...unquantize(Int8Array.of(1, -2, 127, 0, 64, -127), Float32Array.of(0.5, 2))]).toEqual([
			0.5, -1, 63.5, 0, 128, -254,
		]);
	});

	test.each([1e-30, 1e-6, 0.02, 1, 3e4])("of weights around %d: bytes and scales survive", (spread) => {
		const [rows, columns] = [20_000, 8];
		const data = normals(rows * columns, spread, String(spread));
		const { values, scales } = quantize(data, [rows, columns], 0);
		const again = quantize(unquantize(values, scales), [rows, columns], 0);
		expect(again.values).toEqual(values);
		expect(again.scales).toEqual(scales);
	});

	test("a row of zeros has the scale 1, and stays one", () => {
		const { values, scales } = quantize(new Float32Array(4), [2, 2], 0);
		expect([[...scales], [...unquantize(values, scales)]]).toEqual([
			[1, 1],
			[0, 0, 0, 0],
		]);
	});
});

describe("4 bits", () => {
	test("are a number less its zero point, times its block's scale", () => {
		// 0.5 as a half is 0x3800, 2 is 0x4000; the zero points of two blocks share a byte.
		const packed = Uint8Array.of(0xf0, 0x98);
		const scales = Uint16Array.of(0x3800, 0x4000);
		expect([...unpack4Bit({ packed, scales, zeros: null, blocks: 2, block: 2 })]).toEqual([-4, 3.5, 0, 2]);
		expect([...unpack4Bit({ packed, scales, zeros: Uint8Array.of(0x91), blocks: 2, block: 2 })]).toEqual([
			-0.5, 7, -2, 0,
		]);
	});

	test.each([32, 64, 128])("in blocks of %d around zero: everything survives, the choice of blocks, too", (block) => {
		const [rows, width] = [64, 512];
		const cut = { block, asymmetric: false };
		const made = quantize4Bit({ out: rows, in: width, data: normals(rows * width, 0.1, "four") }, cut);
		const data = unpack4Bit({ ...made, blocks: width / block, block });
		expect(quantize4Bit({ out: rows, in: width, data }, cut)).toEqual(made);
		const sample = [
			...bandsOf(
				wholeRows(rows, width, () => data),
				width,
			),
		].map((band) => band.data);
		expect(chooseBlocks(sample, width)).toEqual({ blocks: cut, error: 0 });
	});

	test("with zero points: of a thousand numbers at most five are rounded again", () => {
		const [rows, width, block] = [256, 512, 32];
		const cut = { block, asymmetric: true };
		const read = (data: Float32Array) =>
			unpack4Bit({ ...quantize4Bit({ out: rows, in: width, data }, cut), blocks: width / block, block });
		const first = read(normals(rows * width, 0.1, "zeros"));
		const second = read(first);
		expect(first.filter((value, at) => value !== second[at]).length / first.length).toBeLessThan(0.005);
	});
});
