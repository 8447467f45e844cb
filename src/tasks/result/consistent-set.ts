/**
 * Finds the most probable set of relations of a post that do not contradict each other, one or none for each pair:
 * exactly where the pairs are few, else greedily. Pure.
 */
import type { RelationRule } from "../../bundle/manifest.ts";
import type { PairOption } from "../query/question.ts";
import { contradicts, type Fact, mayYetHold } from "./contradictions.ts";

/** A pair of things, by their keys, and the relations that it may have. */
export interface OpenPair {
	readonly head: string;
	readonly tail: string;
	/** The one that holds by itself first, if its gain is positive. */
	readonly options: readonly PairOption[];
}

export type RuleOf = (relation: string) => RelationRule;

/** Options of a pair that are tried. */
const MAX_OPTIONS = 4;
/**
 * Options less likely than this, or than none, are not tried: others that contradict do not speak for them. (Of four
 * relations that were taken only because they made two others agree, all were wrong.)
 */
const MIN_SHARE = 0.1;
/** With more pairs that may be related the greedy set must do. */
const MAX_SEARCHED = 24;
/** Sets looked at: a fraction of the time that a question takes. */
const MAX_SETS = 5_000;

/** An option, and what it says. */
interface Choice {
	readonly option: PairOption;
	readonly fact: Fact;
}

/** @returns for each pair the option that is chosen; null: none */
export function mostProbableSet(pairs: readonly OpenPair[], ruleOf: RuleOf): (PairOption | null)[] {
	const choices = pairs.map((pair) => choicesOf(pair, ruleOf));
	const chosen: (Choice | null)[] = choices.map(([first]) => first ?? null);
	for (const part of parts(pairs)) {
		const own = part.map((at) => choices[at]!);
		if (!contradicts(factsOf(part.map((at) => chosen[at]!)))) continue;
		for (const [at, choice] of solve(own).entries()) chosen[part[at]!] = choice;
	}
	return chosen.map((choice) => choice?.option ?? null);
}

function choicesOf({ head, tail, options }: OpenPair, ruleOf: RuleOf): Choice[] {
	return options
		.filter(({ gain, share }, at) => gain > 0 && (at === 0 || share >= MIN_SHARE))
		.slice(0, MAX_OPTIONS)
		.map((option) => {
			const { name, reversed } = option;
			const ends = reversed ? { head: tail, tail: head } : { head, tail };
			return { option, fact: { name, ...ends, rule: ruleOf(name) } };
		});
}

const factsOf = (choices: readonly (Choice | null)[]): Fact[] => choices.flatMap((choice) => choice?.fact ?? []);

/** Pairs that things tie together, as indices: what is chosen in one part rules out nothing in another. */
function parts(pairs: readonly OpenPair[]): number[][] {
	let made: { readonly things: ReadonlySet<string>; readonly at: readonly number[] }[] = [];
	for (const [index, { head, tail }] of pairs.entries()) {
		const touching = made.filter(({ things }) => things.has(head) || things.has(tail));
		const joined = {
			things: new Set([head, tail, ...touching.flatMap(({ things }) => [...things])]),
			at: [...touching.flatMap(({ at }) => at), index],
		};
		made = [...made.filter((part) => !touching.includes(part)), joined];
	}
	return made.map(({ at }) => at.toSorted((a, b) => a - b));
}

const gainOf = (choices: readonly (Choice | null)[]) =>
	choices.reduce((sum, choice) => sum + (choice?.option.gain ?? 0), 0);

/** Branch and bound over the pairs, the surest first; the greedy set is the one to beat. */
function solve(pairs: readonly (readonly Choice[])[]): (Choice | null)[] {
	const order = pairs
		.map((_, at) => at)
		.filter((at) => pairs[at]!.length > 0)
		.sort((a, b) => pairs[b]![0]!.option.gain - pairs[a]![0]!.option.gain);
	/** The most that the pairs from each place on can add. */
	const rest = [...order, -1].map((_, from) =>
		order.slice(from).reduce((sum, at) => sum + pairs[at]![0]!.option.gain, 0),
	);
	let best = greedy(pairs, order);
	if (order.length > MAX_SEARCHED) return best;
	let most = gainOf(best);
	let looked = 0;
	const current: (Choice | null)[] = pairs.map(() => null);
	const visit = (depth: number, gain: number): void => {
		if (looked++ >= MAX_SETS || gain + rest[depth]! <= most) return;
		const facts = factsOf(current);
		if (depth === order.length) {
			if (contradicts(facts)) return;
			[best, most] = [[...current], gain];
			return;
		}
		const open = order.slice(depth).flatMap((at) => pairs[at]!.map(({ fact }) => fact));
		if (!mayYetHold(facts, open)) return;
		const at = order[depth]!;
		for (const choice of [...pairs[at]!, null]) {
			current[at] = choice;
			visit(depth + 1, gain + (choice?.option.gain ?? 0));
		}
		current[at] = null;
	};
	visit(0, 0);
	return best;
}

/** The surest first, each if it contradicts none before; what another made possible is tried once more. */
function greedy(pairs: readonly (readonly Choice[])[], order: readonly number[]): (Choice | null)[] {
	const chosen: (Choice | null)[] = pairs.map(() => null);
	for (const at of [...order, ...order]) {
		chosen[at] ??= pairs[at]!.find((choice) => !contradicts([...factsOf(chosen), choice.fact])) ?? null;
	}
	return chosen;
}
