/** The one shape of everything that metrics compare, annotated or predicted, and the lists that hold it. */
import { prepareText, type Word, type WordMode } from "../../src/core/text.ts";
import type { AnnotatedRecord, Box, Prediction, TextSpan } from "./predict/contract.ts";
import { utf16 } from "./predict/offsets.ts";

export interface Item {
	/** Entity type, relation, event type or role: what a confusion table counts. */
	readonly label: string;
	/**
	 * What must agree besides label and place: the event of an argument, the types of a relation's ends, the step of an
	 * entity; "" for nothing.
	 */
	readonly group: string;
	/** Pieces of the text: one of an entity, head and tail of a relation, none of a region. UTF-16. */
	readonly spans: readonly TextSpan[];
	/** Regions of the picture. */
	readonly boxes: readonly Box[];
	/** false: its boundaries are not word boundaries, so no prediction can find it. */
	readonly reachable: boolean;
	/** Probability, of predictions; 1 of gold. */
	readonly score: number;
}

/** Lists that are scored apart. */
const LAYERS = [
	"entities",
	"relation",
	"events",
	"arguments",
	"relations",
	/** fmnerg: entities by their coarse type. */
	"coarse",
	/** fmnerg: each entity once by its fine type, once by its coarse one. */
	"hierarchy",
	/** more: relations between an entity and an object. */
	"objects",
	/** gmper: the steps of a procedure. */
	"steps",
	/** gmper: two mentions of one thing in different steps. */
	"links",
] as const;
export type Layer = (typeof LAYERS)[number];
export type Items = Readonly<Record<Layer, readonly Item[]>>;

/** A record and the prediction for it. */
export interface Compared {
	readonly record: AnnotatedRecord;
	readonly prediction: Prediction;
	readonly gold: Items;
	readonly predicted: Items;
}

/** No relation: neither found nor missed (MNRE, MORE). */
export const NONE = "none";

export const NO_ITEMS = Object.fromEntries(LAYERS.map((layer) => [layer, []])) as unknown as Items;

type Span = { readonly start: number; readonly end: number };

/** Where code-point offsets of the data lie in the text, and whether a prediction can reach them. */
export type Locate = (span: Span) => { readonly span: TextSpan; readonly reachable: boolean };

export const itemOf = (item: Partial<Item> & Pick<Item, "label">): Item => ({
	group: "",
	spans: [],
	boxes: [],
	reachable: true,
	score: 1,
	...item,
});

export function locator(text: string, mode: WordMode): Locate {
	const words = wordsOf(text, mode);
	const starts = new Set(words.map(({ start }) => start));
	const ends = new Set(words.map(({ end }) => end));
	return ({ start, end }) => {
		const span = { start: utf16(text, start), end: utf16(text, end) };
		return { span, reachable: span.start < span.end && starts.has(span.start) && ends.has(span.end) };
	};
}

function wordsOf(text: string, mode: WordMode): readonly Word[] {
	return text.trim() === "" ? [] : prepareText(text, mode).words;
}
