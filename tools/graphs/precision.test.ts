/** Goes in: weights that can be followed by hand. Comes out: proof of their int8, 4-bit and half forms, and of the bounds of what is lost. */
import { describe, expect, test } from "vitest";
import { randomTensor } from "../checkpoint/random-checkpoint.ts";
import { quantize, quantize4Bit, toHalf, transpose } from "./precision.ts";

describe("int8 with a scale per index of an axis", () => {
	test("by rows: each row's largest value becomes 127", () => {
		const { values, scales } = quantize(Float32Array.of(1, -2, 0.5, 127, 10, -64), [2, 3], 0);
		expect([...scales]).toEqual([Math.fround(2 / 127), 1]);
		expect([...values]).toEqual([64, -127, 32, 127, 10, -64]);
	});

	test("by columns of the same numbers", () => {
		const { values, scales } = quantize(Float32Array.of(1, -2, 0.5, 127, 10, -64), [2, 3], 1);
		expect([...scales]).toEqual([1, Math.fround(10 / 127), Math.fround(64 / 127)]);
		expect([...values]).toEqual([1, -25, 1, 127, 127, -127]);
	});

	test("by an axis in the middle", () => {
		const { values, scales } = quantize(Float32Array.of(1, 2, 30, 40, 5, 127, 70, 254), [2, 2, 2], 1);
		expect([...scales]).toEqual([1, 2]);
		expect([...values]).toEqual([1, 2, 15, 20, 5, 127, 35, 127]);
	});

	test("halves are rounded up: 0.5 to 1, −0.5 to 0, 2.5 to 3", () => {
		expect([...quantize(Float32Array.of(127, 0.5, -0.5, 2.5, 1.49), [1, 5], 0).values]).toEqual([127, 1, 0, 3, 1]);
	});

	test("zeros stay zeros, with a scale that divides nothing by nothing", () => {
		const { values, scales } = quantize(new Float32Array(4), [2, 2], 0);
		expect([[...values], [...scales]]).toEqual([
			[0, 0, 0, 0],
			[1, 1],
		]);
	});

	test.each([0, 1])("no weight is further off than half a step (axis %d)", (axis) => {
		const data = randomTensor("w", [40, 30], 5);
		const { values, scales } = quantize(data, [40, 30], axis);
		for (let i = 0; i < data.length; i++) {
			const scale = scales[axis === 0 ? Math.floor(i / 30) : i % 30]!;
			expect(Math.abs(data[i]! - values[i]! * scale)).toBeLessThanOrEqual(scale * 0.5001);
		}
	});
});

describe("4 bits in blocks of 32", () => {
	/** What `MatMulNBits` computes: (nibble − 8) · scale, low half first. */
	const widen = ({ packed, scales }: { packed: Uint8Array; scales: Float32Array }) =>
		Array.from({ length: packed.length * 2 }, (_, i) => (((packed[i >> 1]! >> (4 * (i & 1))) & 15) - 8) * scales[i >> 5]!);

	test("the value of largest size, 16, becomes −8 at a scale of −2: 0 is 8, 3 is 7 (rounded up from 6.5), −14 is 15", () => {
		const data = new Float32Array(32);
		data.set([16, 3, -14, -16]);
		const { packed, scales } = quantize4Bit({ out: 1, in: 32, data });
		expect([...scales]).toEqual([-2]);
		// 3 ÷ −2 = −1.5, rounded up to −1: 7. −16 would be 16, one more than fits.
		expect([...packed.subarray(0, 3)]).toEqual([0x70, 0xff, 0x88]);
		expect(widen({ packed, scales }).slice(0, 4)).toEqual([16, 2, -14, -14]);
	});

	test("every block has a scale of its own; a block of zeros stays zero", () => {
		const data = new Float32Array(96);
		data[0] = -8;
		data[95] = 80;
		const { packed, scales } = quantize4Bit({ out: 1, in: 96, data });
		expect([...scales]).toEqual([1, 1, -10]);
		const wide = widen({ packed, scales });
		expect([wide[0], wide[40], wide[95]]).toEqual([-8, 0, 80]);
	});

	test("no weight is further off than half a step, but those against the largest one by up to a step", () => {
		const data = randomTensor("w", [16, 64], 6);
		const { packed, scales } = quantize4Bit({ out: 16, in: 64, data });
		const wide = widen({ packed, scales });
		for (let i = 0; i < data.length; i++) {
			const scale = scales[i >> 5]!;
			const past = data[i]! / scale > 7.5;
			expect(Math.abs(data[i]! - wide[i]!)).toBeLessThanOrEqual(Math.abs(scale) * (past ? 1 : 0.5) * 1.0001);
		}
	});
});

describe("half precision rounds to nearest, ties to even", () => {
	const cases: readonly (readonly [number, number])[] = [
		[0, 0x0000],
		[-0, 0x8000],
		[1, 0x3c00],
		[-2, 0xc000],
		[65504, 0x7bff],
		// Halves near 1 are 2^-10 apart: half a step ties to the even one, a little more goes up.
		[1 + 2 ** -11, 0x3c00],
		[1 + 3 * 2 ** -11, 0x3c02],
		[1 + 2 ** -11 + 2 ** -20, 0x3c01],
		// The rounding carries into the exponent.
		[2 - 2 ** -12, 0x4000],
		[65519, 0x7bff],
		// Subnormals are multiples of 2^-24.
		[2 ** -14, 0x0400],
		[2 ** -14 - 2 ** -24, 0x03ff],
		[2 ** -14 - 2 ** -26, 0x0400],
		[2 ** -24, 0x0001],
		[-3 * 2 ** -24, 0x8003],
		[1.5 * 2 ** -24, 0x0002],
		[2.5 * 2 ** -24, 0x0002],
		[2 ** -25, 0x0000],
		[2 ** -25 + 2 ** -40, 0x0001],
		[2 ** -26, 0x0000],
		[-(2 ** -140), 0x8000],
	];
	test.each(cases)("%d is %d", (value, half) => {
		expect(toHalf(Float32Array.of(value), "w")[0]).toBe(half);
	});

	test("every half is itself again", () => {
		const number = (half: number) => {
			const [exponent, fraction] = [(half >> 10) & 31, half & 1023];
			const size = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
			return half & 0x8000 ? -size : size;
		};
		const halves = Array.from({ length: 0x10000 }, (_, half) => half).filter((half) => ((half >> 10) & 31) !== 31);
		expect([...toHalf(Float32Array.from(halves, number), "w")]).toEqual(halves);
	});

	test.each([65520, -65520, 1e6, Number.POSITIVE_INFINITY, Number.NaN])("%d does not fit, and the tensor is named", (value) => {
		expect(() => toHalf(Float32Array.of(1, value), "encoder.wo")).toThrow(
			expect.objectContaining({ code: "usage", what: expect.stringMatching(/^"encoder\.wo" holds .* fp16/) }),
		);
	});

	test("a view into a larger buffer is read where it lies", () => {
		expect([...toHalf(Float32Array.of(9, 1, 2).subarray(1), "w")]).toEqual([0x3c00, 0x4000]);
	});
});

describe("matrices that read one input", () => {
	test("are turned side by side: [[1 2 3]] over [[4 5 6] [7 8 9]] gives columns 1 2 3, 4 5 6, 7 8 9", () => {
		const matrices = [
			{ out: 1, in: 3, data: Float32Array.of(1, 2, 3) },
			{ out: 2, in: 3, data: Float32Array.of(4, 5, 6, 7, 8, 9) },
		];
		expect([...transpose(matrices, { out: 3, in: 3 })]).toEqual([1, 4, 7, 2, 5, 8, 3, 6, 9]);
	});

	test("are turned whole where sides are no multiple of a tile", () => {
		const [out, width] = [70, 45];
		const data = Float32Array.from({ length: out * width }, (_, i) => i);
		const turned = transpose([{ out, in: width, data }], { out, in: width });
		for (let row = 0; row < out; row++)
			for (let column = 0; column < width; column++) if (turned[column * out + row] !== row * width + column) expect.unreachable();
	});
});
