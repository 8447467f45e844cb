/**
 * Turns a model's own scores into probabilities that a record is right, and says which records are sure enough to
 * show: results keep everything, views and exports show what is sure.
 */
import * as z from "zod/mini";
import type { Entity, ExtractedEvent, ExtractionResult, Thing } from "./result.ts";

/**
 * What has a map of its own: kinds of records (arguments are the roles of events), and the regions that mentions are
 * seen in.
 */
export const CALIBRATED_KINDS = ["entities", "relations", "events", "arguments", "regions"] as const;
export type CalibratedKind = (typeof CALIBRATED_KINDS)[number];

const MAX_KNOTS = 64;
const probability = z.number().check(z.gte(0), z.lte(1));
const rises = (values: readonly number[], strictly: boolean) =>
	values.every(
		(value, index) => index === 0 || value > values[index - 1]! || (!strictly && value === values[index - 1]),
	);

/** What was measured on held-out posts for records from each of some rising thresholds on. */
const CurveSchema = z
	.object({
		thresholds: z.array(probability).check(z.minLength(1), z.maxLength(MAX_KNOTS)),
		precision: z.array(probability).check(z.maxLength(MAX_KNOTS)),
		recall: z.array(probability).check(z.maxLength(MAX_KNOTS)),
	})
	.check(
		z.refine(
			({ thresholds, precision, recall }) =>
				[precision, recall].every(({ length }) => length === thresholds.length) && rises(thresholds, true),
			"thresholds must rise, and each needs its precision and its recall",
		),
	);

/**
 * A non-decreasing, piecewise linear map from score to probability (isotonic regression: Zadrozny & Elkan, KDD 2002),
 * flat beyond its first and last knot.
 */
export const ScoreMapSchema = z
	.object({
		scores: z.array(probability).check(z.minLength(1), z.maxLength(MAX_KNOTS)),
		probabilities: z.array(probability).check(z.minLength(1), z.maxLength(MAX_KNOTS)),
		/** A record is sure from this probability on; a region is a mention's. */
		threshold: probability,
		/** Regions only: "perhaps" stands at a mention's region below this probability. */
		certain: z.optional(probability),
		/** Regions only: the least and the largest gate beside the held-out pictures. */
		gates: z.optional(z.tuple([z.number(), z.number()])),
		/** Share of right records among the sure ones of held-out posts, and how many of the annotated ones they are. */
		precision: probability,
		recall: probability,
		/** Held-out records that the map was fitted on. */
		records: z.int().check(z.gte(0)),
		/** What other thresholds would cost; absent in older bundles. */
		curve: z.optional(CurveSchema),
	})
	.check(
		z.refine(
			({ scores, probabilities }) =>
				scores.length === probabilities.length && rises(scores, true) && rises(probabilities, false),
			"scores must rise, and probabilities, one for each, must not fall",
		),
	);
export type ScoreMap = z.infer<typeof ScoreMapSchema>;

/** The maps of a bundle. They hold for scores among the candidates (extractive decoding), as they were fitted. */
export const CalibrationSchema = z.partialRecord(z.enum(CALIBRATED_KINDS), ScoreMapSchema);
export type Calibration = z.infer<typeof CalibrationSchema>;

/** @param score 0…1 @returns 0…1 */
export function probabilityOf(
	{ scores, probabilities }: Pick<ScoreMap, "scores" | "probabilities">,
	score: number,
): number {
	const at = scores.findIndex((knot) => knot >= score);
	if (at === 0) return probabilities[0]!;
	if (at < 0) return probabilities.at(-1)!;
	const [left, right] = [scores[at - 1]!, scores[at]!];
	const [low, high] = [probabilities[at - 1]!, probabilities[at]!];
	return low + ((high - low) * (score - left)) / (right - left);
}

type Scored = { readonly score: number };
type Judged<T> = T & { score: number; sure: boolean };

/**
 * The result with probabilities for scores, and `sure` on each record. A relation is never more probable than either of
 * its ends, nor a role than its event; what stands on something that is not sure is not sure. Kinds without a map stay
 * as they are.
 */
export function calibrate(given: ExtractionResult, { regions, ...calibration }: Calibration): ExtractionResult {
	const result = regions ? withProbableRegions(given, regions) : given;
	if (result.scores !== "candidates" || Object.keys(calibration).length === 0) return result;
	const judge = <T extends Scored>(
		kind: keyof typeof calibration,
		record: T,
		under: readonly Scored[] = [],
	): T | Judged<T> => {
		const map = calibration[kind];
		if (map === undefined) return record;
		const score = Math.min(probabilityOf(map, record.score), ...under.map((one) => one.score));
		const sure = score >= map.threshold && under.every((one) => !("sure" in one) || one.sure === true);
		return { ...record, score, sure };
	};
	const entities = result.entities.map((entity) => judge("entities", entity));
	const byId = new Map(entities.map((entity) => [entity.id, entity]));
	const ends = (ids: readonly string[]) => ids.flatMap((id) => byId.get(id) ?? []);
	return {
		...result,
		entities,
		relations: result.relations.map((relation) => judge("relations", relation, ends([relation.head, relation.tail]))),
		events: result.events.map((event) => {
			const judged = judge("events", event);
			return { ...judged, arguments: event.arguments.map((one) => judge("arguments", one, [judged])) };
		}),
		scores: "calibrated",
	};
}

/**
 * Whether a mention is a person's name, or stands beside a person: no picture tells who somebody is, so that even the
 * most probable region shows it perhaps.
 */
export const namesPerson = ({ type, coarse, regions }: Pick<Entity, "type" | "coarse" | "regions">): boolean =>
	(coarse ?? type) === "person" || regions.some(({ label }) => label === "person");

/** Mentions keep regions that are probable enough; their `sight` still says where all of them looked. */
function withProbableRegions(result: ExtractionResult, map: ScoreMap): ExtractionResult {
	const entities = result.entities.map((entity): Entity => {
		const { seen, ...unseen } = entity;
		if (seen === undefined) return entity;
		const score = probabilityOf(map, seen.score);
		if (score < map.threshold)
			return { ...unseen, regions: [], ...(entity.grounded !== undefined && { grounded: false }) };
		return { ...entity, seen: { score, perhaps: namesPerson(entity) || score < (map.certain ?? 1) } };
	});
	const { textPicture } = result;
	return {
		...result,
		entities,
		...(textPicture && map.gates && { textPicture: { ...textPicture, gates: map.gates } }),
	};
}

const isSure = ({ sure }: { readonly sure?: boolean | undefined }) => sure !== false;

/** How many records are not sure: what `onlySure` leaves out. */
export function countUnsure({
	entities,
	relations,
	events,
}: Pick<ExtractionResult, "entities" | "relations" | "events">): number {
	const roles = events.flatMap((event) => event.arguments);
	return [entities, relations, events, roles].flat().filter((record) => !isSure(record)).length;
}

/**
 * The result without records that are not sure. What a person wrote, or a model without maps found, is always sure; so
 * is a mention that a sure relation joins.
 */
export function onlySure<R extends Pick<ExtractionResult, "entities" | "relations" | "events" | "things">>(
	result: R,
): R {
	if (countUnsure(result) === 0) return result;
	const relations = result.relations.filter(isSure);
	const ends = new Set(relations.flatMap(({ head, tail }) => [head, tail]));
	const entities = result.entities.filter((entity) => isSure(entity) || ends.has(entity.id));
	const kept = new Set(entities.map(({ id }) => id));
	const roles = (event: ExtractedEvent) =>
		event.arguments
			.filter(isSure)
			.map((one) => (one.entity === null || kept.has(one.entity) ? one : { ...one, entity: null }));
	return {
		...result,
		entities,
		relations,
		events: result.events.filter(isSure).map((event) => ({ ...event, arguments: roles(event) })),
		...(result.things && { things: result.things.flatMap((thing) => thingOf(thing, kept)) }),
	};
}

/** A sentence stands for each mention after the first: the first one kept needs none. */
function thingOf(thing: Thing, kept: ReadonlySet<string>): Thing[] {
	const own = thing.entities.flatMap((id, at) => (kept.has(id) ? [{ id, why: thing.why[at - 1] ?? "" }] : []));
	if (own.length === 0) return [];
	return [{ ...thing, entities: own.map(({ id }) => id), why: own.slice(1).map(({ why }) => why) }];
}
