/** The layout ends, is finite, keeps places, and finds the name under the pointer. */
import { describe, expect, test } from "vitest";
import { layOut, thingAt } from "./graph-layout.ts";

const thing = (key: string) => ({ key, name: key, type: "person", count: 1 });
const ring = (count: number) => ({
	nodes: Array.from({ length: count }, (_, at) => thing(`t${at}`)),
	ties: Array.from({ length: count }, (_, at) => ({
		from: `t${at}`,
		to: `t${(at + 1) % count}`,
		label: "peer",
		count: 1,
	})),
	left: 0,
});

describe("layout", () => {
	test("it ends, and every place of 300 things is finite and its own", () => {
		const layout = layOut(ring(300));
		let rounds = 0;
		while (layout.improve(0)) expect(++rounds).toBeLessThan(1000);
		expect(layout.things.every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y))).toBe(true);
		expect(new Set(layout.things.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`)).size).toBe(300);
	});
	test("the same graph lies the same twice", () => {
		const places = () => {
			const layout = layOut(ring(20));
			while (layout.improve(0));
			return layout.things.map(({ x, y }) => [x, y]);
		};
		expect(places()).toEqual(places());
	});
	test("a thing that was there begins where it was", () => {
		const before = layOut(ring(10));
		while (before.improve(0));
		const after = layOut(ring(11), before);
		expect(after.things.slice(0, 10).map(({ x, y }) => [x, y])).toEqual(before.things.map(({ x, y }) => [x, y]));
	});
	test("ties to things that are not shown are left out", () => {
		expect(
			layOut({ nodes: [thing("a")], ties: [{ from: "a", to: "gone", label: "peer", count: 1 }], left: 1 }).ties,
		).toEqual([]);
	});
});

test("the pointer finds the thing it is on, and nothing beside", () => {
	const layout = layOut({ nodes: [thing("a")], ties: [], left: 0 });
	const [{ x, y, radius }] = layout.things as [(typeof layout.things)[number]];
	expect(thingAt(layout, x + radius, y)?.thing.key).toBe("a");
	expect(thingAt(layout, x + radius + 10, y)).toBeNull();
});
