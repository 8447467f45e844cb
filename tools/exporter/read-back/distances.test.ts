/** Checks that biases by distance become biases by bucket again, also where the buckets must be found. */
import { describe, expect, test } from "vitest";
import { decoderTable, encoderTable, MAX_POSITIONS } from "../graphs/relative-bias.ts";
import { type Buckets, backwardTable, bidirectionalTable, findBuckets, undoDistances } from "./distances.ts";

const HEADS = 2;
/** Bucket b of head n has the bias 10 b + n. */
const biasOf = (buckets: number) =>
	Float32Array.from({ length: buckets * HEADS }, (_, at) => 10 * Math.floor(at / HEADS) + (at % HEADS));

function tablesOf(options: Buckets, bias = biasOf(options.buckets)) {
	const both = encoderTable(bias, HEADS, options);
	return [
		bidirectionalTable("encoder", both, 2 * MAX_POSITIONS - 1),
		backwardTable("decoder", decoderTable(bias, HEADS, options), HEADS),
	] as const;
}

describe.each<[string, Buckets]>([
	["T5's 32 buckets up to 128", { buckets: 32, maxDistance: 128 }],
	["16 buckets up to 40", { buckets: 16, maxDistance: 40 }],
	["64 buckets up to 500", { buckets: 64, maxDistance: 500 }],
])("%s", (_, options) => {
	const [both, backward] = tablesOf(options);

	test("come back; nobody is at distance 0 and in front", () => {
		const bias = biasOf(options.buckets);
		const found = undoDistances(both, options);
		const half = options.buckets / 2;
		expect(found.unseen).toEqual([half]);
		expect([...found.bias]).toEqual([...bias].map((value, at) => (Math.floor(at / HEADS) === half ? 0 : value)));
		expect(undoDistances(backward, options)).toEqual({ bias, unseen: [] });
	});

	test("are found, or others that say the same of every distance", () => {
		const found = findBuckets([both, backward])!;
		expect(found.buckets).toBe(options.buckets);
		const again = encoderTable(undoDistances(both, found).bias, HEADS, found);
		expect(again).toEqual(encoderTable(biasOf(options.buckets), HEADS, options));
	});
});

test("a bias of zeros is T5's usual one", () => {
	expect(findBuckets(tablesOf({ buckets: 16, maxDistance: 40 }, new Float32Array(16 * HEADS)))).toEqual({
		buckets: 32,
		maxDistance: 128,
	});
});

test("a table that is not T5's has no buckets", () => {
	const [both] = tablesOf({ buckets: 32, maxDistance: 128 });
	const values = both.values.map((row, at) => Float32Array.from(row, (value) => value + at));
	expect(findBuckets([{ ...both, values }])).toBeNull();
	expect(() => undoDistances({ ...both, values }, { buckets: 32, maxDistance: 128 })).toThrow(
		expect.objectContaining({ code: "bundle-format" }),
	);
});
