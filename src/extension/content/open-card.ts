/** The one card that is open: it is drawn again with its post, keeps the focus, and stands beside the badge. */
import type { TextSpan } from "../../ui/spans.ts";
import { type Card, createCard, focusedIn } from "./card.ts";
import type { PostRoom } from "./drawing.ts";
import type { Corner, Overlay } from "./overlay.ts";
import { type CardPlace, cardPlace, GAP } from "./room.ts";
import { type Shown, type ShownPost, shownResult } from "./shown.ts";

interface OpenCard<Post extends ShownPost> {
	/** The post whose card is open. */
	readonly post: Post | null;
	/** Opens an empty card, to be drawn next. */
	open(post: Post): void;
	draw(): void;
	focus(): void;
	/** @returns whose card was closed, and whether it had the keyboard's focus; null: none was open */
	close(): { readonly post: Post; readonly hadFocus: boolean } | null;
	/** Puts the card where it lies over none of the words that it explains. */
	place(room: PostRoom, corner: Corner): void;
}

interface OpenCardActions<Post extends ShownPost> {
	readonly onClose: () => void;
	readonly onRetry: (post: Post) => void;
	/** The person wants to see the sensitive records, too. */
	readonly onShowHidden: (post: Post) => void;
	/** The person points at a row that names these pieces of the post's text; none: at no row. */
	readonly onPoint: (post: Post, spans: readonly TextSpan[]) => void;
}

interface Opened<Post> {
	readonly post: Post;
	readonly card: Card;
	/** What the place was chosen for: the sizes of window and post, and where words stand in the post. */
	chosenFor: string;
	/** Relative to the post's upper left corner. */
	place: CardPlace | null;
}

export function createOpenCard<Post extends ShownPost>(
	{ layers: { cards: layer }, spacer }: Pick<Overlay, "layers" | "spacer">,
	shown: Shown,
	{ onClose, onRetry, onShowHidden, onPoint }: OpenCardActions<Post>,
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
				onShowHidden: () => onShowHidden(post),
				onPoint: (spans) => onPoint(post, spans),
			});
			layer.append(made.element);
			opened = { post, card: made, chosenFor: "", place: null };
		},
		draw: () => opened?.card.show(opened.post.reading, shownResult(opened.post, shown)),
		focus: () => opened?.card.element.focus({ preventScroll: true }),
		close() {
			if (!opened) return null;
			const { post, card } = opened;
			const hadFocus = card.element.contains(focusedIn(card.element));
			opened = null;
			card.element.remove();
			spacer.hidden = true;
			return { post, hadFocus };
		},
		place(room, { left, top }) {
			if (!opened) return;
			const { post } = room;
			const { element } = opened.card;
			const now = chosenFor(room);
			if (now !== opened.chosenFor) {
				opened.chosenFor = now;
				element.style.height = "";
				const place = placeOf(room, element);
				opened.place = { ...place, left: place.left - post.left, top: place.top - post.top };
				element.style.height = `${place.height}px`;
				// Chosen once, so that the card moves with its post.
				bring(element, place, top);
			}
			const { place } = opened;
			if (place)
				element.style.transform = `translate(${post.left + place.left - left}px, ${post.top + place.top - top}px)`;
		},
	};

	/** Scrolls to a card that found room only outside the window, and makes the page that long. */
	function bring(element: HTMLElement, { top, height, isAway }: CardPlace, cornerTop: number): void {
		spacer.hidden = !isAway;
		if (!isAway) return;
		spacer.style.top = `${top + height + GAP - cornerTop}px`;
		requestAnimationFrame(() => element.scrollIntoView({ block: "nearest" }));
	}
}

function placeOf(room: PostRoom, card: Element): CardPlace {
	const { width, height } = card.getBoundingClientRect();
	const { clientWidth } = document.documentElement;
	const pageEnd = Math.max(innerHeight, document.documentElement.getBoundingClientRect().bottom);
	const window = { width: clientWidth, height: innerHeight };
	return cardPlace({ ...room, card: { width, height }, window, pageEnd });
}

function chosenFor({ words, post }: PostRoom): string {
	const inPost = words.map(({ left, top, right, bottom }) => [
		left - post.left,
		top - post.top,
		right - post.left,
		bottom - post.top,
	]);
	const size = [post.right - post.left, post.bottom - post.top, innerWidth];
	return JSON.stringify([size, inPost].flat(2).map(Math.round));
}
