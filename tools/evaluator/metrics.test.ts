/**
 * Tests scores on cases counted by hand, and span F1 on random taggings against seqeval's reading of tags, written
 * separately here.
 */
import { describe, expect, test } from "vitest";
import { seededRandom } from "../exporter/checkpoint/seeded-random.ts";
import type { Item } from "./item.ts";
import { addCounts, type Counts, iou, match, noCounts, scoreOf } from "./metrics.ts";
import type { Box } from "./predict/contract.ts";
import { EVALUATED_TASKS } from "./tasks/tasks.ts";

const [STRICT, BOUNDARY] = EVALUATED_TASKS.mner.metrics;
const item = (label: string, start: number, end: number, more: Partial<Item> = {}): Item => ({
	label,
	group: "",
	spans: [{ start, end }],
	boxes: [],
	reachable: true,
	score: 1,
	...more,
});
const strict = (predicted: readonly Item[], gold: readonly Item[]) =>
	match(STRICT!, "", predicted, gold, "exact").counts;

describe("strict spans", () => {
	test("two of three predictions right, two of four found: precision 2/3, recall 1/2, F1 4/7", () => {
		const predicted = [item("person", 0, 2), item("location", 3, 4), item("person", 7, 8)];
		const gold = [item("person", 0, 2), item("location", 3, 4), item("person", 5, 6), item("organization", 7, 8)];
		const { precision, recall, f1 } = scoreOf(strict(predicted, gold));
		expect([precision, recall, f1]).toEqual([expect.closeTo(66.667, 2), 50, expect.closeTo(400 / 7, 6)]);
	});
	test("without types the third one is right, too", () => {
		const predicted = [item("person", 0, 2), item("person", 7, 8)];
		const gold = [item("person", 0, 2), item("organization", 7, 8)];
		expect(strict(predicted, gold).right).toBe(1);
		expect(match(BOUNDARY!, "", predicted, gold, "exact").counts).toEqual({ right: 2, predicted: 2, gold: 2 });
	});
	test("a record predicted twice counts once", () => {
		expect(strict([item("person", 0, 2), item("person", 0, 2)], [item("person", 0, 2)])).toEqual({
			right: 1,
			predicted: 1,
			gold: 1,
		});
	});
	test("annotations that no prediction can reach still count as missed", () => {
		const counts = strict([item("person", 0, 2)], [item("person", 0, 2), item("person", 3, 4, { reachable: false })]);
		expect(scoreOf(counts).recall).toBe(50);
	});
	test("nothing predicted and nothing to find are zero, not NaN", () => {
		expect(scoreOf(noCounts())).toEqual({ precision: 0, recall: 0, f1: 0 });
	});
});

describe("against seqeval", () => {
	const TYPES = ["PER", "LOC"] as const;
	const LENGTH = 12;

	/**
	 * seqeval's default mode reads a chunk from B-, and from I- after O or after another type (its `start_of_chunk`,
	 * `end_of_chunk`).
	 */
	function chunks(tags: readonly string[]): string[] {
		const found: string[] = [];
		let begin = -1;
		for (let at = 0; at <= tags.length; at++) {
			const [before, now] = [at === 0 ? "O" : tags[at - 1]!, tags[at] ?? "O"];
			const joined = now.startsWith("I") && before !== "O" && now.slice(2) === before.slice(2);
			if (before !== "O" && !joined) found.push(`${before.slice(2)} ${begin} ${at}`);
			if (now !== "O" && !joined) begin = at;
		}
		return found;
	}
	function seqevalF1(gold: readonly string[][], predicted: readonly string[][]): number {
		const all = (posts: readonly string[][]) =>
			new Set(posts.flatMap((tags, post) => chunks(tags).map((chunk) => `${post} ${chunk}`)));
		const [wanted, found] = [all(gold), all(predicted)];
		const right = [...found].filter((chunk) => wanted.has(chunk)).length;
		return wanted.size + found.size === 0 ? 0 : (200 * right) / (wanted.size + found.size);
	}
	/** Spans without overlap, and the tags a tagger would write for them. */
	function randomPost(random: () => number): { items: Item[]; tags: string[] } {
		const items: Item[] = [];
		const tags = new Array<string>(LENGTH).fill("O");
		for (let at = 0; at < LENGTH; ) {
			const length = Math.min(1 + Math.floor(random() * 3), LENGTH - at);
			if (random() < 0.5) {
				const type = TYPES[Math.floor(random() * 2)]!;
				items.push(item(type, at, at + length));
				for (let word = at; word < at + length; word++) tags[word] = `${word === at ? "B" : "I"}-${type}`;
			}
			at += length;
		}
		return { items, tags };
	}

	test("on 1,000 random taggings strict F1 is seqeval's, post by post and over all of them", () => {
		const random = seededRandom(7, "taggings");
		const total: Counts = noCounts();
		const tags: { gold: string[][]; predicted: string[][] } = { gold: [], predicted: [] };
		for (let round = 0; round < 1000; round++) {
			const gold = randomPost(random);
			// A prediction that is often right: gold spans kept, dropped or mixed with others.
			const predicted = random() < 0.3 ? gold : randomPost(random);
			const counts = strict(predicted.items, gold.items);
			expect(scoreOf(counts).f1).toBeCloseTo(seqevalF1([gold.tags], [predicted.tags]), 9);
			addCounts(total, counts);
			tags.gold.push(gold.tags);
			tags.predicted.push(predicted.tags);
		}
		expect(scoreOf(total).f1).toBeCloseTo(seqevalF1(tags.gold, tags.predicted), 9);
		expect(scoreOf(total).f1).toBeGreaterThan(20);
	});
});

describe("regions", () => {
	test("IoU of a square and the same moved by half its side is 1/3", () => {
		expect(iou([0, 0, 2, 2], [1, 0, 3, 2])).toBeCloseTo(1 / 3, 12);
		expect(iou([0, 0, 1, 1], [2, 2, 3, 3])).toBe(0);
		expect(iou([0, 0, 0, 1], [0, 0, 0, 1])).toBe(0);
	});

	const triple = (predicted: readonly Box[], gold: readonly Box[]) =>
		EVALUATED_TASKS.gmner.metrics.map(
			(metric) =>
				match(
					metric,
					"",
					[item("person", 0, 2, { boxes: predicted })],
					[item("person", 0, 2, { boxes: gold })],
					"exact",
				).counts.right,
		);

	test("GMNER: IoU ½ with one of two annotated boxes is right, ⅓ is not; MNER does not look", () => {
		expect(
			triple(
				[[0, 0, 2, 2]],
				[
					[5, 5, 6, 6],
					[0, 0, 2, 1],
				],
			),
		).toEqual([1, 1, 1]);
		expect(triple([[0, 0, 2, 2]], [[1, 0, 3, 2]])).toEqual([0, 1, 0]);
	});
	test("GMNER: no region is right only where none is annotated", () => {
		expect(triple([], [])).toEqual([1, 1, 1]);
		expect(triple([], [[0, 0, 1, 1]])).toEqual([0, 1, 0]);
		expect(triple([[0, 0, 1, 1]], [])).toEqual([0, 1, 0]);
	});
	test("M2E2: each of two predicted regions of a role takes the annotated one that fits best, one takes each", () => {
		const region = (box: Box) => item("agent", 0, 0, { group: "attack", spans: [], boxes: [box] });
		const gold = [region([0, 0, 10, 10]), region([0, 0, 10, 9])];
		const { counts } = match(
			EVALUATED_TASKS.meae.metrics[0]!,
			"",
			[region([0, 0, 10, 9]), region([0, 0, 10, 10]), region([0, 0, 10, 8])],
			gold,
			"exact",
		);
		expect(counts).toEqual({ right: 2, predicted: 3, gold: 2 });
	});
	test("an argument of another event is another argument", () => {
		const of = (group: string) => [item("agent", 0, 2, { group })];
		expect(match(EVALUATED_TASKS.meae.metrics[0]!, "", of("attack"), of("die"), "exact").counts.right).toBe(0);
	});
});

describe("trimming", () => {
	const TEXT = "The Beatles met #Dylan . the Beatles !";
	const spans = (...places: [number, number][]) => places.map(([start, end]) => item("person", start, end));
	const right = (rule: "exact" | "text" | "folded" | "trimmed", predicted: Item[], gold: Item[]) =>
		match(STRICT!, TEXT, predicted, gold, rule).counts;

	test("exact looks at places, text at words, folded at lower case, trimmed at what is left of them", () => {
		// "Beatles" for "The Beatles", and "Dylan" for "#Dylan".
		const [predicted, gold] = [spans([4, 11], [17, 22]), spans([0, 11], [16, 22])];
		expect((["exact", "text", "folded", "trimmed"] as const).map((rule) => right(rule, predicted, gold).right)).toEqual(
			[0, 0, 0, 2],
		);
		// The second "the Beatles" for the first "The Beatles".
		expect(
			(["exact", "text", "folded", "trimmed"] as const).map(
				(rule) => right(rule, spans([25, 36]), spans([0, 11])).right,
			),
		).toEqual([0, 0, 1, 1]);
	});
	test("the same words annotated twice count once where places do not count", () => {
		expect(right("folded", spans([0, 11]), spans([0, 11], [25, 36]))).toEqual({ right: 1, predicted: 1, gold: 1 });
		expect(right("exact", spans([0, 11]), spans([0, 11], [25, 36]))).toEqual({ right: 1, predicted: 1, gold: 2 });
	});
});
