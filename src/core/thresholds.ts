/** Judges a result by thresholds that a person chose in place of the model's own, and says what they cost. */
import * as z from "zod/mini";
import type { Calibration, ScoreMap } from "./calibration.ts";
import type { ExtractionResult } from "./result.ts";

/** Kinds of records with a threshold that a person can move; arguments are the roles of events. */
export const RECORD_KINDS = ["entities", "relations", "events", "arguments"] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];

/** The probability from which on a kind's records are sure. */
export const ThresholdsSchema = z.partialRecord(z.enum(RECORD_KINDS), z.number().check(z.gte(0), z.lte(1)));
export type Thresholds = z.infer<typeof ThresholdsSchema>;

/** The thresholds of a model. */
export const ownThresholds = (calibration: Calibration): Thresholds =>
	Object.fromEntries(RECORD_KINDS.flatMap((kind) => (calibration[kind] ? [[kind, calibration[kind].threshold]] : [])));

interface Judged {
	readonly score: number;
	readonly sure?: boolean | undefined;
}

/**
 * The result with `sure` by these thresholds. A relation is sure only if its ends are, a role only if its event is.
 * Kinds without a threshold, and records that nothing judged, such as a person's own, stay as they are.
 */
export function judgeBy(result: ExtractionResult, thresholds: Thresholds): ExtractionResult {
	if (result.scores !== "calibrated") return result;
	const judge = <T extends Judged>(kind: RecordKind, record: T, under: readonly Judged[] = []): T => {
		if (record.sure === undefined) return record;
		const threshold = thresholds[kind];
		const isOwn = threshold === undefined ? record.sure : record.score >= threshold;
		return { ...record, sure: isOwn && under.every(({ sure }) => sure !== false) };
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
	};
}

/** What was measured on held-out posts for records from a threshold on. */
export interface Cost {
	/** Share that is right, 0…1. */
	readonly precision: number;
	/** Share of the annotated records that they are, 0…1. */
	readonly recall: number;
}

/** What a threshold costs, between the points of the map's curve; null where nothing was measured. */
export function costAt(map: ScoreMap, threshold: number): Cost | null {
	if (threshold === map.threshold) return map;
	if (map.curve === undefined) return null;
	const { thresholds, precision, recall } = map.curve;
	const at = thresholds.findIndex((point) => point >= threshold);
	if (at < 0) return null;
	if (at === 0) return { precision: precision[0]!, recall: recall[0]! };
	const [low, high] = [thresholds[at - 1]!, thresholds[at]!];
	const between = (values: readonly number[]) =>
		values[at - 1]! + ((values[at]! - values[at - 1]!) * (threshold - low)) / (high - low);
	return { precision: between(precision), recall: between(recall) };
}
