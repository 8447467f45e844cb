/**
 * Shows that gold annotations survive the way to ids and back, on dev sets and the checkpoint's tokenizer where they
 * are at hand.
 */
import { existsSync, readFileSync } from "node:fs";
import { Tokenizer } from "@huggingface/tokenizers";
import { describe, expect, test } from "vitest";
import { codePointOffsets, prepareText } from "../core/text.ts";
import { gmner } from "./catalog/gmner.ts";
import { jmere } from "./catalog/jmere.ts";
import { createContext, type ExtractionContext } from "./context.ts";
import { DEFAULT_INSTRUCTORS, RELATION_SIGNATURES } from "./defaults.ts";
import { readChoice, readSpans } from "./grammar/read.ts";
import { readRecords } from "./grammar/read-records.ts";
import type { SpanQuery } from "./query/question.ts";
import { relationQuery } from "./query/relation.ts";
import { argumentQuery, entityQuery, eventQuery } from "./query/span.ts";
import { settleRequest } from "./request.ts";
import { tinyManifest } from "./tiny-codec.ts";
import type { Generation, Hypothesis, TokenCodec } from "./types.ts";
import { pieceOf } from "./words.ts";

const SHARED = process.env.UMIE_SHARED
	? new URL(`file://${process.env.UMIE_SHARED}/`)
	: new URL("../../../shared/", import.meta.url);
const here =
	existsSync(new URL("checkpoints/umie-nano/tokenizer.json", SHARED)) && existsSync(new URL("data/mner", SHARED));
if (!here) console.info("Data sets: skipped, ../shared (or UMIE_SHARED) is not there.");

interface Span {
	readonly type: string;
	readonly start: number;
	readonly end: number;
	readonly boxes?: readonly unknown[];
}
interface DataRecord {
	readonly text: string;
	readonly entities?: readonly Span[];
	readonly head?: { readonly text: string; readonly type?: string };
	readonly tail?: { readonly text: string; readonly type?: string };
	readonly relation?: string;
	readonly events?: ReadonlyArray<{
		readonly type: string;
		readonly trigger: { readonly start: number; readonly end: number };
		readonly arguments: ReadonlyArray<{ readonly role: string; readonly start: number; readonly end: number }>;
	}>;
}

const json = (path: string) => JSON.parse(readFileSync(new URL(path, SHARED), "utf8"));
const records = (path: string): DataRecord[] =>
	readFileSync(new URL(`data/${path}/dev.jsonl`, SHARED), "utf8")
		.trim()
		.split("\n")
		.map((line) => JSON.parse(line));

function realCodec(): TokenCodec {
	const tokenizer = new Tokenizer(
		json("checkpoints/umie-nano/tokenizer.json"),
		json("checkpoints/umie-nano/tokenizer_config.json"),
	);
	const known = new Map<string, number[]>();
	return {
		encode(text) {
			const ids = known.get(text) ?? tokenizer.encode(text, { add_special_tokens: false }).ids;
			known.set(text, ids);
			return [...ids];
		},
		decode: (ids) => tokenizer.decode([...ids], { skip_special_tokens: false }),
		special: { pad: 0, eos: 1, start: 0, spot: 3, objects: Array.from({ length: 36 }, (_, i) => i + 4) },
	};
}

const contextOf = (codec: TokenCodec, text: string): ExtractionContext =>
	createContext({
		request: settleRequest({ tasks: ["mner"], maxNewTokens: 256 }),
		prepared: prepareText(text, "tokens"),
		codec,
		manifest: tinyManifest(512),
		regionCount: 0,
	});

/**
 * Ids of a gold output, as if generated; every one must be allowed by the query's grammar and be among its candidates.
 */
function goldOutput(codec: TokenCodec, query: Generation, output: string): Hypothesis {
	const ids = [...codec.encode(output), codec.special.eos];
	const candidates = new Set(query.candidateIds);
	let state = query.grammar.start;
	for (const id of ids) {
		expect(query.grammar.allowed(state), output).toContain(id);
		expect(candidates.has(id)).toBe(true);
		state = query.grammar.next(state, id);
	}
	return { ids, logProbs: ids.map(() => 0), score: 0 };
}

const byPlace = (a: Span, b: Span) => a.start - b.start || a.end - b.end || (a.type < b.type ? -1 : 1);
/**
 * Gold spans (in code points, as Python counts) → output → grammar → ids → reader → spans: what went in and what came
 * out, sorted.
 */
function roundTrip(
	context: ExtractionContext,
	query: SpanQuery,
	spans: readonly Span[],
): { gold: Piece[]; found: Piece[] } {
	const offsets = codePointOffsets(context.text);
	const gold = [...spans].sort(byPlace).map(({ type, start, end }) => {
		const [from, to] = [offsets[start]!, offsets[end]!];
		return { type, text: context.text.slice(from, to), start: from, end: to };
	});
	const output = gold.length > 0 ? gold.map(({ type, text }) => `${type}, ${text}`).join(" <spot> ") : "none";
	const reading = readSpans(goldOutput(context.codec, query, output), query.vocabulary, context.codec);
	expect(reading.unread).toEqual([]);
	return { gold, found: reading.records.map(({ type, span }) => ({ type, ...pieceOf(context, span!) })).sort(byPlace) };
}
interface Piece extends Span {
	readonly text: string;
}

describe.skipIf(!here)("dev sets", () => {
	const codec = here ? realCodec() : null;

	test.each(["mner/twitter2015", "mner/twitter2017"])("%s: every gold entity comes back", (set) => {
		for (const { text, entities = [] } of records(set)) {
			const context = contextOf(codec!, text);
			const { gold, found } = roundTrip(context, entityQuery(context), entities);
			expect(found).toEqual(gold);
		}
	});

	test("mee/m2e2: every gold trigger and argument comes back", () => {
		for (const { text, events = [] } of records("mee/m2e2")) {
			const context = contextOf(codec!, text);
			const triggers = events.map(({ type, trigger }) => ({ type, start: trigger.start, end: trigger.end }));
			const { gold, found } = roundTrip(context, eventQuery(context), triggers);
			expect(found).toEqual(gold);
			for (const type of new Set(events.map((event) => event.type))) {
				const list = events
					.filter((event) => event.type === type)
					.flatMap((event) => event.arguments.map(({ role, start, end }) => ({ type: role, start, end })));
				const unique = [...new Map(list.map((span) => [JSON.stringify(span), span])).values()].sort(byPlace);
				// An output names words, not places: of two equal mentions the first is meant, so only the words are compared.
				const words = ({ type, text }: Piece) => `${type}, ${text}`;
				const back = roundTrip(context, argumentQuery(context, type, context.rolesOf(type)!), unique);
				expect(back.found.map(words).sort()).toEqual(back.gold.map(words).sort());
			}
		}
	});

	test("mner/gmner: every gold entity comes back with its object or none", () => {
		for (const { text, entities = [] } of records("mner/gmner")) {
			const context = { ...contextOf(codec!, text), objects: [4, 5] };
			const [query] = gmner.waves[0]!(context, []);
			if (query?.task !== "gmner") throw new Error("GMNER asks once.");
			const offsets = codePointOffsets(text);
			const gold = [...entities].sort(byPlace).map(({ type, start, end, boxes }) => {
				return { type, start: offsets[start]!, end: offsets[end]!, object: boxes ? "O2" : "none" };
			});
			const output =
				gold.length > 0
					? gold.map(({ type, start, end, object }) => `${type}, ${text.slice(start, end)}, ${object}`).join(" <spot> ")
					: "none";
			const reading = readRecords(goldOutput(codec!, query, output), query.spec, codec!);
			expect(reading.unread).toEqual([]);
			const found = reading.records.flatMap((record) => gmner.read(context, query, record).mentions);
			expect(found.map(({ type, object, ...span }) => ({ type, object, ...pieceOf(context, span) }))).toEqual(
				gold.map(({ object, ...span }) => ({
					...span,
					object: object === "O2" ? 1 : null,
					text: text.slice(span.start, span.end),
				})),
			);
		}
	});

	test("mre/mnre_v2: every gold triple of two typed entities can be said in one go and comes back", () => {
		let triples = 0;
		for (const { text, head, tail, relation } of records("mre/mnre_v2")) {
			if (relation === "none" || !head?.type || !tail?.type) continue;
			const context = contextOf(codec!, text);
			const [query] = jmere.waves[0]!(context, []);
			if (query?.task !== "jmere") throw new Error("JMERE asks once.");
			const output = `${head.type}, ${head.text}, ${relation}, ${tail.type}, ${tail.text}`;
			const reading = readRecords(goldOutput(codec!, query, output), query.spec, codec!);
			const [found] = reading.records.flatMap((record) => jmere.read(context, query, record).relations);
			expect(found?.type, output).toBe(relation);
			triples++;
			if (triples === 100) break;
		}
		expect(triples).toBe(100);
	});

	test("mre/mnre_v2: every gold relation comes back, and the prompt is the one of training", () => {
		for (const { text, head, tail, relation } of records("mre/mnre_v2").filter((_, i) => i % 8 === 0)) {
			const context = contextOf(codec!, text);
			const query = relationQuery(context, head!.text, tail!.text);
			const pair = `${head!.text} and ${tail!.text}`;
			const relations = DEFAULT_INSTRUCTORS.labels.relation_types.join(", ");
			expect(query.instructor).toBe(`Please extract the following relation between ${pair}: ${relations}.`);
			expect(query.inputIds).toEqual([...codec!.encode(`${query.instructor} ${text}`), 1]);
			expect(
				readChoice(goldOutput(codec!, query, `${head!.text}, ${relation}, ${tail!.text}`), query.choices, codec!).name,
			).toBe(relation);
		}
	});

	test("our relation signatures are those of relations.json, and the order of the prompt as well", () => {
		const { relations, prompt_order_v2 } = json("data/relations.json");
		const TYPES: Record<string, string> = {
			per: "person",
			org: "organization",
			loc: "location",
			misc: "miscellaneous",
		};
		const found: Record<string, string[]> = {};
		for (const [raw, name] of Object.entries<string>(relations)) {
			const [, head, tail] = raw.split("/");
			found[name] ??= [];
			if (head && tail) found[name].push(`${TYPES[head]} ${TYPES[tail]}`);
		}
		const ours = Object.fromEntries(
			Object.entries(RELATION_SIGNATURES).map(([name, list]) => [name, list.map((pair) => pair.join(" ")).sort()]),
		);
		expect(ours).toEqual(Object.fromEntries(Object.entries(found).map(([name, list]) => [name, list.sort()])));
		expect(DEFAULT_INSTRUCTORS.labels.relation_types).toEqual(prompt_order_v2);
	});

	test.each([
		...["de", "es", "fr", "it", "nl", "pl", "pt", "ru"].map((language) => `mner/languages/${language}`),
		...["twitter2015", "twitter2017", "conll2003", "btc", "wnut17", "tweebank"].map((set) => `mner/${set}`),
	])("%s: every gold entity begins and ends at borders of words", (set) => {
		const cut: string[] = [];
		for (const { text, entities = [] } of records(set)) {
			const offsets = codePointOffsets(text);
			const { words } = prepareText(text, "post");
			const [starts, ends] = [new Set(words.map(({ start }) => start)), new Set(words.map(({ end }) => end))];
			for (const { start, end } of entities) {
				const [from, to] = [offsets[start]!, offsets[end]!];
				if (!starts.has(from) || !ends.has(to)) cut.push(text.slice(from, to));
			}
		}
		// The annotation itself cuts "Haven’t" and takes "Got»" with its quotation mark.
		expect(cut).toEqual(set.endsWith("/ru") ? ["I Do Not Want What I Haven", "t Got»"] : []);
	});

	// Hashtags and HTML entities of Twitter-2015 apart.
	test("post mode leaves the words of tokenised posts as they are, 99 in 100", () => {
		for (const set of ["mner/twitter2015", "mner/twitter2017", "mre/mnre_v2", "mee/m2e2"]) {
			const words = records(set).flatMap(({ text }) => text.split(" "));
			const plain = words.filter((word) => !/^#.|&|^\/\/t$|^\p{Mn}|^\u200D/u.test(word));
			const same = plain.filter((word) => prepareText(word, "post").words.length === 1);
			expect(same.length / plain.length, set).toBeGreaterThan(0.99);
		}
	});
});
