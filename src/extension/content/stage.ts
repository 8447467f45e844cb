/** Shows posts on the page: a drawing of each, and the one open card. */
import { createDrawing, type Drawing } from "./drawing.ts";
import { createOpenCard } from "./open-card.ts";
import type { Overlay } from "./overlay.ts";
import type { Painter } from "./painter.ts";
import { rangesOf } from "./post-text.ts";
import type { Shown, ShownPost } from "./shown.ts";

export interface Stage<Post extends ShownPost> {
	/** Draws a post, for the first time or again. */
	draw(post: Post): void;
	drop(post: Post): void;
	open(post: Post): void;
	close(): void;
	/** The post whose card is open. */
	readonly opened: Post | null;
	/** Moves everything to where the page's elements are now. */
	place(): void;
	clear(): void;
}

interface StageActions<Post extends ShownPost> {
	readonly onPress: (post: Post) => void;
	readonly onRetry: (post: Post) => void;
	readonly onClosed: (post: Post) => void;
}

export function createStage<Post extends ShownPost>(
	overlay: Overlay,
	painter: Painter,
	shown: Shown,
	{ onPress, onRetry, onClosed }: StageActions<Post>,
): Stage<Post> {
	const drawings = new Map<Post, Drawing>();
	const card = createOpenCard<Post>(overlay, shown, {
		onShowHidden: (post) => draw(Object.assign(post, { showsHidden: true })),
		onClose: close,
		onRetry,
		onPoint: ({ content }, spans) =>
			painter.light(spans.flatMap(({ start, end }) => rangesOf(content.text, start, end))),
	});

	function draw(post: Post): void {
		const drawing = drawings.get(post) ?? createDrawing(post, overlay, painter, shown, () => onPress(post));
		drawings.set(post, drawing);
		drawing.draw(card.post === post);
		if (card.post === post) card.draw();
	}

	function close(): void {
		const closed = card.close();
		if (!closed) return;
		painter.light([]);
		const drawing = drawings.get(closed.post);
		drawing?.draw(false);
		if (closed.hadFocus) drawing?.badge.focus({ preventScroll: true });
		onClosed(closed.post);
	}

	return {
		draw,
		drop(post) {
			drawings.get(post)?.remove();
			drawings.delete(post);
			if (card.post === post) close();
		},
		open(post) {
			if (card.post === post) return;
			close();
			card.open(post);
			draw(post);
			card.focus();
		},
		close,
		get opened() {
			return card.post;
		},
		place() {
			const corner = overlay.origin();
			for (const drawing of drawings.values()) drawing.place(corner);
			painter.place(corner);
			const opened = card.post && drawings.get(card.post);
			if (opened) card.place(opened.room(), corner);
		},
		clear() {
			card.close();
			drawings.clear();
			painter.clear();
			for (const layer of Object.values(overlay.layers)) layer.replaceChildren();
		},
	};
}
