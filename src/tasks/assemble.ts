/** Goes in: a setting and its answers, of one wave or of both. Comes out: the extraction result, but for what only the engine knows. */
import type { Size } from "../core/geometry.ts";
import type { Entity, EventArgument, ExtractedEvent, ExtractionResult, RawOutput, Region, Relation } from "../core/result.ts";
import { NO_RELATION } from "./defaults.ts";
import { mentionsOf, notesOf, type TaskAnswer } from "./plan.ts";
import type { Mention, WordSpan } from "./queries.ts";
import { readChoice, readSpans, type SpanRecord } from "./read.ts";
import type { Setting } from "./setting.ts";
import type { TokenCodec } from "./types.ts";

/** A result without model, device and timings: the engine adds those. */
export type TextResult = Omit<ExtractionResult, "model" | "device" | "timings">;

export interface Picture {
	readonly image: Size | null;
	/** O1…On, in order. */
	readonly regions: readonly Region[];
}

export const NO_PICTURE: Picture = { image: null, regions: [] };

/** Reads the best hypothesis of every answer. Never throws at what the model says: what could not be read is in `unread`. */
export function assemble(setting: Setting, answers: readonly TaskAnswer[], { image, regions }: Picture = NO_PICTURE): TextResult {
	const mentions = mentionsOf(setting, answers, "mner");
	const entities = mentions.map((mention, i): Entity => {
		return { id: `e${i + 1}`, type: mention.type, ...pieceOf(setting, mention), score: mention.score, regions: [] };
	});
	const idOf = new Map(mentions.map((mention, i) => [placeOf(mention), entities[i]!.id] as const).reverse());
	return {
		format: "umie-result/1",
		text: setting.text,
		image: image && { width: image.width, height: image.height },
		offsets: "utf-16",
		regions: [...regions],
		entities,
		relations: relationsOf(setting, answers, mentions),
		events: eventsOf(setting, answers, regions, idOf),
		gate: gatesOf(answers),
		scores: setting.request.decoding === "extractive" ? "candidates" : "vocabulary",
		raw: answers.flatMap((answer) => rawOf(answer, setting.codec)),
		unread: answers.flatMap((answer) => unreadOf(answer, setting.codec)),
		notes: notesOf(setting, answers),
	};
}

/** A run of words as a piece of the person's own text. */
export function pieceOf({ text, words }: Setting, { from, to }: WordSpan): { text: string; start: number; end: number } {
	const [start, end] = [words[from]!.start, words[to - 1]!.end];
	return { text: text.slice(start, end), start, end };
}

const placeOf = ({ from, to }: WordSpan) => `${from} ${to}`;

function relationsOf({ codec }: Setting, answers: readonly TaskAnswer[], mentions: readonly Mention[]): Relation[] {
	const relations: Relation[] = [];
	const entityAt = ({ from, to, type }: Mention) => `e${mentions.findIndex((one) => one.from === from && one.to === to && one.type === type) + 1}`;
	for (const { query, hypotheses } of answers) {
		const best = hypotheses[0];
		if (query.task !== "mre" || !query.pair || !best) continue;
		const { name, score } = readChoice(best, query.choices, codec);
		if (name === null || name === NO_RELATION) continue;
		relations.push({ id: `r${relations.length + 1}`, type: name, head: entityAt(query.pair.head), tail: entityAt(query.pair.tail), score });
	}
	return relations;
}

/** One event for each (type, trigger); what meae found for a type belongs to every event of that type, as in the paper's cascade. */
function eventsOf(setting: Setting, answers: readonly TaskAnswer[], regions: readonly Region[], idOf: ReadonlyMap<string, string>): ExtractedEvent[] {
	const argumentsOf = new Map<string, EventArgument[]>();
	for (const { query, hypotheses } of answers) {
		const best = hypotheses[0];
		if (query.task !== "meae" || query.event === null || !best) continue;
		const { records } = readSpans(best, query.vocabulary, setting.codec);
		argumentsOf.set(
			query.event,
			records.flatMap((record) => argumentOf(setting, record, regions, idOf)),
		);
	}
	return mentionsOf(setting, answers, "med").map((trigger, i) => {
		const list = argumentsOf.get(trigger.type) ?? [];
		return { id: `v${i + 1}`, type: trigger.type, trigger: pieceOf(setting, trigger), arguments: [...list], score: trigger.score };
	});
}

function argumentOf(setting: Setting, record: SpanRecord, regions: readonly Region[], idOf: ReadonlyMap<string, string>): EventArgument[] {
	const { type: role, span, object, score } = record;
	if (span) return [{ role, span: pieceOf(setting, span), entity: idOf.get(placeOf(span)) ?? null, region: null, score }];
	const region = object === null ? undefined : regions[object];
	return region ? [{ role, span: null, entity: null, region, score }] : [];
}

/** Mean g of each task (paper, Eq. 7); 0 where the picture had no say. */
function gatesOf(answers: readonly TaskAnswer[]): Record<string, number> {
	const byTask = new Map<string, number[]>();
	for (const { query, gate } of answers) byTask.set(query.task, [...(byTask.get(query.task) ?? []), gate ?? 0]);
	return Object.fromEntries([...byTask].map(([task, gates]) => [task, gates.reduce((sum, gate) => sum + gate, 0) / gates.length]));
}

function rawOf({ query, hypotheses, gate }: TaskAnswer, codec: TokenCodec): RawOutput[] {
	const [best, ...others] = hypotheses.map(({ ids, score }) => ({ output: codec.decode(ids.filter((id) => id !== codec.special.eos)), score }));
	return best ? [{ task: query.task, instructor: query.instructor, ...best, alternatives: others, gate }] : [];
}

function unreadOf({ query, hypotheses }: TaskAnswer, codec: TokenCodec): readonly string[] {
	const best = hypotheses[0];
	if (!best) return [];
	return query.task === "mre" ? readChoice(best, query.choices, codec).unread : readSpans(best, query.vocabulary, codec).unread;
}
