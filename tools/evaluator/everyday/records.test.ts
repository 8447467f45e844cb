/** Everyday posts as the trainer reads them. */
import { describe, expect, test } from "vitest";
import { parseRecord } from "../records.ts";
import { CAVS, postOf } from "./post.test-helper.ts";
import { readPosts } from "./posts.ts";
import { toRecords } from "./records.ts";

const pairsOf = (post: Parameters<typeof toRecords>[0]) =>
	toRecords(post).pairs.map(({ head, relation, tail }) => `${head.text}, ${relation}, ${tail.text}`);

test("a record has the words that the model reads, joined by spaces, and offsets in code points", () => {
	const { entities } = toRecords(postOf({ text: "🏀 Kyrie's Cavs!", names: CAVS.names.slice(0, 2) }));
	expect(entities.text).toBe("🏀 Kyrie 's Cavs !");
	expect(entities.entities).toEqual([
		{ type: "person", text: "Kyrie", start: 2, end: 7 },
		{ type: "organization", text: "Cavs", start: 11, end: 15 },
	]);
});

describe("pairs", () => {
	test("are all pairs of names, in the order in which the engine asks", () => {
		expect(pairsOf(postOf(CAVS))).toEqual(["Kyrie, member of, Cavs", "Kyrie, none, Boston", "Cavs, none, Boston"]);
		const backwards = postOf({ text: "Cavs sign Kyrie", names: CAVS.names.slice(0, 2) });
		expect(pairsOf(backwards)).toEqual(["Kyrie, none, Cavs"]);
	});

	test("of two places without a relation have the later as head", () => {
		const names = [
			{ text: "Lyon", types: ["location"] },
			{ text: "Nice", types: ["location"] },
		];
		expect(pairsOf(postOf({ text: "From Lyon to Nice", names }))).toEqual(["Nice, none, Lyon"]);
	});

	test("keep the relation's own order", () => {
		const names = [
			{ text: "Bob", types: ["person"] },
			{ text: "Ann", types: ["person"] },
		];
		const post = postOf({
			text: "Bob, son of Ann",
			names,
			relations: [{ head: "Ann", tail: "Bob", types: ["parent"] }],
		});
		expect(pairsOf(post)).toEqual(["Ann, parent, Bob"]);
	});

	test("have the best relation that is built in and that their types allow", () => {
		const names = [
			{ text: "Ada", types: ["person"] },
			{ text: "Lyon", types: ["location", "organization"] },
		];
		const post = (types: string[]) =>
			postOf({ text: "Ada of Lyon", names, relations: [{ head: "Ada", tail: "Lyon", types }] });
		expect(pairsOf(post(["member of", "place of residence"]))).toEqual(["Ada, place of residence, Lyon"]);
		// Nobody is taught that nothing holds.
		expect(pairsOf(post(["place of death"]))).toEqual([]);
		expect(pairsOf(post(["member of"]))).toEqual([]);
	});

	test("that are arguable say so", () => {
		const post = postOf({ ...CAVS, relations: [{ ...CAVS.relations[0]!, optional: true }] });
		expect(toRecords(post).pairs.map(({ optional }) => optional)).toEqual([true, undefined, undefined]);
	});
});

test("optional names are taught only where a relation needs them", () => {
	const names = [
		{ text: "Welsh", types: ["miscellaneous"], optional: true },
		{ text: "Gwen", types: ["person"] },
	];
	const relations = [{ head: "Gwen", tail: "Welsh", types: ["nationality"] }];
	const textsOf = (post: Parameters<typeof toRecords>[0]) => toRecords(post).entities.entities.map(({ text }) => text);
	expect(textsOf(postOf({ text: "Welsh poet Gwen", names }))).toEqual(["Gwen"]);
	expect(textsOf(postOf({ text: "Welsh poet Gwen", names, relations }))).toEqual(["Welsh", "Gwen"]);
});

test("a name within a word is left out and reported", () => {
	const post = postOf({ text: "the Paris-based firm", names: [{ text: "Paris", types: ["location"] }] });
	expect(toRecords(post)).toMatchObject({ entities: { entities: [] }, unreachable: ["Paris"] });
});

test("every record of the built-in posts is one that evaluate reads, and no English name is within a word", () => {
	for (const post of readPosts()) {
		const { entities, pairs, unreachable } = toRecords(post);
		parseRecord(JSON.stringify(entities), "mner", post.id);
		for (const pair of pairs) parseRecord(JSON.stringify(pair), "mre", pair.id);
		if (post.lang === "en") expect([post.id, unreachable]).toEqual([post.id, []]);
	}
});
