/** The round button on a post: what it says, and where it stands. */
import { t } from "../common/i18n.ts";
import { logo } from "../view/dom.ts";
import type { Reading } from "./card.ts";
import type { Corner } from "./overlay.ts";

/** Height of a badge, and the gap to what stands beside it, in CSS pixels. */
export const BADGE_HEIGHT = 24;
export const GAP = 6;

/** @param isOpen the card of this post is open */
export function drawBadge(badge: HTMLElement, reading: Reading, isOpen: boolean): void {
	const { label, count } = badgeText(reading);
	badge.className = `badge is-${reading.kind}`;
	badge.title = label;
	badge.setAttribute("aria-label", label);
	badge.setAttribute("aria-expanded", String(isOpen));
	badge.replaceChildren(logo(), count);
}

function badgeText(reading: Reading): { readonly label: string; readonly count: string } {
	if (reading.kind === "running") return { label: t("reading"), count: "" };
	if (reading.kind === "failed") return { label: t("failed"), count: "!" };
	if (reading.kind === "idle") return { label: t("extract"), count: "" };
	const { entities, relations, events } = reading.result;
	const found = entities.length + relations.length + events.length;
	return { label: t("showResult", found), count: String(found) };
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
	badge.style.transform = `translate(${right - left}px, ${y}px) translateX(-100%)`;
}

/** Whether something that is not the post lies at this point of the window, such as a sticky header or a dialog. */
function isCovered(post: Element, x: number, y: number, host: Element): boolean {
	const above = Document.prototype.elementsFromPoint.call(document, x, y).find((found) => found !== host);
	return above !== undefined && !post.contains(above) && !above.contains(post);
}
