/**
 * Judges what was found in a post against what a careful reader expects: right, tolerable or annoying, and which
 * relations are right. Pure.
 */
import type { Entity, Relation } from "../../../src/core/result.ts";
import { SYMMETRIC_RELATIONS } from "../../../src/tasks/defaults.ts";
import type { EverydayPost, ExpectedRelation, Extent } from "./posts.ts";

/** The parts of a result that are judged. */
export interface Found {
	readonly entities: readonly Pick<Entity, "id" | "type" | "text" | "start" | "end">[];
	readonly relations: readonly Pick<Relation, "type" | "head" | "tail" | "score">[];
}
export type FoundName = Found["entities"][number];

export const VERDICTS = ["right", "tolerable", "annoying"] as const;
export type Verdict = (typeof VERDICTS)[number];

/** One slip is tolerable among so many expected names. */
const NAMES_FOR_A_SLIP = 3;

/** Relations that hold either way round. */
const SYMMETRIC: ReadonlySet<string> = new Set(SYMMETRIC_RELATIONS);

/**
 * Words that may stand in front of a name without being part of it, by language; an apostrophe needs no space behind
 * it.
 */
const ARTICLES: Readonly<Record<string, readonly string[]>> = {
	en: ["the", "a", "an"],
	de: ["der", "die", "das", "den", "dem", "des"],
	es: ["el", "la", "los", "las"],
	fr: ["le", "la", "les", "l'", "l’"],
	it: ["il", "lo", "la", "i", "gli", "le", "l'", "l’"],
	nl: ["de", "het", "'t", "’t"],
	pt: ["o", "a", "os", "as"],
};
const EDGE = /[\s"'“”„‚‘’«»‹›()[\]#@]/u;

/**
 * What of an extent counts: without quotation marks, brackets, # and @ at its ends, and without a leading article.
 * Never empty.
 */
export function trimmed(text: string, { start, end }: Extent, lang: string): Extent {
	let [from, to] = [start, end];
	const strip = () => {
		while (from < to && EDGE.test(text[from]!)) from++;
		while (from < to && EDGE.test(text[to - 1]!)) to--;
	};
	strip();
	const piece = text.slice(from, to).toLowerCase();
	const article = (ARTICLES[lang] ?? []).find((word) => piece.startsWith(/['’]$/u.test(word) ? word : `${word} `));
	if (article !== undefined && article.length < piece.length) from += article.length;
	strip();
	return from < to ? { start: from, end: to } : { start, end };
}

export interface NameJudgement {
	/** Indices of expected names: those found as they should be, and those that had to be found and were not. */
	readonly found: readonly number[];
	readonly missed: readonly number[];
	/** Found, but not as an expected name: another text, part of a name, another type, the same place again. */
	readonly wrong: readonly FoundName[];
	/** A wrong mention over a missed name is one slip. */
	readonly slips: number;
	readonly verdict: Verdict;
}

export function judgeNames(
	{ text, lang, names }: Pick<EverydayPost, "text" | "lang" | "names">,
	entities: readonly FoundName[],
): NameJudgement {
	const keyOf = (extent: Extent) => {
		const { start, end } = trimmed(text, extent, lang);
		return `${start} ${end}`;
	};
	const expected = names.map(({ extents, types }) => ({ keys: new Set(extents.map(keyOf)), types }));
	const found = new Set<number>();
	const taken = new Set<string>();
	const wrong = entities.filter((entity) => {
		const key = keyOf(entity);
		const matching = expected.flatMap(({ keys, types }, index) =>
			keys.has(key) && types.includes(entity.type) ? [index] : [],
		);
		if (matching.length === 0 || taken.has(key)) return true;
		taken.add(key);
		for (const index of matching) found.add(index);
		return false;
	});
	const missed = names.flatMap(({ optional }, index) => (optional || found.has(index) ? [] : [index]));
	const slips = countSlips(
		missed.map((index) => names[index]!),
		wrong,
	);
	const required = names.filter(({ optional }) => !optional).length;
	const verdict = slips === 0 ? "right" : slips === 1 && required >= NAMES_FOR_A_SLIP ? "tolerable" : "annoying";
	return { found: [...found].sort((a, b) => a - b), missed, wrong, slips, verdict };
}

/** Each wrong mention is one slip together with at most one missed name that it overlaps. */
function countSlips(missed: readonly Extent[], wrong: readonly Extent[]): number {
	const left = [...missed];
	for (const { start, end } of wrong) {
		const at = left.findIndex((name) => start < name.end && name.start < end);
		if (at >= 0) left.splice(at, 1);
	}
	return wrong.length + left.length;
}

interface ShownRelation {
	readonly type: string;
	readonly head: string;
	readonly tail: string;
	readonly score: number;
	readonly right: boolean;
}

export interface RelationJudgement {
	readonly shown: readonly ShownRelation[];
	/** Indices of the expected relations that should have been shown, and of those that were not. */
	readonly required: readonly number[];
	readonly missed: readonly number[];
}

/** Where all mentions of an end may be left out, so may the relation. */
export function mayBeMissing(
	{ names }: Pick<EverydayPost, "names">,
	{ optional, heads, tails }: ExpectedRelation,
): boolean {
	return optional || [heads, tails].some((mentions) => mentions.every((index) => names[index]!.optional));
}

/**
 * A relation is right if the texts of both ends are acceptable extents of its names, wherever they stand, and its type
 * is acceptable.
 */
export function judgeRelations(
	post: Pick<EverydayPost, "text" | "lang" | "names" | "relations">,
	{ entities, relations }: Found,
): RelationJudgement {
	const { text, lang, names } = post;
	const textOf = (extent: Extent) => {
		const { start, end } = trimmed(text, extent, lang);
		return text.slice(start, end).toLowerCase();
	};
	const textsOf = (mentions: readonly number[]) =>
		new Set(mentions.flatMap((index) => names[index]!.extents.map(textOf)));
	const expected = post.relations.map(({ heads, tails, types }) => ({
		heads: textsOf(heads),
		tails: textsOf(tails),
		types,
	}));
	const byId = new Map(entities.map((entity) => [entity.id, entity]));
	const met = new Set<number>();
	const shown = relations.flatMap(({ type, head, tail, score }): ShownRelation[] => {
		const ends = [byId.get(head), byId.get(tail)];
		if (ends[0] === undefined || ends[1] === undefined) return [];
		const [first, second] = [textOf(ends[0]), textOf(ends[1])];
		const fitting = expected.flatMap(({ heads, tails, types }, index) => {
			const holds =
				(heads.has(first) && tails.has(second)) || (SYMMETRIC.has(type) && heads.has(second) && tails.has(first));
			return holds && types.includes(type) ? [index] : [];
		});
		for (const index of fitting) met.add(index);
		return [{ type, head: ends[0].text, tail: ends[1].text, score, right: fitting.length > 0 }];
	});
	const required = post.relations.flatMap((relation, index) => (mayBeMissing(post, relation) ? [] : [index]));
	return { shown, required, missed: required.filter((index) => !met.has(index)) };
}

export interface Judged {
	readonly post: EverydayPost;
	readonly found: Found;
	readonly names: NameJudgement;
	readonly relations: RelationJudgement;
}

export const judge = (post: EverydayPost, found: Found): Judged => ({
	post,
	found,
	names: judgeNames(post, found.entities),
	relations: judgeRelations(post, found),
});
