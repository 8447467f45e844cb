/** Predicts for the tasks beyond the paper by the same extraction that the page runs. */
import { namesPerson } from "../../../src/core/calibration.ts";
import type { Entity, ExtractionResult, Region } from "../../../src/core/result.ts";
import type { RecordTaskName } from "../../../src/core/tasks.ts";
import type { PositionedWord } from "../../../src/tasks/layout/layout.ts";
import { extractPosts } from "../../../workers/extract.ts";
import type { AnnotatedRecord, Box, FoundEntity, FoundObjectRelation, FoundSpan, Prediction } from "./contract.ts";
import { EMPTY_PREDICTION } from "./contract.ts";
import { type Context, chooseProposer, mean, NEVER, readable } from "./prepare.ts";

/** Two-step JMERE asks about every ordered pair; posts have at most a handful of entities. */
const PAIRS = 60;

/**
 * Asks as the page asks: a model that was not trained for the task is asked for its substitute, if it has one.
 * @returns a prediction for each record
 */
export async function extracted(context: Context, task: RecordTaskName): Promise<Prediction[]> {
	const { platform, batch } = context;
	const { model, decode, turn } = platform;
	const largest = batch.grounding === "largest";
	const request = {
		maxPairs: PAIRS,
		words: "tokens",
		...batch.request,
		...(largest && { gate: 0 }),
		tasks: [batch.fitting ? "mner" : task],
	} as const;
	const predictions: Prediction[] = [];
	for (const [index, record] of batch.records.entries()) {
		const options = {
			decode,
			turn,
			proposer: chooseProposer(context, index),
			signal: NEVER,
			uncalibrated: batch.fitting ?? false,
			onProgress: () => {},
			onPartial: () => {},
		};
		const answer = async (image: Uint8Array | null) =>
			(await extractPosts(model, [{ ...postOf(record), image }], request, options))[0]!;
		const image = batch.images[index] ?? null;
		const result = (image === null ? null : await readable(() => answer(image))) ?? (await answer(null));
		predictions.push({ id: record.id, ...predictionOf(largest ? inLargest(result) : result) });
	}
	return predictions;
}

function postOf(record: AnnotatedRecord): { readonly text: string; readonly layout: readonly PositionedWord[] | null } {
	// The records of forms bring the places of their words.
	const { text, layout = null } = record as AnnotatedRecord & { readonly layout?: readonly PositionedWord[] };
	return { text, layout };
}

/** The baseline that looks at nothing: the largest region is every entity's. */
function inLargest(result: ExtractionResult): ExtractionResult {
	const area = ({ box: [x1, y1, x2, y2] }: Region) => (x2 - x1) * (y2 - y1);
	const [largest] = [...result.regions].sort((a, b) => area(b) - area(a));
	return {
		...result,
		entities: result.entities.map((entity) => ({ ...entity, regions: largest === undefined ? [] : [largest] })),
	};
}

export function predictionOf(result: ExtractionResult): Omit<Prediction, "id"> {
	const { image, entities, relations, unread, raw, steps = [] } = result;
	const fractions = ([x1, y1, x2, y2]: Box): Box => [
		x1 / image!.width,
		y1 / image!.height,
		x2 / image!.width,
		y2 / image!.height,
	];
	const byId = new Map(entities.map((entity) => [entity.id, entity]));
	const gates = raw.flatMap(({ gate }) => gate ?? []);
	return {
		...EMPTY_PREDICTION,
		entities: entities.map((entity) => foundEntity(entity, fractions)),
		relations: relations.flatMap(({ type, head, tail, score }) => {
			const [from, to] = [byId.get(head), byId.get(tail)];
			return from && to ? [{ relation: type, head: foundSpan(from), tail: foundSpan(to), score }] : [];
		}),
		objectRelations: relations.flatMap(({ type, head, tail, region, score }): FoundObjectRelation[] => {
			const entity = byId.get(tail) ?? byId.get(head);
			if (region === undefined || entity === undefined) return [];
			return [{ relation: type, entity: { start: entity.start, end: entity.end }, box: fractions(region.box), score }];
		}),
		steps: steps.map(({ start, end, number }) => ({ start, end, number })),
		malformed: Number(unread.length > 0),
		looked: gates.length > 0,
		gate: mean(gates),
	};
}

function foundEntity(entity: Entity, fractions: (box: Box) => Box): FoundEntity {
	const { coarse, step, thing, regions, seen } = entity;
	return {
		...foundSpan(entity),
		boxes: regions.map(({ box }) => fractions(box)),
		...(seen && { seen: { score: seen.score, person: namesPerson(entity) } }),
		...(coarse !== undefined && { coarse }),
		...(step !== undefined && { step }),
		...(thing !== undefined && { thing }),
	};
}

const foundSpan = ({ type, start, end, score }: FoundSpan): FoundSpan => ({ type, start, end, score });
