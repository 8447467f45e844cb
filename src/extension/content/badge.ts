/** The round button on a post: what it says, and where it stands. */
import type { Size } from "../../core/geometry.ts";
import type { ExtractionResult } from "../../core/result.ts";
import { t } from "../common/i18n.ts";
import { element, logo } from "../view/dom.ts";
import type { Reading } from "./card.ts";
import { type Edges, isCovered } from "./covering.ts";
import { freePlace } from "./obstacles.ts";
import type { Corner } from "./overlay.ts";
import { boxAt } from "./room.ts";
import { say } from "./words.ts";

/** Of every badge, whatever it says, in CSS pixels. */
const BADGE_SIZE: Size = { width: 40, height: 24 };

/**
 * @param isOpen the card of this post is open
 * @param result what is shown of the reading's result
 */
export function drawBadge(
	badge: HTMLElement,
	reading: Reading,
	isOpen: boolean,
	result: ExtractionResult | null,
): void {
	const { label, count } = badgeText(reading, result);
	badge.className = `badge is-${reading.kind}`;
	badge.title = label;
	badge.setAttribute("aria-label", label);
	badge.setAttribute("aria-expanded", String(isOpen));
	const text = element("span");
	say(text, count);
	badge.replaceChildren(logo(), text);
}

function badgeText(
	reading: Reading,
	result: ExtractionResult | null,
): { readonly label: string; readonly count: string } {
	if (reading.kind === "running") return { label: t("reading"), count: "" };
	if (reading.kind === "failed") return { label: t("failed"), count: "!" };
	if (reading.kind === "idle" || !result) return { label: t("extract"), count: "" };
	const { entities, relations, events } = result;
	const found = entities.length + relations.length + events.length;
	return { label: t("showResult", found), count: found > 99 ? "99+" : String(found) };
}

/** Where a badge stands on its post. */
export interface BadgePlace {
	/** Looks for room again when the badge is placed next, because the post may look different. */
	renew(): void;
	/** @returns where the badge is, in window coordinates; null: nowhere */
	place(corner: Corner): Edges | null;
}

/**
 * Keeps a badge at a free place of its post, chosen once for each size of the post, so that it moves with it. It is
 * hidden while something of the page covers that place.
 * @param host the overlay's own element, which covers nothing
 */
export function createBadgePlace(badge: HTMLElement, post: Element, host: Element): BadgePlace {
	/** The post's and the window's size that the place was chosen for. */
	let chosenFor = "";
	/** Relative to the post's upper left corner. */
	let offset: { readonly x: number; readonly y: number } | null = null;

	function choose(box: DOMRect): void {
		const now = `${box.width} ${box.height} ${document.documentElement.clientWidth}`;
		if (now === chosenFor) return;
		chosenFor = now;
		const free = freePlace(post, BADGE_SIZE, host);
		offset = free && { x: free.left - box.left, y: free.top - box.top };
	}

	return {
		renew() {
			chosenFor = "";
		},
		place({ left, top }) {
			const box = post.getBoundingClientRect();
			const isShown = box.width > 0 && box.height > 0;
			if (isShown) choose(box);
			const at =
				isShown && offset ? boxAt(box.left + offset.x, Math.max(box.top + offset.y, top + 2), BADGE_SIZE) : null;
			badge.hidden = at === null || isCovered(post, (at.left + at.right) / 2, Math.max(at.top, 0) + 3, host);
			// Moved by transforms only: any other change of place counts as the page's own layout shift.
			if (at) badge.style.transform = `translate(${at.left - left}px, ${at.top - top}px)`;
			return at;
		},
	};
}
