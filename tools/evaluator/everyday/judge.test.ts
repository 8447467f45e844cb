/** Verdicts and relations of everyday posts, each checkable by eye. */
import { describe, expect, test } from "vitest";
import { type Found, judge, judgeNames, judgeRelations, trimmed } from "./judge.ts";
import { CAVS, postOf } from "./post.test-helper.ts";
import type { EverydayPost } from "./posts.ts";

/** "Kyrie:person" for each mention; the n-th occurrence with "Kyrie@1:person". Ids count from e0. */
function found({ text }: EverydayPost, mentions: readonly string[], relations: readonly string[] = []): Found {
	return {
		entities: mentions.map((mention, index) => {
			const [, piece = "", at = "0", type = ""] = /^(.*?)(?:@(\d))?:(\w+)$/u.exec(mention)!;
			let start = text.indexOf(piece);
			for (let seen = 0; seen < Number(at); seen++) start = text.indexOf(piece, start + 1);
			return { id: `e${index}`, type, text: piece, start, end: start + piece.length };
		}),
		relations: relations.map((relation) => {
			const [head = "", type = "", tail = "", score = "1"] = relation.split("|");
			return { type, head, tail, score: Number(score) };
		}),
	};
}

const cavs = postOf(CAVS);
const ALL = ["Kyrie:person", "Cavs:organization", "Boston:location"];
const verdictOf = (post: EverydayPost, mentions: readonly string[]) =>
	judgeNames(post, found(post, mentions).entities).verdict;

describe("names", () => {
	test("are right where every one is found with an acceptable type and nothing else", () => {
		expect(verdictOf(cavs, ALL)).toBe("right");
		expect(verdictOf(cavs, ["Kyrie:person", "Cavs:organization", "Boston:organization"])).toBe("right");
	});

	test.each([
		["one missed", ALL.slice(0, 2)],
		["one of another type", ["Kyrie:person", "Cavs:location", "Boston:location"]],
		["one of another extent", ["Kyrie drops:person", "Cavs:organization", "Boston:location"]],
		["one too many", [...ALL, "41:miscellaneous"]],
		["one twice", [...ALL, "Boston:organization"]],
	])("are tolerable with %s among three", (_what, mentions) => {
		expect(verdictOf(cavs, mentions)).toBe("tolerable");
	});

	test("are annoying with two slips, or one among two names", () => {
		expect(verdictOf(cavs, ["Kyrie:person"])).toBe("annoying");
		expect(verdictOf(cavs, ["Kyrie drops:person", "Boston:location"])).toBe("annoying");
		const two = postOf({ ...CAVS, names: CAVS.names.slice(0, 2) });
		expect(verdictOf(two, ["Kyrie:person"])).toBe("annoying");
		expect(verdictOf(two, ["Kyrie:person", "Cavs:organization"])).toBe("right");
	});

	test("of a post without any are right where nothing is found", () => {
		const none = postOf({ text: "Grateful for everything" });
		expect(verdictOf(none, [])).toBe("right");
		expect(verdictOf(none, ["Grateful:person"])).toBe("annoying");
	});

	test("that are optional may be shown or not, but not with another type", () => {
		const post = postOf({ text: "German beer", names: [{ text: "German", types: ["miscellaneous"], optional: true }] });
		expect(verdictOf(post, [])).toBe("right");
		expect(verdictOf(post, ["German:miscellaneous"])).toBe("right");
		expect(verdictOf(post, ["German:location"])).toBe("annoying");
	});

	test("have other extents, but not any other", () => {
		const post = postOf({
			text: "The iPhone 15 Pro is out",
			names: [{ text: "iPhone 15 Pro", also: ["iPhone"], types: ["miscellaneous"] }],
		});
		expect(verdictOf(post, ["iPhone:miscellaneous"])).toBe("right");
		expect(verdictOf(post, ["iPhone 15:miscellaneous"])).toBe("annoying");
	});

	test("are compared without marks and articles at their edges", () => {
		expect(verdictOf(cavs, ["Kyrie:person", "the Cavs:organization", "Boston:location"])).toBe("right");
		const tagged = postOf({ text: "go #Cavs", names: [{ text: "Cavs", types: ["organization"] }] });
		expect(verdictOf(tagged, ["#Cavs:organization"])).toBe("right");
	});

	test("each overlap with a wrong mention is one slip", () => {
		const { entities } = found(cavs, ["Kyrie drops:person", "Cavs beat Boston:location"]);
		// Two wrong mentions over Kyrie, and over Cavs; Boston is missed beside.
		expect(judgeNames(cavs, entities)).toMatchObject({ slips: 3, missed: [0, 1, 2], found: [] });
	});
});

describe("what of an extent counts", () => {
	test.each([
		["en", "“The Wire”", "Wire"],
		["en", "@NASA", "NASA"],
		["en", "the", "the"],
		["en", "Theresa", "Theresa"],
		["fr", "l'Équipe", "Équipe"],
		["it", "La Scala", "Scala"],
		["pl", "La Scala", "La Scala"],
		["en", "###", "###"],
	])("%s: %s is %s", (lang, text, expected) => {
		const { start, end } = trimmed(text, { start: 0, end: text.length }, lang);
		expect(text.slice(start, end)).toBe(expected);
	});
});

describe("relations", () => {
	const rightOf = (post: EverydayPost, mentions: readonly string[], relation: string) =>
		judgeRelations(post, found(post, mentions, [relation])).shown[0]!.right;

	test("are right with an acceptable type between the right ends", () => {
		expect(rightOf(cavs, ALL, "e0|member of|e1")).toBe(true);
		expect(rightOf(cavs, ALL, "e0|locate at|e1")).toBe(false);
		expect(rightOf(cavs, ALL, "e0|member of|e2")).toBe(false);
		expect(rightOf(cavs, ALL, "e1|member of|e0")).toBe(false);
	});

	test("need whole ends, but no type of theirs", () => {
		expect(rightOf(cavs, ["Kyrie drops:person", "Cavs:organization"], "e0|member of|e1")).toBe(false);
		expect(rightOf(cavs, ["Kyrie:location", "the Cavs:person"], "e0|member of|e1")).toBe(true);
	});

	const pair = postOf({
		text: "Ann and Bob, Ann's son",
		names: [
			{ text: "Ann", types: ["person"] },
			{ text: "Bob", types: ["person"] },
			{ text: "Ann", at: 1, types: ["person"] },
		],
		relations: [{ head: "Ann", tail: "Bob", types: ["parent", "peer"] }],
	});

	test("that are symmetric hold either way round, others do not", () => {
		const mentions = ["Ann:person", "Bob:person", "Ann@1:person"];
		expect(rightOf(pair, mentions, "e0|parent|e1")).toBe(true);
		expect(rightOf(pair, mentions, "e1|parent|e0")).toBe(false);
		expect(rightOf(pair, mentions, "e1|peer|e0")).toBe(true);
		expect(rightOf(pair, mentions, "e2|parent|e1")).toBe(true);
	});

	test("are missed where none of their types is shown, and optional ones never", () => {
		expect(judgeRelations(cavs, found(cavs, ALL))).toEqual({ shown: [], required: [0], missed: [0] });
		expect(judgeRelations(cavs, found(cavs, ALL, ["e0|member of|e1"])).missed).toEqual([]);
		const optional = postOf({ ...CAVS, relations: [{ ...CAVS.relations[0]!, optional: true }] });
		expect(judgeRelations(optional, found(optional, ALL)).required).toEqual([]);
		const optionalEnd = postOf({ ...CAVS, names: [{ ...CAVS.names[0]!, optional: true }, ...CAVS.names.slice(1)] });
		expect(judgeRelations(optionalEnd, found(optionalEnd, ALL)).required).toEqual([]);
	});

	test("keep their scores, and a relation whose end is not an entity is not shown", () => {
		const { relations } = judge(cavs, found(cavs, ALL, ["e0|member of|e1|0.7", "e0|member of|O1"]));
		expect(relations.shown).toEqual([{ type: "member of", head: "Kyrie", tail: "Cavs", score: 0.7, right: true }]);
	});
});
