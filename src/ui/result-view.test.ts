/** The markup of the example result: everything is in it, and as text only. */
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { ResultView } from "./result-view.tsx";
import { EXAMPLE } from "./testing.ts";

const html = (changes: Partial<typeof EXAMPLE> = {}, pictureUrl: string | null = "blob:picture") =>
	renderToStaticMarkup(createElement(ResultView, { result: { ...EXAMPLE, ...changes }, pictureUrl }));

describe("ResultView", () => {
	test("each mark has one button with its name, nested ones too", () => {
		for (const name of [
			"Kyrie, person, 93%",
			"Bank of England, organization, 80%",
			"England, location, 70%",
			"met, trigger of meet, 55%",
		]) {
			expect(
				html()
					.split(`class="mark-label`)
					.filter((part) => part.includes(`aria-label="${name}"`)),
			).toHaveLength(1);
		}
	});

	test("the box of a region that the text names is drawn at its pixels", () => {
		expect(html()).toContain('viewBox="0 0 400 300"');
		expect(html()).toContain('<rect class="box-line" x="10" y="20" width="100" height="200">');
	});

	test("what a post or a model wrote is text, never markup", () => {
		const text = '<img src=x onerror="alert(1)">';
		const shown = html({ text, entities: [], events: [], relations: [] });
		expect(shown).toContain("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;");
		expect(shown).toContain("person Kyrie &lt;b&gt;");
		expect(shown).not.toContain("<img src=x");
	});

	test("without a picture there are neither regions nor gates", () => {
		const shown = html({ image: null, regions: [] }, null);
		expect(shown).not.toContain("How much the model used the picture");
		expect(shown).not.toContain("Regions");
	});

	test("a region that shows a mention perhaps says so, one for certain does not", () => {
		const seen = (perhaps: boolean) =>
			html({ entities: EXAMPLE.entities.map((entity) => ({ ...entity, seen: { score: 0.6, perhaps } })) });
		expect(seen(true)).toContain(">O1 perhaps Kyrie</text>");
		expect(seen(true)).toContain("box is-named is-perhaps");
		expect(seen(false)).toContain(">O1 Kyrie</text>");
		expect(seen(false)).not.toContain("perhaps");
	});

	test("only regions that something refers to are listed; a person may want all", () => {
		const third = { object: "O3", box: [0, 0, 9, 9] as [number, number, number, number], score: 0.1 };
		const shown = html({ regions: [...EXAMPLE.regions, third] });
		expect(shown).toContain('data-link="region:O2"');
		expect(shown).not.toContain("region:O3");
		expect(shown).toContain("Show all 3");
		const changes = [{ record: "region" as const, index: 2, from: null, to: third }];
		const drawn = { by: "person", at: "2026-11-29T00:00:00Z", edit: "add-box", changes };
		expect(html({ regions: [...EXAMPLE.regions, third], corrections: [drawn] })).toContain("region:O3");
	});

	test("gates are shown within the range that was measured", () => {
		const textPicture = { kind: "unrelated" as const, gate: 0.02, looking: 0, mentions: 4, threshold: 2 };
		const shown = html({ textPicture: { ...textPicture, gates: [-0.01, 3] }, gate: { mner: 1.5 } });
		expect(shown).toContain("The model did not use the picture.");
		expect(shown).toMatch(/<meter[^>]* max="3" value="1.5"/);
		expect(shown).toContain("g = 1.5, between -0.01 and 3");
		expect(html({ textPicture, gate: { mner: 1.5 } })).toMatch(/<meter[^>]* max="1.5" value="1.5"/);
	});

	test("what explains the making of a result stands behind one fold", () => {
		const [simple, details, ...more] = html().split("<details");
		expect(more).toEqual([]);
		for (const word of [
			"How much the model used the picture",
			"Show all 2",
			"Please extract",
			"tiny",
			"among the words of the post, the",
		]) {
			expect(details).toContain(word);
			expect(simple!.replace(/ title="[^"]*"/g, "")).not.toContain(word);
		}
		expect(html()).not.toContain("mner");
	});

	test("what the picture did for the text is said beside it, without figures", () => {
		const textPicture = { kind: "unrelated" as const, gate: 0.02, looking: 0, mentions: 4, threshold: 2 };
		const [simple, details] = html({ textPicture }).split("<details");
		expect(simple).toContain("The model did not use the picture.");
		expect(simple).not.toContain("0.02");
		expect(details).toContain("0.02 on average");
	});

	test("relative scores are said to be so", () => {
		expect(html()).toContain("scores are relative");
		expect(html({ scores: "calibrated" })).not.toContain("scores are relative");
	});

	test("an empty result says so", () => {
		expect(html({ entities: [], relations: [], events: [] })).toContain(
			"Nothing was found for these tasks and labels.",
		);
	});

	test("a relation whose entity is missing is still shown", () => {
		expect(html({ relations: [{ id: "r9", type: "peer", head: "e1", tail: "gone", score: 0.5 }] })).toContain(
			"<span>gone</span>",
		);
	});

	test("what is not sure is left out and counted", () => {
		const entities = EXAMPLE.entities.map((entity) => ({ ...entity, sure: entity.text !== "England" }));
		const shown = html({ entities, scores: "calibrated" });
		expect(shown).toContain("Less sure (1)");
		expect(shown).not.toContain('aria-label="England, location');
		expect(shown).toContain('aria-label="Kyrie, person');
		expect(html()).not.toContain("Less sure");
	});

	test("where nothing is sure enough, the view says so", () => {
		const entities = EXAMPLE.entities.map((entity) => ({ ...entity, sure: false }));
		const shown = html({ entities, relations: [], events: [], scores: "calibrated" });
		expect(shown).toContain("Nothing is sure enough to show.");
	});
});
