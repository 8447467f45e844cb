/** Reads an answer once, right after the search: what every later step takes. The model's output is never trusted. */
import type { RawOutput } from "../../core/result.ts";
import type { ExtractionContext } from "../context.ts";
import type { Answer } from "../types.ts";
import { readChoiceAnswer } from "./choice.ts";
import { readRelationAnswer } from "./pair-shares.ts";
import type { QueryKind, QueryOf, ReadAnswer, ReadAnswerOf } from "./question.ts";
import { readRecordAnswer } from "./record.ts";
import { readSpanAnswer } from "./span.ts";

/**
 * What only a kind of query knows how to read of its answer. `votes`: of a pair classifier beside the decoder, in
 * words.
 */
type Reading<Kind extends QueryKind> = Pick<
	ReadAnswerOf<Kind>,
	Exclude<keyof ReadAnswerOf<Kind>, "kind" | "query" | "raw" | "cut" | "gate" | "attention" | "states" | "signs">
> & { readonly votes?: RawOutput["votes"] | null };

type Reader<Kind extends QueryKind> = (context: ExtractionContext, answer: Answer<QueryOf<Kind>>) => Reading<Kind>;

const READERS: { readonly [Kind in QueryKind]: Reader<Kind> } = {
	span: readSpanAnswer,
	relation: readRelationAnswer,
	record: readRecordAnswer,
	choice: readChoiceAnswer,
};

/** Reads the best output of an answer. Never throws at what the model says: what could not be read is in `unread`. */
export function readAnswer<Kind extends QueryKind>(
	context: ExtractionContext,
	answer: Answer<QueryOf<Kind>>,
): ReadAnswerOf<Kind> {
	const { query, hypotheses, gate, attention, states } = answer;
	const kind = query.kind as Kind;
	const read: Reader<Kind> = READERS[kind];
	const { votes, ...reading } = read(context, answer);
	const { codec } = context;
	const [best, ...alternatives] = hypotheses.map(({ ids, score }) => ({
		output: codec.decode(ids.filter((id) => id !== codec.special.eos)),
		// The search scored it by its sum; a result shows a mean like everywhere else.
		score: query.search?.lengthPenalty === 0 ? score / Math.max(1, ids.length) : score,
	}));
	const { task, instructor } = query;
	const shown = { task, instructor, ...(best ?? { output: "", score: 0 }), alternatives, gate };
	const all = {
		kind,
		query,
		gate,
		...(attention !== undefined && { attention }),
		...(states && { states }),
		raw: best || votes ? { ...shown, ...(votes && { votes }) } : null,
		cut: isCut(context, answer),
		...reading,
	};
	// The table pairs each kind with its reader, which the compiler cannot follow through a spread.
	return all as unknown as ReadAnswerOf<Kind>;
}

/**
 * Share of the limit from which on an answer of several records counts as cut: a grammar begins no record that could
 * not be finished, so an answer that wanted another one ends before the limit.
 */
const MIN_CUT_SHARE = 0.875;

function isCut(
	{ codec, request: { maxNewTokens } }: ExtractionContext,
	{ query: { kind }, hypotheses: [best] }: Answer<QueryOf<QueryKind>>,
): boolean {
	if (best === undefined) return false;
	const hasRecords = kind === "span" || kind === "record";
	return !best.ids.includes(codec.special.eos) || (hasRecords && best.ids.length > MIN_CUT_SHARE * maxNewTokens);
}

/** {@link readAnswer} for answers of any kinds. */
export const readAnswers = (context: ExtractionContext, answers: readonly Answer<QueryOf<QueryKind>>[]): ReadAnswer[] =>
	answers.map((answer) => readAnswer(context, answer));
