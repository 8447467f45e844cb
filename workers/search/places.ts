/** Gives a decoder that copies the place of the text that each row copied last, with a grammar and without. Pure. */
import type { Grammar } from "../../src/tasks/types.ts";
import type { PlaceTracker, SearchQuery, SearchState } from "./types.ts";

/** Follows what a query's rows say: its grammar, else its tracker of copies; null: nothing is copied. */
export function followerOf({ grammar, copying }: SearchQuery): Pick<Grammar, "start" | "next" | "place"> | null {
	return grammar ?? copying?.free ?? null;
}

/**
 * The place of every token that is fed, as an index into its query's input: that of the last token copied so far, the
 * one before the text where none was.
 *
 * @param tokens [B·W, S] what is fed, of {@link nextTokens}
 * @returns [B·W, S]; null: no query has a text to copy from
 */
export function stepPlaces(
	{ queries: states, width }: SearchState,
	queries: readonly SearchQuery[],
	tokens: Int32Array,
): Int32Array | null {
	if (queries.every(({ copying }) => copying === undefined)) return null;
	const positions = tokens.length / (queries.length * width);
	const places = new Int32Array(tokens.length);
	for (const [index, { beams }] of states.entries()) {
		const query = queries[index]!;
		const follower = followerOf(query);
		const before = (query.copying?.begin ?? 0) - 1;
		places.fill(before, index * width * positions, (index + 1) * width * positions);
		if (follower?.place === undefined) continue;
		for (const [k, beam] of beams.entries()) {
			const row = (index * width + k) * positions;
			let state = beam.state;
			for (let at = 0; at < positions; at++) {
				if (at > 0) state = follower.next(state, tokens[row + at]!);
				places[row + at] = before + follower.place(state);
			}
		}
	}
	return places;
}

/** Where a free output stands. */
interface FreePlace {
	/** Tokens of the text up to the last copied one. */
	readonly place: number;
	/** Whether the newest token was copied. */
	readonly copying: boolean;
	/** The newest token. */
	readonly newest: number;
}

/**
 * Follows a free output along the text. Behind a copied token the next one goes on copying if the text does; else a
 * span begins where a token follows one of `spansFollow`, at the first place behind the last one that holds it.
 * Everything else keeps the place: labels, separators, words that the text has not.
 *
 * @param text ids of the text
 * @param spansFollow ids right after which words of the text may be said; none: the place is before the text for ever
 * @param start the id that every output begins after
 */
export function freePlaces(text: readonly number[], spansFollow: readonly number[], start: number): PlaceTracker {
	const follows = new Set(spansFollow);
	const next = ({ place, copying, newest }: FreePlace, token: number): FreePlace => {
		if (copying && text[place] === token) return { place: place + 1, copying, newest: token };
		const at = follows.has(newest) ? text.indexOf(token, place) : -1;
		return at >= 0 ? { place: at + 1, copying: true, newest: token } : { place, copying: false, newest: token };
	};
	const first: FreePlace = { place: 0, copying: false, newest: start };
	return {
		start: first,
		next: (state, token) => next(state as FreePlace, token),
		place: (state) => (state as FreePlace).place,
	};
}
