/** Tests that JSON from outside keeps its digits, is bounded before it is built, and is refused with a place. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { JsonError, JsonMeter, parseJson } from "./json.ts";

const messageOf = (text: string, limits?: Parameters<typeof parseJson>[1]): string => {
	try {
		parseJson(text, limits);
	} catch (error) {
		expect(error).toBeInstanceOf(JsonError);
		return (error as Error).message;
	}
	throw new Error("it was read");
};

/** An integer that is written with all its digits, but is not safe, comes back as those digits. */
const withDigits = (_: string, value: unknown): unknown =>
	Number.isInteger(value) && !Number.isSafeInteger(value) && /^-?\d+$/.test(String(value)) ? String(value) : value;

describe("parseJson", () => {
	test("an integer past 2^53 keeps its digits, as a string; others are numbers", () => {
		expect(parseJson('{"id": 1234567890123456789, "n": -9007199254740993, "m": 9007199254740991}')).toEqual({
			id: "1234567890123456789",
			n: "-9007199254740993",
			m: 9007199254740991,
		});
	});

	test("digits inside strings, fractions and exponents are left alone", () => {
		expect(parseJson('["1234567890123456789", 0.1234567890123456, 1e20]')).toEqual([
			"1234567890123456789",
			0.1234567890123456,
			1e20,
		]);
	});

	test("a key that occurs twice has its last value, and __proto__ is a key like any other", () => {
		const read = parseJson('{"id": 1, "id": 1234567890123456789, "__proto__": {"text": "x"}}') as Record<
			string,
			unknown
		>;
		expect(read.id).toBe("1234567890123456789");
		expect(read.text).toBeUndefined();
	});

	test("a byte order mark does not belong to the text", () => {
		expect(parseJson('\uFEFF{"a": 1}')).toEqual({ a: 1 });
	});

	test("a mistake is named with its line and column", () => {
		expect(messageOf('{"a": 1,\n "b": }')).toMatch(/^is not valid JSON \(line 2, column 7: /);
		expect(messageOf('{"id": "2", "text": "Bo')).toMatch(
			/^is not valid JSON \(line 1, column 24: it ends too early\)$/,
		);
		expect(messageOf('{"likes": NaN}')).toMatch(/^is not valid JSON \(line 1, column 11/);
	});

	test("the reason goes on with a small letter, but JSON stays JSON", () => {
		expect(messageOf("<html>")).toBe("is not valid JSON (line 1, column 1: JSON value expected but got '<')");
		expect(messageOf('{"a" 1}')).toMatch(/column 6: colon ':' expected after property name but got '1'\)$/);
	});

	test("depth and number of values are refused before anything is built", () => {
		expect(messageOf("[".repeat(5_000_000))).toBe("is nested more than 100 levels deep");
		expect(messageOf("[1,2,3]", { depth: 2, values: 3 })).toBe("holds more than 3 values");
	});

	test("whatever JSON.stringify writes is read the same", () => {
		fc.assert(
			fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
				expect(JSON.stringify(parseJson(JSON.stringify(value)))).toBe(JSON.stringify(value, withDigits));
			}),
		);
	});

	test("whatever is cut off is read as JSON.parse reads it, or refused with a sentence", () => {
		fc.assert(
			fc.property(fc.jsonValue(), fc.nat(200), (value, cut) => {
				const text = JSON.stringify(value).slice(0, cut);
				let expected: unknown;
				try {
					expected = JSON.parse(text);
				} catch {
					expect(messageOf(text)).toMatch(/^is not valid JSON/);
					return;
				}
				expect(JSON.stringify(parseJson(text))).toBe(JSON.stringify(expected, withDigits));
			}),
		);
	});
});

test("a meter that is fed in pieces counts as one that is fed at once", () => {
	const text = '{"a\\"[": [1, {"b": "cde"}], "f": []}';
	const [whole, pieces] = [new JsonMeter(), new JsonMeter()];
	whole.addText(text);
	for (const byte of Buffer.from(text)) pieces.add([byte]);
	expect([whole.deepest, whole.values]).toEqual([3, 10]);
	expect(pieces).toEqual(whole);
});
