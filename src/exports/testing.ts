/** Posts for tests: one with everything that is hard for a format, and random ones. */
import * as fc from "fast-check";
import type { Entity, ExtractionResult } from "../core/result.ts";
import { importedResult } from "./checks.ts";
import type { ExportItem, InFile, OutFile } from "./types.ts";
import { utf8 } from "./zip.ts";

const O1 = { object: "O1", box: [10, 20, 110, 220] as [number, number, number, number], score: 0.9 };
const O2 = { object: "O2", box: [0, 0, 50, 50] as [number, number, number, number], score: 0.4 };

const TEXT = '🏀 Zoë\tand "Ada"\nmet the Bank of England\r\nin القاهرة, left and right arm';
const at = (piece: string) => ({ text: piece, start: TEXT.indexOf(piece), end: TEXT.indexOf(piece) + piece.length });
const entity = (id: string, type: string, piece: string, score: number, more: Partial<Entity> = {}): Entity => ({
	id,
	type,
	...at(piece),
	score,
	regions: [],
	...more,
});
const arm = at("left and right arm");

/**
 * An emoji before everything (units and code points differ from there on), a combining mark, a tab, quotes, line breaks
 * inside a mention, a mention in another, right-to-left text, a discontinuous mention, an event with an entity, a piece
 * of text and an object.
 */
export const HARD: ExportItem = {
	id: "post 1",
	image: "photo 1.jpg",
	result: {
		...importedResult({
			text: TEXT,
			image: { width: 400, height: 300 },
			entities: [
				entity("e1", "person", "Zoë", 0.934, { regions: [O1] }),
				entity("e2", "organization", "Bank of England\r\nin", 0.8),
				entity("e3", "location", "England", 0.7),
				entity("e4", "creative work", "القاهرة", 0.6),
				{
					...entity("e5", "body part", "left and right arm", 0.5),
					fragments: [at("left"), { start: arm.end - 3, end: arm.end }],
				},
			].map((one) => ({
				...one,
				...("fragments" in one && { fragments: one.fragments?.map(({ start, end }) => ({ start, end })) }),
			})),
			relations: [{ id: "r1", type: "place of residence", head: "e1", tail: "e4", score: 0.25 }],
			events: [
				{
					id: "v1",
					type: "meet",
					trigger: at("met"),
					arguments: [
						{ role: "entity", span: at("Zoë"), entity: "e1", region: null, score: 0.9 },
						{ role: "entity", span: at('"Ada"'), entity: null, region: null, score: 0.4 },
						{ role: "place", span: null, entity: null, region: O2, score: 0.2 },
					],
					score: 0.55,
				},
			],
			regions: [O1, O2],
		}),
		scores: "candidates",
	},
};

export const asInput = (files: readonly OutFile[]): InFile[] =>
	files.map(({ path, text }) => ({ name: path, bytes: utf8(text) }));

/** Ids are the formats' own business: records by what they say, in no order. */
export function essence(
	{ entities, relations, events }: ExtractionResult,
	keep: { fragments: boolean; scores: boolean },
): string[] {
	const score = (value: number) => (keep.scores ? value : 1);
	const nameOf = new Map(entities.map(({ id, type, start, end }) => [id, `${type} ${start} ${end}`]));
	const all = [
		...entities.map(({ type, text, start, end, score: sure, fragments }) => [
			"entity",
			type,
			text,
			start,
			end,
			score(sure),
			keep.fragments ? (fragments ?? []) : [],
		]),
		...relations.map(({ type, head, tail, score: sure }) => [
			"relation",
			type,
			nameOf.get(head),
			nameOf.get(tail),
			score(sure),
		]),
		...events.map(({ type, trigger, score: sure, arguments: parts }) => [
			"event",
			type,
			trigger,
			score(sure),
			parts
				.filter(({ span }) => span)
				.map(({ role, span, entity: id, score: one }) => [role, span, id === null ? null : nameOf.get(id), score(one)]),
		]),
	];
	return all.map((one) => JSON.stringify(one)).sort();
}

const SOLID = fc.oneof(
	fc.constantFrom(
		"Ada",
		"🏀",
		"👨‍👩‍👧",
		"é",
		"e\u0301",
		"القاهرة",
		"עברית",
		"=1+1",
		'"',
		"<b>",
		"\\",
		"a\tb",
		"x y",
		"漢字",
		"\u200b1",
		"\u0007",
	),
	fc
		.string({ minLength: 1, maxLength: 4, unit: "grapheme" })
		.filter((text) => !/[\n\v\f\r\u0085\u2028\u2029]/.test(text) && text.trim() !== ""),
);
const GAP = fc.constantFrom(" ", "\n", "\r\n", "\t", ", ", "  ", "\u2028");
const TYPE = fc
	.oneof(
		fc.constantFrom("person", "place of residence", "=cmd", "a_b", "Ort/Straße"),
		fc.string({ minLength: 1, maxLength: 12, unit: "grapheme" }),
	)
	.map((type) => type.trim())
	.filter((type) => type !== "");
const SCORE = fc.integer({ min: 0, max: 1000 }).map((value) => value / 1000);

/**
 * A post whose mentions begin and end with visible text, as a person marks it; they nest, overlap and leave pieces out.
 */
export const ITEM: fc.Arbitrary<ExportItem> = fc
	.record({
		chunks: fc.array(fc.tuple(SOLID, GAP), { minLength: 1, maxLength: 12 }),
		marks: fc.array(
			fc.record({
				picks: fc.array(fc.nat(), { minLength: 4, maxLength: 4 }),
				type: TYPE,
				score: SCORE,
				split: fc.boolean(),
			}),
			{
				maxLength: 6,
			},
		),
		links: fc.array(fc.record({ from: fc.nat(), to: fc.nat(), type: TYPE, score: SCORE }), { maxLength: 4 }),
		happenings: fc.array(
			fc.record({
				at: fc.nat(),
				type: TYPE,
				score: SCORE,
				roles: fc.array(fc.record({ at: fc.nat(), role: TYPE, score: SCORE }), { maxLength: 3 }),
			}),
			{
				maxLength: 2,
			},
		),
	})
	.map(({ chunks, marks, links, happenings }) => {
		const text = chunks.map(([solid, gap]) => solid + gap).join("");
		const starts = chunks.map((_, index) =>
			chunks.slice(0, index).reduce((sum, [solid, gap]) => sum + solid.length + gap.length, 0),
		);
		const span = (from: number, to: number) => ({ start: starts[from]!, end: starts[to]! + chunks[to]![0].length });
		const spoken = ({ start, end }: { start: number; end: number }) => ({ text: text.slice(start, end), start, end });
		const entities = marks.map(({ picks, type, score, split }, index): Entity => {
			const [a = 0, b = 0, c = 0, d = 0] = picks.map((pick) => pick % chunks.length).sort((x, y) => x - y);
			const fragments = split && c > b + 1 ? { fragments: [span(a, b), span(c, d)] } : {};
			return { id: `e${index + 1}`, type, ...spoken(span(a, d)), score, regions: [], ...fragments };
		});
		const pick = (index: number) => entities[index % entities.length]!;
		const relations =
			entities.length === 0
				? []
				: links.map(({ from, to, type, score }, index) => ({
						id: `r${index + 1}`,
						type,
						head: pick(from).id,
						tail: pick(to).id,
						score,
					}));
		const one = (index: number) => spoken(span(index % chunks.length, index % chunks.length));
		const events = happenings.map(({ at: place, type, score, roles }, index) => ({
			id: `v${index + 1}`,
			type,
			trigger: one(place),
			arguments: roles.map(({ at: where, role, score: sure }) => ({
				role,
				span: one(where),
				entity: null,
				region: null,
				score: sure,
			})),
			score,
		}));
		return { id: "p", image: null, result: importedResult({ text, image: null, entities, relations, events }) };
	});
