/** Checks that the page shows the very labels that the engine asks with, whatever a manifest leaves out. */
import { describe, expect, test } from "vitest";
import { prepareText } from "../../core/text.ts";
import { createContext } from "../../tasks/context.ts";
import { settleRequest } from "../../tasks/request.ts";
import { tinyCodec, tinyManifest } from "../../tasks/tiny-codec.ts";
import { type Action, type AppState, INITIAL, reduce } from "../state/state.ts";
import { labelsOf, requestOf, shownLabels } from "./request.ts";

const TINY = tinyManifest();
const withLabels = (labels: object): AppState["manifest"] => ({
	...TINY,
	instructors: { ...TINY.instructors, labels: { ...TINY.instructors.labels, ...labels } },
});
const EDITS: readonly Action[] = [
	{ type: "labels", list: "relationTypes", values: ["owns", "none"] },
	{ type: "labels", list: "objectRelationTypes", values: ["wears"] },
	{ type: "roles", event: "meet", values: ["host"] },
	{ type: "fine-types", coarse: "person", values: ["singer"] },
];

describe.each([
	["that has every list", TINY],
	["whose lists are empty", withLabels({ entity_types: [], relation_types: [], event_types: [], argument_roles: {} })],
	["with events without roles", withLabels({ event_types: ["attack", "concert"], argument_roles: { attack: [] } })],
	["with empty lists of other tasks", withLabels({ fine_types: {}, object_relation_types: [] })],
	["with its own fine types", withLabels({ fine_types: { person: ["actor"], film: ["drama"] } })],
])("of a model %s", (_, manifest) => {
	test.each([
		["unedited", []],
		["edited", EDITS],
	])("the page shows the %s labels that the engine asks with", (_, edits) => {
		const state = edits.reduce(reduce, { ...INITIAL, manifest });
		const context = createContext({
			request: settleRequest(requestOf(state)),
			prepared: prepareText("a", "post"),
			codec: tinyCodec(),
			manifest: manifest!,
			regionCount: 0,
		});
		for (const list of ["entityTypes", "relationTypes", "eventTypes", "objectRelationTypes"] as const)
			expect([list, shownLabels(state, list)]).toEqual([list, context[list]]);
		const shown = Object.entries(labelsOf(state).fineTypes);
		expect(shown.flatMap(([coarse, names]) => names.map((name) => ({ name, coarse })))).toEqual(context.fineTypes);
		for (const event of context.eventTypes)
			expect([event, labelsOf(state).rolesOf(event)]).toEqual([event, context.rolesOf(event)]);
	});
});
