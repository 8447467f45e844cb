/**
 * Makes the entities of a result of its mentions: their place in the text and on the page, the list's name, what they
 * look at.
 */
import type { Entity, Region, Sight } from "../../core/result.ts";
import type { ExtractionContext } from "../context.ts";
import { boxOf } from "../layout/layout.ts";
import { lookUp } from "../names/gazetteer.ts";
import { pieceOf } from "../words.ts";
import { regionScore, regionSeen } from "./grounding.ts";
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
	// What a task says stays, unless the model points better than it numbers regions, and a map weighs where it points.
	const pointsBetter = context.instructors.grounding === "seen";
	const mayMove = grounded === undefined || (pointsBetter && (grounded || context.weighsRegions));
	const kind = coarse ?? type;
	const looked = mayMove ? regionSeen(look, kind, context.request.groundingThreshold, regions) : undefined;
	const seen = looked ?? (named && { region: named, score: scoreOfNamed(named, look, kind) });
	return {
		id,
		type,
		...piece,
		score,
		regions: seen ? [seen.region] : [],
		...(coarse !== undefined && { coarse }),
		...(grounded !== undefined && { grounded: seen !== undefined }),
		...(step !== undefined && { step }),
		...(box && { box: [...box] as [number, number, number, number] }),
		...(entry && { entry }),
		...(look.sights.length > 0 && { sight: [...look.sights] }),
		...(seen && { seen: { score: seen.score, perhaps: true } }),
	};
}

/** A region that a task named without the mention looking at it suits it as if it had got no attention. */
function scoreOfNamed(region: Region, { sights }: Look, type: string): number {
	return regionScore(region, sights.find(({ object }) => object === region.object)?.share ?? 0, type);
}
