/** Names are counted once whatever their spelling, and connections form a graph. */
import { describe, expect, test } from "vitest";
import { EXAMPLE } from "../../ui/testing.ts";
import { addTo, emptyTotals, graphOf, thingsOf } from "./totals.ts";

const entity = (id: string, text: string, type: string) => ({ ...EXAMPLE.entities[0]!, id, text, type, regions: [] });
const result = (entities: ReturnType<typeof entity>[], relations: (typeof EXAMPLE)["relations"] = []) => ({
	...EXAMPLE,
	entities,
	relations,
	events: [],
});
const relation = (head: string, tail: string, type: string) => ({ id: "r", type, head, tail, score: 1 });

describe("counting", () => {
	const totals = emptyTotals();
	addTo(
		totals,
		result(
			[entity("e1", "Kyrie", "person"), entity("e2", "#Cavs", "organization")],
			[relation("e1", "e2", "member of")],
		),
	);
	addTo(
		totals,
		result([entity("e1", "Cavs", "organization"), entity("e2", "CAVS", "location"), entity("e3", "Ohio", "location")]),
	);

	test("the first spelling and the most frequent type stand for a thing; the most named comes first", () => {
		expect(thingsOf(totals)).toEqual([
			{ key: "cavs", name: "#Cavs", type: "organization", count: 3 },
			{ key: "kyrie", name: "Kyrie", type: "person", count: 1 },
			{ key: "ohio", name: "Ohio", type: "location", count: 1 },
		]);
	});
	test("the graph holds what is tied, and says how many things are left out", () => {
		const graph = graphOf(totals, 10);
		expect(graph.nodes.map(({ key }) => key)).toEqual(["cavs", "kyrie"]);
		expect(graph.ties).toEqual([{ from: "kyrie", to: "cavs", label: "member of", count: 1 }]);
		expect(graph.left).toBe(1);
	});
	test("a limit keeps the things with most ties, and no tie hangs in the air", () => {
		const many = emptyTotals();
		for (const other of ["a", "b", "c"])
			addTo(
				many,
				result([entity("e1", "hub", "person"), entity("e2", other, "person")], [relation("e1", "e2", "peer")]),
			);
		const graph = graphOf(many, 2);
		expect(graph.nodes.map(({ key }) => key)).toEqual(["hub", "a"]);
		expect(graph.ties.map(({ to }) => to)).toEqual(["a"]);
	});
	test("a thing is not tied to itself", () => {
		const own = emptyTotals();
		addTo(
			own,
			result(
				[entity("e1", "Cavs", "organization"), entity("e2", "#cavs", "organization")],
				[relation("e1", "e2", "alternate names")],
			),
		);
		expect(own.ties.size).toBe(0);
	});
	test("arguments of one event are tied by their roles", () => {
		const events = emptyTotals();
		addTo(events, EXAMPLE);
		const named = EXAMPLE.events.flatMap((event) => event.arguments.filter(({ entity: id }) => id !== null)).length;
		expect([...events.events.values()].reduce((sum, count) => sum + count, 0)).toBe(EXAMPLE.events.length);
		expect([...events.ties.values()].filter(({ label }) => label.includes(":")).length).toBe((named * (named - 1)) / 2);
	});
});

test("a result names each of its things once, by a number that stays", () => {
	const totals = emptyTotals();
	expect(addTo(totals, result([entity("e1", "Cavs", "organization"), entity("e2", "#cavs", "organization")]))).toEqual([
		0,
	]);
	expect(addTo(totals, result([entity("e1", "Ohio", "location"), entity("e2", "CAVS", "organization")]))).toEqual([
		1, 0,
	]);
});
