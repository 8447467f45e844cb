/** Makes the card beside a post: its result, its failure, or what the engine is doing. */
import { onlySure } from "../../core/calibration.ts";
import { Failure, toFailureData } from "../../core/failure.ts";
import type { ExtractionResult } from "../../core/result.ts";
import { csv } from "../../exports/csv.ts";
import type { TextSpan } from "../../ui/spans.ts";
import { type MessageKey, t } from "../common/i18n.ts";
import { button, element } from "../view/dom.ts";
import { resultLists } from "../view/result-card.ts";

/** How far a post is read. */
export type Reading =
	| { readonly kind: "idle" }
	/** `progress`: what the engine does now, for people; empty before it begins. */
	| { readonly kind: "running"; readonly progress: string }
	| { readonly kind: "done"; readonly result: ExtractionResult; readonly notes: readonly MessageKey[] }
	| { readonly kind: "failed"; readonly error: unknown };

interface CardActions {
	readonly onClose: () => void;
	/** The person points at a row that names these pieces of the text; none: at no row. */
	readonly onPoint: (spans: readonly TextSpan[]) => void;
	readonly onRetry: () => void;
}

export function card(reading: Reading, { onClose, onPoint, onRetry }: CardActions): HTMLElement {
	const close = button({ class: "button", "aria-label": t("close"), title: t("close") }, onClose, "✕");
	const made = element(
		"section",
		{ class: "card", role: "dialog", "aria-label": t("cardTitle"), tabindex: "-1" },
		element("header", {}, t("cardTitle"), close),
		element("div", { class: "scroll", "aria-live": "polite" }, ...body(reading, onPoint)),
		foot(reading, onRetry),
	);
	made.addEventListener("keydown", (event) => {
		if (event.isTrusted && event.key === "Escape") onClose();
	});
	return made;
}

function body(reading: Reading, onPoint: CardActions["onPoint"]): HTMLElement[] {
	if (reading.kind === "running") return [element("p", { class: "quiet" }, reading.progress || t("reading"))];
	if (reading.kind === "failed") {
		const { what, remedy } = toFailureData(reading.error, "extension");
		return [element("p", {}, t("failed")), element("p", { class: "note" }, what, " ", remedy)];
	}
	if (reading.kind === "idle") return [];
	const notes = reading.notes.map((key) => element("p", { class: "note" }, t(key)));
	return [resultLists(reading.result, { onPoint }), ...notes];
}

function foot(reading: Reading, onRetry: () => void): HTMLElement | null {
	if (reading.kind === "failed") return element("footer", {}, button({ class: "button" }, onRetry, t("again")));
	if (reading.kind !== "done") return null;
	const { result } = reading;
	return element(
		"footer",
		{},
		copyButton("copyJson", () => JSON.stringify(result, null, 2)),
		copyButton("copyCsv", () => csv.write([{ id: "post", image: null, result: onlySure(result) }])[0]?.text ?? ""),
		element("span", { class: "quiet" }, `${result.model} · ${result.device.name}`),
	);
}

function copyButton(label: MessageKey, text: () => string): HTMLButtonElement {
	const made = button({ class: "button" }, () => void copy(), t(label));
	const copy = async () => {
		try {
			if (!navigator.clipboard) throw new Failure("usage", "This page has no access to the clipboard.");
			await navigator.clipboard.writeText(text());
			made.textContent = t("copied");
		} catch {
			made.textContent = t("notCopied");
		}
		setTimeout(() => {
			made.textContent = t(label);
		}, 1500);
	};
	return made;
}
