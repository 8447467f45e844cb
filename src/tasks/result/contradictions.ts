/** Says whether relations contradict each other, by the rules of each (`RelationRule`). Pure. */
import type { RelationRule } from "../../bundle/manifest.ts";

/** "`head` has the relation `name` to `tail`", of things by their keys. */
export interface Fact {
	readonly name: string;
	readonly head: string;
	readonly tail: string;
	readonly rule: RelationRule;
}

/** Whether the relations cannot all hold, when nothing else does. */
export function contradicts(facts: readonly Fact[]): boolean {
	const known = knownFrom(facts);
	return isImpossible(known) || repeats(known);
}

/**
 * Whether the relations can hold together, if others hold as well.
 * @param open that may yet be chosen: one of them can say that a thing lies within another, or is the same
 */
export function mayYetHold(facts: readonly Fact[], open: readonly Fact[]): boolean {
	const known = knownFrom(facts);
	if (isImpossible(known)) return false;
	return open.some(({ rule }) => rule.alias || rule.within !== undefined) || !repeats(known);
}

/** Relations between things, of which those with several names are one. */
interface Known {
	readonly facts: readonly Fact[];
	/** Things that a thing lies within, in one step. */
	readonly around: ReadonlyMap<string, ReadonlySet<string>>;
}

function knownFrom(given: readonly Fact[]): Known {
	const names = new Map<string, string>();
	const nameOf = (thing: string) => {
		let name = thing;
		while (names.has(name)) name = names.get(name)!;
		return name;
	};
	for (const { rule, head, tail } of given) {
		const [one, other] = [nameOf(head), nameOf(tail)];
		if (rule.alias && one !== other) names.set(one, other);
	}
	const facts = given
		.filter(({ rule }) => !rule.alias)
		.map((fact) => ({ ...fact, head: nameOf(fact.head), tail: nameOf(fact.tail) }));
	const around = new Map<string, Set<string>>();
	for (const { rule, head, tail } of facts) {
		if (rule.within === undefined) continue;
		const [inner, outer] = rule.within === "head" ? [head, tail] : [tail, head];
		around.set(inner, (around.get(inner) ?? new Set()).add(outer));
	}
	return { facts, around };
}

/** A thing has a relation to itself, or one that holds one way only holds both ways, or a thing lies within itself. */
function isImpossible({ facts, around }: Known): boolean {
	const keyOf = (...parts: readonly string[]) => JSON.stringify(parts);
	const stated = new Set(facts.map(({ name, head, tail }) => keyOf(name, head, tail)));
	const odd = facts.some(
		({ name, head, tail, rule }) => head === tail || (!rule.symmetric && stated.has(keyOf(name, tail, head))),
	);
	return odd || [...around.keys()].some((thing) => isWithin(around, thing, thing));
}

/** An end has a relation twice that it has only once, to things of which none lies within the other. */
function repeats({ facts, around }: Known): boolean {
	const held = new Map<string, string[]>();
	for (const { name, head, tail, rule } of facts) {
		const seen = (end: string, thing: string, other: string) => {
			// Both ends of a relation that holds both ways are the same end.
			const key = JSON.stringify([name, rule.symmetric ? "" : end, thing]);
			held.set(key, [...(held.get(key) ?? []), other]);
		};
		if (rule.once?.includes("head")) seen("head", head, tail);
		if (rule.once?.includes("tail")) seen("tail", tail, head);
	}
	const agree = (a: string, b: string) => a === b || isWithin(around, a, b) || isWithin(around, b, a);
	return [...held.values()].some((others) =>
		others.some((one, at) => others.slice(at + 1).some((other) => !agree(one, other))),
	);
}

function isWithin(around: Known["around"], inner: string, outer: string): boolean {
	const seen = new Set<string>();
	const next = [...(around.get(inner) ?? [])];
	for (let thing = next.pop(); thing !== undefined; thing = next.pop()) {
		if (thing === outer) return true;
		if (seen.has(thing)) continue;
		seen.add(thing);
		next.push(...(around.get(thing) ?? []));
	}
	return false;
}
