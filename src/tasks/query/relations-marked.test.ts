/**
 * Proves what is read for pairs of marked mentions, which pairs are asked about how, and what decoder and classifier
 * make of them together.
 */
import { describe, expect, test } from "vitest";
import type { Manifest, MarkerTokens } from "../../bundle/manifest.ts";
import { prepareText } from "../../core/text.ts";
import { createContext, type ExtractionContext } from "../context.ts";
import { DEFAULT_INSTRUCTORS } from "../defaults.ts";
import { followQueries, startQueries, waveQueries } from "../plan.ts";
import { type ExtractRequest, settleRequest } from "../request.ts";
import { assemble } from "../result/assemble.ts";
import { hypothesisOf, mulberry32, tinyCodec, tinyManifest } from "../tiny-codec.ts";
import type { TokenCodec } from "../types.ts";
import { pairShares, readRelationAnswer } from "./pair-shares.ts";
import { thresholdsInForce } from "./prefilter.ts";
import type { Mention, Query, ReadAnswer, RelationQuery } from "./question.ts";
import { readAnswer, readAnswers } from "./readers.ts";
import { markedInput, relationsOnMarked } from "./relations-marked.ts";
import { entityQuery } from "./span.ts";

const MARKERS: MarkerTokens = {
	open: { person: 900, location: 901, organization: 902, miscellaneous: 903, other: 904 },
	close: 905,
};
const { person: PER, location: LOC, organization: ORG, other: OTHER } = MARKERS.open;
const END = MARKERS.close;
const KNOWN = ["none", "member of", "peer", "parent", "contain"];
const PROMPT = "Please extract the following relation between the marked entities:";

interface Bundle {
	readonly vote?: number;
	readonly relations?: readonly string[] | null;
	readonly maxInput?: number;
}

function manifestOf({ vote = 1, relations = KNOWN, maxInput = 512 }: Bundle = {}): Manifest {
	const bare = tinyManifest(maxInput);
	const graph = { file: "g.onnx", inputs: [], outputs: [], weights: [] };
	return {
		...bare,
		config: {
			...bare.config,
			marker_token_ids: MARKERS,
			...(relations && { pair_relations: [...relations], pair_vote: vote }),
		},
		graphs: relations ? { pair_classifier: graph } : {},
		instructors: { ...DEFAULT_INSTRUCTORS, relations: "marked" },
	};
}

function contextOf(
	post: string,
	request: Partial<ExtractRequest> = {},
	bundle: Bundle = {},
	codec: TokenCodec = tinyCodec(),
): ExtractionContext {
	const full: ExtractRequest = { tasks: ["mre"], ...request };
	return createContext({
		request: settleRequest(full),
		prepared: prepareText(post, "tokens"),
		codec,
		manifest: manifestOf(bundle),
		regionCount: 0,
	});
}
const relationTypes = (...names: string[]) => ({ labels: { relationTypes: names } });
const say = (context: ExtractionContext, queries: readonly Query[], ...outputs: string[]): ReadAnswer[] =>
	queries.map((query, i) =>
		readAnswer(context, { query, hypotheses: [hypothesisOf(context.codec, outputs[i] ?? "none")], gate: null }),
	);

function ask(context: ExtractionContext, found: string) {
	const answers = say(context, startQueries(context), found);
	return { answers, queries: followQueries(context, answers) as RelationQuery[] };
}
const pairText = ({ words }: ExtractionContext, { pair }: RelationQuery) =>
	[pair!.head, pair!.tail].map(({ from, to }) => words.slice(from, to).map(({ model }) => model)).join(" > ");

const POST = "Ada met Bob of Nasa";
const FOUND = "person, Ada <spot> person, Bob <spot> organization, Nasa";

describe("what is read", () => {
	const context = contextOf(POST, relationTypes("member of", "peer"));
	const { queries } = ask(context, FOUND);
	const ids = (text: string) => context.codec.encode(text);
	const begin = ids(PROMPT).length;

	test("the prompt, then the text with every mention between the marker of its type and a closing one", () => {
		const marked = [
			PER,
			...ids("Ada"),
			END,
			...ids("met"),
			PER,
			...ids("Bob"),
			END,
			...ids("of"),
			ORG,
			...ids("Nasa"),
			END,
		];
		expect(queries[0]!.instructor).toBe(PROMPT);
		expect(queries[0]!.inputIds).toEqual([...ids(PROMPT), ...marked, context.codec.special.eos]);
		expect(queries[0]!.text).toEqual({ begin, end: begin + marked.length });
		expect(queries[0]!.wordsRead).toBe(5);
	});

	test("one input for all pairs, in which the place copied last never moves", () => {
		expect(queries).toHaveLength(3);
		for (const query of queries) {
			expect(query.inputIds).toBe(queries[0]!.inputIds);
			expect(query.grammar.place?.(query.grammar.next(query.grammar.start, query.choices[0]!.ids[0]!))).toBe(0);
		}
	});

	test("ends are the places of the opening markers, both ways where a relation may join both ways", () => {
		// Ada is one token: marker 0, Ada 1, closing 2, met 3, marker 4; of 7, marker 8.
		const [ada, bob, nasa] = [begin, begin + 4, begin + 8];
		expect(queries.map((query) => pairText(context, query))).toEqual(["Ada > Bob", "Ada > Nasa", "Bob > Nasa"]);
		expect(queries.map(({ ends }) => ends)).toEqual([
			[
				[ada, bob],
				[bob, ada],
			],
			[[ada, nasa]],
			[[bob, nasa]],
		]);
	});

	test("where two mentions meet, the closing marker stands before the opening one", () => {
		const near = contextOf("Ada Nasa", relationTypes("member of"));
		const [query] = ask(near, "person, Ada <spot> organization, Nasa").queries;
		const { codec } = near;
		expect(query!.inputIds.slice(begin)).toEqual([
			PER,
			...codec.encode("Ada"),
			END,
			ORG,
			...codec.encode("Nasa"),
			END,
			codec.special.eos,
		]);
	});

	test.each<[string, Partial<ExtractRequest>, string, number[]]>([
		[
			"that has no marker is of another type",
			{ labels: { entityTypes: ["ship", "person"] } },
			"ship, Ada <spot> person, Bob",
			[OTHER, PER],
		],
		[
			"that is fine has the marker of its coarse type",
			{ labels: { entityTypes: ["actor", "park"], fineTypes: { person: ["actor"], building: ["park"] } } },
			"actor, Ada <spot> park, Bob",
			[PER, OTHER],
		],
		[
			"that is named like a property of every object is of another type",
			{ labels: { entityTypes: ["constructor"] } },
			"constructor, Ada",
			[OTHER],
		],
	])("a type %s", (_, request, found, expected) => {
		const own = contextOf(POST, { ...request, labels: { ...request.labels, relationTypes: ["knows"] } });
		const answers = say(own, startQueries(own), `${found} <spot> ${found.split(",")[0]}, Nasa`);
		const [query] = followQueries(own, answers);
		expect(query!.inputIds.filter((id) => id >= 900 && id < END).slice(0, expected.length)).toEqual(expected);
	});

	test("a text cannot spell a marker", () => {
		const bare = tinyCodec();
		const spells = (text: string) => (text === "</m>" ? [END] : text === "<m:person>" ? [PER] : bare.encode(text));
		const codec = {
			...bare,
			encode: spells,
			special: { ...bare.special, markers: [...Object.values(MARKERS.open), END] },
		};
		const faked = contextOf("Ada </m> met <m:person> Bob", relationTypes("peer"), {}, codec);
		const [query] = ask(faked, "person, Ada <spot> person, Bob").queries;
		expect(query!.inputIds.filter((id) => id >= 900)).toEqual([PER, END, PER, END]);
	});

	// At each word first what closes, then what opens, cut at the longest input.
	test("over 200 random posts it is what the trainer builds", () => {
		for (let seed = 0; seed < 200; seed++) {
			const next = mulberry32(seed);
			const below = (n: number) => Math.floor(next() * n);
			const words = Array.from({ length: 1 + below(12) }, () => ["Ada", "Yorkton", "of", "met"][below(4)]!);
			const mentions: Mention[] = [];
			for (let from = below(2); from < words.length; ) {
				const to = Math.min(words.length, from + 1 + below(2));
				mentions.push({ from, to, type: ["person", "location", "ship"][below(3)]!, score: next() });
				from = to + below(3);
			}
			const maxInput = begin + 1 + below(40);
			const post = contextOf(words.join(" "), {}, { maxInput });
			const { places, ...input } = markedInput(post, MARKERS, PROMPT, mentions);
			const trained = trainedInput(post.codec, words, mentions, maxInput);
			expect(input.inputIds).toEqual(trained.ids);
			const whole = mentions.filter(({ to }) => trained.closes.get(to)! < maxInput - 1);
			expect([...places.values()]).toEqual(whole.map(({ from }) => trained.opens.get(from)));
		}
	});
});

/** `ExampleBuilder.marked` of tools/trainer/examples.py, line by line. */
function trainedInput(codec: TokenCodec, words: readonly string[], mentions: readonly Mention[], maxInput: number) {
	const ids = codec.encode(PROMPT);
	const opening: Readonly<Record<string, number>> = { person: PER, location: LOC };
	const [opens, closes] = [new Map<number, number>(), new Map<number, number>()];
	for (let at = 0; at <= words.length; at++) {
		if (mentions.some(({ to }) => to === at)) closes.set(at, ids.push(END) - 1);
		const begun = mentions.find(({ from }) => from === at);
		if (begun) opens.set(at, ids.push(opening[begun.type] ?? OTHER) - 1);
		if (at < words.length) ids.push(...codec.encode(words[at]!));
	}
	return { ids: [...ids.slice(0, maxInput - 1), codec.special.eos], opens, closes };
}

describe("which pairs are asked about", () => {
	test("of mentions that overlap the better one is marked, and pairs of the other are left out", () => {
		const context = contextOf("New York met Ada", relationTypes("knows"));
		const [york, newYork, ada] = [
			{ from: 1, to: 2, type: "location", score: 0.9 },
			{ from: 0, to: 2, type: "location", score: 0.8 },
			{ from: 3, to: 4, type: "person", score: 0.1 },
		];
		const pairs = [york, newYork].map((head) => ({
			pair: { head: head!, tail: ada! },
			names: ["knows", "none"],
			reversed: null,
		}));
		const queries = relationsOnMarked(context, [york!, newYork!, ada!], pairs);
		expect(queries.map(({ pair }) => pair!.head)).toEqual([york]);
		expect(queries[0]!.inputIds.filter((id) => id >= 900)).toEqual([LOC, END, PER, END]);
	});

	test("a pair whose last marker is cut off is left out, and a note counts", () => {
		// The entity question is shorter, so that all are found.
		const request = { labels: { entityTypes: ["person", "organization"], relationTypes: ["member of", "peer"] } };
		const whole = ask(contextOf(POST, request), FOUND).queries[0]!.inputIds.length;
		for (const [maxInput, pairs] of [
			[whole, 3],
			[whole - 1, 1],
		] as const) {
			const context = contextOf(POST, request, { maxInput });
			const { answers, queries } = ask(context, FOUND);
			expect(queries.map((query) => pairText(context, query))).toHaveLength(pairs);
			const notes = assemble(context, [...answers, ...say(context, queries)]).notes;
			expect(notes.some((note) => note.startsWith(`Relations were checked for ${pairs} of 3 pairs`))).toBe(pairs < 3);
		}
	});

	test("names that stand twice make one pair, whichever of them comes first", () => {
		const context = contextOf("Ada met Bob , then Ada left", relationTypes("peer"));
		expect(
			ask(context, "person, Ada <spot> person, Bob <spot> person, Ada").queries.map((query) =>
				pairText(context, query),
			),
		).toEqual(["Ada > Bob"]);
	});

	test.each<[string, Partial<ExtractRequest>]>([
		["in full decoding, where answers about pairs are held to the grammar anyway", { decoding: "full" }],
		["with another wording of the entity question", { instructor: "I1" }],
		[
			"with a person's own entity types",
			{ labels: { entityTypes: ["person", "organization"], relationTypes: ["member of", "peer"] } },
		],
	])("all share a reading %s", (_, request) => {
		const context = contextOf(POST, { ...relationTypes("member of", "peer"), ...request });
		const { queries } = ask(context, FOUND);
		expect(new Set(queries.map(({ inputIds }) => inputIds)).size).toBe(1);
		expect(queries.map(({ constrained, instructor }) => [constrained, instructor])).toEqual(
			queries.map(() => [true, PROMPT]),
		);
	});

	test("no prefilter looks at pairs, but events keep theirs", () => {
		const { graphs, config, ...rest } = manifestOf();
		const graph = { file: "s.onnx", inputs: [], outputs: [], weights: [] };
		const manifest = {
			...rest,
			// The former name, which the format keeps.
			graphs: { ...graphs, screen: graph },
			config: { ...config, screen: { related: 0.5, eventful: 0.4 } },
		};
		const inForce = (relations: "marked" | "fitting") => {
			const instructors = { ...manifest.instructors, relations };
			const request: ExtractRequest = { tasks: ["mre", "mee"] };
			const prepared = prepareText(POST, "tokens");
			return thresholdsInForce(
				createContext({
					request: settleRequest(request),
					prepared,
					codec: tinyCodec(),
					manifest: { ...manifest, instructors },
					regionCount: 0,
				}),
			);
		};
		expect(inForce("marked")).toEqual({ related: null, eventful: 0.4 });
		expect(inForce("fitting")).toEqual({ related: 0.5, eventful: 0.4 });
	});

	test("others of the wave stay, and nothing is asked twice", () => {
		const context = contextOf(POST, { tasks: ["mre", "mee"], ...relationTypes("member of", "peer") });
		const before = say(context, startQueries(context), FOUND, "attack, met");
		const wave = waveQueries(context, before, 1);
		expect(wave.map(({ task }) => task)).toEqual(["mre", "mre", "mre", "meae"]);
		expect(waveQueries(context, [...before, ...say(context, wave)], 1)).toEqual([]);
	});

	test("a bundle without markers asks each pair by itself", () => {
		const manifest = { ...tinyManifest(), instructors: { ...DEFAULT_INSTRUCTORS, relations: "marked" as const } };
		const request: ExtractRequest = { tasks: ["mre"], ...relationTypes("peer", "member of") };
		const context = createContext({
			request: settleRequest(request),
			prepared: prepareText(POST, "tokens"),
			codec: tinyCodec(),
			manifest,
			regionCount: 0,
		});
		expect(ask(context, FOUND).queries.map(({ instructor }) => instructor)[0]).toContain(
			"relation between Ada and Bob",
		);
	});
});

describe("who answers", () => {
	const votes = (request: Partial<ExtractRequest>, bundle?: Bundle) =>
		ask(contextOf(POST, request, bundle), FOUND).queries.map(({ vote, silent = false, ends = [] }) => [
			vote?.weight,
			silent,
			ends.length,
		]);

	test("the classifier alone with all of the vote, both with a part of it, the decoder alone with none", () => {
		const labels = relationTypes("member of", "peer");
		expect(votes(labels)).toEqual([
			[1, true, 2],
			[1, true, 1],
			[1, true, 1],
		]);
		expect(votes(labels, { vote: 0.7 })).toEqual([
			[0.7, false, 2],
			[0.7, false, 1],
			[0.7, false, 1],
		]);
		for (const bundle of [{ vote: 0 }, { relations: null }])
			expect(votes(labels, bundle)).toEqual(Array(3).fill([undefined, false, 0]));
	});

	test("of pairs that may have a relation the classifier does not know, the decoder alone", () => {
		// Siblings join persons, so that the two pairs with an organization keep the vote.
		expect(votes(relationTypes("member of", "siblings"))).toEqual([
			[undefined, false, 0],
			[1, true, 1],
			[1, true, 1],
		]);
		expect(votes(relationTypes("knows"))).toEqual(Array(3).fill([undefined, false, 0]));
	});

	test("a classifier that does not know none has no vote", () => {
		expect(votes(relationTypes("member of", "peer"), { relations: ["member of", "peer"] })).toEqual(
			Array(3).fill([undefined, false, 0]),
		);
	});

	test("what the classifier answers alone takes no room among the candidates, and fits whatever its length", () => {
		const { queries } = ask(contextOf(POST, { ...relationTypes("member of", "siblings"), maxNewTokens: 7 }), FOUND);
		const spoken = queries.filter(({ silent }) => !silent).flatMap(({ choices }) => choices.flatMap(({ ids }) => ids));
		expect([...queries[0]!.candidateIds]).toEqual([...new Set([...spoken, 1])].sort((a, b) => a - b));
		// "Ada, member of, Nasa" has seven tokens, and would need an eighth to end.
		expect(queries).toHaveLength(3);
	});
});

/** What the classifier says, as probabilities of all that it knows. */
const rowOf = (...probabilities: number[]) => Float32Array.from(probabilities, Math.log);

describe("what is made of it", () => {
	const context = contextOf(POST, relationTypes("member of", "peer", "parent"), { vote: 0.7 });
	const { answers, queries } = ask(context, FOUND);
	const both = queries[0]!;
	const hypotheses = (...outputs: [output: string, sum: number][]) =>
		outputs.map(([output, sum]) => {
			const { ids } = hypothesisOf(context.codec, output);
			return { ids, logProbs: [sum, ...ids.slice(1).map(() => 0)], score: sum };
		});
	const close = (shares: ReturnType<typeof pairShares>) =>
		shares!.map(({ name, share, reversed }) => [name, share.toFixed(6), reversed]);

	test("the classifier's own shares are those of the relations asked about: here 0.5 and 0.3 of 0.8", () => {
		const query = queries[1]!;
		// none, member of, peer, parent, contain
		const relationLogProbs = [rowOf(0.3, 0.5, 0.1, 0.05, 0.05)];
		expect(
			close(pairShares({ query: { ...query, silent: true }, hypotheses: [], relationLogProbs }, context.codec)),
		).toEqual([
			["member of", "0.625000", false],
			["none", "0.375000", false],
		]);
	});

	test("of decoder and classifier the logarithms are added by their weights", () => {
		const query = queries[1]!;
		const decoder = hypotheses(["Ada, none, Nasa", Math.log(0.6)], ["Ada, member of, Nasa", Math.log(0.2)]);
		const shares = pairShares(
			{ query, hypotheses: decoder, relationLogProbs: [rowOf(0.3, 0.5, 0.1, 0.05, 0.05)] },
			context.codec,
		)!;
		const [none, member] = [0.6 ** 0.3 * 0.3 ** 0.7, 0.2 ** 0.3 * 0.5 ** 0.7];
		expect(shares.map(({ name }) => name)).toEqual(["member of", "none"]);
		expect(shares.map(({ share }) => share)).toEqual([
			expect.closeTo(member / (none + member), 6),
			expect.closeTo(none / (none + member), 6),
		]);
	});

	test("what the search dropped counts as likely as the search lets through at most: e⁻⁴ of the best", () => {
		const query = {
			...both,
			ends: both.ends!.slice(0, 1),
			vote: { ...both.vote!, orders: both.vote!.orders.slice(0, 1) },
		};
		const even = rowOf(0.2, 0.2, 0.2, 0.2, 0.2);
		const shares = pairShares(
			{ query, hypotheses: hypotheses(["Ada, peer, Bob", -2]), relationLogProbs: [even] },
			context.codec,
		)!;
		const rest = Math.exp(-4 * 0.3);
		expect(shares[0]).toEqual({ name: "peer", share: expect.closeTo(1 / (1 + 2 * rest), 6), reversed: false });
		expect(shares.slice(1).map(({ share }) => share)).toEqual(Array(2).fill(expect.closeTo(rest / (1 + 2 * rest), 6)));
	});

	test("a relation that holds both ways has the mean of both, like none; others go the likelier way", () => {
		const query = { ...both, silent: true };
		const shares = (forth: Float32Array, back: Float32Array) =>
			pairShares({ query, hypotheses: [], relationLogProbs: [forth, back] }, context.codec);
		// Of none, peer and parent, which are asked about, here and there.
		expect(close(shares(rowOf(0.2, 0, 0.7, 0.1, 0), rowOf(0.4, 0, 0.55, 0.05, 0)))).toEqual([
			["peer", "0.625000", false],
			["none", "0.300000", false],
			["parent", "0.100000", false],
			["parent", "0.050000", true],
		]);
		expect(close(shares(rowOf(0.7, 0, 0.2, 0.1, 0), rowOf(0.1, 0, 0.1, 0.8, 0)))![0]).toEqual([
			"parent",
			"0.800000",
			true,
		]);
		// Unlikelier than none its own way, though likelier than none the other way.
		expect(close(shares(rowOf(0.5, 0, 0.1, 0.4, 0), rowOf(0.3, 0, 0.6, 0.1, 0)))![0]).toEqual([
			"none",
			"0.400000",
			false,
		]);
	});

	test.each([
		["are not there", undefined],
		["are NaN", [rowOf(Number.NaN, 0.5, 0.1, 0.2, 0.2)]],
		["are all impossible", [rowOf(0, 0, 0, 0, 0)]],
		["are past one", [Float32Array.of(Number.POSITIVE_INFINITY, 0, 0, 0, 0)]],
		["are too few", [new Float32Array(1)]],
	])("where the classifier's numbers %s, the decoder's alone count", (_, relationLogProbs) => {
		const decoder = hypotheses(["Ada, none, Nasa", Math.log(0.6)], ["Ada, member of, Nasa", Math.log(0.2)]);
		const answer = { query: queries[1]!, hypotheses: decoder, ...(relationLogProbs && { relationLogProbs }) };
		expect(close(pairShares(answer, context.codec))).toEqual([
			["none", "0.750000", false],
			["member of", "0.250000", false],
		]);
	});

	test("where the decoder says nothing that can be read, the classifier's alone count", () => {
		for (const decoder of [[], hypotheses(["peer", -1])])
			expect(
				readRelationAnswer(context, {
					query: queries[1]!,
					hypotheses: decoder,
					relationLogProbs: [rowOf(0.1, 0.3, 0.2, 0.2, 0.2)],
				}).relation,
			).toMatchObject({ name: "member of", share: expect.closeTo(0.75, 6) });
	});

	test("where neither says anything, no relation is named", () => {
		expect(readRelationAnswer(context, { query: { ...both, silent: true }, hypotheses: [] }).relation).toBeNull();
		const { relations, unread, raw } = assemble(context, [
			...answers,
			readAnswer(context, { query: { ...both, silent: true }, hypotheses: [], gate: null }),
		]);
		expect([relations, unread, raw.length]).toEqual([[], [], 1]);
	});

	test("a result shows each pair once, with its share, and says what was written and what was voted", () => {
		const decoder = hypotheses(
			["Ada, none, Bob", Math.log(0.9)],
			["Ada, peer, Bob", Math.log(0.1)],
			["Ada, parent, Bob", Math.log(0.1)],
		);
		const reversed = [rowOf(0.5, 0, 0.4, 0.1, 0), rowOf(0.1, 0, 0.1, 0.8, 0)];
		const voted = readAnswers(context, [
			{ query: both, hypotheses: decoder, gate: null, relationLogProbs: reversed },
			{
				query: { ...queries[1]!, silent: true },
				hypotheses: [],
				gate: null,
				relationLogProbs: [rowOf(0.9, 0.1, 0, 0, 0)],
			},
		]);
		const { relations, raw, unread, notes, gate } = assemble(context, [...answers, ...voted]);
		expect(relations).toEqual([{ id: "r1", type: "parent", head: "e2", tail: "e1", score: expect.closeTo(0.8, 6) }]);
		expect([unread, notes, gate]).toEqual([[], [], { mner: 0, mre: 0 }]);
		expect(raw[1]).toMatchObject({ task: "mre", instructor: PROMPT, output: "Ada, none, Bob" });
		expect(raw[1]!.votes!.map(({ head, relation, tail }) => `${head}, ${relation}, ${tail}`)).toEqual([
			"Bob, parent, Ada",
			...["Ada, none, Bob", "Ada, peer, Bob", "Ada, parent, Bob"],
		]);
		expect(raw[2]).toMatchObject({
			output: "",
			alternatives: [],
			votes: [{ relation: "none" }, { relation: "member of" }],
		});
	});
});

test("without a classifier the decoder's answers count as on the reading for entities", () => {
	const context = contextOf(POST, relationTypes("member of", "peer"), { relations: null });
	const { answers, queries } = ask(context, FOUND);
	const { relations, raw } = assemble(context, [
		...answers,
		...say(context, queries, "Ada, peer, Bob", "Ada, none, Nasa", "Bob, member of, Nasa"),
	]);
	expect(relations.map(({ head, type, tail, score }) => [head, type, tail, score])).toEqual([
		["e1", "peer", "e2", 1],
		["e2", "member of", "e3", 1],
	]);
	expect(raw.every(({ votes }) => votes === undefined)).toBe(true);
	expect(entityQuery(context).inputIds).not.toEqual(queries[0]!.inputIds);
});
