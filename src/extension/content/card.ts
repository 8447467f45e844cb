/** Makes the card beside a post: its result, its failure, or what the engine is doing. */
import { onlySure } from "../../core/calibration.ts";
import { Failure, toFailureData } from "../../core/failure.ts";
import type { ExtractionResult } from "../../core/result.ts";
import { countSensitive, type SensitiveTopic } from "../../core/sensitive.ts";
import { csv } from "../../exports/csv.ts";
import type { TextSpan } from "../../ui/spans.ts";
import { type MessageKey, t } from "../common/i18n.ts";
import { button, element } from "../view/dom.ts";
import { resultLists } from "../view/result-card.ts";
import { conceal, say } from "./words.ts";

/** How far a post is read. */
export type Reading =
	| { readonly kind: "idle" }
	/** `progress`: what the engine does now, for people; empty before it begins. */
	| { readonly kind: "running"; readonly progress: string }
	| { readonly kind: "done"; readonly result: ExtractionResult; readonly notes: readonly MessageKey[] }
	| { readonly kind: "failed"; readonly error: unknown };

export interface CardActions {
	readonly onClose: () => void;
	/** The person points at a row that names these pieces of the text; none: at no row. */
	readonly onPoint: (spans: readonly TextSpan[]) => void;
	readonly onRetry: () => void;
	/** The person wants to see the sensitive records that are hidden. */
	readonly onShowHidden: () => void;
}

export interface Card {
	readonly element: HTMLElement;
	/** @param shown what may be shown of the reading's result */
	show(reading: Reading, shown: ExtractionResult | null): void;
}

/**
 * The card is of one size, stays one element, and always scrolls: a page sees that a card is there, from the focus, the
 * pointer and the wheel, but not how much is in it.
 */
export function createCard(actions: CardActions): Card {
	const { onClose, onRetry } = actions;
	const close = button({ class: "button", "aria-label": t("close"), title: t("close") }, onClose, "✕");
	const content = element("div", { class: "content" });
	const footer = element("footer", {});
	const made = conceal(
		element(
			"section",
			{ class: "card", role: "dialog", "aria-label": t("cardTitle"), tabindex: "-1" },
			element("header", {}, t("cardTitle"), close),
			element("div", { class: "scroll", "aria-live": "polite" }, content),
			footer,
		),
	);
	made.addEventListener("keydown", (event) => {
		if (event.isTrusted && event.key === "Escape") onClose();
	});
	return {
		element: made,
		show(reading, shown) {
			// Keys go on to reach the card when a button that was pressed is gone.
			const hadFocus = made.contains(focusedIn(made)) && focusedIn(made) !== made;
			content.replaceChildren(...body(reading, shown, actions).map(conceal));
			footer.replaceChildren(...foot(reading, shown, onRetry).map(conceal));
			if (hadFocus && !made.contains(focusedIn(made))) made.focus({ preventScroll: true });
		},
	};
}

/** The element with the keyboard's focus in the closed root that holds this one. */
export const focusedIn = (inside: Element): Element | null => (inside.getRootNode() as ShadowRoot).activeElement;

function body(reading: Reading, shown: ExtractionResult | null, actions: CardActions): HTMLElement[] {
	if (reading.kind === "running") return [element("p", { class: "quiet" }, reading.progress || t("reading"))];
	if (reading.kind === "failed") {
		const { what, remedy } = toFailureData(reading.error, "extension");
		return [element("p", {}, t("failed")), element("p", { class: "note" }, what, " ", remedy)];
	}
	if (reading.kind === "idle" || !shown) return [];
	const notes = reading.notes.map((key) => element("p", { class: "note" }, t(key)));
	// Notes first: they must not move when less sure records are unfolded, because a page can measure such a shift.
	return [...notes, ...hiddenNote(reading.result, shown, actions), resultLists(shown, actions)];
}

const TOPIC_NAMES: Readonly<Record<SensitiveTopic, MessageKey>> = {
	race: "topicRace",
	religion: "topicReligion",
	charges: "topicCharges",
};

/** Says what is hidden, and offers it. */
function hiddenNote(whole: ExtractionResult, shown: ExtractionResult, { onShowHidden }: CardActions): HTMLElement[] {
	const left = whole.relations.length + whole.events.length - shown.relations.length - shown.events.length;
	if (left === 0) return [];
	const topics = countSensitive(whole)
		.topics.map((topic) => t(TOPIC_NAMES[topic]))
		.join(", ");
	const show = button({ class: "button" }, onShowHidden, t("showHidden"));
	return [element("p", { class: "note" }, t("hiddenSensitive", topics, left), " ", show)];
}

function foot(reading: Reading, shown: ExtractionResult | null, onRetry: () => void): HTMLElement[] {
	if (reading.kind === "failed") return [button({ class: "button" }, onRetry, t("again"))];
	if (!shown) return [];
	const result = shown;
	return [
		copyButton("copyJson", () => JSON.stringify(result, null, 2)),
		copyButton("copyCsv", () => csv.write([{ id: "post", image: null, result: onlySure(result) }])[0]?.text ?? ""),
		element("span", { class: "quiet" }, `${result.model} · ${result.device.name}`),
	];
}

function copyButton(label: MessageKey, text: () => string): HTMLButtonElement {
	const made = button({ class: "button" }, () => void copy(), t(label));
	const copy = async () => {
		try {
			if (!navigator.clipboard) throw new Failure("usage", "This page has no access to the clipboard.");
			await navigator.clipboard.writeText(text());
			say(made, t("copied"));
		} catch {
			say(made, t("notCopied"));
		}
		setTimeout(() => say(made, t(label)), 1500);
	};
	return made;
}
