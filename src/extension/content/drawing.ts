/** Draws one post on the page: its badge, the marks on its words and the boxes on its picture. */
import { onlySure } from "../../core/calibration.ts";
import { marksOf } from "../../ui/marks.ts";
import { button } from "../view/dom.ts";
import { drawBadge, placeBadge } from "./badge.ts";
import type { Reading } from "./card.ts";
import type { Corner, Overlay } from "./overlay.ts";
import type { Painter } from "./painter.ts";
import type { Content } from "./post.ts";
import { rangesOf } from "./post-text.ts";
import { createRegions } from "./regions.ts";
import type { MarkedRange } from "./veil.ts";

/** What is shown of a post. */
export interface ShownPost {
	readonly element: Element;
	content: Content;
	reading: Reading;
}

export interface Drawing {
	readonly badge: HTMLButtonElement;
	/** @param isOpen the post's card is open: boxes without a name are drawn, too */
	draw(isOpen: boolean): void;
	place(corner: Corner): void;
	remove(): void;
}

export function createDrawing(
	post: ShownPost,
	{ host, layers }: Overlay,
	painter: Painter,
	onPress: () => void,
): Drawing {
	const badge = button({ class: "badge" }, onPress);
	// Until it is placed it would stand in the page's corner, and take a press meant for something else.
	badge.hidden = true;
	layers.badges.append(badge);
	/** Of the picture that the post has now; one for each picture, drawn on or not. */
	let regions = createRegions(post.content.picture);
	layers.pictures.append(regions.frame);
	return {
		badge,
		draw(isOpen) {
			drawBadge(badge, post.reading, isOpen);
			painter.paint(post, post.content.elements, markedRanges(post));
			if (regions.image !== post.content.picture) {
				regions.frame.remove();
				regions = createRegions(post.content.picture);
				layers.pictures.append(regions.frame);
			}
			regions.draw(post.reading.kind === "done" ? onlySure(post.reading.result) : null, isOpen);
		},
		place(corner) {
			placeBadge(badge, post.element, host, corner);
			regions.place(corner);
		},
		remove() {
			badge.remove();
			regions.frame.remove();
			painter.drop(post);
		},
	};
}

function markedRanges({ content, reading }: ShownPost): MarkedRange[] {
	const marks = reading.kind === "done" ? marksOf(onlySure(reading.result), null) : [];
	return marks.flatMap(({ start, end, look, score }) =>
		rangesOf(content.text, start, end).map((range) => ({ range, look, strength: score })),
	);
}
