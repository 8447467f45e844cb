/** Counts the names in all posts, and builds the graph of their connections. */
import type { ExtractionResult } from "../../core/result.ts";
import { nameKey } from "../../tasks/names/identity.ts";

/** A thing named in posts: its mentions in any spelling, with its most frequent type. */
export interface Thing {
	readonly key: string;
	/** Its first spelling. */
	readonly name: string;
	readonly type: string;
	/** Mentions. */
	readonly count: number;
}

/** A connection in the graph: a relation, or two roles of one event. */
export interface Tie {
	readonly from: string;
	readonly to: string;
	readonly label: string;
	readonly count: number;
}

interface Counted {
	/** From 0, in the order things were first named. */
	readonly number: number;
	readonly name: string;
	count: number;
	readonly types: Map<string, number>;
}

export interface Totals {
	readonly things: Map<string, Counted>;
	readonly ties: Map<string, { readonly from: string; readonly to: string; readonly label: string; count: number }>;
	readonly events: Map<string, number>;
}

export const emptyTotals = (): Totals => ({ things: new Map(), ties: new Map(), events: new Map() });

/**
 * Adds a result to the counts. `totals` is changed: at 20,000 posts a copy for each would be most of the work.
 * @returns the numbers of the things it names, each once
 */
export function addTo(totals: Totals, { entities, relations, events }: ExtractionResult): number[] {
	const numbers = new Set<number>();
	const keys = new Map(entities.map(({ id, text }) => [id, nameKey(text)]));
	for (const { text, type } of entities) {
		const thing = childOf(totals.things, nameKey(text), () => ({
			number: totals.things.size,
			name: text,
			count: 0,
			types: new Map<string, number>(),
		}));
		numbers.add(thing.number);
		thing.count++;
		thing.types.set(type, (thing.types.get(type) ?? 0) + 1);
	}
	const tie = (from: string | undefined, to: string | undefined, label: string) => {
		if (from === undefined || to === undefined || from === to) return;
		childOf(totals.ties, `${from}\n${label}\n${to}`, () => ({ from, to, label, count: 0 })).count++;
	};
	for (const { head, tail, type } of relations) tie(keys.get(head), keys.get(tail), type);
	for (const event of events) {
		totals.events.set(event.type, (totals.events.get(event.type) ?? 0) + 1);
		const roles = event.arguments.flatMap(({ entity, role }) =>
			entity === null ? [] : [{ role, key: keys.get(entity) }],
		);
		for (const [index, first] of roles.entries())
			for (const second of roles.slice(index + 1))
				tie(first.key, second.key, `${event.type}: ${first.role}, ${second.role}`);
	}
	return [...numbers];
}

/** Most frequent first; equal counts by name. */
export function thingsOf({ things }: Totals): Thing[] {
	return [...things]
		.map(([key, { name, count, types }]) => ({ key, name, count, type: mostFrequent(types) }))
		.sort((a, b) => b.count - a.count || a.name.localeCompare(b.name));
}

export interface Graph {
	readonly nodes: readonly Thing[];
	readonly ties: readonly Tie[];
	/** Things that are not shown, because they have no connections or there are too many. */
	readonly left: number;
}

/** The things with connections, at most `limit`: those with most connections first, then the most frequent. */
export function graphOf(totals: Totals, limit: number): Graph {
	const degree = new Map<string, number>();
	for (const { from, to, count } of totals.ties.values())
		for (const end of [from, to]) degree.set(end, (degree.get(end) ?? 0) + count);
	const tied = thingsOf(totals).filter(({ key }) => degree.has(key));
	const nodes = tied.sort((a, b) => degree.get(b.key)! - degree.get(a.key)!).slice(0, limit);
	const shown = new Set(nodes.map(({ key }) => key));
	const ties = [...totals.ties.values()].filter(({ from, to }) => shown.has(from) && shown.has(to));
	return { nodes, ties, left: totals.things.size - nodes.length };
}

function mostFrequent(types: ReadonlyMap<string, number>): string {
	return [...types].reduce((best, next) => (next[1] > best[1] ? next : best))[0];
}

function childOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
	let value = map.get(key);
	if (value === undefined) {
		value = make();
		map.set(key, value);
	}
	return value;
}
