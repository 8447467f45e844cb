/** Prints a result as lines for a person at a terminal. */
import type { Entity, EventArgument, ExtractionResult } from "../../../src/core/result.ts";

const percent = (score: number) => `${Math.round(100 * score)}%`.padStart(4);
const place = ({ start, end }: { readonly start: number; readonly end: number }) => `${start}–${end}`;

/**
 * Entities with offsets and probabilities, relations with texts, events with arguments, and what a person should know
 * besides.
 */
export function renderResult(result: ExtractionResult): string {
	const { text, image, regions, entities, relations, events, gate, notes, unread, model, device, timings } = result;
	const { unsupportedLanguage } = result;
	const textOf = new Map(entities.map((entity) => [entity.id, entity.text]));
	const sections = {
		"": [text, ...(image === null ? [] : [`(picture ${image.width} × ${image.height}, ${regions.length} regions)`])],
		entities: table(
			entities.map((entity: Entity) => [entity.type, entity.text, place(entity), shareOf(entity), aside(entity)]),
		),
		relations: table(
			relations.map((relation) => [
				textOf.get(relation.head) ?? relation.head,
				relation.type,
				textOf.get(relation.tail) ?? relation.tail,
				shareOf(relation),
			]),
		),
		events: table(
			events.flatMap((event) => [
				[event.type, event.trigger.text, place(event.trigger), shareOf(event)],
				...event.arguments.map((argument) => [`  ${argument.role}`, ...filler(argument), shareOf(argument)]),
			]),
		),
		steps: (result.steps ?? []).map(({ number, text: step }) => `${number}. ${step}`),
		"the same thing": (result.things ?? []).flatMap(({ entities: ids, why }) => (ids.length > 1 ? why : [])),
		gate: Object.entries(gate).flatMap(([task, value]) => (value === 0 ? [] : [`${task} ${value.toFixed(3)}`])),
		"not understood": unread,
		notes,
	};
	const blocks = Object.entries(sections).flatMap(([title, lines]) =>
		lines.length === 0 ? [] : [title === "" ? lines : [title, ...lines.map((line) => `  ${line}`)]],
	);
	if (entities.length + relations.length + events.length === 0)
		blocks.push([unsupportedLanguage ? "nothing found, as the model does not read this language" : "nothing found"]);
	const { total = 0, ...stages } = timings;
	const spent = Object.entries(stages).flatMap(([stage, milliseconds]) =>
		milliseconds >= 1 ? [`${stage} ${Math.round(milliseconds)}`] : [],
	);
	blocks.push([`${model}; ${device.reason}`, `${Math.round(total)} ms (${spent.join(", ")})`]);
	return blocks.map((lines) => lines.map(plain).join("\n")).join("\n\n");
}

/** "93%", and whether a view would leave the record out. */
const shareOf = ({ score, sure }: { readonly score: number; readonly sure?: boolean | undefined }): string =>
	`${percent(score)}${sure === false ? ", less sure" : ""}`;

/** What only some tasks say: coarse type, step, where it is in the picture, what the gazetteer knows. */
function aside({ coarse, step, grounded, regions, entry }: Entity): string {
	return [
		...(coarse === undefined ? [] : [coarse]),
		...(step === undefined ? [] : [`step ${step}`]),
		...(grounded === undefined
			? []
			: [grounded ? regions.map(({ object }) => object).join(" ") : "not in the picture"]),
		...(entry === undefined ? [] : [`= ${entry.name}${entry.link === null ? "" : ` <${entry.link}>`}`]),
	].join("; ");
}

function filler({ span, region }: EventArgument): [string, string] {
	if (span !== null) return [span.text, place(span)];
	return [region?.object ?? "", region === null ? "" : region.box.map(Math.round).join(" ")];
}

function table(rows: readonly (readonly string[])[]): string[] {
	const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
	return rows.map((row) =>
		row
			.map((cell, column) => cell.padEnd(width(column)))
			.join("  ")
			.trimEnd(),
	);
}

/** A post must not move the cursor or colour the terminal. */
function plain(line: string): string {
	return line.replace(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, " ");
}
