/** Proves which regions a mention looked at, and what is shown of them. */
import { describe, expect, test } from "vitest";
import type { Grounding, Manifest } from "../../bundle/manifest.ts";
import type { Region } from "../../core/result.ts";
import { prepareText } from "../../core/text.ts";
import { createContext, plainIds } from "../context.ts";
import { startQueries } from "../plan.ts";
import { readAnswer } from "../query/readers.ts";
import { settleRequest } from "../request.ts";
import { hypothesisOf, tinyCodec, tinyManifest } from "../tiny-codec.ts";
import { assemble } from "./assemble.ts";
import { attentionOf, judgeTextPicture, measureSights, regionSeen } from "./grounding.ts";

const REGIONS: Region[] = [1, 2, 3].map((n) => ({ object: `O${n}`, box: [0, 0, n * 10, n * 10], score: 1 }));
const SLOTS = 4;

/**
 * "Kyrie meets Ada": every token looks evenly, but for those of the words in `looks`: they give their share to one
 * slot.
 */
function entityAnswer(
	looks: Readonly<Record<number, number>>,
	gate = 0.5,
	task: "mner" | "gmner" = "mner",
	grounding: Grounding = "said",
	calibration: Manifest["calibration"] = undefined,
) {
	const bare = tinyManifest();
	const context = createContext({
		request: settleRequest({ tasks: [task], untrained: "ask" }),
		prepared: prepareText("Kyrie meets Ada", "post"),
		codec: tinyCodec(),
		manifest: { ...bare, instructors: { ...bare.instructors, grounding }, ...(calibration && { calibration }) },
		regionCount: REGIONS.length,
	});
	const query = startQueries(context)[0]!;
	const values = new Float32Array(query.inputIds.length * SLOTS).fill(1 / SLOTS);
	let token = plainIds(query.instructor, context.codec).length;
	for (const [word, { ids }] of context.words.entries()) {
		for (const _ of ids) {
			const slot = looks[word];
			if (slot !== undefined) for (let i = 0; i < SLOTS; i++) values[token * SLOTS + i] = i === slot ? 0.7 : 0.1;
			token++;
		}
	}
	const output = { mner: "person, Kyrie <spot> person, Ada", gmner: "person, Kyrie, O1 <spot> person, Ada, none" }[
		task
	];
	const answer = readAnswer(context, {
		query: query!,
		hypotheses: [hypothesisOf(context.codec, output)],
		gate,
		attention: { values, slots: SLOTS },
	});
	return { context, answer };
}

describe("attention of a mention", () => {
	test("its words' tokens are averaged, and no others", () => {
		const { context, answer } = entityAnswer({ 0: 2 });
		const round = (from: number, to: number) =>
			[...attentionOf(context, answer, { from, to })!].map((share) => Math.round(share * 100) / 100);
		expect(round(0, 1)).toEqual([0.1, 0.1, 0.7, 0.1]);
		expect(round(2, 3)).toEqual([0.25, 0.25, 0.25, 0.25]);
	});
	test("regions come best first, with their share and what an equal one would be", () => {
		const { context, answer } = entityAnswer({ 0: 2 });
		const [[best, next] = []] = measureSights(context, answer, [{ from: 0, to: 1 }], REGIONS);
		expect([best!.object, best!.share.toFixed(2), best!.lift.toFixed(2)]).toEqual(["O2", "0.70", "2.80"]);
		expect(next!.lift.toFixed(2)).toBe("0.40");
	});
	test("without a picture there is nothing to look at", () => {
		const { context, answer } = entityAnswer({});
		expect(attentionOf(context, { ...answer, attention: null }, { from: 0, to: 1 })).toBeNull();
		expect(measureSights(context, undefined, [{ from: 0, to: 1 }], REGIONS)).toEqual([[]]);
	});
	test("a word that was cut off the input was not seen", () => {
		const { context, answer } = entityAnswer({});
		const cut = { ...answer, query: { ...answer.query, inputIds: answer.query.inputIds.slice(0, -2) } };
		expect(attentionOf(context, cut, { from: 2, to: 3 })).toBeNull();
	});
});

describe("what is shown", () => {
	const sights = [{ object: "O2", share: 0.7, lift: 2.8 }];
	test("a region past the threshold, if the gate was open", () => {
		expect(regionSeen({ sights, gate: 0.5 }, "person", 2, REGIONS)?.region.object).toBe("O2");
		expect(regionSeen({ sights, gate: 0.5 }, "person", 3, REGIONS)).toBeUndefined();
		expect(regionSeen({ sights, gate: 0.05 }, "person", 2, REGIONS)).toBeUndefined();
	});
	test("of several regions the one whose kind shows such names, though it got less attention", () => {
		const regions: Region[] = [
			{ ...REGIONS[0]!, label: "logo", score: 0.5 },
			{ ...REGIONS[1]!, label: "person", score: 0.5 },
		];
		const both = [
			{ object: "O1", share: 0.36, lift: 2.2 },
			{ object: "O2", share: 0.25, lift: 2.1 },
		];
		const seen = (type: string) => {
			const { region, score } = regionSeen({ sights: both, gate: 0.5 }, type, 2, regions)!;
			return [region.object, Number(score.toFixed(3))];
		};
		expect(seen("person")).toEqual(["O2", 0.25]);
		expect(seen("organization")).toEqual(["O1", 0.3]);
		// Nothing shows what own types are: attention decides.
		expect(seen("film")).toEqual(["O1", 0.3]);
	});
	test("the result holds the sights of every mention, and the region of the one that looked", () => {
		const { context, answer } = entityAnswer({ 0: 2 });
		const { entities, textPicture } = assemble(context, [answer], {
			image: { width: 100, height: 100 },
			regions: REGIONS,
		});
		expect(
			entities.map(({ text, regions, sight }) => [text, regions.map(({ object }) => object), sight?.length]),
		).toEqual([
			["Kyrie", ["O2"], 3],
			["Ada", [], 3],
		]);
		const { seen } = entities[0]!;
		expect([seen?.score.toFixed(3), seen?.perhaps]).toEqual([(0.3 * Math.sqrt(0.7)).toFixed(3), true]);
		expect(textPicture).toEqual({ kind: "strengthens", gate: 0.5, looking: 1, mentions: 2, threshold: 2 });
	});
});

describe("what a task says is in the picture", () => {
	/** Kyrie is said to be O1, Ada to be in no region. */
	const shown = (looks: Readonly<Record<number, number>>, grounding: Grounding, gate = 0.5) => {
		const { context, answer } = entityAnswer(looks, gate, "gmner", grounding);
		const { entities } = assemble(context, [answer], { image: { width: 100, height: 100 }, regions: REGIONS });
		return entities.map(({ grounded, regions }) => [grounded, ...regions.map(({ object }) => object)]);
	};
	test("is shown where it says, wherever its words look", () => {
		expect(shown({ 0: 2, 2: 3 }, "said")).toEqual([[true, "O1"], [false]]);
	});
	// What is said to be nowhere stays nowhere.
	test("is shown where its words look, of a model that points better than it numbers regions", () => {
		expect(shown({ 0: 2, 2: 3 }, "seen")).toEqual([[true, "O2"], [false]]);
	});
	test("does not decide where a map weighs what its words look at", () => {
		const map = { scores: [0], probabilities: [0], threshold: 0, precision: 0, recall: 0, records: 0 };
		const { context, answer } = entityAnswer({ 0: 2, 2: 3 }, 0.5, "gmner", "seen", { regions: map });
		const { entities } = assemble(context, [answer], { image: { width: 100, height: 100 }, regions: REGIONS });
		expect(entities.map(({ grounded, regions }) => [grounded, regions[0]?.object])).toEqual([
			[true, "O2"],
			[true, "O3"],
		]);
	});
	test("is shown where it says where its words look nowhere in particular, or the gate was shut", () => {
		expect(shown({}, "seen")).toEqual([[true, "O1"], [false]]);
		expect(shown({ 0: 2 }, "seen", 0.05)).toEqual([[true, "O1"], [false]]);
	});
});

test("a picture is told by its gate first, then by what looks at it", () => {
	const looking = [[{ object: "O1", share: 0.7, lift: 2.8 }]];
	const even = [[{ object: "O1", share: 0.25, lift: 1 }]];
	expect(judgeTextPicture([0.02, -0.1], looking, 2)?.kind).toBe("unrelated");
	expect(judgeTextPicture([-0.4], looking, 2)).toMatchObject({ kind: "strengthens", gate: 0.4, looking: 1 });
	expect(judgeTextPicture([0.4], even, 2)?.kind).toBe("complements");
	expect(judgeTextPicture([0.4], [], 2)?.kind).toBe("complements");
	expect(judgeTextPicture([], looking, 2)).toBeNull();
});
