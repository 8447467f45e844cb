/** Finds a free place for a post's button: over no text, picture or control of the page. */
import type { Size } from "../../core/geometry.ts";
import { type Edges, elementsAt, isCovered } from "./covering.ts";
import { buttonPlaces, overlap } from "./room.ts";

/** Nodes of a post that are looked at; the button stands near its top. */
const MAX_NODES = 3000;
const SEEN = /^(IMG|VIDEO|CANVAS|SVG|BUTTON|INPUT|SELECT|TEXTAREA|IFRAME)$/i;
const PICTURES = /^(IMG|VIDEO|CANVAS)$/;

interface Obstacles {
	/** Text and controls. */
	readonly read: readonly Edges[];
	readonly pictures: readonly Edges[];
}

/** @returns null where every place would lie over a text or a control */
export function freePlace(post: Element, size: Size, host: Element): Edges | null {
	const box = post.getBoundingClientRect();
	const { read, pictures } = obstaclesIn(post);
	const width = document.documentElement.clientWidth;
	const inWindow = { left: Math.max(0, box.left), top: box.top, right: Math.min(width, box.right), bottom: box.bottom };
	const places = [...buttonPlaces(inWindow, size)].filter(({ left, right }) => left >= 0 && right <= width);
	const isFree = (place: Edges, of: readonly Edges[]) =>
		of.every((one) => !overlap(place, one)) && isFreeAround(place, post, host);
	return (
		places.find((place) => isFree(place, [...read, ...pictures])) ?? places.find((place) => isFree(place, read)) ?? null
	);
}

function obstaclesIn(post: Element): Obstacles {
	const [read, pictures]: [Edges[], Edges[]] = [[], []];
	const walker = document.createTreeWalker(post, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
	for (let count = 0, node = walker.nextNode(); node && count < MAX_NODES; count++, node = walker.nextNode()) {
		if (node instanceof Text) read.push(...linesOf(node));
		else if (node instanceof Element && SEEN.test(node.nodeName))
			(PICTURES.test(node.nodeName) ? pictures : read).push(node.getBoundingClientRect());
	}
	return { read, pictures };
}

function linesOf(text: Text): Edges[] {
	if (text.data.trim() === "") return [];
	const range = new Range();
	range.selectNodeContents(text);
	return [...range.getClientRects()].filter(({ width, height }) => width > 0 && height > 0);
}

/** Points of a button that are probed, as fractions of its size. */
const PROBES = [0.02, 0.35, 0.65, 0.98].flatMap((x) => [0.02, 0.35, 0.65, 0.98].map((y) => [x, y] as const));

/** Whether the page around the post has neither text nor anything that covers the post at this place. */
function isFreeAround(place: Edges, post: Element, host: Element): boolean {
	return PROBES.every(([across, down]) => {
		const x = place.left + across * (place.right - place.left);
		const y = place.top + down * (place.bottom - place.top);
		// What lies outside the window cannot be probed; inside the post everything is known already.
		if (y < 0 || y >= innerHeight) return isInside(place, post.getBoundingClientRect());
		if (isCovered(post, x, y, host)) return false;
		return elementsAt(x, y).every((found) => found === host || post.contains(found) || !hasTextIn(found, place));
	});
}

const isInside = (inner: Edges, outer: Edges): boolean =>
	inner.left >= outer.left && inner.right <= outer.right && inner.top >= outer.top && inner.bottom <= outer.bottom;

function hasTextIn(element: Element, place: Edges): boolean {
	return [...element.childNodes].some(
		(node) => node instanceof Text && linesOf(node).some((line) => overlap(line, place)),
	);
}
