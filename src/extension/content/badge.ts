/** The round button on a post: what it says, and where it stands. */
import { t } from "../common/i18n.ts";
import { element, logo } from "../view/dom.ts";
import type { Reading } from "./card.ts";
import { isCovered } from "./covering.ts";
import type { Corner } from "./overlay.ts";
import { say } from "./words.ts";

/** Size of every badge, whatever it says, and the gap to what stands beside it, in CSS pixels. */
export const BADGE_HEIGHT = 24;
export const BADGE_WIDTH = 40;
export const GAP = 6;

/** @param isOpen the card of this post is open */
export function drawBadge(badge: HTMLElement, reading: Reading, isOpen: boolean): void {
	const { label, count } = badgeText(reading);
	badge.className = `badge is-${reading.kind}`;
	badge.title = label;
	badge.setAttribute("aria-label", label);
	badge.setAttribute("aria-expanded", String(isOpen));
	const text = element("span", {});
	say(text, count);
	badge.replaceChildren(logo(), text);
}

function badgeText(reading: Reading): { readonly label: string; readonly count: string } {
	if (reading.kind === "running") return { label: t("reading"), count: "" };
	if (reading.kind === "failed") return { label: t("failed"), count: "!" };
	if (reading.kind === "idle") return { label: t("extract"), count: "" };
	const { entities, relations, events } = reading.result;
	const found = entities.length + relations.length + events.length;
	return { label: t("showResult", found), count: found > 99 ? "99+" : String(found) };
}

/**
 * Puts the badge on the post's upper right edge, half above it, where feeds leave room.
 * It is hidden while something of the page covers that place.
 * @param host the overlay's own element, which covers nothing
 */
export function placeBadge(badge: HTMLElement, post: Element, host: Element, { left, top }: Corner): void {
	const box = post.getBoundingClientRect();
	const right = Math.min(box.right, document.documentElement.clientWidth) - GAP - 2;
	badge.hidden = box.width === 0 || isCovered(post, right - BADGE_HEIGHT / 2, Math.max(box.top, 0) + 3, host);
	const y = Math.max(box.top - top - BADGE_HEIGHT / 2, 2);
	// Moved by transforms only: any other change of place counts as the page's own layout shift.
	badge.style.transform = `translate(${right - left - BADGE_WIDTH}px, ${y}px)`;
}
