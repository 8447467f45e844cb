/** Places names and their connections, a few milliseconds at a time so that the page never waits. */
import {
	forceCollide,
	forceLink,
	forceManyBody,
	forceSimulation,
	forceX,
	forceY,
	type Simulation,
	type SimulationLinkDatum,
	type SimulationNodeDatum,
} from "d3-force";
import type { Graph, Thing, Tie } from "./totals.ts";

export interface PlacedThing extends SimulationNodeDatum {
	readonly thing: Thing;
	readonly radius: number;
	x: number;
	y: number;
}

interface PlacedTie extends SimulationLinkDatum<PlacedThing> {
	readonly tie: Tie;
	source: PlacedThing;
	target: PlacedThing;
}

export interface GraphLayout {
	readonly things: readonly PlacedThing[];
	readonly ties: readonly PlacedTie[];
	/**
	 * Improves the layout for at most `budget` milliseconds (at least one round).
	 * @returns whether there is more to do
	 */
	improve(budget: number): boolean;
}

const radiusOf = ({ count }: Thing): number => 4 + Math.min(14, 2.5 * Math.sqrt(count));

/** Things of an earlier layout keep their places, so that a growing graph does not jump. */
export function layOut({ nodes, ties }: Graph, before: GraphLayout | null = null): GraphLayout {
	const known = new Map(before?.things.map((placed) => [placed.thing.key, placed]));
	const things = nodes.map((thing, index): PlacedThing => {
		const kept = known.get(thing.key);
		// A sunflower spiral: even, and the same every time.
		const angle = index * 2.399963;
		const distance = 12 * Math.sqrt(index);
		return {
			thing,
			radius: radiusOf(thing),
			x: kept?.x ?? distance * Math.cos(angle),
			y: kept?.y ?? distance * Math.sin(angle),
		};
	});
	const byKey = new Map(things.map((placed) => [placed.thing.key, placed]));
	const links = ties.flatMap((tie): PlacedTie[] => {
		const [source, target] = [byKey.get(tie.from), byKey.get(tie.to)];
		return source && target ? [{ tie, source, target }] : [];
	});
	const simulation: Simulation<PlacedThing, PlacedTie> = forceSimulation<PlacedThing>(things)
		.force("tie", forceLink<PlacedThing, PlacedTie>(links).distance(60).strength(0.4))
		.force("apart", forceManyBody<PlacedThing>().strength(-60).distanceMax(400))
		.force(
			"room",
			forceCollide<PlacedThing>((placed) => placed.radius + 2),
		)
		.force("x", forceX(0).strength(0.04))
		.force("y", forceY(0).strength(0.06))
		.alphaDecay(0.03)
		.stop();
	return {
		things,
		ties: links,
		improve(budget) {
			const end = performance.now() + budget;
			do {
				if (simulation.alpha() < simulation.alphaMin()) return false;
				simulation.tick();
			} while (performance.now() < end);
			return true;
		},
	};
}

/** The thing at a place, the last drawn first. */
export function thingAt(layout: GraphLayout, x: number, y: number): PlacedThing | null {
	for (let i = layout.things.length - 1; i >= 0; i--) {
		const placed = layout.things[i]!;
		if (Math.hypot(placed.x - x, placed.y - y) <= placed.radius + 3) return placed;
	}
	return null;
}
