/** Draws one post on the page: its badge, the marks on its words and the boxes on its picture. */
import { onlySure } from "../../core/calibration.ts";
import { marksOf } from "../../ui/marks.ts";
import { button } from "../view/dom.ts";
import { drawBadge, placeBadge } from "./badge.ts";
import type { Reading } from "./card.ts";
import type { Corner, Overlay } from "./overlay.ts";
import type { MarkedRange, Painter } from "./painters.ts";
import type { Content } from "./post.ts";
import { rangesOf } from "./post-text.ts";
import { drawRegions, type Regions } from "./regions.ts";

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
	let regions: Regions | null = null;
	return {
		badge,
		draw(isOpen) {
			drawBadge(badge, post.reading, isOpen);
			painter.paint(post, markedRanges(post));
			regions?.frame.remove();
			regions = regionsOf(post, isOpen);
			if (regions) layers.pictures.append(regions.frame);
		},
		place(corner) {
			placeBadge(badge, post.element, host, corner);
			regions?.place(corner);
		},
		remove() {
			badge.remove();
			regions?.frame.remove();
			painter.paint(post, []);
		},
	};
}

function markedRanges({ content, reading }: ShownPost): MarkedRange[] {
	const marks = reading.kind === "done" ? marksOf(onlySure(reading.result), null) : [];
	return marks.flatMap(({ start, end, look }) => rangesOf(content.text, start, end).map((range) => ({ range, look })));
}

function regionsOf({ content, reading }: ShownPost, isOpen: boolean): Regions | null {
	if (reading.kind !== "done" || !content.picture) return null;
	return drawRegions(content.picture, onlySure(reading.result), isOpen);
}
