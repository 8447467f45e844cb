/** Asks multiple-choice questions with "none of the above" (MQA), and reads which option was chosen. */
import { type ExtractionContext, plainIds } from "../context.ts";
import { NO_RELATION, type TaskInstructor } from "../defaults.ts";
import { choiceCandidates, choiceGrammar } from "../grammar/grammar.ts";
import { readChoice } from "../grammar/read.ts";
import type { Answer } from "../types.ts";
import { buildInput, checkRoom, instructorOf } from "./prompt.ts";
import type { ChoiceQuery, Mention, ReadChoice, WordSpan } from "./question.ts";

export const NONE_OF_THE_ABOVE = "none of the above";

/**
 * One question of a kind. `values` fill its template beside `{options}`.
 * @throws Failure `labels-invalid` when the options leave the text no room
 */
export function choiceQuestion(
	context: ExtractionContext,
	about: ChoiceQuery["about"],
	options: readonly string[],
	values: Readonly<Record<string, string>>,
	subject: { readonly span: WordSpan; readonly other?: Mention; readonly spanMention?: Mention },
): ChoiceQuery {
	const { codec } = context;
	const names = [...options.filter((name) => name !== NO_RELATION), NONE_OF_THE_ABOVE];
	const listed = names
		.map((name, i) => `(${String.fromCharCode(65 + (i % 26))}${i < 26 ? "" : Math.floor(i / 26)}) ${name}`)
		.join(", ");
	const template: TaskInstructor = `mqa_${about}`;
	const instructor = instructorOf(context, template, { ...values, options: listed });
	checkRoom(context, instructor, "options");
	const choices = names.map((name) => ({ name, ids: plainIds(name, codec) }));
	const sequences = choices.map(({ ids }) => ids);
	const { eos } = codec.special;
	return {
		kind: "choice",
		task: "mqa",
		about,
		instructor,
		...buildInput(context, instructor),
		grammar: choiceGrammar(sequences, eos),
		candidateIds: choiceCandidates(sequences, eos),
		choices,
		span: subject.span,
		other: subject.other ?? null,
		spanMention: subject.spanMention ?? null,
	};
}

/** The option that the best output names. */
export function readChoiceAnswer(
	{ codec }: ExtractionContext,
	{ query, hypotheses: [best] }: Answer<ChoiceQuery>,
): Pick<ReadChoice, "chosen" | "unread"> {
	if (best === undefined) return { chosen: null, unread: [] };
	const { name, score, unread } = readChoice(best, query.choices, codec);
	return { chosen: name === null || name === NONE_OF_THE_ABOVE ? null : { name, score }, unread };
}
