/**
 * Shows that the grammar of records allows what it should, and that reading undoes writing, on small and random ones.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mulberry32, tinyCodec } from "../tiny-codec.ts";
import type { Grammar, Hypothesis } from "../types.ts";
import { readRecords } from "./read-records.ts";
import { recordCandidates, recordGrammar, writeRecords } from "./record-grammar.ts";
import type { Field, RecordSpec, RecordValues } from "./record-spec.ts";

const [EOS, SPOT, COMMA, NONE] = [1, 3, 9, 90];
const codec = tinyCodec();
/** The text is the words 50, 51 52, 50; a comma is the token 9. */
const WORDS = [[50], [51, 52], [50]];
const TYPE: Field = {
	kind: "choice",
	choices: [
		[10, COMMA],
		[20, COMMA],
	],
};
const SPAN: Field = { kind: "span", comma: true };
const LAST_SPAN: Field = { kind: "span", comma: false };
const SEEN: Field = { kind: "choice", choices: [[4], [5], [NONE]] };

const specOf = (fields: readonly Field[], order: readonly number[], more: Partial<RecordSpec> = {}): RecordSpec => {
	const words = more.words ?? WORDS;
	return {
		fields,
		order,
		apart: false,
		words,
		closed: words.map((ids) => [...ids, COMMA]),
		none: [NONE],
		spot: SPOT,
		eos: EOS,
		...more,
	};
};
const hypothesisOf = (ids: readonly number[]): Hypothesis => ({
	ids: [...ids, EOS],
	logProbs: [...ids, EOS].map(() => Math.log(0.5)),
	score: 0,
});
const sorted = (ids: readonly number[]) => [...ids].sort((a, b) => a - b);
function follows(grammar: Grammar, ...ids: number[]): number[] {
	let state = grammar.start;
	for (const id of ids) {
		expect(grammar.allowed(state)).toContain(id);
		state = grammar.next(state, id);
	}
	return sorted(grammar.allowed(state));
}
const valuesOf = (spec: RecordSpec, ids: readonly number[]) =>
	readRecords(hypothesisOf(ids), spec, codec).records.map(({ values }) => values);

describe("a type, a span and an object (person, Kyrie, O2)", () => {
	const spec = specOf([TYPE, SPAN, SEEN], [1], { apart: true });
	const grammar = recordGrammar(spec);
	test("an output starts with a type or says none", () => {
		expect(follows(grammar)).toEqual([10, 20, NONE]);
		expect(follows(grammar, NONE)).toEqual([EOS]);
		expect(follows(grammar, 10)).toEqual([COMMA]);
	});
	test("a span goes on, or ends with a comma and an object or none follows", () => {
		expect(follows(grammar, 10, COMMA)).toEqual([50, 51]);
		expect(follows(grammar, 10, COMMA, 50)).toEqual([COMMA, 51]);
		expect(follows(grammar, 10, COMMA, 50, COMMA)).toEqual([4, 5, NONE]);
		expect(follows(grammar, 10, COMMA, 50, COMMA, NONE)).toEqual([EOS, SPOT]);
	});
	test("the next span starts behind the last one, and behind the last word no record is begun", () => {
		expect(follows(grammar, 10, COMMA, 50, COMMA, 4, SPOT, 20, COMMA)).toEqual([50, 51]);
		expect(follows(grammar, 10, COMMA, 51, 52, COMMA, 4, SPOT, 20, COMMA)).toEqual([50]);
		expect(follows(grammar, 10, COMMA, 51, 52, 50, COMMA, 4)).toEqual([EOS]);
	});
	test("a repeated word is read at the next free place", () => {
		const ids = [10, COMMA, 50, COMMA, 4, SPOT, 20, COMMA, 50, COMMA, NONE];
		expect(valuesOf(spec, ids)).toEqual([
			[0, { from: 0, to: 1 }, 0],
			[1, { from: 2, to: 3 }, 2],
		]);
	});
	test("a record's score is the product over its ids and the separator after it", () => {
		const reading = readRecords(
			hypothesisOf([10, COMMA, 50, COMMA, 4, SPOT, 20, COMMA, 51, 52, COMMA, 5]),
			spec,
			codec,
		);
		expect(reading.records.map(({ score }) => score)).toEqual([
			expect.closeTo(0.5 ** 6, 12),
			expect.closeTo(0.5 ** 7, 12),
		]);
	});
	test("with a limit, a record that could not be finished is not begun", () => {
		expect(follows(recordGrammar({ ...spec, maxTokens: 4 }))).toEqual([NONE]);
		expect(follows(recordGrammar({ ...spec, maxTokens: 5 }), 10, COMMA)).toEqual([50]);
		expect(follows(recordGrammar({ ...spec, maxTokens: 10 }), 10, COMMA, 50, COMMA, 4)).toEqual([EOS]);
		expect(follows(recordGrammar({ ...spec, maxTokens: 11 }), 10, COMMA, 50, COMMA, 4)).toEqual([EOS, SPOT]);
	});
	test("without words only none can be said", () => {
		expect(follows(recordGrammar(specOf([TYPE, SPAN, SEEN], [1], { words: [] })))).toEqual([NONE]);
	});
});

describe("two spans", () => {
	const spec = specOf([TYPE, SPAN, TYPE, LAST_SPAN], [1, 3], {
		allows: (field, value, before) => field !== 3 || value !== placeOf(before[1]),
	});
	const grammar = recordGrammar(spec);
	test("a record comes after the one before it: first the first span counts, then the second", () => {
		// Head 51 52, tail the first 50: the next record has the same head and the last 50, or another head.
		const first = [10, COMMA, 51, 52, COMMA, 20, COMMA, 50];
		expect(follows(grammar, ...first, SPOT, 10, COMMA, 51, 52, COMMA, 10, COMMA)).toEqual([50]);
		expect(valuesOf(spec, [...first, SPOT, ...first])).toEqual([
			[0, { from: 1, to: 2 }, 1, { from: 0, to: 1 }],
			[0, { from: 1, to: 2 }, 1, { from: 2, to: 3 }],
		]);
		expect(follows(grammar, ...first, SPOT, ...first, SPOT, 10, COMMA)).toEqual([50]);
	});
	test("what is not allowed after the fields before is not offered", () => {
		expect(follows(grammar, 10, COMMA, 51, 52, COMMA, 20, COMMA)).toEqual([50]);
	});
});

describe("a form", () => {
	test("a span never crosses from one block to the next", () => {
		const grammar = recordGrammar(specOf([SPAN, LAST_SPAN], [0, 1], { groups: [0, 0, 1] }));
		expect(follows(grammar, 51, 52)).toEqual([COMMA]);
		expect(follows(grammar, 51, 52, COMMA, 50)).toEqual([EOS, SPOT, 51]);
	});
});

describe("outputs that were not held to the grammar", () => {
	const spec = specOf([TYPE, SPAN, SEEN], [1], { apart: true });
	test("records out of order are read, repeated ones and pieces that hold no record are unread", () => {
		const back = [10, COMMA, 51, 52, COMMA, 4];
		const reading = readRecords(
			hypothesisOf([...back, SPOT, 10, COMMA, 50, COMMA, 4, SPOT, ...back, SPOT, 77, SPOT, SPOT, 10, COMMA]),
			spec,
			codec,
		);
		expect(reading.records.map(({ values }) => values)).toEqual([
			[0, { from: 1, to: 2 }, 0],
			[0, { from: 2, to: 3 }, 0],
		]);
		expect(reading.unread).toHaveLength(4);
		expect(reading).toMatchObject({ wellFormed: false, ended: true });
	});
	test("nothing at all is not well-formed, none is", () => {
		expect(readRecords({ ids: [EOS], logProbs: [0], score: 0 }, spec, codec)).toMatchObject({
			records: [],
			wellFormed: false,
		});
		expect(readRecords(hypothesisOf([NONE]), spec, codec)).toMatchObject({ records: [], wellFormed: true, unread: [] });
	});
});

/** Tokens of the text up to the last copied one, after `ids`. */
const placeAfter = (grammar: Grammar, ...ids: number[]) =>
	grammar.place?.(ids.reduce((state, id) => grammar.next(state, id), grammar.start));

describe("the place that was copied last", () => {
	test("is behind the last token of the span; comma, object and the next type keep it", () => {
		const grammar = recordGrammar(specOf([TYPE, SPAN, SEEN], [1], { apart: true }));
		expect(placeAfter(grammar)).toBe(0);
		expect(placeAfter(grammar, NONE)).toBe(0);
		expect(placeAfter(grammar, 10, COMMA)).toBe(0);
		expect(placeAfter(grammar, 10, COMMA, 51)).toBe(2);
		expect(placeAfter(grammar, 10, COMMA, 51, 52)).toBe(3);
		expect(placeAfter(grammar, 10, COMMA, 51, 52, COMMA)).toBe(3);
		expect(placeAfter(grammar, 10, COMMA, 51, 52, COMMA, 4)).toBe(3);
		expect(placeAfter(grammar, 10, COMMA, 51, 52, COMMA, 4, SPOT, 20, COMMA)).toBe(3);
		expect(placeAfter(grammar, 10, COMMA, 51, 52, COMMA, 4, SPOT, 20, COMMA, 50)).toBe(4);
	});
	test("of a word that stands twice is the first one that is not passed, until the next token tells", () => {
		const grammar = recordGrammar(specOf([TYPE, SPAN, SEEN], [1], { apart: true, words: [[50], [51], [50], [52]] }));
		expect(placeAfter(grammar, 10, COMMA, 50)).toBe(1);
		expect(placeAfter(grammar, 10, COMMA, 50, 52)).toBe(4);
	});
	test("goes from head to tail, wherever that is", () => {
		const grammar = recordGrammar(specOf([TYPE, SPAN, TYPE, LAST_SPAN], [1, 3]));
		expect(placeAfter(grammar, 10, COMMA, 51, 52, COMMA, 20, COMMA)).toBe(3);
		expect(placeAfter(grammar, 10, COMMA, 51, 52, COMMA, 20, COMMA, 50)).toBe(1);
		expect(placeAfter(grammar, 10, COMMA, 51, 52, COMMA, 20, COMMA, 50, SPOT, 10, COMMA)).toBe(1);
	});
	test("of a word that is written otherwise before a comma is behind the word", () => {
		// Before a comma 51 52 is 51 60 9: what begins alike is copied, and with the comma the whole word was.
		const grammar = recordGrammar(
			specOf([SPAN, SEEN], [0], {
				closed: [
					[50, COMMA],
					[51, 60, COMMA],
					[50, COMMA],
				],
			}),
		);
		expect(placeAfter(grammar, 51)).toBe(2);
		expect(placeAfter(grammar, 51, 60)).toBe(3);
		expect(placeAfter(grammar, 51, 60, COMMA)).toBe(3);
	});
});

test("candidates are all ids that may be said, ascending, each once", () => {
	expect([...recordCandidates(specOf([TYPE, SPAN, SEEN], [1]))]).toEqual([1, 3, 4, 5, 9, 10, 20, 50, 51, 52, 90]);
});

/** The shapes of our tasks; `order` names the spans. */
const SHAPES = [
	{ fields: [TYPE, SPAN, SEEN], order: [1], apart: true },
	{ fields: [TYPE, SPAN, TYPE, LAST_SPAN], order: [1, 3], apart: false },
	{
		fields: [
			{
				kind: "choice",
				choices: [
					[4, COMMA],
					[5, COMMA],
				],
			},
			TYPE,
			LAST_SPAN,
		],
		order: [0, 2],
		apart: false,
	},
	{ fields: [SPAN, SEEN], order: [0], apart: true },
	{ fields: [SPAN, LAST_SPAN], order: [0, 1], apart: false },
] as const satisfies ReadonlyArray<Pick<RecordSpec, "fields" | "order" | "apart">>;

const placeOf = (value: RecordValues[number] | undefined): number =>
	typeof value === "object" ? value.from : (value ?? -1);

function comesAfter({ order, apart }: RecordSpec, last: RecordValues | null, values: RecordValues): boolean {
	if (last === null) return true;
	const before = last[order[0]!]!;
	if (apart && typeof before === "object") return placeOf(values[order[0]!]) >= before.to;
	const differs = order.find((field) => placeOf(values[field]) !== placeOf(last[field]));
	return differs !== undefined && placeOf(values[differs]) > placeOf(last[differs]);
}

interface Run {
	readonly from: number;
	readonly to: number;
	readonly ids: string;
}
const runsOf = (words: readonly number[][]): Run[] =>
	words.flatMap((_, from) =>
		words.slice(from).map((_, length) => ({
			from,
			to: from + length + 1,
			ids: words
				.slice(from, from + length + 1)
				.flat()
				.join(),
		})),
	);

/** All records that are said with the same ids: each span at every run of words with its ids. */
function alike(runs: readonly Run[], values: RecordValues): RecordValues[] {
	const idsOf = ({ from, to }: { from: number; to: number }) =>
		runs.find((run) => run.from === from && run.to === to)!.ids;
	return values.reduce<RecordValues[]>(
		(all, value) =>
			all.flatMap((some) =>
				(typeof value === "number"
					? [value]
					: runs.filter(({ ids }) => ids === idsOf(value)).map(({ from, to }) => ({ from, to }))
				).map((one) => [...some, one]),
			),
		[[]],
	);
}

function endOfSpans({ words }: RecordSpec, values: RecordValues): number {
	const span = values.findLast((value) => typeof value === "object");
	return words.slice(0, typeof span === "object" ? span.to : 0).flat().length;
}

/** Random records in text order, as a reader must place them: each where it comes first after the one before it. */
function randomRecords(
	shape: (typeof SHAPES)[number],
	below: (n: number) => number,
): { spec: RecordSpec; records: RecordValues[] } {
	// Few different pieces: words repeat, begin alike and run into each other.
	const words = Array.from({ length: 6 + below(12) }, () => Array.from({ length: 1 + below(3) }, () => 50 + below(4)));
	const spec = specOf(shape.fields, shape.order, { words, apart: shape.apart });
	const drawn = Array.from(
		{ length: 30 },
		(): RecordValues =>
			shape.fields.map((field) => {
				if (field.kind === "choice") return below(field.choices.length);
				const from = below(words.length);
				return { from, to: from + 1 + below(Math.min(3, words.length - from)) };
			}),
	);
	const runs = runsOf(words);
	const records: RecordValues[] = [];
	const places = (values: RecordValues) => shape.order.map((field) => 100 + placeOf(values[field])).join();
	for (const values of drawn.sort((a, b) => (places(a) < places(b) ? -1 : 1))) {
		const after = alike(runs, values).filter((one) => comesAfter(spec, records.at(-1) ?? null, one));
		const [first] = after.sort((a, b) => (places(a) < places(b) ? -1 : 1));
		if (first) records.push(first);
	}
	return { spec, records };
}

test("reading undoes writing, for 10,000 random records of every shape", () => {
	let written = 0;
	for (let seed = 0; written < 10_000; seed++) {
		const next = mulberry32(seed);
		const { spec, records } = randomRecords(SHAPES[seed % SHAPES.length]!, (n) => Math.floor(next() * n));
		const ids = writeRecords(spec, records);
		const grammar = recordGrammar(spec);
		let state = grammar.start;
		let finished = 0;
		for (const id of [...ids, EOS]) {
			if (!grammar.allowed(state).includes(id))
				expect.unreachable(`seed ${seed}: ${id} is not allowed in ${ids.join(" ")}`);
			state = grammar.next(state, id);
			// Behind a record it is where the last span of the record ends.
			if (id === SPOT && grammar.place?.(state) !== endOfSpans(spec, records[finished++]!))
				expect.unreachable(`seed ${seed}: ${ids.join(" ")}`);
		}
		const reading = readRecords(hypothesisOf(ids), spec, codec);
		expect(reading.records.map(({ values }) => values)).toEqual(records);
		expect(reading.unread).toEqual([]);
		written += records.length;
	}
});

/** Few different pieces, here too. */
const words = fc.array(fc.array(fc.constantFrom(50, 51, 52), { minLength: 1, maxLength: 3 }), {
	minLength: 1,
	maxLength: 7,
});

test("of 2,000 random walks every output reads with nothing unread, within its limit and its candidates", () => {
	const walk = fc.record({
		shape: fc.constantFrom(...SHAPES),
		words,
		maxTokens: fc.integer({ min: 1, max: 24 }),
		steps: fc.array(fc.nat(), { minLength: 40, maxLength: 40 }),
	});
	fc.assert(
		fc.property(walk, ({ shape, words, maxTokens, steps }) => {
			const spec = specOf(shape.fields, shape.order, { words, apart: shape.apart, maxTokens });
			const grammar = recordGrammar(spec);
			const candidates = new Set(recordCandidates(spec));
			const ids: number[] = [];
			let state = grammar.start;
			while (ids.at(-1) !== EOS && ids.length < maxTokens) {
				const allowed = sorted(grammar.allowed(state));
				if (allowed.length === 0 || !allowed.every((id) => candidates.has(id))) expect.unreachable(ids.join(" "));
				const id = allowed[steps[ids.length]! % allowed.length]!;
				ids.push(id);
				state = grammar.next(state, id);
			}
			if (ids.at(-1) !== EOS) expect(grammar.allowed(state)).toContain(EOS);
			const { unread } = readRecords({ ids, logProbs: ids.map(() => 0), score: 0 }, spec, codec);
			expect(unread).toEqual([]);
		}),
		{ numRuns: 2_000 },
	);
});
