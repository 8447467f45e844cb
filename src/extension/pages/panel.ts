/** The side panel: what was read in any tab since the browser started, newest first, to open, save or clear. */
import { type AllowedTypes, withoutSensitive } from "../../core/sensitive.ts";
import { save as exportAs, FORMAT_NAMES, FORMATS, type FormatName } from "../../exports/formats.ts";
import { webAddress } from "../adapters/by-selectors.ts";
import { api } from "../common/api.ts";
import { t } from "../common/i18n.ts";
import { type Entry, type FromPanel, RESULTS_PORT, type ToPanel } from "../common/messages.ts";
import { allowedTypes, loadSettings } from "../common/settings.ts";
import { button, element, isolated } from "../view/dom.ts";
import { resultLists } from "../view/result-card.ts";
import { byId, translate } from "./page.ts";

/** Drawn entries by their id: they are kept, so that a new one does not fold up those that are open. */
const drawn = new Map<number, HTMLElement>();
let entries: readonly Entry[] = [];
/** Sensitive types that are shown and saved. */
let allowed: AllowedTypes = [];

function drawEntry({ time, origin, result }: Entry): HTMLElement {
	const address = webAddress(origin.url, location.href);
	const link = address && element("a", { href: address, target: "_blank", rel: "noreferrer noopener" }, t("openPost"));
	const when = new Date(time).toLocaleTimeString();
	const found = result.entities.length + result.relations.length + result.events.length;
	const facts = [origin.site, when, String(found)].map((fact) => element("span", {}, fact));
	const where = element("div", { class: "where" }, isolated(origin.author), ...facts, link);
	const text = element("p", { class: "text", dir: "auto" }, result.text.slice(0, 400));
	return element("details", { class: "entry" }, element("summary", {}, text, where), resultLists(result));
}

function draw(next: readonly Entry[]): void {
	entries = next.map((entry) => ({ ...entry, result: withoutSensitive(entry.result, allowed) }));
	const kept = new Set(next.map(({ id }) => id));
	for (const id of drawn.keys()) if (!kept.has(id)) drawn.delete(id);
	const rows = entries.map((entry) => {
		const row = drawn.get(entry.id) ?? drawEntry(entry);
		drawn.set(entry.id, row);
		return row;
	});
	byId("entries").replaceChildren(
		...(rows.length > 0 ? rows.reverse() : [element("p", { class: "quiet" }, t("panelEmpty"))]),
	);
	byId("count").textContent = t("collected", next.length);
}

/** One line of JSON for each collected post, with its origin. No other format keeps the origin. */
const toJsonLines = (all: readonly Entry[]): string =>
	all
		.map(({ time, origin, result }) => JSON.stringify({ ...origin, time: new Date(time).toISOString(), result }))
		.join("\n");

/** Saves in one of the formats that the app exports. */
function saveAs(format: FormatName): void {
	const items = entries.map(({ id, result }) => ({ id: String(id), image: null, result }));
	const { name, bytes, mediaType } = exportAs(items, format);
	save(bytes, name, mediaType);
}

function save(content: string | Uint8Array<ArrayBuffer>, name: string, type: string): void {
	const url = URL.createObjectURL(new Blob([content], { type }));
	element("a", { href: url, download: name }).click();
	setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

async function start(): Promise<void> {
	translate("panelTitle");
	draw([]);
	allowed = allowedTypes(await loadSettings());
	await api.runtime.sendMessage({ kind: "wake" });
	const port = api.runtime.connect({ name: RESULTS_PORT });
	port.onMessage.addListener((message) => draw((message as ToPanel).entries));
	const formats = element(
		"select",
		{ "aria-label": t("format") },
		...FORMAT_NAMES.map((name) => element("option", { value: name }, FORMATS[name].title)),
	);
	byId("buttons").append(
		button(
			{ class: "button" },
			() => save(toJsonLines(entries), "umie-results.jsonl", "application/x-ndjson"),
			t("saveJson"),
		),
		formats,
		button({ class: "button" }, () => saveAs(formats.value as FormatName), t("saveAs")),
		button({ class: "button" }, () => port.postMessage({ kind: "clear" } satisfies FromPanel), t("clear")),
	);
}

void start();
