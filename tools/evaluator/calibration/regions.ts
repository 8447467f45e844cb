/** Judges the regions of mentions: whether each shows the annotated thing, with the score that a map is fitted on. */
import { itemOf, locator } from "../item.ts";
import { IOU_RIGHT } from "../metric.ts";
import { iou } from "../metrics.ts";
import type { AnnotatedRecord, Prediction } from "../predict/contract.ts";
import type { EntitiesRecord } from "../predict/schemas.ts";
import { entityItem } from "../tasks/entities.ts";
import type { JudgedPost } from "./fit.ts";

/**
 * A region is right if a mention with the same words is annotated with a box that it overlaps by at least
 * {@link IOU_RIGHT}; the type does not matter.
 * @param records with entities @param predictions in their order
 */
export function judgeRegions(records: readonly AnnotatedRecord[], predictions: readonly Prediction[]): JudgedPost[] {
	return records.map((record, index): JudgedPost => {
		const { text, entities } = record as EntitiesRecord;
		const gold = (entities ?? []).map((entity) => entityItem(entity, locator(text, "tokens")));
		const outcomes = predictions[index]!.entities.flatMap((entity) => {
			if (entity.seen === undefined) return [];
			const { boxes } =
				gold.find(({ spans: [span] }) => span?.start === entity.start && span.end === entity.end) ??
				itemOf({ label: "" });
			const right = boxes.some((box) => entity.boxes.some((own) => iou(own, box) >= IOU_RIGHT));
			return [{ score: entity.seen.score, right, ...(entity.seen.person && { person: true }) }];
		});
		return { text, outcomes, gold: gold.filter(({ boxes }) => boxes.length > 0).length };
	});
}
