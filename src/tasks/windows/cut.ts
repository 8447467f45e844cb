/**
 * Cuts a long text into windows that overlap, each as short as a post. Pure: what is read of a window is
 * `text.slice(start, end)`.
 */
import { type Unit, type UnitOptions, unitsOf } from "./units.ts";

/** UTF-16 offsets of the whole text. */
export interface TextWindow {
	readonly start: number;
	readonly end: number;
	/**
	 * What it answers for: of what several windows find, that counts which begins between `from` and `to` of its own. The
	 * own parts of all windows follow each other and cover the text.
	 */
	readonly from: number;
	readonly to: number;
	readonly tokens: number;
}

export interface CutOptions extends Pick<UnitOptions, "words" | "count"> {
	/** Sentences are put together up to so many tokens. */
	readonly tokens: number;
	/** A sentence of more tokens is split; a shorter one is a window of its own where it must. */
	readonly most: number;
	/** Most tokens that a window reads of the one before it. */
	readonly overlap: number;
	/** Tokens of a piece of a split sentence: a window holds two, and shares one with the next. */
	readonly piece: number;
}

/** At least one window for a text with a visible word, else none. Lazy, so that a caller can pause. */
export function* cutWindows(
	text: string,
	{ tokens, most, overlap, piece, ...counting }: CutOptions,
): Generator<TextWindow, void> {
	let held: Unit[] = [];
	let sum = 0;
	/** Units of `held` that no window has read. */
	let fresh = 0;
	let from = 0;
	for (const unit of unitsOf(text, { ...counting, most, piece })) {
		const before = held.at(-1);
		const isSplit = before?.ends === "piece";
		const room = isSplit ? Math.max(tokens, 2 * piece) : tokens;
		if (before !== undefined && fresh > 0 && (sum + unit.tokens > room || (isApart(before) && sum >= MIN_APART))) {
			const shared = isApart(before) ? [] : lastUnits(held, Math.min(isSplit ? piece : overlap, room - unit.tokens));
			const to = seamIn(shared, before);
			yield { start: held[0]!.start, end: before.end, from, to, tokens: sum };
			from = to;
			held = shared;
			sum = tokensOf(shared);
			fresh = 0;
		}
		held.push(unit);
		sum += unit.tokens;
		fresh++;
	}
	if (fresh > 0) yield { start: held[0]!.start, end: held.at(-1)!.end, from, to: text.length, tokens: sum };
}

/** Nothing goes on behind it. */
const isApart = ({ ends }: Unit) => ends === "paragraph";

/** Paragraphs of fewer tokens share a window: a list of names is not read name by name. */
const MIN_APART = 4;

const tokensOf = (units: readonly Unit[]) => units.reduce((sum, unit) => sum + unit.tokens, 0);

/** The last units that have at most `most` tokens together. */
function lastUnits(units: readonly Unit[], most: number): Unit[] {
	let at = units.length;
	for (let sum = 0; at > 0; at--) {
		sum += units[at - 1]!.tokens;
		if (sum > most) break;
	}
	return units.slice(at);
}

/**
 * Where one window's own part ends and the next one's begins: at the end of a sentence, else in the middle of what both
 * read, so that each name near the seam is whole in the window that answers for it.
 */
function seamIn(shared: readonly Unit[], last: Unit): number {
	if (last.ends !== "piece" || shared.length === 0) return last.end;
	return shared.length === 1 ? shared[0]!.middle : shared[shared.length >> 1]!.start;
}

/** The whole text as one window; null where it has more tokens, or no visible word. */
export function wholeText(
	text: string,
	{ tokens, words, count }: Omit<CutOptions, "most" | "overlap" | "piece">,
): TextWindow | null {
	let sum = 0;
	for (const unit of unitsOf(text, { words, count, most: tokens, piece: tokens })) {
		sum += unit.tokens;
		if (sum > tokens) return null;
	}
	return sum === 0 ? null : { start: 0, end: text.length, from: 0, to: text.length, tokens: sum };
}

/** Fewest tokens that a window is cut into. */
const MIN_TOKENS = 8;

/** The same as smaller windows, for one whose answer was cut; none where it cannot be made smaller. */
export function cutAgain(text: string, window: TextWindow, options: CutOptions): TextWindow[] {
	const tokens = Math.max(MIN_TOKENS, Math.ceil(window.tokens / 2));
	const half = tokens >> 1;
	const sizes = {
		tokens,
		most: tokens,
		overlap: Math.min(options.overlap, half),
		piece: Math.min(options.piece, half),
	};
	const smaller = [...cutWindows(text.slice(window.start, window.end), { ...options, ...sizes })];
	if (smaller.length < 2) return [];
	const within = (place: number) => Math.min(Math.max(place + window.start, window.from), window.to);
	return smaller
		.map((one, at) => ({
			...one,
			start: one.start + window.start,
			end: one.end + window.start,
			from: at === 0 ? window.from : within(one.from),
			to: at === smaller.length - 1 ? window.to : within(one.to),
		}))
		.filter(({ from, to }) => from < to);
}
