/** Finds room for buttons and cards, so that neither lies over what people want to read. Pure: rectangles in, out. */
import type { Size } from "../../core/geometry.ts";
import type { Edges } from "./covering.ts";

/** Gap to what stands beside, in CSS pixels. */
export const GAP = 6;

function union(all: readonly Edges[]): Edges {
	return {
		left: Math.min(...all.map(({ left }) => left)),
		top: Math.min(...all.map(({ top }) => top)),
		right: Math.max(...all.map(({ right }) => right)),
		bottom: Math.max(...all.map(({ bottom }) => bottom)),
	};
}

export const overlap = (a: Edges, b: Edges): boolean =>
	a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

export const boxAt = (left: number, top: number, { width, height }: Size): Edges => ({
	left,
	top,
	right: left + width,
	bottom: top + height,
});

/** Rows of a post, from its top, in which room for a button is looked for. */
const SEARCHED = 600;
const STEP = { x: 12, y: 6 } as const;

/** Places for a button of this size on a post, the best first: beside its upper right corner, then anywhere in it. */
export function* buttonPlaces(post: Edges, size: Size): Generator<Edges> {
	const { left, top, right, bottom } = post;
	const inner = right - size.width - GAP;
	yield boxAt(inner, top - size.height / 2, size);
	yield boxAt(inner, top + GAP / 2, size);
	yield boxAt(right + GAP, top + GAP / 2, size);
	yield boxAt(left - GAP - size.width, top + GAP / 2, size);
	const end = Math.min(bottom + STEP.y, top + SEARCHED - size.height);
	for (let y = top - size.height - 1; y <= end; y += STEP.y)
		for (let x = inner; x >= left; x -= STEP.x) yield boxAt(x, y, size);
}

interface CardRoom {
	/** What the card must not lie over: the words it explains, and the button that closes it. */
	readonly words: readonly Edges[];
	readonly post: Edges;
	readonly button: Edges;
	readonly card: Size;
	readonly window: Size;
	/** Where the page ends, in window coordinates. */
	readonly pageEnd: number;
}

export interface CardPlace {
	readonly left: number;
	readonly top: number;
	readonly height: number;
	/** The card lies outside the window: the words fill it. */
	readonly isAway: boolean;
}

/** A lower card shows too little to be of use. */
const LOWEST = 180;

/**
 * Beside the post or its words where the window has room, else above or below the words, lower where it must be, and
 * below the words outside the window where they fill it.
 */
export function cardPlace({ words, post, button, card, window, pageEnd }: CardRoom): CardPlace {
	const kept = union([...words, button]);
	const whole = union([kept, post]);
	const end = window.height - GAP;
	const atSide = (left: number): CardPlace => ({
		left,
		top: Math.max(GAP, Math.min(button.top, end - card.height)),
		height: card.height,
		isAway: false,
	});
	for (const side of [whole, kept]) {
		if (side.right + 2 * GAP + card.width <= window.width) return atSide(side.right + GAP);
		if (side.left - 2 * GAP - card.width >= 0) return atSide(side.left - GAP - card.width);
	}
	const left = Math.max(GAP, Math.min(button.right - card.width, window.width - GAP - card.width));
	const below = kept.bottom + GAP;
	const [roomBelow, roomAbove] = [Math.min(end, pageEnd - GAP) - below, Math.min(kept.top, end) - 2 * GAP];
	const at = (top: number, height: number, isAway = false): CardPlace => ({ left, top, height, isAway });
	if (roomBelow >= card.height && below >= 0) return at(below, card.height);
	if (roomAbove >= card.height) return at(kept.top - GAP - card.height, card.height);
	if (roomBelow >= Math.max(LOWEST, roomAbove) && below >= 0) return at(below, roomBelow);
	if (roomAbove >= LOWEST) return at(GAP, roomAbove);
	return at(below, card.height, true);
}
