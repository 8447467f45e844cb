/** Shows that plain JSON gives its value, and JSON with a trick a failure that names the trick. */
import { expect, test } from "vitest";
import { parseStrictJson } from "./strict-json.ts";

const parse = (text: string) => parseStrictJson(Buffer.from(text), "x");

test("the same key in different objects is not a repetition, nor is a key as a value", () => {
	const text = '{"a":{"b":1,"c":"b"},"b":["a","a",{"a":"a:","\\"":"\\\\"}],"c\\\\":"{\\"c\\":1,\\"c\\":2}"} ';
	expect(parse(text)).toEqual(JSON.parse(text));
});

test.each([
	['{"a":1,"a":2}', '"a"'],
	['{"a":1,"\\u0061" : 2}', '"a"'],
	['[{"x":{"y":1,"z":[],"y":2}}]', '"y"'],
	['{"__proto__":1,"__proto__":2}', '"__proto__"'],
])("%s names %s twice", (text, key) => {
	expect(() => parse(text)).toThrow(`x names ${key} twice.`);
});

test("broken UTF-8, a byte order mark and broken JSON are failures", () => {
	expect(() => parseStrictJson(Uint8Array.of(0x22, 0xff, 0x22), "x")).toThrow("x is not UTF-8.");
	expect(() => parse("\ufeff{}")).toThrow("x is not valid JSON.");
	expect(() => parse('{"a":')).toThrow("x is not valid JSON.");
});

test("a million brackets are a failure, not a crash", () => {
	expect(() => parse("[".repeat(1_000_000))).toThrow("x is nested more than 32 levels deep.");
	expect(() => parse(`${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}`)).toThrow("more than 32 levels");
	expect(() => parse(`${"[".repeat(32)}${"]".repeat(32)}`)).not.toThrow();
});
