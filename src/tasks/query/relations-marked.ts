/**
 * Asks about all pairs of a post on one further reading, in which every mention stands between the marker of its type
 * and a closing one.
 */
import { MARKED_TYPES, type MarkedType, type MarkerTokens } from "../../bundle/manifest.ts";
import type { ExtractionContext } from "../context.ts";
import { NO_RELATION } from "../defaults.ts";
import type { MarkerPair } from "../types.ts";
import { cutInput, instructorOf } from "./prompt.ts";
import type { Input, Mention, MentionPair, PairVote, RelationQuery, WordSpan } from "./question.ts";
import { canBeSaid, choicesOf, namesOf, type PairChoices, pairQueries } from "./relations-read.ts";

/**
 * Whether pairs are asked about between markers: by bundles that learned it, whatever a person's labels and decoding
 * are.
 */
export const asksMarked = ({ instructors, markers }: ExtractionContext): boolean =>
	instructors.relations === "marked" && markers !== null;

/**
 * A pair and the relations that it may have, in that order of head and tail and the other way round; null: that way it
 * is not asked about.
 */
export interface MarkedPair {
	readonly pair: MentionPair;
	readonly names: readonly string[];
	readonly reversed: readonly string[] | null;
}

/** A pair of mentions as a person's post has it: both ways, where a relation may join it both ways. */
export function bothWays(context: ExtractionContext, pair: MentionPair): MarkedPair {
	const reversed = namesOf(context, { head: pair.tail, tail: pair.head });
	return {
		pair,
		names: namesOf(context, pair),
		reversed: reversed.some((name) => name !== NO_RELATION) ? reversed : null,
	};
}

/**
 * One query for each pair, all on one reading. A pair is left out with an end that cannot be marked (a better mention
 * overlaps it, or it lies past what the model reads), or whose answer would be cut.
 * @param mentions all that are to be marked; the ends of the pairs are among them
 */
export function relationsOnMarked(
	context: ExtractionContext,
	mentions: readonly Mention[],
	pairs: readonly MarkedPair[],
): RelationQuery[] {
	if (context.markers === null || pairs.length === 0) return [];
	const instructor = instructorOf(context, "mre_marked", {});
	const { places, ...input } = markedInput(context, context.markers, instructor, mentions);
	const askable = pairs.flatMap((marked): PairChoices[] => {
		const [head, tail] = [marked.pair.head, marked.pair.tail].map((end) => places.get(keyOf(end)));
		if (head === undefined || tail === undefined) return [];
		const one = pairChoices(context, marked, [head, tail]);
		return one.silent || canBeSaid(context, one.choices) ? [one] : [];
	});
	return pairQueries(context, { ...input, instructor }, askable);
}

/**
 * The other way round only the classifier is asked, which costs it a row: the decoder learned the order in which pairs
 * are written.
 */
function pairChoices(
	context: ExtractionContext,
	{ pair, names, reversed }: MarkedPair,
	[head, tail]: MarkerPair,
): PairChoices {
	const decoded = { pair, choices: choicesOf(context, pair, names), constrained: true };
	const forth = columnsOf(context, names);
	if (forth === null) return decoded;
	const back = reversed && columnsOf(context, reversed);
	const { weight } = context.pairVote!;
	const ends: MarkerPair[] = [[head, tail], ...(back ? [[tail, head] as const] : [])];
	return { ...decoded, ends, vote: { weight, orders: [forth, ...(back ? [back] : [])] }, silent: weight >= 1 };
}

/**
 * Where each of the relations stands among those that the classifier knows; null: it does not know all of them, "none"
 * included, and has no vote.
 */
function columnsOf({ pairVote }: ExtractionContext, names: readonly string[]): PairVote["orders"][number] | null {
	const columns = names.map((name) => ({ name, at: pairVote?.relations.indexOf(name) ?? -1 }));
	return names.includes(NO_RELATION) && columns.every(({ at }) => at >= 0) ? columns : null;
}

/**
 * The marked text as ids. `places`: of each mention that stands in it with both markers, where the opening one does.
 */
export interface MarkedInput extends Input {
	readonly places: ReadonlyMap<string, number>;
}

const keyOf = ({ from, to, type }: Mention): string => `${from} ${to} ${type}`;

/**
 * As `buildInput`, each mention between its markers: of two that meet the closing one stands first. Those that overlap
 * a better one are not marked.
 */
export function markedInput(
	context: ExtractionContext,
	markers: MarkerTokens,
	instructor: string,
	mentions: readonly Mention[],
): MarkedInput {
	const marked = withoutOverlaps(mentions);
	const opening = new Map(marked.map((mention) => [mention.from, mention]));
	const closing = new Map(marked.map((mention) => [mention.to, mention]));
	const pieces: (readonly number[])[] = [];
	const wordEnds: number[] = [];
	const opened = new Map<Mention, number>();
	const whole: { mention: Mention; opens: number; closes: number }[] = [];
	for (let at = 0; at <= context.words.length; at++) {
		const [ended, begun] = [closing.get(at), opening.get(at)];
		if (ended) whole.push({ mention: ended, opens: opened.get(ended)!, closes: pieces.push([markers.close]) - 1 });
		if (begun) opened.set(begun, pieces.push([markerOf(context, markers, begun)]) - 1);
		const word = context.words[at];
		if (word) wordEnds.push(pieces.push(word.ids));
	}
	const { piecesRead, ...input } = cutInput(context, instructor, pieces);
	const placeOf = (piece: number) =>
		pieces.slice(0, piece).reduce((place, ids) => place + ids.length, input.text.begin);
	const read = whole.filter(({ closes }) => closes < piecesRead);
	return {
		...input,
		wordsRead: wordEnds.filter((end) => end <= piecesRead).length,
		places: new Map(read.map(({ mention, opens }) => [keyOf(mention), placeOf(opens)])),
	};
}

const overlap = (a: WordSpan, b: WordSpan): boolean => a.from < b.to && b.from < a.to;

/** Keeps, where mentions overlap, the one with the higher score; of equals the earlier and shorter one. */
function withoutOverlaps(mentions: readonly Mention[]): Mention[] {
	const kept: Mention[] = [];
	for (const mention of [...mentions].sort((a, b) => b.score - a.score || a.from - b.from || a.to - b.to)) {
		if (!kept.some((one) => overlap(one, mention))) kept.push(mention);
	}
	return kept;
}

/** The marker of a type, or of the coarse type above a fine one, or of all others. */
function markerOf({ fineTypes }: ExtractionContext, { open }: MarkerTokens, { type }: Mention): number {
	const isMarked = (name: string | undefined): name is MarkedType => MARKED_TYPES.includes(name as MarkedType);
	const known = [type, fineTypes.find(({ name }) => name === type)?.coarse].find(isMarked);
	return open[known ?? "other"];
}
