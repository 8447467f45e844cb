/** Proves that the relations of a post agree, and that the outputs keep what each pair has by itself. */
import { describe, expect, test } from "vitest";
import { type Manifest, parseManifest } from "../../bundle/manifest.ts";
import { prepareText } from "../../core/text.ts";
import { createContext, type ExtractionContext } from "../context.ts";
import { DEFAULT_INSTRUCTORS } from "../defaults.ts";
import { followQueries, startQueries } from "../plan.ts";
import type { ReadAnswer, RelationQuery } from "../query/question.ts";
import { readAnswer } from "../query/readers.ts";
import { settleRequest } from "../request.ts";
import { hypothesisOf, tinyCodec, tinyManifest } from "../tiny-codec.ts";
import { modelText } from "../words.ts";
import { assemble } from "./assemble.ts";

const RELATIONS = ["none", "couple", "peer", "rival"];

function manifestOf(rules?: Manifest["instructors"]["relation_rules"]): Manifest {
	const bare = tinyManifest(512);
	const open = { person: 900, location: 901, organization: 902, miscellaneous: 903, other: 904 };
	return {
		...bare,
		config: { ...bare.config, marker_token_ids: { open, close: 905 }, pair_relations: RELATIONS, pair_vote: 1 },
		graphs: { pair_classifier: { file: "g.onnx", inputs: [], outputs: [], weights: [] } },
		instructors: { ...DEFAULT_INSTRUCTORS, relations: "marked", ...(rules && { relation_rules: rules }) },
	};
}

const contextOf = (text: string, relationTypes: string[], manifest = manifestOf()): ExtractionContext =>
	createContext({
		request: settleRequest({ tasks: ["mner", "mre"], labels: { relationTypes } }),
		prepared: prepareText(text, "tokens"),
		codec: tinyCodec(),
		manifest,
		regionCount: 0,
	});

/** @param shares of each pair, "Sam Priya": the probabilities of relations; what is missing is none */
function resultOf(context: ExtractionContext, found: string, shares: Readonly<Record<string, Record<string, number>>>) {
	const first: ReadAnswer[] = startQueries(context).map((query) =>
		readAnswer(context, { query, hypotheses: [hypothesisOf(context.codec, found)], gate: null }),
	);
	const others = (followQueries(context, first) as RelationQuery[]).map((query) => {
		const given = shares[[query.pair!.head, query.pair!.tail].map((end) => modelText(context, end)).join(" ")] ?? {};
		const none = 1 - Object.values(given).reduce((sum, share) => sum + share, 0);
		const row = Float32Array.from(RELATIONS, (name) => Math.log(name === "none" ? none : (given[name] ?? 1e-9)));
		return readAnswer(context, { query, hypotheses: [], gate: null, relationLogProbs: query.ends!.map(() => row) });
	});
	const { relations: named, raw, entities } = assemble(context, [...first, ...others]);
	const nameOf = (id: string) => entities.find((entity) => entity.id === id)!.text;
	return {
		relations: named.map(
			({ head, type, tail, score }) => `${nameOf(head)} ${type} ${nameOf(tail)} ${score.toFixed(2)}`,
		),
		together: raw.flatMap(({ together }) => together ?? []),
	};
}

const POST = "Sam married Priya on Ben";
const FOUND = "person, Sam <spot> person, Priya <spot> person, Ben";
const WEDDING = { "Sam Priya": { couple: 0.8 }, "Sam Ben": { couple: 0.6, peer: 0.25 }, "Priya Ben": { couple: 0.7 } };

describe("relations of one post", () => {
	test("a person has one partner; the next best relation of another pair stays", () => {
		const { relations, together } = resultOf(contextOf(POST, ["couple", "peer"]), FOUND, WEDDING);
		expect(relations).toEqual(["Sam couple Priya 0.80", "Sam peer Ben 0.25"]);
		expect(together).toEqual([
			{ head: "Sam", relation: "peer", tail: "Ben" },
			{ head: "Priya", relation: "none", tail: "Ben" },
		]);
	});

	test("a pair that contradicts nothing keeps what it has by itself", () => {
		const { relations, together } = resultOf(contextOf(POST, ["couple", "peer"]), FOUND, {
			"Sam Priya": { couple: 0.8 },
			"Sam Ben": { peer: 0.6, couple: 0.3 },
		});
		expect(relations).toEqual(["Sam couple Priya 0.80", "Sam peer Ben 0.60"]);
		expect(together).toEqual([]);
	});

	test("nothing is related to itself under another spelling", () => {
		const context = contextOf("Sam met #sam and SAM", ["couple", "peer"]);
		const found = "person, Sam <spot> person, #sam <spot> person, SAM";
		const { relations } = resultOf(context, found, { "Sam #sam": { peer: 0.9 }, "Sam SAM": { couple: 0.9 } });
		expect(relations).toEqual([]);
	});
});

describe("rules of own relations", () => {
	const rivals = { "Sam Priya": { rival: 0.8 }, "Sam Ben": { rival: 0.6 } };

	test("there are none unless the bundle gives them", () => {
		const { relations } = resultOf(contextOf(POST, ["rival"]), FOUND, rivals);
		expect(relations).toEqual(["Sam rival Priya 0.80", "Sam rival Ben 0.60"]);
	});

	test("those of the bundle hold", () => {
		const rules = { rival: { symmetric: true, once: ["head", "tail"] as const } };
		const { relations } = resultOf(contextOf(POST, ["rival"], manifestOf(rules)), FOUND, rivals);
		expect(relations).toEqual(["Sam rival Priya 0.80"]);
	});

	test("a rule that cannot be read is refused with its place", () => {
		const json = { ...manifestOf({ rival: { once: ["middle" as "head"] } }), files: {} };
		expect(() => parseManifest(json)).toThrow(/instructors\.relation_rules\.rival\.once\.0/);
	});
});
