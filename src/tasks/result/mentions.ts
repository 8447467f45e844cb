/** Collects the mentions that answers name: each place and type once, in text order. */
import type { Found, FoundMention } from "../catalog/definition.ts";
import { UNTYPED } from "../names/identity.ts";
import type { Mention, ReadAnswer, WordSpan } from "../query/question.ts";
import { spanKey } from "../words.ts";

/** What mner or med found, each (type, span) once, in text order; multiple-choice answers about the same included. */
export function mentionsOf(answers: readonly ReadAnswer[], task: "mner" | "med"): Mention[] {
	const spans = answers.flatMap((answer) =>
		answer.kind === "span" && answer.query.task === task
			? answer.records.flatMap(({ type, span, score }) => (span ? [{ ...span, type, score }] : []))
			: [],
	);
	const byKey = new Map<string, Mention>();
	for (const mention of [...spans, ...chosenMentions(answers, task === "mner" ? "entity" : "event")]) {
		const key = `${spanKey(mention)} ${mention.type}`;
		if (!byKey.has(key)) byKey.set(key, mention);
	}
	return inTextOrder([...byKey.values()]);
}

/** Spans with the type that their multiple-choice question gave them, in the order of the questions. */
export function chosenMentions(answers: readonly ReadAnswer[], about: "entity" | "event"): Mention[] {
	return answers.flatMap((answer): Mention[] => {
		if (answer.kind !== "choice" || answer.query.about !== about || answer.chosen === null) return [];
		const { name, score } = answer.chosen;
		return [{ ...answer.query.span, type: name, score }];
	});
}

/** Everything that is shown as an entity, in text order, each with the step of a procedure that it stands in. */
export function mentionsIn(
	answers: readonly ReadAnswer[],
	found: readonly Found[],
	steps: ReadonlyArray<WordSpan & { readonly number: number }>,
): TypedMention[] {
	const all = [...mentionsOf(answers, "mner"), ...found.flatMap((one) => one.mentions)];
	return collectMentions(all).map((mention) => {
		const step = steps.find(({ from, to }) => mention.from >= from && mention.to <= to);
		return step ? { ...mention, step: step.number } : mention;
	});
}

/** A mention with a type: its own, that of another mention at its place, or {@link UNTYPED}. */
export type TypedMention = FoundMention & { readonly type: string };

/**
 * One mention for each place and type, in text order. One whose type was not asked is the first one at its place, if
 * there is any.
 */
function collectMentions(found: readonly FoundMention[]): TypedMention[] {
	const typed = new Map<string, TypedMention>();
	const add = (mention: FoundMention, type: string) => {
		const key = `${spanKey(mention)} ${type}`;
		// What another task says of the same mention is added to it.
		typed.set(key, { ...mention, ...typed.get(key), type });
	};
	for (const mention of found) if (mention.type !== null) add(mention, mention.type);
	for (const mention of found) {
		if (mention.type === null)
			add(mention, [...typed.values()].find((other) => spanKey(other) === spanKey(mention))?.type ?? UNTYPED);
	}
	return inTextOrder([...typed.values()]);
}

const inTextOrder = <M extends Mention>(mentions: M[]): M[] => mentions.sort((a, b) => a.from - b.from || a.to - b.to);
