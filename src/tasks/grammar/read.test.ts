/** Proves what is read of an output, whatever the model wrote. */
import { describe, expect, test } from "vitest";
import { hypothesisOf, tinyCodec } from "../tiny-codec.ts";
import { readChoice, readSpans, type SpanVocabulary } from "./read.ts";

const codec = tinyCodec();
const TEXT = "Paris met Paris Hilton in Paris";
const vocabulary: SpanVocabulary = {
	words: TEXT.split(" ").map((word) => codec.encode(word)),
	types: ["person", "place", "place name"].map((name) => ({ name, ids: codec.encode(`${name},`) })),
	none: codec.encode("none"),
	objects: codec.special.objects.slice(0, 2),
};
const read = (output: string, options = {}) => readSpans(hypothesisOf(codec, output, options), vocabulary, codec);
const brief = (output: string) =>
	read(output).records.map(
		({ type, span, object }) => `${type} ${span ? `${span.from}-${span.to}` : `O${object! + 1}`}`,
	);

describe("spans", () => {
	test("a mention that repeats is placed at the next free run", () => {
		expect(brief("place, Paris <spot> person, Paris Hilton <spot> place, Paris")).toEqual([
			"place 0-1",
			"person 2-4",
			"place 5-6",
		]);
	});
	test("behind the last one, the first free run is taken", () => {
		expect(brief("person, Paris Hilton <spot> place, Paris <spot> place, Paris")).toEqual([
			"person 2-4",
			"place 5-6",
			"place 0-1",
		]);
	});
	test("a fourth mention of three is unread, the rest counts", () => {
		const reading = read("place, Paris <spot> place, Paris <spot> place, Paris <spot> place, Paris");
		expect(reading.records).toHaveLength(3);
		expect(reading.unread).toEqual(["place, Paris"]);
		expect(reading.wellFormed).toBe(false);
	});
	test("the longest label that begins a piece is its type", () => {
		expect(brief("place name, Paris")).toEqual(["place name 0-1"]);
	});
	test("unknown types, pieces of words and words that are not there are unread", () => {
		expect(read("food, Paris <spot> person, Hilt <spot> person, London <spot> person, Paris Hilton")).toMatchObject({
			records: [{ type: "person", span: { from: 2, to: 4 } }],
			unread: ["food, Paris", "person, Hilt", "person, London"],
		});
	});
	test('"none" gives no record and is well-formed; an empty output is not', () => {
		expect(read("none")).toEqual({ records: [], unread: [], wellFormed: true, ended: true });
		expect(read("")).toEqual({ records: [], unread: [], wellFormed: false, ended: true });
	});
	test("two separators in a row leave a piece unread", () => {
		expect(read("person, Paris <spot> <spot> person, Paris").unread).toEqual(["<spot>"]);
	});
	test("objects are read where they could be said, each once", () => {
		expect(brief("person, O2 <spot> person, Paris")).toEqual(["person O2", "person 0-1"]);
		expect(read("person, O3").unread).toEqual(["person, O3"]);
		expect(read("person, O1 <spot> person, O1").unread).toEqual(["person, O1"]);
	});
	test("an output cut in a record keeps the finished ones", () => {
		const reading = read("place, Paris <spot> person, Paris Hilt", { cut: true });
		expect(reading).toMatchObject({ ended: false, unread: ["person, Paris Hilt"], wellFormed: false });
		expect(reading.records).toHaveLength(1);
	});
});

test("a record's score is the product over its tokens and the separator after it", () => {
	// ▁plac e , ▁Pari s and <spot>: six halves; ▁pers on , ▁Pari s ▁Hilt on and eos: eight.
	const { records } = read("place, Paris <spot> person, Paris Hilton");
	expect(records.map(({ score }) => score)).toEqual([expect.closeTo(0.5 ** 6, 12), expect.closeTo(0.5 ** 8, 12)]);
});

test("a choice is read if it is exactly one of them", () => {
	const choices = ["none", "peer"].map((name) => ({ name, ids: codec.encode(`Ada, ${name}, Bob`) }));
	// ▁Ada , ▁peer , ▁Bob and eos: six halves.
	expect(readChoice(hypothesisOf(codec, "Ada, peer, Bob"), choices, codec)).toEqual({
		name: "peer",
		score: expect.closeTo(0.5 ** 6, 12),
		unread: [],
	});
	expect(readChoice(hypothesisOf(codec, "Ada, peer"), choices, codec)).toMatchObject({
		name: null,
		unread: ["Ada, peer"],
	});
});
