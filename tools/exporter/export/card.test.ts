/** Shows the defaults of a model card, and which field of a wrong one is named. */
import { expect, test } from "vitest";
import { parseCard } from "./card.ts";

test("an empty card says nothing but that the licence is unknown", () => {
	expect(parseCard({})).toEqual({ languages: [], license: "unknown", trained_on: [], metrics: [] });
});

test.each<[unknown, string]>([
	[null, 'The card: ""'],
	[{ languages: "en" }, 'The card: "languages"'],
	[{ name: 7 }, 'The card: "name"'],
	[{ metrics: [{ dataset: "x" }] }, 'The card: "metrics.0.'],
	[{ instructors: {} }, 'The card: "instructors.'],
	[{ tasks: "gmner" }, 'The card: "tasks"'],
])("%j is wrong usage", (card, what) => {
	expect(() => parseCard(card)).toThrow(
		expect.objectContaining({ code: "usage", what: expect.stringContaining(what) }),
	);
});
