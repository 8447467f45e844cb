/**
 * Makes the entities of a result of its mentions: their place in the text and on the page, the list's name, what they
 * look at.
 */
import type { Entity, Region, Sight } from "../../core/result.ts";
import type { ExtractionContext } from "../context.ts";
import { boxOf } from "../layout/layout.ts";
import { lookUp } from "../names/gazetteer.ts";
import { pieceOf } from "../words.ts";
import { regionSeen } from "./grounding.ts";
import type { TypedMention } from "./mentions.ts";

/** Where a mention's text looked, best first, and how much the picture counted. */
export interface Look {
	readonly sights: readonly Sight[];
	/** g of paper, Eq. 7; 0 without a picture. */
	readonly gate: number;
}

/** @param id of the entity, "e1" */
export function makeEntity(
	context: ExtractionContext,
	mention: TypedMention,
	id: string,
	look: Look,
	regions: readonly Region[],
): Entity {
	const { type, score, coarse, object, step } = mention;
	const piece = pieceOf(context, mention);
	const named = object === undefined || object === null ? undefined : regions[object];
	const box = context.layout && boxOf(context.layout, piece);
	const entry = context.gazetteer && lookUp(context.gazetteer, { text: piece.text, type, coarse });
	// Without objects to choose from, "none" says nothing about the picture.
	const grounded = object !== undefined && context.objects.length > 0 ? named !== undefined : undefined;
	// A region that a task named stays, unless the model points better than it numbers regions.
	const mayMove = grounded === undefined || (grounded && context.instructors.grounding === "seen");
	const seen = mayMove ? regionSeen(look.sights, look.gate, context.request.groundingThreshold, regions) : undefined;
	const region = seen ?? named;
	return {
		id,
		type,
		...piece,
		score,
		regions: region ? [region] : [],
		...(coarse !== undefined && { coarse }),
		...(grounded !== undefined && { grounded }),
		...(step !== undefined && { step }),
		...(box && { box: [...box] as [number, number, number, number] }),
		...(entry && { entry }),
		...(look.sights.length > 0 && { sight: [...look.sights] }),
	};
}
