/** Tests that reports on a few posts are as counted by hand. */
import { describe, expect, test } from "vitest";
import { bootstrap } from "./bootstrap.ts";
import { EMPTY_PREDICTION, type FoundSpan, type Prediction } from "./predict/contract.ts";
import { score } from "./score.ts";
import type { RecordOf } from "./tasks/tasks.ts";

const prediction = (id: string, more: Partial<Prediction> = {}): Prediction => ({
	id,
	...EMPTY_PREDICTION,
	...more,
});
const found = (type: string, start: number, end: number): FoundSpan => ({ type, start, end, score: 0.5 });
const entity = (type: string, start: number, end: number) => ({ ...found(type, start, end), boxes: [] });

describe("entities", () => {
	const records: RecordOf<"mner">[] = [
		{
			id: "a",
			text: "😀 Ada met Bob",
			entities: [
				{ type: "person", start: 2, end: 5 },
				{ type: "person", start: 10, end: 13 },
			],
		},
		{ id: "b", text: "Paris", entities: [{ type: "location", start: 0, end: 5 }] },
	];
	// UTF-16: the emoji is two units long.
	const predictions = [
		prediction("a", { entities: [entity("person", 3, 6), entity("location", 11, 14)], malformed: 1 }),
		prediction("b", { entities: [entity("location", 0, 5)] }),
	];
	const report = score("mner", records, predictions);

	test("two of three right both ways; boundaries all found; macro is the mean of person 2/3 and location 2/3", () => {
		expect(report.f1).toBeCloseTo(200 / 3, 9);
		expect(report.metrics.map(({ f1 }) => f1)).toEqual([expect.closeTo(200 / 3, 9), 100]);
		expect(report.byType.person!.f1).toBeCloseTo(200 / 3, 9);
		expect(report.macro).toBeCloseTo(200 / 3, 9);
		expect(report.malformed).toBe(50);
	});
	test("the confusion table says that one person was taken for a location", () => {
		expect(report.confusion).toEqual({
			labels: ["location", "person"],
			cells: [
				[1, 0],
				[1, 1],
			],
		});
	});
	test("the worst post comes first, with its words", () => {
		expect(report.examples.map(({ id }) => id)).toEqual(["a", "b"]);
		const [{ right, wrong, missed }] = report.examples as [(typeof report.examples)[number]];
		expect([right, wrong, missed].map((items) => items.map(({ label, text }) => `${label} ${text}`))).toEqual([
			["person Ada"],
			["location Bob"],
			["person Bob"],
		]);
	});
	test("every number carries its rule", () => {
		for (const { rule, source } of report.metrics)
			expect([rule.includes("compared: offsets as annotated"), source === ""]).toEqual([true, false]);
		expect(score("mner", records, predictions, "trimmed").rule).toContain("without outer punctuation");
	});
});

describe("relations", () => {
	const post = (id: string, relation: string): RecordOf<"mre"> => ({
		id,
		text: "Ada Bob",
		head: { text: "Ada", start: 0, end: 3 },
		tail: { text: "Bob", start: 4, end: 7 },
		relation,
	});
	const answer = (id: string, name: string | null) =>
		prediction(id, { relation: { name, score: 0.5 }, malformed: Number(name === null) });
	const gold = [post("a", "none"), post("b", "peer"), post("c", "none"), post("d", "parent"), post("e", "peer")];
	const report = score("mre", gold, [
		answer("a", "none"),
		answer("b", "peer"),
		answer("c", "peer"),
		answer("d", null),
		answer("e", "none"),
	]);

	test("1 of 2 predicted relations right, 1 of 3 found: F1 2/5; the right none counts for accuracy only", () => {
		expect(report.metrics[0]!.counts).toEqual({ right: 1, predicted: 2, gold: 3 });
		expect(report.f1).toBeCloseTo(40, 9);
		expect(report.accuracy).toBeCloseTo(40, 9);
	});
	test("none and what could not be read have their place in the confusion table", () => {
		expect(report.confusion.labels).toEqual(["none", "parent", "peer", "(unread)"]);
		expect(report.confusion.cells).toEqual([
			[1, 0, 1, 0],
			[0, 0, 0, 1],
			[1, 0, 1, 0],
			[0, 0, 0, 0],
		]);
	});
});

describe("events", () => {
	const record: RecordOf<"mee"> = {
		id: "a",
		text: "airstrike hit Mosul",
		events: [
			{
				type: "attack",
				trigger: { start: 0, end: 9 },
				arguments: [
					{ role: "place", start: 14, end: 19 },
					{ role: "target", box: [0, 0, 100, 100] },
				],
			},
		],
	};
	const place = { event: "attack", role: "place", span: { start: 14, end: 19 }, box: null, score: 1 };
	const region = { event: "attack", role: "target", span: null, box: [0, 0, 100, 60] as const, score: 1 };

	test("an argument in the text and one in the picture (IoU 0.6) are both right", () => {
		const { metrics } = score("meae", [record], [prediction("a", { arguments: [place, region] })]);
		expect(metrics[0]!.counts).toEqual({ right: 2, predicted: 2, gold: 2 });
	});
	test("an object among the record's regions is met by the box in fractions; one that is not there is missed", () => {
		const objects: RecordOf<"mee"> = {
			...record,
			regions: [[0, 0, 0.5, 1]],
			events: [
				{
					...record.events[0]!,
					arguments: [
						{ role: "target", object: 1 },
						{ role: "target", object: 2 },
					],
				},
			],
		};
		const found = { ...region, box: [0, 0, 320, 300] as const, fractions: [0, 0, 0.5, 0.6] as const };
		const { metrics } = score("meae", [objects], [prediction("a", { arguments: [found] })]);
		expect(metrics[0]!.counts).toEqual({ right: 1, predicted: 1, gold: 2 });
	});
	test("the cascade scores arguments first and the events themselves, too", () => {
		const { metrics, regions } = score(
			"mee",
			[record],
			[prediction("a", { events: [found("meet", 0, 9)], arguments: [{ ...place, event: "meet" }] })],
		);
		expect(metrics.map(({ id, counts: { right } }) => `${id} ${right}`)).toEqual([
			"argument 0",
			"argument-place 0",
			"mention 0",
			"trigger 1",
		]);
		expect(regions).toBe(1);
	});
});

describe("JMERE", () => {
	test("a relation is right only with both types; none does not count as a relation", () => {
		const ends = { head: { type: "person", start: 0, end: 3 }, tail: { type: "location", start: 4, end: 9 } };
		const record: RecordOf<"jmere"> = {
			id: "a",
			text: "Ada Paris",
			entities: [ends.head, ends.tail],
			relations: [
				{ relation: "place of birth", ...ends },
				{ relation: "none", head: ends.tail, tail: ends.head },
			],
		};
		const answer = (tailType: string) => {
			const [head, tail] = [found("person", 0, 3), found(tailType, 4, 9)];
			return prediction("a", {
				entities: [head, tail].map((span) => ({ ...span, boxes: [] })),
				relations: [{ relation: "place of birth", head, tail, score: 1 }],
			});
		};
		const counts = (tailType: string) =>
			score("jmere", [record], [answer(tailType)]).metrics.map((metric) => metric.counts);
		expect(counts("location")).toEqual([
			{ right: 1, predicted: 1, gold: 1 },
			{ right: 2, predicted: 2, gold: 2 },
		]);
		expect(counts("person")).toEqual([
			{ right: 0, predicted: 1, gold: 1 },
			{ right: 1, predicted: 2, gold: 2 },
		]);
	});
});

describe("bootstrap", () => {
	const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

	test("of 100 tosses with 50 heads the interval is near 50 ± 1.96·√(0.25 ÷ 100), and the same every time", () => {
		const tosses = Array.from({ length: 100 }, (_, index) => index % 2);
		const { low, high } = bootstrap(tosses, mean);
		expect(low).toBeCloseTo(0.5 - 0.098, 1);
		expect(high).toBeCloseTo(0.5 + 0.098, 1);
		expect(bootstrap(tosses, mean)).toEqual({ low, high });
	});
	test("what never varies has no width, and nothing gives nothing", () => {
		expect(bootstrap([1, 1, 1], mean)).toEqual({ low: 1, high: 1 });
		expect(bootstrap([], mean)).toEqual({ low: 0, high: 0 });
	});
});
