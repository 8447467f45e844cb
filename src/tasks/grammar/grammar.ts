/** Says, token by token, what an output of labelled spans or of one choice may be, and which ids it can be made of. */
import type { Grammar } from "../types.ts";
import { childOf } from "./children.ts";
import { type SpanState, spanMachine } from "./span-machine.ts";
import type { SpanGrammarOptions } from "./span-ways.ts";

/**
 * `none`, or `TYPE, SPAN (<spot> TYPE, SPAN)*` where SPAN is a run of whole words of the text or an object.
 * Every output that ends where eos is allowed reads without rest (`read.ts`), and there is always an end: ordered
 * spans move right, the others run out. States are shared and never change but for their memo.
 */
export function spanGrammar(options: SpanGrammarOptions): Grammar<unknown> {
	const machine = spanMachine(options);
	return {
		start: machine.start,
		allowed: (state) => machine.allowed(state as SpanState),
		next: (state, token) => machine.next(state as SpanState, token),
		place: (state) => machine.place(state as SpanState),
	};
}

/** Every id a span grammar can allow, eos included, ascending, each once. [C] */
export function spanCandidates({ words, types, none, spot, eos, objects }: SpanGrammarOptions): Int32Array {
	if (words.length === 0 && objects.length === 0) return ascending([none, [eos]]);
	return ascending([none, [eos, spot], objects, ...types, ...words]);
}

/** One of `sequences`, then eos. A state is the node of a trie. */
export function choiceGrammar(sequences: ReadonlyArray<readonly number[]>, eos: number): Grammar<unknown> {
	interface Node extends Map<number, Node> {}
	const root: Node = new Map();
	for (const sequence of sequences) {
		let node = root;
		for (const id of [...sequence, eos]) node = childOf(node, id, () => new Map());
	}
	const ended: Node = new Map([[eos, new Map()]]);
	const lists = new Map<Node, readonly number[]>();
	return {
		start: root,
		allowed: (state) =>
			childOf(lists, state as Node, () => [...((state as Node).size > 0 ? (state as Node) : ended).keys()]),
		next: (state, token) => (state as Node).get(token) ?? ended,
		place: () => 0,
	};
}

/** Every id a choice grammar can allow, as {@link spanCandidates}. */
export function choiceCandidates(sequences: ReadonlyArray<readonly number[]>, eos: number): Int32Array {
	return ascending([...sequences, [eos]]);
}

function ascending(lists: ReadonlyArray<readonly number[]>): Int32Array {
	return Int32Array.from(new Set(lists.flat())).sort();
}
