/** Tests which records stay hidden until a person asks for them. */
import { expect, test } from "vitest";
import { countSensitive, sensitiveTopic, withoutSensitive } from "./sensitive.ts";

const relation = (id: string, type: string) => ({ id, type, head: "e1", tail: "e2", score: 0.9 });
const result = {
	relations: [relation("r1", "religion"), relation("r2", "charges"), relation("r3", "member of")],
	events: [],
};

test("race, religion and charges are hidden and counted, and nothing else is", () => {
	const types = ["peer", "charges", "place of birth", "religion", "race", "nationality", "arrest jail"];
	expect(types.filter((type) => sensitiveTopic(type) !== null)).toEqual(["charges", "religion", "race"]);
	expect(withoutSensitive(result).relations.map(({ id }) => id)).toEqual(["r3"]);
	expect(countSensitive(result)).toEqual({ count: 2, topics: ["religion", "charges"] });
});

test("what a person's own list names is shown", () => {
	expect(withoutSensitive(result, ["religion"]).relations.map(({ id }) => id)).toEqual(["r1", "r3"]);
	expect(countSensitive(result, "all").count).toBe(0);
	expect(withoutSensitive(result, "all")).toBe(result);
});

test("what a person wrote or corrected is shown", () => {
	const change = { record: "relation" as const, index: 0, from: null, to: relation("r1", "religion") };
	const corrections = [{ by: "person", at: "2026-01-01T00:00:00Z", edit: "add-relation", changes: [change] }];
	expect(withoutSensitive({ ...result, corrections }).relations.map(({ id }) => id)).toEqual(["r1", "r3"]);
});

test("spelling does not matter", () => {
	expect(["Religion ", "ETHNIC_GROUP", "Charge-Indict", "race car"].map(sensitiveTopic)).toEqual([
		"religion",
		"race",
		"charges",
		null,
	]);
});
