/** The readings on which all pairs of a post are asked about, by what a bundle learned (`instructors.relations`). */
import type { RelationPrompts } from "../../bundle/manifest.ts";
import type { ExtractionContext } from "../context.ts";
import type { Mention, MentionPair, Query, RelationQuery } from "./question.ts";
import { asksMarked, bothWays, relationsOnMarked } from "./relations-marked.ts";
import { asksOnReading, readForPairs, relationsOnReading } from "./relations-read.ts";

/** What is known of a post when its pairs are asked about. */
interface KnownOfPost {
	/** What was asked so far. */
	readonly queries: readonly Query[];
	/** What mner found. */
	readonly mentions: readonly Mention[];
}

export interface PairReading {
	/** Whether pairs are asked about on it, with these labels and this request. */
	readonly serves: (context: ExtractionContext) => boolean;
	/** Whether each pair is asked about both ways, so that its order does not matter. */
	readonly bothWays: boolean;
	/** One query for each pair that can be asked about; null: this post has no such reading. */
	readonly ask: (
		context: ExtractionContext,
		pairs: readonly MentionPair[],
		known: KnownOfPost,
	) => RelationQuery[] | null;
}

const PAIR_READINGS: Readonly<Record<RelationPrompts, PairReading | null>> = {
	all: null,
	fitting: null,
	read: {
		serves: asksOnReading,
		bothWays: false,
		ask(context, pairs, { queries }) {
			const reading = readForPairs(context, queries);
			return reading && relationsOnReading(context, reading, pairs);
		},
	},
	marked: {
		serves: asksMarked,
		bothWays: true,
		ask: (context, pairs, { mentions }) =>
			relationsOnMarked(
				context,
				mentions,
				pairs.map((pair) => bothWays(context, pair)),
			),
	},
};

/** The reading that all pairs share; null: each pair has a prompt, and a reading, of its own. */
export function pairReadingOf(context: ExtractionContext): PairReading | null {
	const reading = PAIR_READINGS[context.instructors.relations ?? "all"];
	return reading?.serves(context) ? reading : null;
}
