/** Says, token by token, what an output of labelled spans or of one choice may be, and which ids it can be made of. */
import type { Grammar } from "../types.ts";

export interface SpanGrammarOptions {
	/** Ids of each word the model reads; none empty, none holding eos or spot. */
	readonly words: ReadonlyArray<readonly number[]>;
	/** Ids of each label with its comma ("person,"); none is the beginning of another. */
	readonly types: ReadonlyArray<readonly number[]>;
	/** Ids of the empty answer. */
	readonly none: readonly number[];
	readonly spot: number;
	readonly eos: number;
	/** Ids of O1…On that may stand in place of a span. */
	readonly objects: readonly number[];
	/** Spans go from left to right (mner, med). Unordered: any order, each (type, span) as often as the text holds it. */
	readonly ordered: boolean;
	/** Most ids an output may have: records that could not be finished within are not begun. */
	readonly maxTokens?: number;
}

/** A node of the trie of labels. `type`: a label ends here. `none`: the empty answer ends here. */
interface Label {
	readonly children: Map<number, Label>;
	type: number | null;
	none: boolean;
}

/** What the finished records leave open; shared by every state until the next separator. */
interface Context {
	/** No record yet: `none` may be said. */
	readonly first: boolean;
	/** Flat position after the last span. */
	readonly last: number;
	/** Spans and objects that were said, as {@link keyOf} writes them. */
	readonly used: ReadonlySet<string>;
	/** Fewest tokens to the end of a record, by label node. */
	readonly needs: Map<Label, number>;
}

interface StateBase {
	readonly context: Context;
	/** Tokens that may still follow. */
	readonly left: number;
	/** Filled at the first question: {@link allowed} and {@link next} of one state are asked again and again. */
	moves: Map<number, SpanState> | null;
	allowed: readonly number[] | null;
}
/** `at`: flat positions after the tokens said so far, ascending; `depth`: how many tokens were said. */
type SpanState = StateBase &
	(
		| { readonly kind: "label"; readonly label: Label }
		| { readonly kind: "span"; readonly type: number; readonly depth: number; readonly at: readonly number[] }
		| { readonly kind: "object"; readonly type: number; readonly object: number }
		| { readonly kind: "ended" }
	);

const keyOf = (type: number, start: number, end: number) => `${type}:${start}:${end}`;
const objectKey = (type: number, object: number) => `${type}:O${object}`;

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

function childOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
	let value = map.get(key);
	if (value === undefined) {
		value = make();
		map.set(key, value);
	}
	return value;
}

function labelTrie(types: ReadonlyArray<readonly number[]>, none: readonly number[]): Label {
	const create = (): Label => ({ children: new Map(), type: null, none: false });
	const root = create();
	const walk = (ids: readonly number[]) => ids.reduce((node, id) => childOf(node.children, id, create), root);
	types.forEach((ids, type) => {
		walk(ids).type = type;
	});
	walk(none).none = true;
	return root;
}

/** The text as one row of tokens: where words start, and for each position the first word end at or after it. */
function layOut(words: ReadonlyArray<readonly number[]>, objects: ReadonlySet<number>) {
	const flat = words.flat();
	const starts: number[] = [];
	const ends: number[] = [];
	let place = 0;
	for (const word of words) {
		// Where objects may be said, "O1" is the object: a word of that spelling could not be told from it.
		if (!objects.has(word[0]!)) starts.push(place);
		place += word.length;
		ends.push(place);
	}
	const endFrom = new Array<number>(flat.length + 1).fill(ends.length);
	for (let end = ends.length - 1, position = flat.length; position >= 0; position--) {
		if (end > 0 && ends[end - 1]! >= position) end--;
		if (ends.length > 0) endFrom[position] = end;
	}
	return { flat, starts, ends, endFrom };
}

function spanMachine({
	words,
	types,
	none,
	spot,
	eos,
	objects,
	ordered,
	maxTokens = Number.MAX_SAFE_INTEGER,
}: SpanGrammarOptions) {
	const { flat, starts, ends, endFrom } = layOut(words, new Set(objects));
	const root = labelTrie(types, none);
	const base = (context: Context, left: number) => ({ context, left, moves: null, allowed: null });
	const open = (context: Context, type: number, start: number, end: number) =>
		ordered || !context.used.has(keyOf(type, start, end));
	const openObjects = (context: Context, type: number) =>
		objects.filter((object) => !context.used.has(objectKey(type, object)));
	const openStarts = (context: Context) => (ordered ? starts.filter((start) => start >= context.last) : starts);

	/** The reader takes the first free place at or after the last record, else the first: the same place here. */
	const nextOf = ({ context, depth }: SpanState & { kind: "span" }, places: readonly number[]): number | undefined =>
		places.find((place) => place - depth >= context.last) ?? places[0];

	/** Fewest tokens from `position` to the end of a span begun at `start` that was not said yet; 0 where it may end. */
	function toSpanEnd(context: Context, type: number, start: number, position: number): number {
		for (let i = endFrom[position]!; i < ends.length; i++) {
			const end = ends[i]!;
			if (end > start && open(context, type, start, end)) return end - position;
		}
		return Number.POSITIVE_INFINITY;
	}

	/** Fewest tokens from a label node to the end of a record. */
	function toRecordEnd(context: Context, label: Label): number {
		return childOf(context.needs, label, () => {
			if (label.none && context.first) return 0;
			let fewest = Number.POSITIVE_INFINITY;
			if (label.type !== null) {
				if (openObjects(context, label.type).length > 0) return 1;
				for (const start of openStarts(context))
					fewest = Math.min(fewest, toSpanEnd(context, label.type, start, start));
			}
			for (const child of label.children.values()) fewest = Math.min(fewest, 1 + toRecordEnd(context, child));
			return fewest;
		});
	}

	/** Moves along the text: positions that go on with the same token stay together. */
	function addSpans(
		moves: Map<number, SpanState>,
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
			const finishes = positions.some(
				(position) => toSpanEnd(context, type, position - depth - 1, position) <= left - 1,
			);
			if (finishes && !moves.has(token))
				moves.set(token, { ...base(context, left - 1), kind: "span", type, depth: depth + 1, at: positions });
		}
	}

	/** A record ends here: the output may end, or another record may follow if one fits. */
	function addEnd(moves: Map<number, SpanState>, { context, left }: SpanState, last: number, key: string): void {
		moves.set(eos, { ...base(context, 0), kind: "ended" });
		const used = ordered && key === "" ? context.used : new Set(context.used).add(key);
		const following: Context = { first: false, last, used, needs: new Map() };
		if (1 + toRecordEnd(following, root) <= left)
			moves.set(spot, { ...base(following, left - 1), kind: "label", label: root });
	}

	function movesOf(state: SpanState): Map<number, SpanState> {
		const moves = new Map<number, SpanState>();
		const { context, left } = state;
		if (state.kind === "label") {
			const { label } = state;
			if (label.none && context.first) moves.set(eos, { ...base(context, 0), kind: "ended" });
			for (const [token, child] of label.children) {
				if (toRecordEnd(context, child) <= left - 1)
					moves.set(token, { ...base(context, left - 1), kind: "label", label: child });
			}
			if (label.type !== null) {
				for (const object of left > 0 ? openObjects(context, label.type) : []) {
					moves.set(object, { ...base(context, left - 1), kind: "object", type: label.type, object });
				}
				addSpans(moves, state, label.type, 0, openStarts(context));
			}
		} else if (state.kind === "span") {
			const { type, depth, at } = state;
			const finished = at.filter((end) => ends[endFrom[end]!] === end && open(context, type, end - depth, end));
			const end = nextOf(state, finished);
			if (end !== undefined) addEnd(moves, state, end, ordered ? "" : keyOf(type, end - depth, end));
			addSpans(moves, state, type, depth, at);
		} else if (state.kind === "object") addEnd(moves, state, context.last, objectKey(state.type, state.object));
		else moves.set(eos, state);
		return moves;
	}

	const moves = (state: SpanState) => {
		state.moves ??= movesOf(state);
		return state.moves;
	};
	const start: SpanState = {
		...base({ first: true, last: 0, used: new Set(), needs: new Map() }, maxTokens),
		kind: "label",
		label: root,
	};
	const ended: SpanState = { ...base(start.context, 0), kind: "ended" };
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
