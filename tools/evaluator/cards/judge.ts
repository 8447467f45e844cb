/**
 * Judges a gallery case: what the model found, in words, and what is wrong with it. A case without faults is right.
 * Pure.
 */
import type { Entity, ExtractionResult } from "../../../src/core/result.ts";
import type { Box, GalleryCase } from "./cases.ts";

export interface Judged {
	/** One line for an entity, a relation or an event. */
	readonly output: readonly string[];
	/** One line for each mistake. */
	readonly wrong: readonly string[];
	/** Of mner, or of gmner where that was asked. */
	readonly gate: number;
}

type Expected = Pick<GalleryCase, "entities" | "relations" | "events" | "unrelated">;
type Found = Pick<ExtractionResult, "entities" | "relations" | "events" | "gate">;

/** From here on a region counts as the box it should be, as in the grounded scores. */
const SAME_BOX = 0.5;
/** A picture that counts more than this counts as related. */
const HALF_OPEN = 0.5;

export function judge(expected: Expected, result: Found): Judged {
	const gate = result.gate.mner ?? result.gate.gmner ?? 0;
	const entities = result.entities.map(entityLine);
	const relations = expected.relations ? relationLines(result) : [];
	const events = expected.events ? eventLines(result) : [];
	return {
		output: [...entities, ...relations, ...events],
		wrong: [
			...entityMistakes(expected, result.entities),
			...differences(
				(expected.relations ?? []).map(([head, type, tail]) => `${head} ${type} ${tail}`),
				relations,
			),
			...differences(
				(expected.events ?? []).map(({ type, trigger, roles }) => eventLine(type, trigger, roles)),
				events,
			),
			...(expected.unrelated && Math.abs(gate) >= HALF_OPEN
				? ["the picture counts, though it has nothing to do with the text"]
				: []),
		],
		gate,
	};
}

const entityLine = ({ type, text, regions }: Entity): string =>
	`${type} ${text}${regions.length > 0 ? ` (${regions.map(({ object }) => object).join(", ")})` : ""}`;

function relationLines({ entities, relations }: Found): string[] {
	const textOf = new Map(entities.map(({ id, text }) => [id, text]));
	return relations.map(({ head, type, tail }) => `${textOf.get(head) ?? head} ${type} ${textOf.get(tail) ?? tail}`);
}

/** Roles in the order of the alphabet, so that no order is expected. */
function eventLine(type: string, trigger: string, roles: ReadonlyArray<readonly [string, string]>): string {
	const parts = roles.map(([role, text]) => `${role} ${text}`).sort();
	return `${type} “${trigger}”${parts.length > 0 ? `: ${parts.join(", ")}` : ""}`;
}

const eventLines = ({ events }: Found): string[] =>
	events.map((event) =>
		eventLine(
			event.type,
			event.trigger.text,
			event.arguments.map(({ role, span, region }) => [role, span?.text ?? region?.object ?? ""]),
		),
	);

/** Each mention stands once in a post of the gallery, so its words are enough to tell it. */
function entityMistakes({ entities }: Expected, found: readonly Entity[]): string[] {
	const wrong: string[] = [];
	for (const { type, text, box } of entities) {
		const same = found.find((entity) => entity.text === text);
		if (same === undefined) wrong.push(`missed: ${type} ${text}`);
		else if (same.type !== type)
			wrong.push(`${text} is a ${type}, not a ${same.type}`.replace(/\ba (?=[aeiou])/g, "an "));
		else if (box && same.regions.length === 0) wrong.push(`${text} is in the picture, but is shown nowhere`);
		else if (box && !same.regions.some((region) => sameness(region.box, box) >= SAME_BOX))
			wrong.push(`${text} is shown in the wrong place`);
	}
	const known = new Set(entities.map(({ text }) => text));
	return [
		...wrong,
		...found.filter(({ text }) => !known.has(text)).map(({ type, text }) => `too much: ${type} ${text}`),
	];
}

function differences(expected: readonly string[], found: readonly string[]): string[] {
	return [
		...expected.filter((line) => !found.includes(line)).map((line) => `missed: ${line}`),
		...found.filter((line) => !expected.includes(line)).map((line) => `too much: ${line}`),
	];
}

/** Intersection over union. */
export function sameness(one: Box, other: Box): number {
	const area = ([x1, y1, x2, y2]: Box) => Math.max(0, x2 - x1) * Math.max(0, y2 - y1);
	const both = area([
		Math.max(one[0], other[0]),
		Math.max(one[1], other[1]),
		Math.min(one[2], other[2]),
		Math.min(one[3], other[3]),
	]);
	const either = area(one) + area(other) - both;
	return either > 0 ? both / either : 0;
}
