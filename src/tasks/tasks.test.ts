/**
 * Shows, on hand-written outputs of every task, that the grammar takes the right ones and nothing else, and what the
 * result says of them.
 */
import { describe, expect, test } from "vitest";
import type { Manifest } from "../bundle/manifest.ts";
import type { ExtractionResult } from "../core/result.ts";
import { ResultSchema } from "../core/result.ts";
import { prepareText } from "../core/text.ts";
import { DEFINITIONS } from "./catalog/definitions.ts";
import { createContext, type ExtractionContext } from "./context.ts";
import { FINE_TYPES, OBJECT_RELATION_TYPES } from "./defaults.ts";
import { layOutWords } from "./layout/layout.ts";
import { startQueries, waveCount, waveQueries } from "./plan.ts";
import type { Query, ReadAnswer } from "./query/question.ts";
import { readAnswer } from "./query/readers.ts";
import { type ExtractRequest, settleRequest } from "./request.ts";
import { assemble } from "./result/assemble.ts";
import { hypothesisOf, tinyCodec, tinyManifest } from "./tiny-codec.ts";
import { GENERATIONS, REQUESTABLE } from "./types.ts";

/** A model that was trained for everything. */
const ALL: Manifest = { ...tinyManifest(), tasks: [...GENERATIONS, "meae_trigger"] };
const TEXT = "Kyrie joins the Cavs in Ohio";
const regions = ["O1", "O2", "O3"].map((object) => ({
	object,
	box: [0, 0, 9, 9] as [number, number, number, number],
	score: 1,
}));

interface Given {
	manifest?: Manifest;
	regionCount?: number;
	layout?: ReturnType<typeof layOutWords>;
}
function contextOf(
	text: string,
	request: Partial<ExtractRequest>,
	{ manifest = ALL, regionCount = 3, layout }: Given = {},
): ExtractionContext {
	const prepared = prepareText(layout?.text ?? text, "post");
	return createContext({
		request: settleRequest({ tasks: ["mner"], ...request }),
		prepared,
		codec: tinyCodec(),
		manifest,
		regionCount,
		layout: layout ?? null,
	});
}

/** Whether an output is allowed, token by token, to its end. */
function accepts({ codec }: ExtractionContext, query: Query, output: string): boolean {
	const candidates = new Set(query.candidateIds);
	let state = query.grammar.start;
	for (const id of [...codec.encode(output), codec.special.eos]) {
		if (!query.grammar.allowed(state).includes(id) || !candidates.has(id)) return false;
		state = query.grammar.next(state, id);
	}
	return true;
}

/**
 * Tokens of an output after which the grammar says that the text was copied up to a token that is another, and words
 * that follow none of `spansFollow`.
 */
function wrongPlaces(
	{ codec }: ExtractionContext,
	{ grammar, inputIds, text, spansFollow = [] }: Query,
	output: string,
): string[] {
	const ids = codec.encode(output);
	let state = grammar.start;
	let [place, copying] = [0, false];
	return ids.flatMap((id, at) => {
		state = grammar.next(state, id);
		const next = grammar.place?.(state) ?? Number.NaN;
		if (next === place) {
			copying = false;
			return [];
		}
		const begins = !copying || next !== place + 1;
		[place, copying] = [next, true];
		if (begins && !spansFollow.includes(ids[at - 1] ?? codec.special.start)) return [`${codec.decode([id])} begins`];
		return inputIds[text.begin + next - 1] === id ? [] : [`${codec.decode([id])} at ${next}`];
	});
}

/** Asks every wave and answers with `say(query)`; outputs that the grammar does not take fail. */
function run(context: ExtractionContext, say: (query: Query) => string, seen = true) {
	const answers: ReadAnswer[] = [];
	for (let wave = 0; wave < waveCount(context); wave++) {
		for (const query of waveQueries(context, answers, wave)) {
			const output = say(query);
			const { inputIds, text, instructor } = query;
			expect(inputIds.slice(0, text.begin)).toEqual(context.codec.encode(instructor));
			expect(inputIds.slice(text.end)).toEqual([context.codec.special.eos]);
			expect(wrongPlaces(context, query, output)).toEqual([]);
			if (!accepts(context, query, output)) expect.unreachable(`${query.task}: "${output}" is not allowed`);
			answers.push(readAnswer(context, { query, hypotheses: [hypothesisOf(context.codec, output)], gate: null }));
		}
	}
	const result = assemble(context, answers, seen ? { image: { width: 9, height: 9 }, regions } : undefined);
	const whole = { ...result, model: "tiny", device: { name: "wasm", threads: 1, reason: "" }, timings: {} };
	expect(ResultSchema.safeParse(JSON.parse(JSON.stringify(whole))).error).toBeUndefined();
	return { result, answers };
}
const brief = ({ entities }: Pick<ExtractionResult, "entities">) => entities.map(({ type, text }) => `${type} ${text}`);
const links = ({ relations }: Pick<ExtractionResult, "relations">) =>
	relations.map(({ head, type, tail }) => `${head} ${type} ${tail}`);

test("every task a person can ask for has a definition of its own name", () => {
	expect(REQUESTABLE.map((name) => DEFINITIONS[name].name)).toEqual([...REQUESTABLE]);
	expect(REQUESTABLE.flatMap((name) => DEFINITIONS[name].asks).every((task) => GENERATIONS.includes(task))).toBe(true);
});

test("the first wave depends on the picture's objects where the definition says so, and nowhere else", () => {
	const candidatesOf = (request: Partial<ExtractRequest>, regionCount: number) =>
		startQueries(contextOf(TEXT, request, { regionCount })).map(({ candidateIds }) => [...candidateIds]);
	for (const style of ["instruct", "mqa"] as const) {
		const dependent = REQUESTABLE.filter((name) => {
			const request = { tasks: [name], style };
			return JSON.stringify(candidatesOf(request, 0)) !== JSON.stringify(candidatesOf(request, 3));
		});
		expect(dependent).toEqual(REQUESTABLE.filter((name) => DEFINITIONS[name].namesObjects));
	}
});

describe("gmner", () => {
	const context = contextOf(TEXT, { tasks: ["gmner"] });
	const [query] = startQueries(context);
	test("an entity is in an object, or not in the picture", () => {
		const { result } = run(context, () => "person, Kyrie, O2 <spot> organization, Cavs, none");
		expect(result.entities).toMatchObject([
			{ type: "person", text: "Kyrie", grounded: true, regions: [{ object: "O2" }] },
			{ type: "organization", text: "Cavs", grounded: false, regions: [] },
		]);
		expect(result.notes).toEqual([]);
	});
	test.each([
		"person, Kyrie",
		"person, Kyrie, O2, O3",
		"person, LeBron, none",
		"person, Cavs, none <spot> person, Kyrie, none",
		"place, Ohio, none",
		"person, Kyri, none",
	])("%s is not allowed", (output) => {
		expect(accepts(context, query!, output)).toBe(false);
	});
	test("without a picture there is only none, and nothing is said about the picture", () => {
		const blind = contextOf(TEXT, { tasks: ["gmner"] }, { regionCount: 0 });
		const { result } = run(blind, () => "person, Kyrie, none", false);
		expect(result.entities[0]).not.toHaveProperty("grounded");
		expect(accepts(blind, startQueries(blind)[0]!, "person, Kyrie, O1")).toBe(false);
	});
	test("a model that was not trained for it is asked for mner, and a note says so", () => {
		const { result, answers } = run(
			contextOf(TEXT, { tasks: ["gmner"] }, { manifest: tinyManifest() }),
			() => "person, Kyrie",
		);
		expect(answers.map(({ query }) => query.task)).toEqual(["mner"]);
		expect(result.experimental).toEqual(["gmner"]);
		expect(result.notes).toEqual([
			"This model was not trained for gmner (grounded entities): mner (entities) ran instead and finds less.",
		]);
	});
	test("or for gmner anyway, as an experiment", () => {
		const context = contextOf(TEXT, { tasks: ["gmner"], untrained: "ask" }, { manifest: tinyManifest() });
		const { result } = run(context, () => "person, Kyrie, O1");
		expect(result.notes).toEqual([
			"Experimental: this model was not trained for gmner (grounded entities), so expect wrong and missing answers.",
		]);
	});
});

describe("fmnerg", () => {
	test("8 coarse types have 51 fine ones, each below one coarse type", () => {
		const fine = Object.values(FINE_TYPES).flat();
		expect([Object.keys(FINE_TYPES).length, fine.length, new Set(fine).size]).toEqual([8, 51, 51]);
	});
	const context = contextOf(TEXT, { tasks: ["fmnerg"] });
	test("an entity has its fine and its coarse type", () => {
		const { result } = run(context, () => "person, athlete, Kyrie, O1 <spot> organization, sports team, Cavs, none");
		expect(result.entities).toMatchObject([
			{ type: "athlete", coarse: "person", text: "Kyrie", grounded: true },
			{ type: "sports team", coarse: "organization", text: "Cavs", grounded: false },
		]);
	});
	test("a fine type is only said below its own coarse type", () => {
		expect(accepts(context, startQueries(context)[0]!, "location, athlete, Kyrie, none")).toBe(false);
	});
	test("a person's own hierarchy takes its place, and one fine type cannot be below two", () => {
		const own = contextOf(TEXT, { tasks: ["fmnerg"], labels: { fineTypes: { being: ["hero", "pet"] } } });
		expect(brief(run(own, () => "being, hero, Kyrie, none").result)).toEqual(["hero Kyrie"]);
		expect(() => contextOf(TEXT, { tasks: ["fmnerg"], labels: { fineTypes: { a: ["x"], b: ["x"] } } })).toThrow(
			'"x" is listed twice',
		);
	});
});

describe("jmere", () => {
	const context = contextOf(TEXT, { tasks: ["jmere"] });
	const [query] = startQueries(context);
	test("a triple gives two entities and their relation", () => {
		const { result } = run(
			context,
			() => "person, Kyrie, member of, organization, Cavs <spot> organization, Cavs, locate at, location, Ohio",
		);
		expect(brief(result)).toEqual(["person Kyrie", "organization Cavs", "location Ohio"]);
		expect(links(result)).toEqual(["e1 member of e2", "e2 locate at e3"]);
	});
	test.each([
		["nothing is related to itself", "person, Kyrie, peer, person, Kyrie"],
		["with MNRE's labels a relation joins the types of its signature", "person, Kyrie, member of, location, Ohio"],
		["a relation of none is not one", "person, Kyrie, none, organization, Cavs"],
		[
			"a triple is said once",
			"person, Kyrie, member of, organization, Cavs <spot> person, Kyrie, member of, organization, Cavs",
		],
	])("%s", (_, output) => {
		expect(accepts(context, query!, output)).toBe(false);
	});
	test("with other labels every relation joins all types", () => {
		const own = contextOf(TEXT, { tasks: ["jmere"], labels: { relationTypes: ["likes"] } });
		expect(links(run(own, () => "location, Ohio, likes, person, Kyrie").result)).toEqual(["e2 likes e1"]);
	});
	test("beside mner and mre an entity is one, whatever named it", () => {
		const both = contextOf(TEXT, { tasks: ["mner", "jmere"] });
		const { result } = run(both, ({ task }) =>
			task === "mner" ? "person, Kyrie" : "person, Kyrie, member of, organization, Cavs",
		);
		expect(brief(result)).toEqual(["person Kyrie", "organization Cavs"]);
	});
});

describe("more", () => {
	test("MORE has 21 relations", () => {
		expect(new Set(OBJECT_RELATION_TYPES).size).toBe(21);
	});
	test("a relation goes from an object to an entity, whose type another task may know", () => {
		const { result } = run(contextOf(TEXT, { tasks: ["mner", "more"] }), ({ task }) =>
			task === "mner" ? "organization, Cavs" : "O2, member of, Cavs <spot> O2, place of birth, Ohio",
		);
		expect(brief(result)).toEqual(["organization Cavs", "entity Ohio"]);
		expect(result.relations).toMatchObject([
			{ type: "member of", head: "O2", tail: "e1", region: { object: "O2" } },
			{ type: "place of birth", head: "O2", tail: "e2" },
		]);
	});
	test("without objects it is not asked, and a note says why", () => {
		const blind = contextOf(TEXT, { tasks: ["more"] }, { regionCount: 0 });
		expect(run(blind, () => "none", false).result.notes).toEqual([
			"Relations with objects were skipped: they need a picture, and a model that looks at it.",
		]);
		expect(startQueries(blind)).toEqual([]);
	});
});

describe("mee by trigger", () => {
	const text = "Jets bombed Homs and rebels shelled Aleppo";
	test("two events of one type have their own arguments, spans and objects", () => {
		const context = contextOf(text, { tasks: ["mee"], arguments: "trigger" });
		const { result, answers } = run(context, (query) => {
			if (query.task === "med") return "attack, bombed <spot> attack, shelled";
			return query.instructor.includes("bombed")
				? "attacker, Jets <spot> target, Homs <spot> instrument, O1"
				: "attacker, rebels";
		});
		expect(answers.at(-1)!.query.instructor).toBe(
			"Given an attack event triggered by shelled, please extract the corresponding argument type: " +
				"attacker, target, place, instrument.",
		);
		expect(
			result.events.map((event) =>
				event.arguments.map(({ role, span, region }) => `${role} ${span?.text ?? region?.object}`),
			),
		).toEqual([["attacker Jets", "target Homs", "instrument O1"], ["attacker rebels"]]);
	});
});

describe("gmper", () => {
	const text = "Mix flour and water\n\nKnead the dough\r\nBake the dough";
	test("each line is a step with a query of its own, and a thing is followed from step to step", () => {
		const context = contextOf(text, { tasks: ["gmper"] });
		const { result, answers } = run(context, ({ inputIds }) => {
			const read = context.codec.decode(inputIds);
			return read.includes("Mix") ? "flour, O1 <spot> water, none" : "the dough, O2";
		});
		expect(answers.map(({ query }) => context.codec.decode(query.inputIds).split("picture. ")[1])).toEqual([
			"Mix flour and water </s>",
			"Knead the dough </s>",
			"Bake the dough </s>",
		]);
		expect(result.steps?.map(({ number, text: step }) => `${number} ${step}`)).toEqual([
			"1 Mix flour and water",
			"2 Knead the dough",
			"3 Bake the dough",
		]);
		expect(result.entities.map(({ text: mention, step, grounded, thing }) => [mention, step, grounded, thing])).toEqual(
			[
				["flour", 1, true, "t1"],
				["water", 1, false, "t2"],
				["the dough", 2, true, "t3"],
				["the dough", 3, true, "t3"],
			],
		);
		for (const { start, end, text: mention } of result.entities) expect(text.slice(start, end)).toBe(mention);
	});
	test("one line is split at its numbers", () => {
		const context = contextOf("1. Mix well 2. Bake 3. Eat", { tasks: ["gmper"] });
		expect(run(context, () => "none").result.steps?.map(({ text: step }) => step)).toEqual([
			"1. Mix well",
			"2. Bake",
			"3. Eat",
		]);
	});
});

describe("re2", () => {
	const word = (text: string, x: number, y: number, width = 30) => ({ text, box: [x, y, x + width, y + 10] as const });
	const layout = layOutWords([
		word("Born", 0, 20),
		word("1815", 60, 21),
		word("Name", 0, 0),
		word("Ada", 60, 1),
		word("Byron", 93, 0),
		word("Place", 200, 0),
		word("London", 200, 20),
	]);
	const context = contextOf("", { tasks: ["re2"] }, { layout });
	const [query] = startQueries(context);
	test("the text is read line by line, a wide gap makes another block", () => {
		expect(layout.text).toBe("Name  Ada Byron  Place\nBorn  1815  London");
	});
	test("keys and values are linked, with the boxes they are drawn in", () => {
		const { result } = run(context, () => "Name, Ada Byron <spot> Place, London <spot> Born, 1815", false);
		expect(brief(result)).toEqual([
			"key Name",
			"value Ada Byron",
			"key Place",
			"key Born",
			"value 1815",
			"value London",
		]);
		expect(links(result)).toEqual(["e1 value e2", "e3 value e6", "e4 value e5"]);
		expect(result.entities[1]?.box).toEqual([60, 0, 123, 11]);
	});
	test.each([
		["a value does not stand left of its key", "Ada Byron, Name"],
		["nor above it", "Born, Name"],
		["nor in another column", "Name, London"],
		["a span does not cross blocks", "Name Ada, Byron"],
	])("%s", (_, output) => {
		expect(accepts(context, query!, output)).toBe(false);
	});
	test("in plain text a value stands behind its key on the line, or on the next", () => {
		const plain = contextOf("Name: Ada\nBorn\n1815", { tasks: ["re2"] });
		expect(links(run(plain, () => "Name, Ada <spot> Born, 1815").result)).toEqual(["e1 value e2", "e3 value e4"]);
		expect(accepts(plain, startQueries(plain)[0]!, "Name, 1815")).toBe(false);
	});
});

describe("mqa", () => {
	const context = contextOf("Jets bombed Homs", { tasks: ["mner", "mre", "mee"], style: "mqa" });
	test("spans first, then a question with options for each, and none of the above answers nothing", () => {
		const instructors: string[] = [];
		const { result } = run(context, ({ instructor }) => {
			instructors.push(instructor);
			if (instructor.includes("named entity")) return "Jets <spot> Homs";
			if (instructor.includes("trigger an event")) return "bombed";
			if (instructor.includes("entity type of")) return instructor.includes("Homs") ? "location" : "organization";
			if (instructor.includes("event does")) return "attack";
			if (instructor.includes("relation between")) return "none of the above";
			return instructor.includes("Jets") ? "attacker" : "target";
		});
		expect(instructors[2]).toBe(
			'Question: what is the entity type of "Jets"? Options: (A) person, (B) location, ' +
				"(C) miscellaneous, (D) organization, (E) none of the above.",
		);
		expect(brief(result)).toEqual(["organization Jets", "location Homs"]);
		expect(result.relations).toEqual([]);
		expect(result.events).toMatchObject([
			{
				type: "attack",
				trigger: { text: "bombed" },
				arguments: [
					{ role: "attacker", entity: "e1" },
					{ role: "target", entity: "e2" },
				],
			},
		]);
	});
	test("an answer is one of the options, word for word", () => {
		const first = startQueries(context).map((query) =>
			readAnswer(context, { query, hypotheses: [hypothesisOf(context.codec, "Jets")], gate: null }),
		);
		const [question] = waveQueries(context, first, 1);
		expect(["location", "none of the above"].map((output) => accepts(context, question!, output))).toEqual([
			true,
			true,
		]);
		expect(["none", "Jets", "location, Jets"].map((output) => accepts(context, question!, output))).toEqual([
			false,
			false,
			false,
		]);
	});
});

test("free outputs that hold no records are unread, whatever the task", () => {
	for (const task of ["gmner", "fmnerg", "jmere", "more", "gmper", "re2"] as const) {
		const context = contextOf(TEXT, { tasks: [task] });
		const answers = startQueries(context).map((query) =>
			readAnswer(context, { query, hypotheses: [hypothesisOf(context.codec, "a, b <spot> , <spot>")], gate: null }),
		);
		const result = assemble(context, answers, { image: { width: 9, height: 9 }, regions });
		expect([result.entities, result.relations, result.unread.length], task).toEqual([[], [], 3]);
	}
});
