/** Puts a context and the answers so far together to a result, but for what only the engine knows. */
import type { Size } from "../../core/geometry.ts";
import type { ExtractionResult, Region, Step } from "../../core/result.ts";
import type { Found } from "../catalog/definition.ts";
import { foundIn } from "../catalog/definitions.ts";
import { stepsOf, type TextStep } from "../catalog/gmper.ts";
import type { ExtractionContext } from "../context.ts";
import { thingsOf } from "../names/identity.ts";
import type { ReadAnswer } from "../query/question.ts";
import { spanKey } from "../words.ts";
import { entityOf, type Look } from "./entities.ts";
import { eventsIn } from "./events.ts";
import { sightsOf, textPictureOf } from "./grounding.ts";
import { collectMentions, mentionsOf, type TypedMention } from "./mentions.ts";
import { remarksOn } from "./notes.ts";
import { relationsIn } from "./relations.ts";

/** A result without model, device and timings: the engine adds those. */
export type TextResult = Omit<ExtractionResult, "model" | "device" | "timings">;

export interface Picture {
	readonly image: Size | null;
	/** O1…On, in order. */
	readonly regions: readonly Region[];
}

export const NO_PICTURE: Picture = { image: null, regions: [] };

/** Never throws at what the model says: what could not be read is in `unread`. */
export function assemble(
	context: ExtractionContext,
	answers: readonly ReadAnswer[],
	{ image, regions }: Picture = NO_PICTURE,
): TextResult {
	const found = foundIn(context, answers);
	const steps = context.request.tasks.includes("gmper") ? stepsOf(context) : [];
	const mentions = mentionsIn(answers, found, steps);
	const looking = answers.find(({ attention }) => attention);
	const looks = sightsOf(context, looking, mentions, regions).map(
		(sights): Look => ({ sights, gate: looking?.gate ?? 0 }),
	);
	const { entities, things } = thingsOf(
		mentions.map((mention, i) => entityOf(context, mention, `e${i + 1}`, looks[i]!, regions)),
		context.text,
	);
	const textPicture = textPictureOf(
		answers.flatMap(({ gate }) => gate ?? []),
		looks.map(({ sights }) => sights),
		context.request.groundingThreshold,
	);
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
		gate: meanGates(answers),
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

/** Everything that is shown as an entity, in text order, each with the step of a procedure that it stands in. */
function mentionsIn(
	answers: readonly ReadAnswer[],
	found: readonly Found[],
	steps: readonly TextStep[],
): TypedMention[] {
	const all = [...mentionsOf(answers, "mner"), ...found.flatMap((one) => one.mentions)];
	return collectMentions(all).map((mention) => {
		const step = steps.find(({ from, to }) => mention.from >= from && mention.to <= to);
		return step ? { ...mention, step: step.number } : mention;
	});
}

function stepOf(text: string, { number, start, end }: TextStep, hasPicture: boolean): Step {
	return { number, text: text.slice(start, end), start, end, picture: hasPicture ? 0 : null };
}

/** Mean g of each task (paper, Eq. 7); 0 where the picture had no say. */
function meanGates(answers: readonly ReadAnswer[]): Record<string, number> {
	const byTask = new Map<string, number[]>();
	for (const { query, gate } of answers) byTask.set(query.task, [...(byTask.get(query.task) ?? []), gate ?? 0]);
	return Object.fromEntries(
		[...byTask].map(([task, gates]) => [task, gates.reduce((sum, gate) => sum + gate, 0) / gates.length]),
	);
}
