import { describe, expect, test } from "vitest";
import type { PairOption } from "../query/question.ts";
import { RELATION_RULES } from "../relation-rules.ts";
import { mostProbableSet, type OpenPair } from "./consistent-set.ts";

const option = (name: string, gain: number, reversed = false): PairOption => ({ name, gain, reversed, share: 0.5 });
const pair = (head: string, tail: string, ...options: PairOption[]): OpenPair => ({ head, tail, options });
const chosen = (...pairs: OpenPair[]) =>
	mostProbableSet(pairs, (name) => RELATION_RULES[name] ?? {}).map((one) =>
		one === null ? "none" : one.reversed ? `${one.name}, reversed` : one.name,
	);

describe("a set without a contradiction", () => {
	test("stays, each pair with its first option", () => {
		expect(
			chosen(
				pair("Ada", "Cavs", option("member of", 2), option("leader", 1)),
				pair("Ada", "Bob", option("peer", 1)),
				pair("Bob", "Cavs", option("member of", -1)),
			),
		).toEqual(["member of", "peer", "none"]);
	});
});

describe("of relations that contradict each other", () => {
	test("the more probable place of birth stays", () => {
		expect(
			chosen(
				pair("Ada", "Paris", option("place of birth", 2)),
				pair("Ada", "Rome", option("place of birth", 1), option("place of residence", 0.5)),
			),
		).toEqual(["place of birth", "place of residence"]);
	});

	test("two places of birth stay where one lies within the other", () => {
		expect(
			chosen(
				pair("Ada", "Houston", option("place of birth", 2)),
				pair("Ada", "Texas", option("place of birth", 1)),
				pair("Texas", "Houston", option("contain", 1)),
			),
		).toEqual(["place of birth", "place of birth", "contain"]);
	});

	test("nothing is taken that is less likely than none, though it would make two others agree", () => {
		expect(
			chosen(
				pair("Ada", "Houston", option("place of birth", 2)),
				pair("Ada", "Texas", option("place of birth", 1.5)),
				pair("Texas", "Houston", option("contain", -1)),
			),
		).toEqual(["place of birth", "none", "none"]);
	});

	test("the least probable side of a triangle of couples goes", () => {
		expect(
			chosen(
				pair("Sam", "Priya", option("couple", 3)),
				pair("Sam", "Ben", option("couple", 2)),
				pair("Priya", "Ben", option("couple", 2)),
			),
		).toEqual(["couple", "none", "none"]);
	});

	test("two that belong together outweigh one that is more probable than either", () => {
		expect(
			chosen(
				pair("Texas", "Houston", option("contain", 2)),
				pair("Houston", "Texas", option("contain", 1.5)),
				pair("USA", "Texas", option("contain", 1)),
				pair("Houston", "USA", option("contain", 0.5)),
				pair("Houston", "Dallas", option("contain", 0.2)),
			),
		).toEqual(["contain", "none", "contain", "none", "contain"]);
	});

	test("no place lies within itself, whether it contains or is located", () => {
		expect(chosen(pair("Shop", "Oslo", option("locate at", 2)), pair("Shop", "Oslo", option("contain", 1)))).toEqual([
			"locate at",
			"none",
		]);
	});

	test("a place within two others lies within one of them only, unless they contain each other", () => {
		expect(
			chosen(
				pair("France", "Paris", option("contain", 2)),
				pair("Texas", "Paris", option("contain", 1)),
				pair("France", "Texas", option("contain", -4)),
			),
		).toEqual(["contain", "none", "none"]);
	});

	test("one name of a thing has no relation to the other", () => {
		expect(
			chosen(
				pair("Ed", "Edward", option("alternate names", 2)),
				pair("Edward", "Ed", option("peer", 1)),
				pair("Ed", "Ann", option("couple", 1)),
				pair("Edward", "Ann", option("couple", 0.5)),
			),
		).toEqual(["alternate names", "none", "couple", "couple"]);
	});

	test("what is hardly possible is not taken because all else contradicts", () => {
		const hardly = { ...option("place of residence", 0.5), share: 0.09 };
		expect(
			chosen(
				pair("Ada", "Paris", option("place of birth", 2)),
				pair("Ada", "Rome", option("place of birth", 1), hardly),
			),
		).toEqual(["place of birth", "none"]);
	});

	test("a relation without a rule contradicts nothing", () => {
		expect(chosen(pair("Ada", "Paris", option("likes", 2)), pair("Ada", "Rome", option("likes", 1)))).toEqual([
			"likes",
			"likes",
		]);
	});
});

test("a post with a thousand contradicting pairs is answered without searching for ever", () => {
	const pairs = Array.from({ length: 45 }, (_, i) => Array.from({ length: i }, (_, j) => [i, j] as const)).flat();
	const answers = chosen(
		...pairs.map(([i, j]) => pair(`p${i}`, `p${j}`, option("couple", 1 + ((i * 7 + j) % 5) / 10))),
	);
	expect(answers).toHaveLength(990);
	expect(answers.filter((name) => name === "couple").length).toBeGreaterThan(20);
	const partners = pairs.flatMap(([i, j], at) => (answers[at] === "couple" ? [i, j] : []));
	expect(new Set(partners).size).toBe(partners.length);
});
