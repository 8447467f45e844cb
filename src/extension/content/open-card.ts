/** The one card that is open: it is drawn again with its post, keeps the focus, and stands beside the badge. */
import type { TextSpan } from "../../ui/spans.ts";
import { BADGE_HEIGHT, GAP } from "./badge.ts";
import { type Card, createCard, focusedIn } from "./card.ts";
import type { ShownPost } from "./drawing.ts";
import type { Corner } from "./overlay.ts";

interface OpenCard<Post extends ShownPost> {
	/** The post whose card is open. */
	readonly post: Post | null;
	/** Opens an empty card, to be drawn next. */
	open(post: Post): void;
	draw(): void;
	focus(): void;
	/** @returns whose card was closed, and whether it had the keyboard's focus; null: none was open */
	close(): { readonly post: Post; readonly hadFocus: boolean } | null;
	/** Puts the card beside the badge, or below it where there is no room. */
	place(badge: Element, corner: Corner): void;
}

interface OpenCardActions<Post extends ShownPost> {
	readonly onClose: () => void;
	readonly onRetry: (post: Post) => void;
	/** The person points at a row that names these pieces of the post's text; none: at no row. */
	readonly onPoint: (post: Post, spans: readonly TextSpan[]) => void;
}

interface Opened<Post> {
	readonly post: Post;
	readonly card: Card;
	/** Pixels from the badge's top to the card's; null: not placed since it was drawn. */
	offset: number | null;
}

export function createOpenCard<Post extends ShownPost>(
	layer: HTMLElement,
	{ onClose, onRetry, onPoint }: OpenCardActions<Post>,
): OpenCard<Post> {
	let opened: Opened<Post> | null = null;
	return {
		get post() {
			return opened?.post ?? null;
		},
		open(post) {
			const made = createCard({
				onClose,
				onRetry: () => onRetry(post),
				onPoint: (spans) => onPoint(post, spans),
			});
			layer.append(made.element);
			opened = { post, card: made, offset: null };
		},
		draw: () => opened?.card.show(opened.post.reading),
		focus: () => opened?.card.element.focus({ preventScroll: true }),
		close() {
			if (!opened) return null;
			const { post, card } = opened;
			const hadFocus = card.element.contains(focusedIn(card.element));
			opened = null;
			card.element.remove();
			return { post, hadFocus };
		},
		place(badge, { left, top }) {
			if (!opened) return;
			const box = badge.getBoundingClientRect();
			const { x, offset } = placeBeside(box, opened.card.element.getBoundingClientRect());
			// Chosen once, so that the card moves with its post.
			opened.offset ??= offset;
			opened.card.element.style.transform = `translate(${x - left}px, ${box.top + opened.offset - top}px)`;
		},
	};
}

/**
 * @returns `x` in window coordinates, and the offset from the badge's top: 0, or below the badge where there is no room
 * beside it, and less where the window or the page ends
 */
function placeBeside(badge: DOMRect, { width, height }: DOMRect): { readonly x: number; readonly offset: number } {
	const room = document.documentElement.clientWidth - GAP - width;
	const isBeside = badge.right + GAP <= room;
	const bottom = Math.min(innerHeight, document.documentElement.getBoundingClientRect().bottom) - GAP;
	return {
		x: isBeside ? badge.right + GAP : Math.max(GAP, Math.min(badge.right - width, room)),
		offset: Math.min(isBeside ? 0 : BADGE_HEIGHT + GAP, Math.max(bottom - height - badge.top, GAP - badge.top)),
	};
}
