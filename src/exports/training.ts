/**
 * Training records, corrections included: mner.jsonl, mre.jsonl, mee.jsonl and the regions of the pictures they name.
 */
import type { ExtractionResult, Region } from "../core/result.ts";
import type { Word } from "../core/text.ts";
import { codePoints, type Span, wellFormed } from "./offsets.ts";
import { tokenRange, tokensOf } from "./tokens.ts";
import type { ExportItem, Format, OutFile } from "./types.ts";

interface Mention {
	readonly text: string;
	readonly start: number;
	readonly end: number;
}

/** The words of a post joined by one space, and where a span of the post lies in that, in code points. */
interface Joined {
	readonly text: string;
	mention(span: Span): Mention | null;
}

function joinWords(tokens: readonly Word[]): Joined {
	const text = tokens.map(({ model }) => model).join(" ");
	const starts: number[] = [];
	let at = 0;
	for (const { model } of tokens) {
		starts.push(at);
		at += codePoints(model).length + 1;
	}
	return {
		text,
		mention(span) {
			const range = tokenRange(tokens, span);
			if (range === null) return null;
			const [first, after] = range;
			const words = tokens
				.slice(first, after)
				.map(({ model }) => model)
				.join(" ");
			return { text: words, start: starts[first]!, end: starts[first]! + codePoints(words).length };
		},
	};
}

const spansOf = ({ entities, events }: ExtractionResult): Span[] => [
	...entities,
	...events.flatMap(({ trigger, arguments: parts }) => [trigger, ...parts.flatMap(({ span }) => span ?? [])]),
];

/** Fractions of the picture, four decimals as in the data sets. */
function unitBoxes(regions: readonly Region[], image: ExtractionResult["image"]): { boxes?: number[][] } {
	if (!image || regions.length === 0) return {};
	const fraction = (value: number, size: number) =>
		Math.round(10_000 * Math.min(1, Math.max(0, value / size))) / 10_000;
	const sides = [image.width, image.height, image.width, image.height] as const;
	return { boxes: regions.map(({ box }) => box.map((edge, index) => fraction(edge, sides[index]!))) };
}

/** The picture's regions, for the trainer's crops; an argument's `object` counts them from 1. */
function regionsOf(id: string, { regions, image }: ExtractionResult): object[] {
	const kinds = regions.some(({ label }) => label !== undefined)
		? { kinds: regions.map(({ label }) => label ?? null) }
		: {};
	return regions.length === 0 || !image
		? []
		: [{ image_id: id, size: [image.width, image.height], ...unitBoxes(regions, image), ...kinds }];
}

/** Pairs whose relation a person took away and put nothing in its place: they are known to have none. */
function deniedPairs({
	corrections = [],
	relations,
	entities,
}: ExtractionResult): Array<{ head: string; tail: string; type: string }> {
	const known = new Set(entities.map(({ id }) => id));
	const taken = corrections.flatMap(({ changes }) =>
		changes.flatMap((change) =>
			change.record === "relation" && change.to === null && change.from ? [change.from] : [],
		),
	);
	const pairs = new Map(taken.map(({ head, tail }) => [`${head}\n${tail}`, { head, tail, type: "none" }]));
	for (const { head, tail } of relations) pairs.delete(`${head}\n${tail}`);
	return [...pairs.values()].filter(({ head, tail }) => known.has(head) && known.has(tail));
}

function recordsOf({ id, image, result }: ExportItem): { mner: object; mre: object[]; mee: object; regions: object[] } {
	const { entities, relations, events } = result;
	const joined = joinWords(
		tokensOf(
			result.text,
			spansOf(result).flatMap(({ start, end }) => [start, end]),
		),
	);
	const base = { id, text: joined.text, ...(image !== null && { image_id: image }) };
	const byId = new Map(entities.map((entity) => [entity.id, entity]));
	const typed = entities.flatMap((entity) => {
		const mention = joined.mention(entity);
		return mention ? [{ type: entity.type, ...mention, ...unitBoxes(entity.regions, result.image) }] : [];
	});
	const end = (name: string) => {
		const entity = byId.get(name);
		const mention = entity && joined.mention(entity);
		return mention ? { ...mention, type: entity.type } : null;
	};
	const mre = [...relations, ...deniedPairs(result)].flatMap(({ head, tail, type }, index) => {
		const [from, to] = [end(head), end(tail)];
		return from && to
			? [{ ...base, id: `${id}-${index + 1}`, head: from, tail: to, relation: type, raw_relation: type }]
			: [];
	});
	const mee = events.flatMap(({ type, trigger, arguments: parts }) => {
		const at = joined.mention(trigger);
		const roles = parts.flatMap(({ role, span, region }): object[] => {
			const mention = span && joined.mention(span);
			if (mention) return [{ role, ...mention }];
			const number = region ? result.regions.findIndex(({ object }) => object === region.object) + 1 : 0;
			return number > 0 ? [{ role, object: number }] : [];
		});
		return at ? [{ type, trigger: at, arguments: roles }] : [];
	});
	return {
		mner: { ...base, entities: typed },
		mre,
		mee: {
			...base,
			doc: id,
			entities: typed.map(({ type, text, start, end: to }) => ({ type, text, start, end: to })),
			events: mee,
		},
		regions: image === null ? [] : regionsOf(image, result),
	};
}

/**
 * The layout of this project's own training data: `text` is the words joined by one space, `start` and `end` count code
 * points of it, boxes are fractions of the picture. A post where no entity, relation or event is left is a record too:
 * it teaches that there is none. Relations that a person deleted become examples of "none". An argument that is an
 * object of the picture is the number of its region (from 1) in `regions.jsonl`, which the trainer cuts its crops by.
 */
function writeTraining(items: readonly ExportItem[]): OutFile[] {
	const records = items.map((item) => recordsOf({ ...item, id: wellFormed(item.id) }));
	const file = (path: string, lines: readonly object[]): OutFile => ({
		path,
		text: lines.map((line) => `${JSON.stringify(line)}\n`).join(""),
	});
	const pictures = records.flatMap(({ regions }) => regions);
	return [
		file(
			"mner.jsonl",
			records.map(({ mner }) => mner),
		),
		file(
			"mre.jsonl",
			records.flatMap(({ mre }) => mre),
		),
		file(
			"mee.jsonl",
			records.map(({ mee }) => mee),
		),
		...(pictures.length > 0 ? [file("regions.jsonl", pictures)] : []),
	];
}

export const training: Format = {
	title: "Training records",
	about: "mner, mre and mee records to train this model on, corrections included",
	leavesOut: "scores, arguments that are objects",
	extension: ".jsonl",
	files: "several",
	mediaType: "application/x-ndjson",
	offsets: "code points",
	write: writeTraining,
};
