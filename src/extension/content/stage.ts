/** Goes in: posts on the screen with what is known of them. Comes out: badges, marks, boxes and the one card, each in its place. */
import { marksOf } from "../../ui/marks.ts";
import { t } from "../common/i18n.ts";
import type { Spoken } from "../view/result-card.ts";
import { type CardActions, card, type Reading } from "./card.ts";
import { button, element, sign } from "./dom.ts";
import type { Overlay } from "./overlay.ts";
import type { Painter } from "./painters.ts";
import type { Content } from "./post.ts";
import { rangesOf } from "./post-text.ts";
import { drawRegions, type Regions } from "./regions.ts";

/** What the stage shows of one post. */
export interface Shown {
	readonly element: Element;
	content: Content;
	reading: Reading;
}

/** A post's pieces of the overlay. */
interface Props {
	readonly badge: HTMLButtonElement;
	regions: Regions | null;
}

export interface Stage {
	/** Draws a post, for the first time or again. */
	draw(post: Shown): void;
	drop(post: Shown): void;
	open(post: Shown): void;
	close(): void;
	/** The post whose card is open. */
	readonly opened: Shown | null;
	/** Moves everything to where the page's elements are now. */
	place(): void;
	clear(): void;
}

export interface StageActions {
	readonly onPress: (post: Shown) => void;
	readonly onRetry: (post: Shown) => void;
	readonly onClosed: (post: Shown) => void;
}

/** Height of a badge, and the gap to what stands beside it, in CSS pixels. */
const BADGE = 24;
const GAP = 6;

export function createStage({ host, layers, origin }: Overlay, painter: Painter, actions: StageActions): Stage {
	const props = new Map<Shown, Props>();
	let opened: { readonly post: Shown; card: HTMLElement; offset: number | null } | null = null;

	function drawBadge(post: Shown, badge: HTMLButtonElement): void {
		const { reading } = post;
		badge.className = `badge is-${reading.kind}`;
		const { label, count } = badgeText(reading);
		badge.setAttribute("aria-label", label);
		badge.title = label;
		badge.setAttribute("aria-expanded", String(opened?.post === post));
		badge.replaceChildren(sign(), count);
	}

	function drawMarks(post: Shown): void {
		const { content, reading } = post;
		const marks = reading.kind === "done" ? marksOf(reading.result, null) : [];
		painter.paint(
			post,
			marks.flatMap(({ start, end, look }) => rangesOf(content.text, start, end).map((range) => ({ range, look }))),
		);
	}

	function drawPicture(post: Shown, of: Props): void {
		of.regions?.frame.remove();
		of.regions = null;
		const { reading, content } = post;
		if (reading.kind !== "done" || !content.picture) return;
		of.regions = drawRegions(content.picture, reading.result, opened?.post === post);
		if (of.regions) layers.pictures.append(of.regions.frame);
	}

	function drawCard(post: Shown): void {
		if (opened?.post !== post) return;
		const cardActions: CardActions = {
			onClose: () => close(),
			onRetry: () => actions.onRetry(post),
			onPoint: (spoken) =>
				painter.light(spoken.flatMap(({ start, end }: Spoken) => rangesOf(post.content.text, start, end))),
		};
		const made = card(post.reading, cardActions);
		const had = hasFocus(opened.card);
		opened.card.replaceWith(made);
		opened.card = made;
		// Keys go on to reach the card when what it shows changes.
		if (had) made.focus({ preventScroll: true });
		opened.offset = null;
	}

	function draw(post: Shown): void {
		let of = props.get(post);
		if (!of) {
			of = { badge: button({ class: "badge" }, () => actions.onPress(post)), regions: null };
			// Until it has its place it would stand in the page's corner, where a press meant for it meets something else.
			of.badge.hidden = true;
			props.set(post, of);
			layers.badges.append(of.badge);
		}
		drawBadge(post, of.badge);
		drawMarks(post);
		drawPicture(post, of);
		drawCard(post);
	}

	function close(): void {
		if (!opened) return;
		const { post, card: shown } = opened;
		const had = hasFocus(shown);
		opened = null;
		shown.remove();
		painter.light([]);
		const of = props.get(post);
		if (of) {
			draw(post);
			if (had) of.badge.focus({ preventScroll: true });
		}
		actions.onClosed(post);
	}

	function placeCard(left: number, top: number): void {
		const badge = opened && props.get(opened.post)?.badge.getBoundingClientRect();
		if (!opened || !badge) return;
		const { width, height } = opened.card.getBoundingClientRect();
		const room = document.documentElement.clientWidth - GAP - width;
		const isBeside = badge.right + GAP <= room;
		// Chosen once, so that the card moves with its post: as high as the badge or below it, higher where the window or the page ends first.
		const bottom = Math.min(innerHeight, document.documentElement.getBoundingClientRect().bottom) - GAP;
		opened.offset ??= Math.min(isBeside ? 0 : BADGE + GAP, Math.max(bottom - height - badge.top, GAP - badge.top));
		const across = isBeside ? badge.right + GAP : Math.max(GAP, Math.min(badge.right - width, room));
		opened.card.style.transform = `translate(${across - left}px, ${badge.top + opened.offset - top}px)`;
	}

	return {
		draw,
		drop(post) {
			const of = props.get(post);
			of?.badge.remove();
			of?.regions?.frame.remove();
			props.delete(post);
			painter.paint(post, []);
			if (opened?.post === post) close();
		},
		open(post) {
			if (opened?.post === post) return;
			close();
			const placeholder = element("section", { class: "card" });
			layers.cards.append(placeholder);
			opened = { post, card: placeholder, offset: null };
			draw(post);
			opened.card.focus({ preventScroll: true });
		},
		close,
		get opened() {
			return opened?.post ?? null;
		},
		place() {
			const { left, top } = origin();
			for (const [{ element: of }, { badge, regions }] of props) {
				placeBadge(of, badge, host, left, top);
				regions?.place({ left, top });
			}
			painter.place();
			placeCard(left, top);
		},
		clear() {
			opened = null;
			props.clear();
			painter.clear();
			for (const layer of Object.values(layers)) layer.replaceChildren();
		},
	};
}

const hasFocus = (of: Element): boolean => of.contains((of.getRootNode() as ShadowRoot).activeElement);

function badgeText(reading: Reading): { readonly label: string; readonly count: string } {
	if (reading.kind === "running") return { label: t("reading"), count: "" };
	if (reading.kind === "failed") return { label: t("failed"), count: "!" };
	if (reading.kind === "idle") return { label: t("extract"), count: "" };
	const { entities, relations, events } = reading.result;
	const found = entities.length + relations.length + events.length;
	return { label: t("showResult", found), count: String(found) };
}

/** On the post's upper right edge, half above it, where feeds leave room; away while something of the page covers that place. */
function placeBadge(post: Element, badge: HTMLElement, host: Element, left: number, top: number): void {
	const box = post.getBoundingClientRect();
	const right = Math.min(box.right, document.documentElement.clientWidth) - GAP - 2;
	const y = Math.max(box.top, 0);
	badge.hidden = box.width === 0 || isCovered(post, right - BADGE / 2, y + 3, host);
	// Moved by transforms throughout: a place that changes otherwise counts as the page's own layout shift.
	badge.style.transform = `translate(${right - left}px, ${Math.max(box.top - top - BADGE / 2, 2)}px) translateX(-100%)`;
}

/** Whether something that is not the post lies at this point of the window, such as a sticky header or a dialog. */
function isCovered(post: Element, x: number, y: number, host: Element): boolean {
	const above = Document.prototype.elementsFromPoint.call(document, x, y).find((found) => found !== host);
	return above !== undefined && !post.contains(above) && !above.contains(post);
}
