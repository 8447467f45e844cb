/** Checks that of regions from another thread the best 36 are kept, and that a wrong one is named. */
import { describe, expect, test } from "vitest";
import { toFacts } from "../../../src/core/failure.ts";
import { givenProposer, readRegions } from "./given-regions.ts";

const BOX = [10, 20, 60, 40];
const picture = { width: 100, height: 50, data: new Uint8Array(0) };

describe("reading given regions", () => {
	test("nothing given is nothing, an empty list is a picture without regions", () => {
		expect([readRegions(undefined), readRegions(null), readRegions([])]).toEqual([null, null, []]);
	});

	test("of 40 the best 36 are kept, best first", () => {
		const kept = readRegions(Array.from({ length: 40 }, (_, score) => ({ box: BOX, score })))!;
		expect(kept.map(({ score }) => score)).toEqual(Array.from({ length: 36 }, (_, index) => 39 - index));
	});

	test("fields that are not known are left out, an empty label too", () => {
		expect(readRegions([{ box: BOX, score: 1, label: " ", more: "x" }])).toEqual([{ box: BOX, score: 1 }]);
	});

	test.each([
		["a list that is none", "all", "expected a list"],
		["1,001 regions", Array.from({ length: 1001 }, () => ({ box: BOX, score: 1 })), "at most 1000, found 1001"],
		["a region that is null", [null], "region 1: expected a box"],
		["a hole in the list", new Array(2), "region 1: expected a box"],
		["three numbers", [{ box: [0, 0, 1], score: 1 }], "region 1: expected a box"],
		["NaN", [{ box: [0, 0, 1, Number.NaN], score: 1 }], "region 1: expected a box"],
		[
			"corners the wrong way round",
			[
				{ box: BOX, score: 1 },
				{ box: [9, 0, 3, 4], score: 1 },
			],
			"region 2: expected x1 < x2",
		],
		["no score", [{ box: BOX }], "region 1: expected a number as its score"],
		["a long label", [{ box: BOX, score: 1, label: "x".repeat(201) }], "a label of at most 200"],
	])("%s is refused by name", (_, given, what) => {
		const read = () => {
			try {
				return readRegions(given);
			} catch (error) {
				return toFacts(error);
			}
		};
		expect(read()).toMatchObject({ code: "usage", what: expect.stringContaining(what) });
	});
});

describe("proposing given regions", () => {
	test("pixels become fractions, clipped to the picture", async () => {
		const proposer = givenProposer([
			{ box: [10, 20, 60, 40], score: 0.9, label: "person" },
			{ box: [-50, 25, 150, 75], score: 0.5 },
		]);
		expect(await proposer.propose(picture, 36)).toEqual([
			{ box: [0.1, 0.4, 0.6, 0.8], score: 0.9, kind: "person" },
			{ box: [0, 0.5, 1, 1], score: 0.5 },
		]);
		expect(await proposer.propose(picture, 1)).toHaveLength(1);
	});

	test("pixels are those of the file, also where decoding scaled it down", async () => {
		const [region] = await givenProposer([{ box: [100, 100, 200, 200], score: 1 }]).propose(
			{ ...picture, original: { width: 400, height: 200 } },
			36,
		);
		expect(region?.box).toEqual([0.25, 0.5, 0.5, 1]);
	});

	test("a box beside the picture is named", async () => {
		await expect(givenProposer([{ box: [100, 0, 120, 10], score: 1 }]).propose(picture, 36)).rejects.toThrow(
			"the box 100, 0, 120, 10 lies outside the picture of 100 × 50 pixels",
		);
	});
});
