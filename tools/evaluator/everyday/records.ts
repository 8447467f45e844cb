/**
 * Everyday posts as records for the trainer: the words that the engine reads, names as entities, and every pair of
 * names with its relation or "none".
 */
import { prepareText, type Word } from "../../../src/core/text.ts";
import { DEFAULT_INSTRUCTORS, LATER_IS_HEAD, NO_RELATION, RELATION_SIGNATURES } from "../../../src/tasks/defaults.ts";
import { mayBeMissing } from "./judge.ts";
import type { EverydayPost, ExpectedName, ExpectedRelation, Extent } from "./posts.ts";

const BUILT_IN: readonly string[] = DEFAULT_INSTRUCTORS.labels.relation_types;

/** Code-point offsets of the record's own text. */
interface Mention {
	readonly type: string;
	readonly text: string;
	readonly start: number;
	readonly end: number;
}

interface EntityRecord {
	readonly id: string;
	readonly text: string;
	readonly entities: readonly Mention[];
}

interface PairRecord {
	readonly id: string;
	readonly text: string;
	readonly head: Mention;
	readonly tail: Mention;
	readonly relation: string;
	/** The relation is arguable. */
	readonly optional?: true;
}

export interface PostRecords {
	readonly entities: EntityRecord;
	readonly pairs: readonly PairRecord[];
	/** Names that do not begin and end with a word as the engine splits them: no model can say them. */
	readonly unreachable: readonly string[];
}

/**
 * Names that must be found, and optional ones that a relation which must be shown needs; each with its main extent and
 * its first type. A pair stands there once, in the relation's own order; without one in the order in which the engine
 * would ask.
 */
export function toRecords(post: EverydayPost): PostRecords {
	const { id } = post;
	const { text, locate } = spaced(post.text);
	const needed = new Set(
		post.relations.filter(({ optional }) => !optional).flatMap(({ heads, tails }) => [...heads, ...tails]),
	);
	const taught = post.names.flatMap((name, index) => {
		if (name.optional && !needed.has(index)) return [];
		const place = locate(name);
		return [
			{
				index,
				name,
				mention: place && {
					type: name.types[0]!,
					text: Array.from(text).slice(place.start, place.end).join(""),
					...place,
				},
			},
		];
	});
	const known = taught.flatMap(({ index, mention }) => (mention === null ? [] : [{ index, mention }])).sort(byPlace);
	const entities = known.map(({ mention }) => mention);
	const pairs = known.flatMap((first, at) =>
		known
			.slice(at + 1)
			.flatMap((second) => (first.mention.text === second.mention.text ? [] : (pairOf(post, first, second) ?? []))),
	);
	return {
		entities: { id, text, entities },
		pairs: pairs.map((pair, number) => ({ id: `${id}-${number}`, text, ...pair })),
		unreachable: taught.flatMap(({ name, mention }) => (mention === null ? [name.text] : [])),
	};
}

interface Known {
	readonly index: number;
	readonly mention: Mention;
}

const byPlace = (a: Known, b: Known) => a.mention.start - b.mention.start || a.mention.end - b.mention.end;

function pairOf(post: EverydayPost, first: Known, second: Known): Omit<PairRecord, "id" | "text"> | null {
	for (const [head, tail] of [
		[first, second],
		[second, first],
	] as const) {
		const relation = post.relations.find(
			({ heads, tails }) => heads.includes(head.index) && tails.includes(tail.index),
		);
		if (relation === undefined) continue;
		const type = fittingType(relation, head.mention, tail.mention);
		const optional = mayBeMissing(post, relation) ? ({ optional: true } as const) : {};
		return type === null ? null : { head: head.mention, tail: tail.mention, relation: type, ...optional };
	}
	const [head, tail] = isReversed(first.mention, second.mention) ? [second, first] : [first, second];
	return { head: head.mention, tail: tail.mention, relation: NO_RELATION };
}

const joins = (relation: string, head: Mention, tail: Mention) =>
	RELATION_SIGNATURES[relation]!.some(([first, second]) => first === head.type && second === tail.type);

/**
 * The best built-in relation that the mentions' own types allow: "Lyon" taught as an organization has members, as a
 * location residents. Null where there is none: such a pair teaches nothing, least of all "none".
 */
function fittingType({ types }: ExpectedRelation, head: Mention, tail: Mention): string | null {
	return types.find((type) => BUILT_IN.includes(type) && joins(type, head, tail)) ?? null;
}

function isReversed(first: Mention, second: Mention): boolean {
	if (first.type === second.type) return LATER_IS_HEAD.includes(first.type);
	const joined = (head: Mention, tail: Mention) => BUILT_IN.some((relation) => joins(relation, head, tail));
	return !joined(first, second) && joined(second, first);
}

/**
 * The words as the model reads them, joined by spaces, and where an extent of the post lies among them; null within a
 * word.
 */
function spaced(post: string): {
	readonly text: string;
	locate(extent: Pick<ExpectedName, keyof Extent>): Extent | null;
} {
	const { words } = prepareText(post, "post");
	const places: (Extent & { readonly word: Word })[] = [];
	let at = 0;
	for (const word of words) {
		const length = Array.from(word.model).length;
		places.push({ word, start: at, end: at + length });
		at += length + 1;
	}
	return {
		text: words.map(({ model }) => model).join(" "),
		locate({ start, end }) {
			const first = places.find(({ word }) => word.start === start);
			const last = places.find(({ word }) => word.end === end);
			return first === undefined || last === undefined || last.end <= first.start
				? null
				: { start: first.start, end: last.end };
		},
	};
}
