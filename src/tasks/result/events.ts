/** Makes the events of a result, one for each (type, trigger), with their arguments. */
import type { EventArgument, ExtractedEvent, Region } from "../../core/result.ts";
import type { ExtractionContext } from "../context.ts";
import type { SpanRecord } from "../grammar/read.ts";
import type { ReadAnswer } from "../query/question.ts";
import { pieceOf, spanKey } from "../words.ts";
import { mentionsOf } from "./mentions.ts";

/** An argument as it was read, and the event it belongs to: of a type, or of one trigger (`eventKey`). */
interface NamedArgument {
	readonly event: string;
	readonly record: SpanRecord;
}

/**
 * What meae found for a type belongs to every event of that type, as in the paper's cascade; for a trigger to its own.
 * @param idOf ids of entities by `spanKey`
 */
export function eventsIn(
	context: ExtractionContext,
	answers: readonly ReadAnswer[],
	regions: readonly Region[],
	idOf: ReadonlyMap<string, string>,
): ExtractedEvent[] {
	const named = answers.flatMap(argumentsNamed);
	const argumentsOf = (event: string) => named.filter((one) => one.event === event).map(({ record }) => record);
	const made = ({ type: role, span, object, score }: SpanRecord): EventArgument[] => {
		if (span)
			return [{ role, span: pieceOf(context, span), entity: idOf.get(spanKey(span)) ?? null, region: null, score }];
		const region = object === null ? undefined : regions[object];
		return region ? [{ role, span: null, entity: null, region, score }] : [];
	};
	const keys = new Set(named.map(({ event }) => event));
	return mentionsOf(answers, "med").map((trigger, i) => {
		const own = eventKey(trigger.type, trigger);
		return {
			id: `v${i + 1}`,
			type: trigger.type,
			trigger: pieceOf(context, trigger),
			arguments: argumentsOf(keys.has(own) ? own : trigger.type).flatMap(made),
			score: trigger.score,
		};
	});
}

const eventKey = (type: string, trigger: Parameters<typeof spanKey>[0]) => `${type} ${spanKey(trigger)}`;

function argumentsNamed(answer: ReadAnswer): NamedArgument[] {
	if (answer.kind === "choice") {
		const { query, chosen } = answer;
		if (query.about !== "role" || query.other === null || chosen === null) return [];
		const record = { type: chosen.name, span: query.span, object: null, score: chosen.score };
		return [{ event: eventKey(query.other.type, query.other), record }];
	}
	if (answer.kind !== "span" || answer.query.event === null) return [];
	const { event, trigger } = answer.query;
	return answer.records.map((record) => ({ event: trigger ? eventKey(event, trigger) : event, record }));
}
