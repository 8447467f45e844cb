/** Says where other things of the page lie over a post: sticky headers, dialogs, and the edges of scrolled columns. */

/** A rectangle in window coordinates, in CSS pixels. */
export interface Edges {
	readonly left: number;
	readonly top: number;
	readonly right: number;
	readonly bottom: number;
}

/** A page can name an element "elementsFromPoint"; the prototype's own method cannot be hidden that way. */
export const elementsAt = (x: number, y: number): Element[] =>
	Document.prototype.elementsFromPoint.call(document, x, y);

/**
 * Whether something that paints, and does not belong to the post, lies over it at a point of the window.
 * @param host the overlay's own element, which covers nothing
 */
export function isCovered(post: Element, x: number, y: number, host: Element): boolean {
	for (const above of elementsAt(x, y)) {
		if (above === host) continue;
		if (post.contains(above) || above.contains(post)) return false;
		if (paints(above, post)) return true;
	}
	return false;
}

const PAINTED = /^(IMG|VIDEO|CANVAS|IFRAME|INPUT|TEXTAREA|BUTTON)$/;

/** A link that lies over a whole post to make it clickable paints nothing. */
function paints(element: Element, post: Element): boolean {
	if (PAINTED.test(element.nodeName)) return true;
	for (let above: Element | null = element; above && !above.contains(post); above = above.parentElement) {
		const { backgroundColor, backgroundImage } = getComputedStyle(above);
		if (backgroundImage !== "none" || !isClear(backgroundColor)) return true;
	}
	return false;
}

const root = (): Element => document.documentElement;
const isClear = (colour: string): boolean => colour === "transparent" || /[,/] *0(\.0+)?%?\)$/.test(colour);

/** Ancestors that cut off what overflows them. */
export function clippingAncestors(element: Element): Element[] {
	const clipping: Element[] = [];
	for (let above: Element | null = element; above && above !== root(); above = above.parentElement) {
		// What the body clips, the window clips.
		if (above === document.body) continue;
		const { overflowX, overflowY } = getComputedStyle(above);
		if (overflowX !== "visible" || overflowY !== "visible") clipping.push(above);
	}
	return clipping;
}

/** The upper and lower edge of the part of the window that no bar covers: headers that stay while the page scrolls. */
export interface Bars {
	readonly top: number;
	readonly bottom: number;
}

/** Bars above one another at most: a header, tabs, a notice. */
const MAX_BARS = 3;

/** @param x where posts are, in window coordinates */
export function barsAt(x: number, host: Element): Bars {
	let top = 0;
	for (let bar = 0; bar < MAX_BARS; bar++) {
		const box = stayingAt(x, top + 1, host)?.getBoundingClientRect();
		if (!box || box.bottom <= top || box.bottom > innerHeight / 2) break;
		top = box.bottom;
	}
	let bottom = innerHeight;
	for (let bar = 0; bar < MAX_BARS; bar++) {
		const box = stayingAt(x, bottom - 2, host)?.getBoundingClientRect();
		if (!box || box.top >= bottom || box.top < innerHeight / 2) break;
		bottom = box.top;
	}
	return { top, bottom };
}

/** The element at this point that stays there when the page scrolls. */
function stayingAt(x: number, y: number, host: Element): Element | null {
	const first = elementsAt(x, y).find((found) => found !== host);
	for (let above: Element | null = first ?? null; above; above = above.parentElement) {
		const { position } = getComputedStyle(above);
		if (position === "fixed" || position === "sticky") return above;
	}
	return null;
}
