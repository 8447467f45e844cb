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
		expect(shown).not.toContain("How much the picture counted");
		expect(shown).not.toContain("Regions");
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
