/** Checks the int8, 4-bit and half forms of weights by hand, and the bounds of what they lose. */
import { describe, expect, test } from "vitest";
import { randomTensor } from "../checkpoint/random-checkpoint.ts";
import { fromHalf, halfExponent, peakOf, toBfloat16, toHalf } from "./precision-half.ts";
import { BLOCK_SIZES, blockError, chooseBlocks, type FourBits, MAX_ERROR, quantize4Bit } from "./precision-int4.ts";
import { quantize } from "./precision-int8.ts";

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

describe("4 bits in blocks", () => {
	const PLAIN = { block: 32, asymmetric: false } as const;
	const SHIFTED = { block: 32, asymmetric: true } as const;
	/**
	 * What `MatMulNBits` computes: (nibble − zero) · scale, low half first; zero points are packed the same way, by row.
	 */
	const widen = ({ packed, scales, zeros }: FourBits, width: number, block: number) =>
		Array.from({ length: packed.length * 2 }, (_, i) => {
			const [row, column] = [Math.floor(i / width), Math.floor((i % width) / block)];
			const blocks = width / block;
			const zero =
				zeros === null ? 8 : (zeros[row * Math.ceil(blocks / 2) + (column >> 1)]! >> (4 * (column & 1))) & 15;
			return (((packed[i >> 1]! >> (4 * (i & 1))) & 15) - zero) * fromHalf(scales[row * blocks + column]!);
		});
	const normal = (size: number) => {
		const uniform = randomTensor("w", [2, size], 6).map((value) => (value / Math.sqrt(3 / size) + 1) / 2);
		return uniform
			.subarray(0, size)
			.map((u, i) => Math.sqrt(-2 * Math.log(1 - u * 0.999999)) * Math.cos(2 * Math.PI * uniform[size + i]!));
	};

	test("the value of largest size, 16, becomes −8 at a scale of −2: 0 is 8, 4 is 6, −14 is 15", () => {
		const data = new Float32Array(32);
		data.set([16, 4, -14, 0]);
		const made = quantize4Bit({ out: 1, in: 32, data }, PLAIN);
		expect([...made.scales].map(fromHalf)).toEqual([-2]);
		expect([...made.packed.subarray(0, 3)]).toEqual([0x60, 0x8f, 0x88]);
		expect(widen(made, 32, 32).slice(0, 3)).toEqual([16, 4, -14]);
	});

	test("with a zero point, −3…12 is 0…15 at a scale of 1, zero at 3", () => {
		const data = Float32Array.from({ length: 32 }, (_, i) => (i % 16) - 3);
		const made = quantize4Bit({ out: 1, in: 32, data }, SHIFTED);
		expect([[...made.scales].map(fromHalf), [...made.zeros!]]).toEqual([[1], [3]]);
		expect(widen(made, 32, 32)).toEqual([...data]);
	});

	test("zero points of three blocks take two bytes a row", () => {
		const data = Float32Array.from({ length: 192 }, (_, i) => (i % 16) - (Math.floor(i / 32) % 6));
		const made = quantize4Bit({ out: 2, in: 96, data }, SHIFTED);
		expect([...made.zeros!]).toEqual([0x10, 0x02, 0x43, 0x05]);
		expect(widen(made, 96, 32)).toEqual([...data]);
	});

	test("every block has a scale of its own; a block of zeros stays zero", () => {
		const data = new Float32Array(96);
		data[0] = -8;
		data[95] = 80;
		for (const blocks of [PLAIN, SHIFTED]) {
			const wide = widen(quantize4Bit({ out: 1, in: 96, data }, blocks), 96, 32);
			expect(wide[0]).toBeCloseTo(-8, 2);
			expect(wide.slice(1, 95).filter((value) => value !== 0)).toEqual([]);
			expect(wide[95]).toBeCloseTo(80, 1);
		}
	});

	test("a scale that cuts the largest value off is taken where it is nearer to the others", () => {
		const data = Float32Array.from({ length: 32 }, (_, i) => (i === 0 ? 8 : 0.58 * 6.32));
		const made = quantize4Bit({ out: 1, in: 32, data }, PLAIN);
		expect(Math.abs(fromHalf(made.scales[0]!))).toBeLessThan(1);
	});

	test("what is written is off by what was measured, and no weight by more than cutting off costs", () => {
		const data = normal(64 * 128);
		for (const block of BLOCK_SIZES)
			for (const asymmetric of [false, true]) {
				const wide = widen(quantize4Bit({ out: 64, in: 128, data }, { block, asymmetric }), 128, block);
				const lost = data.reduce((sum, value, i) => sum + (value - wide[i]!) ** 2, 0);
				const all = data.reduce((sum, value) => sum + value ** 2, 0);
				expect(Math.sqrt(lost / all)).toBeCloseTo(blockError([data], { block, asymmetric }), 6);
			}
	});

	test("normal weights lose least in blocks of 32: 8 %", () => {
		const chosen = chooseBlocks([normal(64 * 128)], 128);
		expect(chosen.blocks).toEqual(SHIFTED);
		expect(chosen.blocks === null ? 1 : chosen.error).toBeCloseTo(0.08, 2);
	});

	test("weights that 4 bits hold exactly are cut into the largest blocks, without zero points", () => {
		const data = Float32Array.from({ length: 256 }, (_, i) => (i % 16) - 8);
		expect(chooseBlocks([data], 128)).toEqual({ blocks: { block: 128, asymmetric: false }, error: 0 });
	});

	test("a 16 beside halves: the step is twice as large as they are, so they are refused with the price", () => {
		const data = Float32Array.from({ length: 8 * 128 }, (_, i) => (i % 32 === 0 ? 16 : i % 2 === 0 ? 0.5 : -0.5));
		const chosen = chooseBlocks([data], 128);
		// √(31 · 0.5² ÷ (16² + 31 · 0.5²)) = 0.17 if every half becomes 0.
		expect(chosen).toEqual({ blocks: null, why: "4 bits would change its weights by 17 %" });
		expect(blockError([data], SHIFTED)).toBeGreaterThan(MAX_ERROR);
	});

	test("24 inputs are not a multiple of 32", () => {
		expect(chooseBlocks([], 24)).toEqual({ blocks: null, why: "24 inputs are not a multiple of 32" });
	});
});

describe("bfloat16", () => {
	const cases: readonly (readonly [number, number])[] = [
		[1, 0x3f80],
		[-2, 0xc000],
		// Numbers near 1 are 2^-7 apart: half a step ties to the even one.
		[1 + 2 ** -8, 0x3f80],
		[1 + 3 * 2 ** -8, 0x3f82],
		[1 + 2 ** -8 + 2 ** -20, 0x3f81],
		[70_000, 0x4789],
		// The largest float32 keeps the largest finite bfloat16.
		[3.4028234663852886e38, 0x7f7f],
	];
	test.each(cases)("%d is %d", (value, bits) => {
		expect(toBfloat16(Float32Array.of(value))[0]).toBe(bits);
	});
});

describe("values past 65,504", () => {
	test.each([
		[65_519, 0],
		[65_520, 1],
		[131_039, 1],
		[131_040, 2],
		[1e9, 14],
	])("%d fits after %d halvings", (peak, exponent) => {
		expect(halfExponent(peak)).toBe(exponent);
		expect(fromHalf(toHalf(Float32Array.of(peak), "w", exponent)[0]!) * 2 ** exponent).toBeCloseTo(
			peak,
			-Math.log10(peak / 1000),
		);
	});

	test("the peak is the largest size", () => {
		expect([peakOf(Float32Array.of(1, -3, 2)), peakOf(new Float32Array(0))]).toEqual([3, 0]);
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

	test.each([
		65520,
		-65520,
		1e6,
		Number.POSITIVE_INFINITY,
		Number.NaN,
	])("%d does not fit, and the tensor is named", (value) => {
		expect(() => toHalf(Float32Array.of(1, value), "encoder.wo")).toThrow(
			expect.objectContaining({ code: "usage", what: expect.stringMatching(/^"encoder\.wo" holds .* fp16/) }),
		);
	});

	test("a view into a larger buffer is read where it lies", () => {
		expect([...toHalf(Float32Array.of(9, 1, 2).subarray(1), "w")]).toEqual([0x3c00, 0x4000]);
	});
});
