/** Each mention is looked for once, and linked only above the threshold. */
import { expect, test } from "vitest";
import { EXAMPLE } from "../../ui/testing.ts";
import { findingsOf, labelsOf, linksAbove } from "./find.ts";

const mentions = (...texts: string[]) => ({
	entities: texts.map((text, index) => ({ ...EXAMPLE.entities[0]!, id: `e${index + 1}`, text })),
});

test("a mention is asked once, without its hash or at sign", () => {
	expect(labelsOf(mentions("#Cavs", "Cavs", "@KingJames", "##"))).toEqual(["Cavs", "KingJames"]);
});

test("at most 64 things are asked", () => {
	expect(labelsOf(mentions(...Array.from({ length: 70 }, (_, index) => `n${index}`)))).toHaveLength(64);
});

test("a mention has its best box, both mentions of one name the same one; others have none", () => {
	const findings = findingsOf(mentions("#Cavs", "Paris", "Cavs"), [
		{ box: [0, 0, 10, 10], score: 0.4, label: "Cavs" },
		{ box: [5, 5, 10, 10], score: 0.2, label: "Cavs" },
	]);
	expect(findings.map(({ best }) => best)).toEqual([
		{ box: [0, 0, 10, 10], score: 0.4 },
		null,
		{ box: [0, 0, 10, 10], score: 0.4 },
	]);
	expect(linksAbove(findings, 0.4).map(({ entity, label }) => [entity, label])).toEqual([
		["e1", "Cavs"],
		["e3", "Cavs"],
	]);
	expect(linksAbove(findings, 0.41)).toEqual([]);
});
