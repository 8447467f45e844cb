/** Shows the values of each element type, checked by hand. */
import { describe, expect, test } from "vitest";
import { ELEMENT_TYPES } from "./element-types.ts";

const [NAN, INFINITY] = [Number.NaN, Number.POSITIVE_INFINITY];

test.each<[string, ArrayBufferView, readonly number[]]>([
	["F64", Float64Array.of(0.5, -2), [0.5, -2]],
	["F32", Float32Array.of(0.5, -2), [0.5, -2]],
	// 1, the largest, the smallest, -0.5, infinity, NaN
	["F16", Uint16Array.of(0x3c00, 0x7bff, 0x0001, 0xb800, 0x7c00, 0x7e00), [1, 65504, 2 ** -24, -0.5, INFINITY, NAN]],
	["BF16", Uint16Array.of(0x3f80, 0xc040, 0x7f80), [1, -3, INFINITY]],
	// 1, the largest, the smallest, -2, NaN: there is no infinity
	["F8_E4M3", Uint8Array.of(0x38, 0x7e, 0x01, 0xc0, 0x7f), [1, 448, 2 ** -9, -2, NAN]],
	["F8_E5M2", Uint8Array.of(0x3c, 0x7b, 0x01, 0xc0, 0x7c, 0x7f), [1, 57344, 2 ** -16, -2, INFINITY, NAN]],
	["I64", BigInt64Array.of(-3n, 2n ** 40n), [-3, 2 ** 40]],
	["U64", BigUint64Array.of(2n ** 63n), [2 ** 63]],
	["I32", Int32Array.of(-3), [-3]],
	["U32", Uint32Array.of(2 ** 31), [2 ** 31]],
	["I16", Int16Array.of(-3), [-3]],
	["U16", Uint16Array.of(65535), [65535]],
	["I8", Int8Array.of(-3), [-3]],
	["U8", Uint8Array.of(253), [253]],
	["BOOL", Uint8Array.of(0, 1, 7), [0, 1, 1]],
])("%s is read as numbers", (dtype, data, values) => {
	const bytes = new Uint8Array(data.buffer as ArrayBuffer);
	const { toFloats, bytes: size } = ELEMENT_TYPES.get(dtype)!;
	expect([[...toFloats(bytes)], size]).toEqual([values, data.byteLength / values.length]);
});

describe("names", () => {
	test("a name of Object's own is not an element type", () => {
		expect(["constructor", "__proto__", "toString"].map((name) => ELEMENT_TYPES.get(name))).toEqual([
			undefined,
			undefined,
			undefined,
		]);
	});
});
