/** Draws one post on the page: its badge, the marks on its words and the boxes on its picture. */
import type { ExtractionResult } from "../../core/result.ts";
import { marksOf } from "../../ui/marks.ts";
import { button as makeButton } from "../view/dom.ts";
import { createBadgePlace, drawBadge } from "./badge.ts";
import type { Edges } from "./covering.ts";
import type { Corner, Overlay } from "./overlay.ts";
import type { Painter } from "./painter.ts";
import { rangesOf } from "./post-text.ts";
import { createRegions } from "./regions.ts";
import { markedResult, type Shown, type ShownPost } from "./shown.ts";
import type { MarkedRange } from "./veil.ts";

export interface Drawing {
	readonly badge: HTMLButtonElement;
	/** @param isOpen the post's card is open: boxes without a name are drawn, too */
	draw(isOpen: boolean): void;
	place(corner: Corner): void;
	/** Where the badge, the words and the whole post are, in window coordinates. */
	room(): PostRoom;
	remove(): void;
}

/** What a card is placed by. */
export interface PostRoom {
	readonly button: Edges;
	readonly words: readonly Edges[];
	readonly post: Edges;
}

export function createDrawing(
	post: ShownPost,
	{ host, layers }: Overlay,
	painter: Painter,
	shown: Shown,
	onPress: () => void,
): Drawing {
	const badge = makeButton({ class: "badge" }, onPress);
	// Until it is placed it would stand in the page's corner, and take a press meant for something else.
	badge.hidden = true;
	layers.badges.append(badge);
	const badgePlace = createBadgePlace(badge, post.element, host);
	let button: Edges | null = null;
	/** Of the picture that the post has now; one for each picture, drawn on or not. */
	let regions = createRegions(post.content.picture);
	layers.pictures.append(regions.frame);
	return {
		badge,
		draw(isOpen) {
			const marked = markedResult(post, shown);
			drawBadge(badge, post.reading, isOpen, marked);
			badgePlace.renew();
			painter.paint(post, post.content.elements, markedRanges(post, marked));
			if (regions.image !== post.content.picture) {
				regions.frame.remove();
				regions = createRegions(post.content.picture);
				layers.pictures.append(regions.frame);
			}
			regions.draw(marked, isOpen);
		},
		place(corner) {
			button = badgePlace.place(corner);
			regions.place(corner);
		},
		room() {
			const box = post.element.getBoundingClientRect();
			const corner = { left: box.right, right: box.right, top: box.top, bottom: box.top };
			return {
				button: button ?? corner,
				words: post.content.elements.map((text) => text.getBoundingClientRect()),
				post: box,
			};
		},
		remove() {
			badge.remove();
			regions.frame.remove();
			painter.drop(post);
		},
	};
}

function markedRanges({ content }: ShownPost, result: ExtractionResult | null): MarkedRange[] {
	return (result ? marksOf(result, null) : []).flatMap(({ start, end, look, score }) =>
		rangesOf(content.text, start, end).map((range) => ({ range, look, strength: score })),
	);
}
