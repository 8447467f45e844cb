/** Proves how pairs are asked about on what was read for the entities, and what their answers mean. */
import { describe, expect, test } from "vitest";
import type { Manifest } from "../../bundle/manifest.ts";
import { prepareText } from "../../core/text.ts";
import { createContext, type ExtractionContext } from "../context.ts";
import { RELATION_SIGNATURES } from "../defaults.ts";
import { nameKey } from "../names/identity.ts";
import { followQueries, startQueries, waveQueries } from "../plan.ts";
import { type ExtractRequest, settleRequest } from "../request.ts";
import { assemble } from "../result/assemble.ts";
import { mentionsOf } from "../result/mentions.ts";
import { hypothesisOf, mulberry32, tinyCodec, tinyManifest } from "../tiny-codec.ts";
import { modelText } from "../words.ts";
import { shareOfBest } from "./pair-shares.ts";
import type { Query, ReadAnswer, RelationQuery } from "./question.ts";
import { readAnswer } from "./readers.ts";

type Relations = NonNullable<Manifest["instructors"]["relations"]>;
const manifestOf = (relations: Relations, maxInput = 512): Manifest => {
	const bare = tinyManifest(maxInput);
	return { ...bare, instructors: { ...bare.instructors, relations } };
};

function contextOf(
	post: string,
	request: Partial<ExtractRequest> = {},
	manifest = manifestOf("read"),
): ExtractionContext {
	const full: ExtractRequest = { tasks: ["mre"], ...request };
	return createContext({
		request: settleRequest(full),
		prepared: prepareText(post, "tokens"),
		codec: tinyCodec(),
		manifest,
		regionCount: 0,
	});
}
const relationTypes = (...names: string[]) => ({ labels: { relationTypes: names } });
const say = (context: ExtractionContext, queries: readonly Query[], ...outputs: string[]): ReadAnswer[] =>
	queries.map((query, i) =>
		readAnswer(context, { query, hypotheses: [hypothesisOf(context.codec, outputs[i] ?? "none")], gate: null }),
	);

/** What mre asks once mner has said `found`, and the result of what is then said. */
function ask(context: ExtractionContext, found: string) {
	const answers = say(context, startQueries(context), found);
	const queries = followQueries(context, answers);
	return {
		answers,
		queries,
		result: (...outputs: string[]) => assemble(context, [...answers, ...say(context, queries, ...outputs)]),
	};
}
const links = ({ relations }: ReturnType<typeof assemble>) =>
	relations.map(({ head, type, tail }) => `${head} ${type} ${tail}`);

/** Everything a grammar lets be said. */
function outputsOf({ codec }: ExtractionContext, { grammar }: Query): string[] {
	const { eos } = codec.special;
	const from = (state: unknown, ids: readonly number[]): string[] =>
		grammar
			.allowed(state)
			.flatMap((id) => (id === eos ? [codec.decode(ids)] : from(grammar.next(state, id), [...ids, id])));
	return from(grammar.start, []);
}

const POST = "Ada met Bob of Nasa";
const FOUND = "person, Ada <spot> person, Bob <spot> organization, Nasa";

describe("what is asked", () => {
	const context = contextOf(POST, relationTypes("member of", "peer"));
	const { answers, queries } = ask(context, FOUND);

	test("each pair, on the very input that was read for the entities", () => {
		expect(queries.map(({ task }) => task)).toEqual(["mre", "mre", "mre"]);
		for (const query of queries) {
			expect(query.inputIds).toBe(answers[0]!.query.inputIds);
			expect(query.instructor).toBe(answers[0]!.query.instructor);
		}
	});

	test("of each pair nothing but its own relations may be said, or none", () => {
		expect(queries.map((query) => outputsOf(context, query))).toEqual([
			["Ada, peer, Bob", "Ada, none, Bob"],
			["Ada, member of, Nasa", "Ada, none, Nasa"],
			["Bob, member of, Nasa", "Bob, none, Nasa"],
		]);
	});

	test("all score the same candidates, and are searched by what the whole answer is worth", () => {
		expect(new Set(queries.map(({ candidateIds }) => candidateIds)).size).toBe(1);
		const spoken = queries.flatMap((query) =>
			outputsOf(context, query).flatMap((output) => context.codec.encode(output)),
		);
		expect([...queries[0]!.candidateIds]).toEqual(
			[...new Set([...spoken, context.codec.special.eos])].sort((a, b) => a - b),
		);
		expect(queries.map(({ search }) => search?.lengthPenalty)).toEqual([0, 0, 0]);
	});

	test("one pair needs no prompt of its own either", () => {
		const one = ask(contextOf("Ada joins Nasa"), "person, Ada <spot> organization, Nasa");
		expect(one.queries.map(({ inputIds }) => inputIds)).toEqual([one.answers[0]!.query.inputIds]);
		expect(one.queries[0]!.inputIds).toBe(one.answers[0]!.query.inputIds);
	});

	test("types decide who is head, wherever the two stand", () => {
		const hired = contextOf("Nasa hires Ada", relationTypes("member of"));
		expect(outputsOf(hired, ask(hired, "organization, Nasa <spot> person, Ada").queries[0]!)).toEqual([
			"Ada, member of, Nasa",
			"Ada, none, Nasa",
		]);
	});

	test("others of the wave stay, and nothing is asked twice", () => {
		const mixed = contextOf(POST, { tasks: ["mre", "mee"], ...relationTypes("member of", "peer") });
		const before = say(mixed, startQueries(mixed), FOUND, "attack, met");
		const wave = waveQueries(mixed, before, 1);
		expect(wave.map(({ task }) => task)).toEqual(["mre", "mre", "mre", "meae"]);
		expect(waveQueries(mixed, [...before, ...say(mixed, wave)], 1)).toEqual([]);
	});

	test.each<[string, Partial<ExtractRequest>, Relations]>([
		["the relations are a person's own", relationTypes("knows"), "read"],
		[
			"the entity types are not those that the model reads for",
			{ labels: { entityTypes: ["person", "organization"], relationTypes: ["peer"] } },
			"read",
		],
		[
			"the entities are asked for in another wording",
			{ ...relationTypes("peer", "member of"), instructor: "I1" },
			"read",
		],
		["no grammar says which pair is meant", { ...relationTypes("peer", "member of"), decoding: "full" }, "read"],
		["the bundle did not learn it", relationTypes("peer", "member of"), "fitting"],
	])("a pair has a prompt of its own where %s", (_, request, relations) => {
		const queries = ask(contextOf(POST, request, manifestOf(relations)), FOUND).queries;
		expect(queries.length).toBeGreaterThan(0);
		for (const { instructor, search } of queries)
			expect([instructor.includes("relation between"), search]).toEqual([true, undefined]);
	});
});

describe("what does not fit", () => {
	test("a pair whose answer would be cut is not asked about, and a note counts", () => {
		// "Ada, peer, Bob" has 5 tokens, and needs a sixth to end; "member of" is longer by two.
		const { queries, result } = ask(contextOf(POST, { ...relationTypes("member of", "peer"), maxNewTokens: 6 }), FOUND);
		expect(queries).toHaveLength(1);
		expect(result("Ada, peer, Bob").notes).toEqual([
			"Relations were checked for 1 of 3 pairs of entities, the nearest ones.",
			// The entities that were found take more than six tokens, too.
			"The output of mner reached its limit of 6 tokens, so some results may be missing.",
		]);
	});

	test("of too many pairs the nearest are asked about", () => {
		const { queries, result } = ask(contextOf(POST, { ...relationTypes("member of", "peer"), maxPairs: 2 }), FOUND);
		expect(queries).toHaveLength(2);
		expect(result().notes).toEqual(["Relations were checked for 2 of 3 pairs of entities, the nearest ones."]);
	});
});

describe("what is read", () => {
	const context = contextOf(POST, relationTypes("member of", "peer"));

	test("a relation joins its own two entities", () => {
		const result = ask(context, FOUND).result("Ada, peer, Bob", "Ada, none, Nasa", "Bob, member of, Nasa");
		expect(links(result)).toEqual(["e1 peer e2", "e2 member of e3"]);
		expect(result).toMatchObject({ unread: [], notes: [], gate: { mre: 0 } });
		expect(result.raw.map(({ task, output }) => `${task}: ${output}`).slice(1)).toEqual([
			"mre: Ada, peer, Bob",
			"mre: Ada, none, Nasa",
			"mre: Bob, member of, Nasa",
		]);
	});

	test("its score is its share among what the pair might be, however unlikely the pair is beside others", () => {
		const { answers, queries } = ask(context, FOUND);
		const hypotheses = [
			["Ada, peer, Bob", -3],
			["Ada, none, Bob", -3 - Math.log(4)],
		].map(([output, sum]) => {
			const { ids } = hypothesisOf(context.codec, output as string);
			return { ids, logProbs: [sum as number, ...ids.slice(1).map(() => 0)], score: sum as number };
		});
		const { relations } = assemble(context, [
			...answers,
			readAnswer(context, { query: queries[0]!, hypotheses, gate: null }),
		]);
		expect(relations.map(({ score }) => score)).toEqual([expect.closeTo(0.8, 12)]);
		expect([shareOfBest(hypotheses.slice(0, 1)), shareOfBest(hypotheses)]).toEqual([1, expect.closeTo(0.8, 12)]);
	});

	test.each([
		"Nasa, member of, Ada",
		"Ada, foe, Bob",
		"Ada, peer,",
		"none",
		"<spot> <spot>",
		", , ,",
	])("%s does not answer about the pair, and is left unread", (output) => {
		const result = ask(context, FOUND).result(output, "Ada, none, Nasa", "Bob, none, Nasa");
		expect([result.relations, result.unread.length]).toEqual([[], 1]);
	});

	test("an answer without hypotheses says nothing", () => {
		const { answers, queries } = ask(context, FOUND);
		expect(
			assemble(context, [...answers, readAnswer(context, { query: queries[0]!, hypotheses: [], gate: null })]),
		).toMatchObject({
			relations: [],
			unread: [],
		});
	});
});

/** Few different words, which begin alike: names repeat and begin one another. */
function randomPost(next: () => number) {
	const below = (n: number) => Math.floor(next() * n);
	const words = Array.from(
		{ length: 6 + below(10) },
		() => ["New", "York", "Yorkton", "None", "none", "peer", "Ada"][below(7)]!,
	);
	const found: string[] = [];
	for (let from = 0; from < words.length; ) {
		const to = from + 1 + below(3);
		if (below(3) > 0)
			found.push(
				`${["person", "organization", "location", "miscellaneous"][below(4)]}, ${words.slice(from, to).join(" ")}`,
			);
		from = to;
	}
	const types = Object.keys(RELATION_SIGNATURES).filter(() => below(2) === 0);
	const limits = { maxPairs: 1 + below(20), maxNewTokens: 4 + below(40) };
	return {
		found: found.join(" <spot> "),
		context: contextOf(words.join(" "), {
			...relationTypes("peer", ...types.filter((name) => name !== "peer")),
			...limits,
		}),
	};
}

// It needs no token beyond the candidates either.
test("over 150 random posts everything that may be said of a pair fits and reads back as its own relation", () => {
	let pairs = 0;
	for (let seed = 0; seed < 150; seed++) {
		const { found, context } = randomPost(mulberry32(seed));
		const { answers, queries } = ask(context, found);
		const mentions = mentionsOf(answers, "mner");
		for (const query of queries as RelationQuery[]) {
			pairs++;
			const { head, tail } = query.pair!;
			const names = [head, tail].map((end) => modelText(context, end));
			const candidates = new Set(query.candidateIds);
			for (const { name, ids } of query.choices) {
				expect(ids.length).toBeLessThan(context.request.maxNewTokens);
				if (!ids.every((id) => candidates.has(id))) expect.unreachable(`${name} cannot be scored`);
				const hypotheses = [{ ids: [...ids, context.codec.special.eos], logProbs: ids.map(() => 0), score: 0 }];
				const { relations, unread } = assemble(context, [
					...answers,
					readAnswer(context, { query, hypotheses, gate: null }),
				]);
				expect(unread).toEqual([]);
				// Nothing is related to itself in other capitals.
				const isSame = nameKey(names[0]!) === nameKey(names[1]!);
				expect(relations.map(({ type }) => type)).toEqual(name === "none" || isSame ? [] : [name]);
				for (const relation of relations) {
					const ends = [relation.head, relation.tail].map((id) => mentions[Number(id.slice(1)) - 1]!);
					expect(ends.map((end) => modelText(context, end))).toEqual(names);
					expect(RELATION_SIGNATURES[name]).toContainEqual(ends.map(({ type }) => type));
				}
			}
		}
	}
	expect(pairs).toBeGreaterThan(400);
});
