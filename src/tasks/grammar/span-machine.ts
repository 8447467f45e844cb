/** Steps through an output of labelled spans token by token: where each token leads, and what may follow. */
import { childOf } from "./children.ts";
import { type SpanCosts, spanCosts } from "./span-costs.ts";
import {
	keyOf,
	type Label,
	objectKey,
	type SpanContext,
	type SpanGrammarOptions,
	type SpanWays,
	spanWays,
} from "./span-ways.ts";

interface StateBase {
	readonly context: SpanContext;
	/** Tokens that may still follow. */
	readonly left: number;
	/** Filled at the first question: `allowed` and `next` of one state are called again and again. */
	moves: Moves | null;
	allowed: readonly number[] | null;
}
interface InLabel extends StateBase {
	readonly kind: "label";
	readonly label: Label;
}
/** `at`: flat positions after the tokens said so far, ascending; `depth`: how many tokens were said. */
interface InSpan extends StateBase {
	readonly kind: "span";
	readonly type: number;
	readonly depth: number;
	readonly at: readonly number[];
}
interface AtObject extends StateBase {
	readonly kind: "object";
	readonly type: number;
	readonly object: number;
}
interface Ended extends StateBase {
	readonly kind: "ended";
}
/** Shared between beams; never changes but for its memo. */
export type SpanState = InLabel | InSpan | AtObject | Ended;
type Moves = Map<number, SpanState>;

/** What every state of one output is stepped with. */
interface Machine extends SpanWays, SpanCosts, Pick<SpanGrammarOptions, "spot" | "eos" | "ordered"> {}

export function spanMachine(options: SpanGrammarOptions) {
	const ways = spanWays(options);
	const { spot, eos, ordered, maxTokens = Number.MAX_SAFE_INTEGER } = options;
	const machine: Machine = { ...ways, ...spanCosts(ways), spot, eos, ordered };
	const nothing: SpanContext = { first: true, last: 0, used: new Set(), needs: new Map() };
	const start: SpanState = { ...base(nothing, maxTokens), kind: "label", label: ways.root };
	const ended: SpanState = { ...base(nothing, 0), kind: "ended" };
	const moves = (state: SpanState) => {
		state.moves ??= movesOf(machine, state);
		return state.moves;
	};
	return {
		start,
		allowed(state: SpanState): readonly number[] {
			state.allowed ??= [...moves(state).keys()];
			return state.allowed;
		},
		next: (state: SpanState, token: number): SpanState => moves(state).get(token) ?? ended,
		place: (state: SpanState): number => (state.kind === "span" ? (nextOf(state, state.at) ?? 0) : state.context.last),
	};
}

const base = (context: SpanContext, left: number): StateBase => ({ context, left, moves: null, allowed: null });

/** The reader takes the first free place at or after the last record, else the first: the same place here. */
const nextOf = ({ context, depth }: InSpan, places: readonly number[]): number | undefined =>
	places.find((place) => place - depth >= context.last) ?? places[0];

function movesOf(machine: Machine, state: SpanState): Moves {
	const moves: Moves = new Map();
	switch (state.kind) {
		case "label":
			addAfterLabel(machine, moves, state);
			break;
		case "span":
			addAfterSpan(machine, moves, state);
			break;
		case "object":
			addEnd(machine, moves, state, state.context.last, objectKey(state.type, state.object));
			break;
		case "ended":
			moves.set(machine.eos, state);
	}
	return moves;
}

/** The label goes on; behind its comma an object or a span begins. */
function addAfterLabel(machine: Machine, moves: Moves, state: InLabel): void {
	const { eos, toRecordEnd, openObjects, openStarts } = machine;
	const { context, left, label } = state;
	if (label.none && context.first) moves.set(eos, { ...base(context, 0), kind: "ended" });
	for (const [token, child] of label.children) {
		if (toRecordEnd(context, child) <= left - 1)
			moves.set(token, { ...base(context, left - 1), kind: "label", label: child });
	}
	if (label.type === null) return;
	for (const object of left > 0 ? openObjects(context, label.type) : [])
		moves.set(object, { ...base(context, left - 1), kind: "object", type: label.type, object });
	addWords(machine, moves, state, label.type, 0, openStarts(context));
}

/** The span ends where a word does, or goes on. */
function addAfterSpan(machine: Machine, moves: Moves, state: InSpan): void {
	const { ends, endFrom, open, ordered } = machine;
	const { context, type, depth, at } = state;
	const finished = at.filter((end) => ends[endFrom[end]!] === end && open(context, type, end - depth, end));
	const end = nextOf(state, finished);
	if (end !== undefined) addEnd(machine, moves, state, end, ordered ? "" : keyOf(type, end - depth, end));
	addWords(machine, moves, state, type, depth, at);
}

/** Moves along the text: positions that go on with the same token stay together. */
function addWords(
	{ flat, toSpanEnd }: Machine,
	moves: Moves,
	{ context, left }: SpanState,
	type: number,
	depth: number,
	at: readonly number[],
): void {
	const byToken = new Map<number, number[]>();
	for (const position of at) {
		if (position < flat.length) childOf(byToken, flat[position]!, (): number[] => []).push(position + 1);
	}
	for (const [token, positions] of byToken) {
		const finishes = positions.some((position) => toSpanEnd(context, type, position - depth - 1, position) <= left - 1);
		if (finishes && !moves.has(token))
			moves.set(token, { ...base(context, left - 1), kind: "span", type, depth: depth + 1, at: positions });
	}
}

/** A record ends here: the output may end, or another record may follow if one fits. */
function addEnd(
	{ eos, spot, ordered, root, toRecordEnd }: Machine,
	moves: Moves,
	{ context, left }: SpanState,
	last: number,
	key: string,
): void {
	moves.set(eos, { ...base(context, 0), kind: "ended" });
	const used = ordered && key === "" ? context.used : new Set(context.used).add(key);
	const following: SpanContext = { first: false, last, used, needs: new Map() };
	if (1 + toRecordEnd(following, root) <= left)
		moves.set(spot, { ...base(following, left - 1), kind: "label", label: root });
}
