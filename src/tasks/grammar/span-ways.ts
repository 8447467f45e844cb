/** Lays out the text and the labels of an output of spans, and says which spans the records so far leave open. */
import { childOf } from "./children.ts";

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
export interface Label {
	readonly children: Map<number, Label>;
	type: number | null;
	none: boolean;
}

/** What the finished records leave open; shared by every state until the next separator. */
export interface SpanContext {
	/** No record yet: `none` may be said. */
	readonly first: boolean;
	/** Flat position after the last span. */
	readonly last: number;
	/** Spans and objects that were said, as {@link keyOf} and {@link objectKey} write them. */
	readonly used: ReadonlySet<string>;
	/** Fewest tokens to the end of a record, by label node. */
	readonly needs: Map<Label, number>;
}

export type SpanWays = ReturnType<typeof spanWays>;

export const keyOf = (type: number, start: number, end: number) => `${type}:${start}:${end}`;
export const objectKey = (type: number, object: number) => `${type}:O${object}`;

/** Positions count tokens of the text as one row, from 0. */
export function spanWays({ words, types, none, objects, ordered }: SpanGrammarOptions) {
	const { flat, starts, ends, endFrom } = layOut(words, new Set(objects));
	return {
		/** The text as one row of tokens. */
		flat,
		/** Positions after words, ascending. */
		ends,
		/** For each position the index in `ends` of the first word end at or after it. */
		endFrom,
		root: labelTrie(types, none),
		/** Whether a span may still be said. */
		open: (context: SpanContext, type: number, start: number, end: number): boolean =>
			ordered || !context.used.has(keyOf(type, start, end)),
		openObjects: (context: SpanContext, type: number): number[] =>
			objects.filter((object) => !context.used.has(objectKey(type, object))),
		openStarts: (context: SpanContext): readonly number[] =>
			ordered ? starts.filter((start) => start >= context.last) : starts,
	};
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
