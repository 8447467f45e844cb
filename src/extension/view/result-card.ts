/** Lists what a result holds: entities, relations and events. The card on a page and the side panel both show it. */
import { countUnsure, onlySure } from "../../core/calibration.ts";
import type { Entity, EventArgument, ExtractedEvent, ExtractionResult } from "../../core/result.ts";
import { t as ui } from "../../messages/ui.ts";
import { percent } from "../../ui/format.ts";
import { lookClass, lookOfType, TRIGGER_LOOK } from "../../ui/palette.ts";
import type { TextSpan } from "../../ui/spans.ts";
import { notesWithoutLanguage, unsupportedText } from "../../ui/unsupported-language.ts";
import { type MessageKey, t } from "../common/i18n.ts";
import { element, isolated } from "./dom.ts";

interface ListOptions {
	/** The person points at a row that names these pieces of the text; none: at no row. */
	readonly onPoint?: (spans: readonly TextSpan[]) => void;
}

interface Row {
	readonly row: HTMLElement;
	readonly spans: readonly TextSpan[];
}

const chip = (text: string, look: string): HTMLElement => element("span", { class: `chip ${look}` }, isolated(text));
const score = (value: number): HTMLElement => element("span", { class: "score" }, percent(value));

/** What is sure; the rest is folded below it. */
export function resultLists(result: ExtractionResult, options: ListOptions = {}): HTMLElement {
	const byId = new Map(result.entities.map((entity) => [entity.id, entity]));
	const sure = onlySure(result);
	const unsupported = result.unsupportedLanguage;
	const shown = sections(sure, byId, options);
	const folded = sections(unsureOf(result, sure), byId, options);
	const summary = element("summary", {}, t("lessSure", countUnsure(result)));
	return element(
		"div",
		{ class: "lists" },
		unsupported ? element("p", { class: "note" }, unsupportedText(unsupported)) : null,
		...shown,
		shown.length > 0
			? null
			: element("p", { class: "quiet" }, unsupported ? ui("language.nothing") : t("nothingFound")),
		folded.length > 0 ? element("details", {}, summary, ...folded) : null,
		...notesWithoutLanguage(result).map((note) => element("p", { class: "note" }, note)),
	);
}

type Records = Pick<ExtractionResult, "entities" | "relations" | "events">;

/** What is not shown. A sure event with roles that are not sure is there, too, with all of them. */
function unsureOf({ entities, relations, events }: Records, sure: Records): Records {
	const shown = new Set([...sure.entities, ...sure.relations, ...sure.events].map(({ id }) => id));
	const isLeft = ({ id }: { readonly id: string }) => !shown.has(id);
	const hasUnsureRole = (event: ExtractedEvent) => event.arguments.some((role) => role.sure === false);
	return {
		entities: entities.filter(isLeft),
		relations: relations.filter(isLeft),
		events: events.filter((event) => isLeft(event) || hasUnsureRole(event)),
	};
}

/** A section for each kind of record that has rows. */
function sections(
	{ entities, relations, events }: Records,
	byId: ReadonlyMap<string, Entity>,
	{ onPoint }: ListOptions,
): HTMLElement[] {
	const lists: ReadonlyArray<readonly [MessageKey, readonly Row[]]> = [
		["entities", entities.map(entityRow)],
		["relations", relations.map((relation) => relationRow(relation, byId))],
		["events", events.map(eventRow)],
	];
	return lists.filter(([, rows]) => rows.length > 0).map(([title, rows]) => section(t(title), rows, onPoint));
}

function section(title: string, rows: readonly Row[], onPoint: ListOptions["onPoint"]): HTMLElement {
	const list = element("ul");
	for (const { row, spans } of rows) {
		row.addEventListener("pointerenter", () => onPoint?.(spans));
		row.addEventListener("pointerleave", () => onPoint?.([]));
		list.append(row);
	}
	return element(
		"section",
		{},
		element("h3", {}, title, " ", element("span", { class: "count" }, String(rows.length))),
		list,
	);
}

function entityRow(entity: Entity): Row {
	const row = element(
		"li",
		{},
		chip(entity.text, lookClass(lookOfType(entity.type))),
		element("span", { class: "type" }, entity.type),
		score(entity.score),
	);
	return { row, spans: [entity] };
}

function relationRow(
	{ type, head, tail, score: sure }: ExtractionResult["relations"][number],
	byId: ReadonlyMap<string, Entity>,
): Row {
	const ends = [byId.get(head), byId.get(tail)];
	const [from, to] = ends.map((entity) => chip(entity?.text ?? "?", entity ? lookClass(lookOfType(entity.type)) : ""));
	const row = element(
		"li",
		{},
		from ?? null,
		element("span", { class: "type" }, `→ ${type} →`),
		to ?? null,
		score(sure),
	);
	return { row, spans: ends.filter((entity) => entity !== undefined) };
}

function eventRow({ type, trigger, arguments: roles, score: sure }: ExtractionResult["events"][number]): Row {
	const args = roles.map((argument) =>
		element("li", {}, element("span", { class: "type" }, argument.role), argumentText(argument), score(argument.score)),
	);
	const head = element(
		"div",
		{ class: "head" },
		chip(trigger.text, lookClass(TRIGGER_LOOK)),
		element("span", { class: "type" }, type),
		score(sure),
	);
	const row = element("li", { class: "event" }, head, args.length > 0 ? element("ul", {}, ...args) : null);
	return { row, spans: [trigger, ...roles.flatMap(({ span }) => (span ? [span] : []))] };
}

const argumentText = ({ span, region }: EventArgument): HTMLElement =>
	span ? isolated(span.text) : element("span", { class: "object" }, region?.object ?? "?");
