/** Goes in: posts whose mentions are known, and what a model might say of them. Comes out: whether several pairs are asked about in one question, what it may say, and what that means. */
import { describe, expect, test } from "vitest";
import type { Manifest } from "../bundle/manifest.ts";
import { prepareText } from "../core/text.ts";
import { assemble } from "./assemble.ts";
import { RELATION_SIGNATURES } from "./defaults.ts";
import { choosePairs, mentionsOf } from "./mentions.ts";
import { followQueries, startQueries, type TaskAnswer, waveQueries } from "./plan.ts";
import { entityQuery, type Mention, type MentionPair, modelText, type TaskQuery } from "./queries.ts";
import { readRecords } from "./read-records.ts";
import { writeRecords } from "./record-grammar.ts";
import type { RecordQuery } from "./records.ts";
import { createSetting, type Setting } from "./setting.ts";
import { hypothesisOf, mulberry32, tinyCodec, tinyManifest } from "./tiny-codec.ts";
import type { ExtractRequest, Grammar } from "./types.ts";

type Relations = NonNullable<Manifest["instructors"]["relations"]>;
const manifestOf = (relations: Relations, maxInput = 512): Manifest => {
	const bare = tinyManifest(maxInput);
	return { ...bare, instructors: { ...bare.instructors, relations } };
};
const TOGETHER = manifestOf("together");

function settingOf(post: string, request: Partial<ExtractRequest> = {}, manifest = TOGETHER): Setting {
	const full: ExtractRequest = { tasks: ["mre"], ...request };
	return createSetting({ request: full, prepared: prepareText(post, "tokens"), codec: tinyCodec(), manifest, regionCount: 0 });
}
const relationTypes = (...names: string[]) => ({ labels: { relationTypes: names } });
const say = ({ codec }: Setting, queries: readonly TaskQuery[], ...outputs: string[]): TaskAnswer[] =>
	queries.map((query, i) => ({ query, hypotheses: [hypothesisOf(codec, outputs[i] ?? "none")], gate: null }));

/** What mre asks once mner has said `found`, and the result of what is then said. */
function ask(setting: Setting, found: string) {
	const answers = say(setting, startQueries(setting), found);
	const queries = followQueries(setting, answers);
	return { answers, queries, result: (...outputs: string[]) => assemble(setting, [...answers, ...say(setting, queries, ...outputs)]) };
}
const prompts = (queries: readonly TaskQuery[]) =>
	queries.map(({ instructor }) => instructor.replace("Please extract the following relation between ", ""));
const links = ({ relations }: ReturnType<typeof assemble>) => relations.map(({ head, type, tail }) => `${head} ${type} ${tail}`);

/** Everything a grammar lets be said. */
function outputsOf({ codec }: Setting, { grammar }: TaskQuery): string[] {
	const { eos } = codec.special;
	const from = (state: unknown, ids: readonly number[]): string[] =>
		grammar.allowed(state).flatMap((id) => (id === eos ? [codec.decode(ids)] : from(grammar.next(state, id), [...ids, id])));
	return from(grammar.start, []).sort();
}

const POST = "Ada met Bob of Nasa";
const FOUND = "person, Ada <spot> person, Bob <spot> organization, Nasa";

describe("what is asked", () => {
	test("one pair is asked as ever", () => {
		const { queries } = ask(settingOf("Ada joins Nasa"), "person, Ada <spot> organization, Nasa");
		expect(prompts(queries)).toEqual(["Ada and Nasa: none, member of."]);
		expect(queries[0]).toMatchObject({ task: "mre", pair: { head: { from: 0 }, tail: { from: 2 } } });
	});

	test("three pairs are one question, with the relations that fit any of them in the order of the list", () => {
		const { queries } = ask(settingOf(POST), FOUND);
		expect(prompts(queries)).toEqual([
			"Ada, Bob and Nasa: none, member of, peer, alternate names, neighbor, couple, parent, charges, siblings, alumni.",
		]);
		expect(queries[0]!.task).toBe("mre");
	});

	test("of two pairs everything that may be said is: none, either, and both in the order of the text", () => {
		const setting = settingOf(POST, relationTypes("member of", "none"));
		const [query, ...others] = ask(setting, FOUND).queries;
		expect(others).toEqual([]);
		expect(prompts([query!])).toEqual(["Ada, Bob and Nasa: member of, none."]);
		const [ada, bob] = ["Ada, member of, Nasa", "Bob, member of, Nasa"];
		expect(outputsOf(setting, query!)).toEqual([ada, `${ada} <spot> ${bob}`, bob, "none"]);
		expect(setting.codec.decode(query!.inputIds)).toBe(`${query!.instructor} ${POST} </s>`);
	});

	test("a head comes in the order of the text, then its tail, and each relation joins its own types", () => {
		const setting = settingOf(POST, relationTypes("member of", "peer"));
		const [peer, ada, bob] = ["Ada, peer, Bob", "Ada, member of, Nasa", "Bob, member of, Nasa"];
		const some = [[peer], [ada], [bob], [peer, ada], [peer, bob], [ada, bob], [peer, ada, bob]].map((said) => said.join(" <spot> "));
		expect(outputsOf(setting, ask(setting, FOUND).queries[0]!)).toEqual([...some, "none"].sort());
	});

	test("types decide who is head, wherever the two stand, and of two places the later one is", () => {
		const people = settingOf("Nasa hires Ada and Bob", relationTypes("member of"));
		const hired = ask(people, "organization, Nasa <spot> person, Ada <spot> person, Bob").queries[0]!;
		expect(prompts([hired])).toEqual(["Nasa, Ada and Bob: member of, none."]);
		expect(outputsOf(people, hired)).toContain("Ada, member of, Nasa <spot> Bob, member of, Nasa");
		const places = settingOf("Kyoto Tokyo Japan", { ...relationTypes("contain"), maxPairs: 2 });
		const contained = ask(places, "location, Kyoto <spot> location, Tokyo <spot> location, Japan").queries[0]!;
		const [tokyo, japan] = ["Tokyo, contain, Kyoto", "Japan, contain, Tokyo"];
		expect(outputsOf(places, contained)).toEqual([japan, tokyo, `${tokyo} <spot> ${japan}`, "none"].sort());
	});

	test("a name that begins another one is told from it, as head and as tail", () => {
		const setting = settingOf("New York and New York City in USA", relationTypes("contain"));
		const found = "location, New York <spot> location, New York City <spot> location, USA";
		const { queries, result } = ask(setting, found);
		const all = "New York City, contain, New York <spot> USA, contain, New York <spot> USA, contain, New York City";
		expect(outputsOf(setting, queries[0]!)).toHaveLength(8);
		expect(outputsOf(setting, queries[0]!)).toContain(all);
		expect(links(result(all))).toEqual(["e2 contain e1", "e3 contain e1", "e3 contain e2"]);
	});

	test("two pairs of two names are asked one by one: the prompt of two names is that of one pair", () => {
		const { queries } = ask(settingOf("Ada saw that Bob and Ada", relationTypes("peer")), "person, Ada <spot> person, Bob <spot> person, Ada");
		expect(prompts(queries)).toEqual(["Ada and Bob: peer, none.", "Bob and Ada: peer, none."]);
	});

	test("one question is one, however often it is asked for, and others of the wave stay", () => {
		const setting = settingOf(POST, { tasks: ["mre", "jmere", "mee"] });
		const answers = say(setting, startQueries(setting), FOUND, "attack, met");
		expect(answers.map(({ query }) => query.task)).toEqual(["mner", "med"]);
		expect(waveQueries(setting, answers, 1).map(({ task }) => task)).toEqual(["mre", "meae"]);
	});

	test("a manifest's own wording takes the place of ours", () => {
		const { instructors } = TOGETHER;
		const manifest = { ...TOGETHER, instructors: { ...instructors, tasks: { mre_several: "{relations} of {entities}?" } } };
		expect(ask(settingOf(POST, relationTypes("peer", "member of"), manifest), FOUND).queries[0]!.instructor).toBe(
			"peer, member of, none of Ada, Bob and Nasa?",
		);
	});

	test.each<[string, Setting, string[]]>([
		[
			"the labels are a person's own",
			settingOf(POST, relationTypes("knows")),
			["Ada and Bob: knows, none.", "Ada and Nasa: knows, none.", "Bob and Nasa: knows, none."],
		],
		[
			"the bundle asks about the fitting relations of a pair",
			settingOf(POST, relationTypes("peer", "member of"), manifestOf("fitting")),
			["Ada and Bob: peer, none.", "Ada and Nasa: member of, none.", "Bob and Nasa: member of, none."],
		],
		[
			"the bundle asks about all relations",
			settingOf(POST, relationTypes("peer", "member of"), manifestOf("all")),
			["Ada and Bob: peer, member of, none.", "Ada and Nasa: peer, member of, none.", "Bob and Nasa: peer, member of, none."],
		],
	])("each pair has its own question where %s", (_, setting, expected) => {
		expect(prompts(ask(setting, FOUND).queries)).toEqual(expected);
	});

	test("the pairs that a screen lets through are asked together, and a single one alone", () => {
		const setting = settingOf(POST, relationTypes("member of", "peer"));
		const mentions: Mention[] = ["person", "person", "organization"].map((type, i) => ({ from: 2 * i, to: 2 * i + 1, type, score: 1 }));
		const chosen = (...heads: string[]) => {
			const { queries, ...counts } = choosePairs(
				setting,
				mentions,
				({ head, tail }) => tail.type === "organization" && heads.includes(modelText(setting, head)),
			);
			return [prompts(queries), counts];
		};
		expect(chosen("Ada", "Bob")).toEqual([["Ada, Bob and Nasa: member of, none."], { asked: 2, left: 0, dismissed: 1 }]);
		expect(chosen("Bob")).toEqual([["Bob and Nasa: member of, none."], { asked: 1, left: 0, dismissed: 2 }]);
	});
});

describe("what does not fit", () => {
	test("of pairs whose record would be cut the others are asked, and a note counts pairs", () => {
		// "Ada, peer, Bob" has 5 tokens, and needs a sixth to end; "member of" is longer by two.
		const setting = settingOf(POST, { ...relationTypes("member of", "peer"), maxNewTokens: 6 });
		const { answers, queries } = ask(setting, FOUND);
		expect(prompts(queries)).toEqual([]);
		expect(assemble(setting, answers).notes).toEqual(["Relations were asked for 0 of 3 pairs of entities, the nearest ones."]);
		const three = settingOf("Ada Bob Cid Nasa", { ...relationTypes("member of", "peer"), maxNewTokens: 6 });
		const { queries: asked, result } = ask(three, "person, Ada <spot> person, Bob <spot> person, Cid <spot> organization, Nasa");
		expect(prompts(asked)).toEqual(["Ada, Bob and Cid: peer, none."]);
		expect(outputsOf(three, asked[0]!)).toEqual(["Ada, peer, Bob", "Ada, peer, Cid", "Bob, peer, Cid", "none"]);
		expect(result("none").notes).toEqual(["Relations were asked for 3 of 6 pairs of entities, the nearest ones."]);
	});

	test("of too many pairs the nearest are asked together, and the note counts pairs", () => {
		const { queries, result } = ask(settingOf(POST, { ...relationTypes("member of", "peer"), maxPairs: 2 }), FOUND);
		expect(queries).toHaveLength(1);
		expect(result("none").notes).toEqual(["Relations were asked for 2 of 3 pairs of entities, the nearest ones."]);
	});

	test("names that leave the text no room are asked about pair by pair, and nothing fails", () => {
		const names = ["Ada", "Bob", "Cid"].map((name) => `${name} ${`${name}x`.repeat(9)}`);
		const asked = (maxInput: number) => {
			const labels = { entityTypes: ["person"], relationTypes: ["peer"] };
			const setting = settingOf(names.join(" "), { labels }, manifestOf("together", maxInput));
			return prompts(ask(setting, names.map((name) => `person, ${name}`).join(" <spot> ")).queries);
		};
		// What mner needs to read all three: its prompt beside them is shorter than that of relations.
		const { length } = entityQuery(settingOf(names.join(" "), { labels: { entityTypes: ["person"] } })).inputIds;
		expect(asked(length)).toEqual([
			`${names[0]} and ${names[1]}: peer, none.`,
			`${names[0]} and ${names[2]}: peer, none.`,
			`${names[1]} and ${names[2]}: peer, none.`,
		]);
		expect(asked(2 * length)).toEqual([`${names[0]}, ${names[1]} and ${names[2]}: peer, none.`]);
	});
});

describe("what is read", () => {
	const setting = settingOf(POST, relationTypes("member of", "peer"));
	test("each record is the relation of its own two entities, with the probability of its ids and of what ends it", () => {
		const said = ask(setting, FOUND).result("Ada, peer, Bob <spot> Bob, member of, Nasa");
		expect(links(said)).toEqual(["e1 peer e2", "e2 member of e3"]);
		// Ada , peer , Bob <spot>, then Bob , memb er of , Nasa </s>: each ½.
		expect(said.relations.map(({ score }) => score)).toEqual([expect.closeTo(0.5 ** 6, 12), expect.closeTo(0.5 ** 8, 12)]);
		expect(said.entities).toHaveLength(3);
		expect(said.raw.map(({ task, output }) => `${task}: ${output}`)).toEqual([`mner: ${FOUND}`, "mre: Ada, peer, Bob <spot> Bob, member of, Nasa"]);
		expect(said).toMatchObject({ unread: [], notes: [], gate: { mre: 0 } });
	});

	test("none is no relation", () => expect(ask(setting, FOUND).result("none")).toMatchObject({ relations: [], unread: [] }));

	test("of names that are there twice the relation joins those that were asked about, the nearest", () => {
		const twice = settingOf("Ada saw that Bob and Cid and Ada at Nasa", relationTypes("member of", "peer"));
		const { queries, result } = ask(twice, "person, Ada <spot> person, Bob <spot> person, Cid <spot> person, Ada <spot> organization, Nasa");
		expect(prompts(queries)).toEqual(["Ada, Bob, Cid and Nasa: member of, peer, none."]);
		expect(links(result("Ada, peer, Bob <spot> Ada, member of, Nasa <spot> Bob, peer, Ada <spot> Cid, peer, Ada"))).toEqual([
			"e1 peer e2",
			"e4 member of e5",
			"e2 peer e4",
			"e3 peer e4",
		]);
	});

	test.each([
		"Nasa, member of, Ada",
		"Ada, member of, Bob",
		"Ada, peer, Ada",
		"Ada, none, Bob",
		"Ada, foe, Bob",
		"Ada, peer,",
		"Ada",
		"<spot> <spot>",
		", , ,",
		"none <spot> none",
	])("%s is no relation that was asked about, and is left unread", (output) => {
		const said = ask(setting, FOUND).result(output);
		expect(said.relations).toEqual([]);
		expect(said.unread.length).toBeGreaterThan(0);
	});

	test("what is right beside what cannot be read, is said twice or out of order counts", () => {
		const said = ask(setting, FOUND).result("Bob, member of, Nasa <spot> foe <spot> Ada, peer, Bob <spot> Ada, peer, Bob");
		expect(links(said)).toEqual(["e2 member of e3", "e1 peer e2"]);
		expect(said.unread).toEqual(["foe", "Ada, peer, Bob"]);
	});

	test("an answer without hypotheses says nothing", () => {
		const { answers, queries } = ask(setting, FOUND);
		expect(assemble(setting, [...answers, { query: queries[0]!, hypotheses: [], gate: null }])).toMatchObject({ relations: [], unread: [] });
	});
});

/** Few different words, which begin alike: names repeat and begin one another. */
function randomPost(next: () => number) {
	const below = (n: number) => Math.floor(next() * n);
	const words = Array.from({ length: 6 + below(10) }, () => ["New", "York", "Yorkton", "None", "none", "peer", "Ada"][below(7)]!);
	const found: string[] = [];
	for (let from = 0; from < words.length; ) {
		const to = from + 1 + below(3);
		if (below(3) > 0) found.push(`${["person", "organization", "location", "miscellaneous"][below(4)]}, ${words.slice(from, to).join(" ")}`);
		from = to;
	}
	const types = Object.keys(RELATION_SIGNATURES).filter(() => below(2) === 0);
	const limits = { maxPairs: 1 + below(20), maxNewTokens: 4 + below(40) };
	return {
		below,
		found: found.join(" <spot> "),
		setting: settingOf(words.join(" "), { ...relationTypes("peer", ...types.filter((name) => name !== "peer")), ...limits }),
	};
}

/** Goes where `below` says until nothing but the end is left, or until it goes there. */
function walk(grammar: Grammar, candidates: ReadonlySet<number>, eos: number, most: number, below: (n: number) => number): number[] {
	const ids: number[] = [];
	for (let state = grammar.start; ; ) {
		const allowed = grammar.allowed(state);
		if (allowed.length === 0 || !allowed.every((id) => candidates.has(id))) expect.unreachable(`dead end behind ${ids.join(" ")}`);
		// The end is gone to when nothing else is left, or at one in four chances.
		const onward = allowed.filter((id) => id !== eos);
		if (onward.length === 0 || (allowed.includes(eos) && below(4) === 0)) return ids;
		const id = onward[below(onward.length)]!;
		ids.push(id);
		if (ids.length > most) expect.unreachable(`${ids.length} ids of ${most}`);
		state = grammar.next(state, id);
	}
}

/** Places of a record's ends among the names of its question, in the order of the text. */
function placesOf(setting: Setting, pairs: readonly MentionPair[], ends: readonly Mention[]): number[] {
	const mentions = pairs.flatMap(({ head, tail }) => [head, tail]).sort((a, b) => a.from - b.from);
	const names = [...new Set(mentions.map((mention) => modelText(setting, mention)))];
	return ends.map((end) => names.indexOf(modelText(setting, end)));
}

test("of 3,000 random walks over random pairs each ends within its limit, reads back exactly, and says only what was asked, each pair once and in order", () => {
	let records = 0;
	let walks = 0;
	for (let seed = 0; walks < 3_000; seed++) {
		const { below, found, setting } = randomPost(mulberry32(seed));
		const { answers, queries } = ask(setting, found);
		const mentions = mentionsOf(setting, answers, "mner");
		const query = queries.find((one): one is RecordQuery => "spec" in one);
		if (query === undefined) continue;
		const { spec, pairs, grammar, candidateIds } = query;
		expect(queries).toHaveLength(1);
		const { eos } = setting.codec.special;
		for (let i = 0; i < 5; i++, walks++) {
			const ids = walk(grammar, new Set(candidateIds), eos, setting.request.maxNewTokens, below);
			const hypothesis = { ids: [...ids, eos], logProbs: [...ids, eos].map(() => 0), score: 0 };
			const reading = readRecords(hypothesis, spec, setting.codec);
			const values = reading.records.map((record) => record.values);
			expect([reading.unread, reading.wellFormed, writeRecords(spec, values)]).toEqual([[], true, ids]);
			const { relations } = assemble(setting, [...answers, { query, hypotheses: [hypothesis], gate: null }]);
			expect(relations).toHaveLength(values.length);
			let last = [-1, -1];
			for (const { type, head, tail } of relations) {
				const ends = [head, tail].map((id) => mentions[Number(id.slice(1)) - 1]!);
				expect(pairs!.some((pair) => pair.head.from === ends[0]!.from && pair.tail.from === ends[1]!.from)).toBe(true);
				expect(RELATION_SIGNATURES[type]).toContainEqual(ends.map((end) => end.type));
				const places = placesOf(setting, pairs!, ends);
				expect(places[0]! > last[0]! || (places[0] === last[0] && places[1]! > last[1]!)).toBe(true);
				last = places;
				records++;
			}
		}
	}
	expect(records).toBeGreaterThan(3_000);
});
