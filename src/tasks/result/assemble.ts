/** Puts a context and the answers so far together to a result, but for what only the engine knows. */
import type { Size } from "../../core/geometry.ts";
import type { ExtractionResult, Region, Step } from "../../core/result.ts";
import { foundIn } from "../catalog/definitions.ts";
import { findSteps, type TextStep } from "../catalog/gmper.ts";
import type { ExtractionContext } from "../context.ts";
import { groupThings } from "../names/identity.ts";
import type { ReadAnswer } from "../query/question.ts";
import { spanKey } from "../words.ts";
import { agreeingAnswers } from "./consistency.ts";
import { type Look, makeEntity } from "./entities.ts";
import { eventsIn } from "./events.ts";
import { CLEAR_LIFT, judgeTextPicture, meanGates, measureSights } from "./grounding.ts";
import { mentionsIn } from "./mentions.ts";
import { remarksOn } from "./notes.ts";
import { relationsIn } from "./relations.ts";

/** A result without model, device and timings: the engine adds those. */
export type TextResult = Omit<ExtractionResult, "model" | "device" | "timings">;

export interface Picture {
	readonly image: Size | null;
	/** O1…On, in order. */
	readonly regions: readonly Region[];
}

const NO_PICTURE: Picture = { image: null, regions: [] };

/** Never throws at what the model says: what could not be read is in `unread`. */
export function assemble(
	context: ExtractionContext,
	given: readonly ReadAnswer[],
	{ image, regions }: Picture = NO_PICTURE,
): TextResult {
	const answers = agreeingAnswers(context, given);
	const found = foundIn(context, answers);
	const steps = context.request.tasks.includes("gmper") ? findSteps(context) : [];
	const mentions = mentionsIn(answers, found, steps);
	const looking = answers.find(({ attention }) => attention);
	const looks = measureSights(context, looking, mentions, regions).map(
		(sights): Look => ({ sights, gate: looking?.gate ?? 0 }),
	);
	const { entities, things } = groupThings(
		mentions.map((mention, i) => makeEntity(context, mention, `e${i + 1}`, looks[i]!, regions)),
		context.text,
	);
	const textPicture = judgeTextPicture(
		answers.flatMap(({ gate }) => gate ?? []),
		looks.map(({ sights }) => sights),
		CLEAR_LIFT,
	);
	const gates = meanGates(answers);
	const idOf = new Map(mentions.map((mention, i) => [spanKey(mention), entities[i]!.id] as const).reverse());
	const { notes, experimental } = remarksOn(context, answers);
	return {
		format: "umie-result/1",
		text: context.text,
		image: image && { width: image.width, height: image.height },
		offsets: "utf-16",
		regions: [...regions],
		entities,
		relations: relationsIn(answers, found, mentions, regions),
		events: eventsIn(context, answers, regions, idOf),
		gate: gates,
		scores: context.request.decoding === "extractive" ? "candidates" : "vocabulary",
		raw: answers.flatMap(({ raw }) => raw ?? []),
		unread: answers.flatMap(({ unread }) => unread),
		notes,
		...(textPicture && { textPicture }),
		...(things.length > 0 && { things }),
		...(steps.length > 0 && { steps: steps.map((step) => stepOf(context.text, step, image !== null)) }),
		...(experimental.length > 0 && { experimental }),
	};
}

function stepOf(text: string, { number, start, end }: TextStep, hasPicture: boolean): Step {
	return { number, text: text.slice(start, end), start, end, picture: hasPicture ? 0 : null };
}
