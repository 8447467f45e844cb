/** What lights up together in the example result, and which marks are drawn. */
import { describe, expect, test } from "vitest";
import { linked } from "./links.ts";
import { groupsOf, marksOf } from "./marks.ts";
import { EXAMPLE } from "./testing.ts";

const lit = (link: Parameters<typeof linked>[1]) => [...linked(EXAMPLE, link)].sort();

describe("linked", () => {
	test("an entity lights its regions and its events, a region its entities", () => {
		expect(lit("entity:e1")).toEqual(["entity:e1", "event:v1", "region:O1"]);
		expect(lit("region:O1")).toEqual(["entity:e1", "region:O1"]);
	});

	test("a relation lights both ends", () => {
		expect(lit("relation:r1")).toEqual(["entity:e1", "entity:e4", "relation:r1"]);
	});

	test("an event lights the entities and regions that take part", () => {
		expect(lit("event:v1")).toEqual(["entity:e1", "event:v1", "region:O2"]);
	});

	test("pointing at nothing lights nothing", () => {
		expect(lit(null)).toEqual([]);
	});
});

describe("marksOf", () => {
	const labels = (event: string | null) => marksOf(EXAMPLE, event).map(({ kind, label }) => `${kind} ${label}`);

	test("entities, triggers, and arguments that are not entities are marked", () => {
		expect(labels(null)).toEqual([
			"entity person",
			"entity organization",
			"entity location",
			"entity location",
			"trigger meet",
			"argument participant",
		]);
	});

	test("for the chosen event, entities are marked with their role too", () => {
		expect(labels("v1").filter((label) => label.startsWith("argument"))).toEqual([
			"argument participant",
			"argument participant",
		]);
	});

	test("a mark is read aloud with its text, type and score", () => {
		expect(marksOf(EXAMPLE, null)[0]?.name).toBe("Kyrie, person, 93%");
	});

	test("the legend counts marks of the same kind and label", () => {
		expect(groupsOf(marksOf(EXAMPLE, null)).map(({ label, count }) => [label, count])).toEqual([
			["person", 1],
			["organization", 1],
			["location", 2],
			["meet", 1],
			["roles", 1],
		]);
	});
});
