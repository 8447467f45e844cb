/** Checks what requests are read and refused, and that requests of former versions mean the same. */
import { describe, expect, test } from "vitest";
import { Failure } from "../core/failure.ts";
import {
	type ExtractRequest,
	looksAtPictures,
	OPTION_NAMES,
	parseOption,
	REQUEST_DEFAULTS,
	settleRequest,
} from "./request.ts";

const failureOf = (work: () => unknown) => {
	try {
		work();
	} catch (error) {
		if (error instanceof Failure) return `${error.code}: ${error.what}`;
		throw error;
	}
	return null;
};

describe("a request", () => {
	test("gets every option, and each task once", () => {
		expect(settleRequest({ tasks: ["mner", "mre", "mner"] })).toEqual({ ...REQUEST_DEFAULTS, tasks: ["mner", "mre"] });
	});

	test("has the defaults that its answers were measured with", () => {
		expect(REQUEST_DEFAULTS).toEqual({
			style: "instruct",
			arguments: "type",
			untrained: "substitute",
			prefilter: "auto",
			instructor: "default",
			beams: 4,
			decoding: "extractive",
			words: "post",
			gate: "auto",
			groundingThreshold: 1.25,
			maxNewTokens: 64,
			lengthPenalty: 1,
			beamThreshold: 1.5,
			maxPairs: 12,
		});
	});

	test("may say screen, the former name of prefilter", () => {
		expect(settleRequest({ tasks: ["mre"], screen: "off" })).toEqual(
			settleRequest({ tasks: ["mre"], prefilter: "off" }),
		);
		expect(settleRequest({ tasks: ["mre"], screen: "off", prefilter: "auto" }).prefilter).toBe("auto");
	});

	test("keeps labels and names as they are", () => {
		const labels = { entityTypes: [" a "], argumentRoles: { constructor: ["x"] }, fineTypes: { a: [] } };
		const gazetteer = { names: [{ name: "Ada", type: null, link: null }], bias: 2 };
		expect(settleRequest({ tasks: ["mner"], labels, gazetteer })).toMatchObject({ labels, gazetteer });
	});

	test.each<[unknown, string]>([
		[null, "The request must be an object, found null."],
		[7, "The request must be an object, found 7."],
		[{}, "The request's tasks must be a list of mner, mre, med,"],
		[{ tasks: ["mner"], beams: 17 }, "The request's beams must be an integer from 1 to 16, found 17."],
		[{ tasks: ["mner"], beams: 1.5 }, "The request's beams must be an integer from 1 to 16, found 1.5."],
		[{ tasks: ["mner"], gate: Number.NaN }, "must be auto, model or a number from -1000 to 1000, found NaN."],
		[{ tasks: ["mner"], lengthPenalty: 101 }, "must be a number from -100 to 100, found 101."],
		[{ tasks: ["mner"], style: "quiz" }, 'The request\'s style must be one of instruct, mqa, found "quiz".'],
		[{ tasks: ["mner"], labels: null }, "The request's labels must be lists of strings, found null."],
		[
			{ tasks: ["mner"], gazetteer: { names: [], bias: 21 } },
			"at most 50000 names {name, type, link} and a bias from 0",
		],
	])("%j is refused with what it must be", (request, what) => {
		expect(failureOf(() => settleRequest(request as ExtractRequest))).toContain(what);
		expect(failureOf(() => settleRequest(request as ExtractRequest))).toMatch(/^usage: /);
	});
});

describe("an option that was written as text", () => {
	test("is read like one of a request", () => {
		expect(parseOption("beams", " 2 ", "--beams")).toBe(2);
		expect(parseOption("decoding", "full", "--decoding")).toBe("full");
		expect(["auto", "model", "0.25"].map((text) => parseOption("gate", text, "--gate"))).toEqual([
			"auto",
			"model",
			0.25,
		]);
	});

	test("at its default is the default", () => {
		for (const name of OPTION_NAMES)
			expect(parseOption(name, String(REQUEST_DEFAULTS[name]), name)).toBe(REQUEST_DEFAULTS[name]);
	});

	test.each([
		["beams", "", '--x must be an integer from 1 to 16, not "".'],
		["beams", "many", '--x must be an integer from 1 to 16, not "many".'],
		["gate", "Infinity", '--x must be auto, model or a number from -1000 to 1000, not "Infinity".'],
		["words", "letters", '--x must be one of post, tokens, not "letters".'],
	] as const)("%s %j is refused with what it must be", (name, text, what) => {
		expect(failureOf(() => parseOption(name, text, "--x"))).toBe(`usage: ${what}`);
	});
});

test.each([
	["trained", "auto", true],
	["trained", "model", true],
	["trained", 0, false],
	["untrained", "auto", false],
	["untrained", "model", true],
	["untrained", 0.5, true],
	["none", "model", false],
	["none", 1, false],
] as const)("vision %s and gate %s: the picture is looked at: %s", (vision, gate, looks) => {
	expect(looksAtPictures(vision, gate)).toBe(looks);
});
