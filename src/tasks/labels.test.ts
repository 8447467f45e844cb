/** Checks label lists as people type them, and which of a person's, a model's and the built-in labels are in force. */
import { describe, expect, test } from "vitest";
import { Failure } from "../core/failure.ts";
import { DEFAULT_INSTRUCTORS, FINE_TYPES, OBJECT_RELATION_TYPES } from "./defaults.ts";
import { checkLabelLists, checkLabels, labelsInForce } from "./labels.ts";

const whatOf = (list: string[]) => {
	try {
		checkLabels(list, "entity types");
	} catch (error) {
		if (error instanceof Failure && error.code === "labels-invalid") return error.what;
		throw error;
	}
	return null;
};

test("labels come back trimmed, in their order", () => {
	expect(checkLabels([" person ", "Ort", "tv show"], "entity types")).toEqual(["person", "Ort", "tv show"]);
});

test.each([
	[[], "The entity types: the list is empty."],
	[["a", "  "], "The entity types: a label is empty."],
	[["\u200B"], "The entity types: a label is empty."],
	[["Person", "person"], 'The entity types: "person" is listed twice.'],
	[["a  b", "A b"], 'The entity types: "A b" is listed twice.'],
	[["ﬁlm", "film"], 'The entity types: "film" is listed twice.'],
	[["red, blue"], 'The entity types: "red, blue" has a comma.'],
	[["a <spot> b"], 'The entity types: "a <spot> b" contains a special token.'],
	[["</s>"], 'The entity types: "</s>" contains a special token.'],
	[["a\nb"], 'The entity types: "a\\nb" has a line break or another control character.'],
	[["a\uD800"], 'The entity types: "a\\ud800" contains half a character (an unpaired surrogate).'],
])("%j is refused", (list, what) => {
	expect(whatOf(list)).toBe(what);
});

test("64 labels of 60 characters are the most", () => {
	const labels = Array.from({ length: 64 }, (_, i) => `${i}`.padEnd(60, "x"));
	expect(checkLabels(labels, "entity types")).toHaveLength(64);
	expect(whatOf([...labels, "one more"])).toBe("The entity types: 65 labels; at most 64 can be used at once.");
	expect(whatOf(["y".repeat(61)])).toContain("has more than 60 characters");
});

test("all lists of a person are trimmed, and the one that cannot be used is named", () => {
	expect(
		checkLabelLists({ entityTypes: [" film "], argumentRoles: { " attack ": ["target "] }, fineTypes: { a: [" b"] } }),
	).toEqual({ entityTypes: ["film"], argumentRoles: { attack: ["target"] }, fineTypes: { a: ["b"] } });
	expect(checkLabelLists({})).toEqual({});
	expect(() => checkLabelLists({ eventTypes: [] })).toThrow("The event types: the list is empty.");
	expect(() => checkLabelLists({ argumentRoles: { attack: ["a,b"] } })).toThrow(
		'The argument roles of "attack": "a,b" has a comma.',
	);
	expect(() => checkLabelLists({ fineTypes: { a: ["x"], b: ["X"] } })).toThrow("is listed twice");
});

describe("the labels in force", () => {
	const builtIn = DEFAULT_INSTRUCTORS.labels;
	const manifest = {
		instructors: {
			...DEFAULT_INSTRUCTORS,
			labels: {
				...builtIn,
				entity_types: ["film", "band"],
				event_types: ["attack", "release"],
				argument_roles: { release: ["artist"] },
				object_relation_types: ["on stage"],
				fine_types: { film: ["drama"] },
			},
		},
	};
	const bare = {
		instructors: {
			...DEFAULT_INSTRUCTORS,
			labels: {
				entity_types: [],
				relation_types: [],
				event_types: [],
				argument_roles: { meet: [] },
				object_relation_types: [],
				fine_types: {},
			},
		},
	};

	test("are the person's, also an empty list that cannot be asked with", () => {
		const person = { entityTypes: [], fineTypes: { a: ["b"] }, argumentRoles: { release: ["label"] } };
		const { entityTypes, fineTypes, rolesOf } = labelsInForce(manifest, person);
		expect([entityTypes, fineTypes, rolesOf("release")]).toEqual([[], { a: ["b"] }, ["label"]]);
	});

	test("else the model's", () => {
		expect(labelsInForce(manifest)).toMatchObject({
			entityTypes: ["film", "band"],
			relationTypes: builtIn.relation_types,
			eventTypes: ["attack", "release"],
			objectRelationTypes: ["on stage"],
			fineTypes: { film: ["drama"] },
		});
		expect(labelsInForce(manifest).rolesOf("release")).toEqual(["artist"]);
	});

	test.each([
		["whose lists are empty", bare],
		["that is not known", null],
	])("else, with a model %s, the built-in ones", (_, model) => {
		const { rolesOf, ...lists } = labelsInForce(model);
		expect(lists).toEqual({
			entityTypes: builtIn.entity_types,
			relationTypes: builtIn.relation_types,
			eventTypes: builtIn.event_types,
			objectRelationTypes: OBJECT_RELATION_TYPES,
			fineTypes: FINE_TYPES,
		});
		expect(rolesOf("meet")).toEqual(["entity", "place"]);
	});

	test("of an event without roles in the manifest are the built-in roles, and null where there are none", () => {
		const { rolesOf } = labelsInForce(manifest);
		expect(rolesOf("attack")).toEqual(["attacker", "target", "place", "instrument"]);
		expect([rolesOf("concert"), rolesOf("constructor")]).toEqual([null, null]);
	});
});
