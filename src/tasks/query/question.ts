/**
 * What is asked, kind by kind, and what each kind's answer says once it was read. Types only: every other file of the
 * tasks may import them.
 */
import type { RawOutput } from "../../core/result.ts";
import type { RecordTaskName } from "../../core/tasks.ts";
import type { SpanRecord, SpanVocabulary } from "../grammar/read.ts";
import type { ReadRecord } from "../grammar/read-records.ts";
import type { RecordSpec } from "../grammar/record-spec.ts";
import type { Answer, Generation, TextStates } from "../types.ts";

/** A run of words of a context, `from` … `to - 1`. */
export interface WordSpan {
	readonly from: number;
	readonly to: number;
}

/** A piece of the text that mner or med found. */
export interface Mention extends WordSpan {
	readonly type: string;
	readonly score: number;
}

/** Two mentions that a relation may join. */
export interface MentionPair {
	readonly head: Mention;
	readonly tail: Mention;
}

/** The ends of a pair, in words of a context. */
export interface PairSpans {
	readonly head: WordSpan;
	readonly tail: WordSpan;
}

/** What a query reads: its ids, where the text stands in them, and how many words of it are whole. */
export interface Input extends Pick<Generation, "inputIds" | "text"> {
	/** How many words of the text the model reads with this instructor. */
	readonly wordsRead: number;
}

/** An answer that may be given, and its ids. */
interface Option {
	readonly name: string;
	readonly ids: readonly number[];
}

/** Asks for labels, each with words of the text. */
export interface SpanQuery extends Generation, Input {
	readonly kind: "span";
	readonly task: "mner" | "med" | "meae";
	readonly vocabulary: SpanVocabulary;
	/** The event type an meae query asks about. */
	readonly event: string | null;
	/** The one trigger an meae query asks about; null: every event of the type. */
	readonly trigger: WordSpan | null;
}

/** Asks for the relation of one pair. */
export interface RelationQuery extends Generation, Input {
	readonly kind: "relation";
	readonly task: "mre";
	/** "head, relation, tail" for each relation. */
	readonly choices: readonly Option[];
	/** What mner found that head and tail are; null when they were given as plain strings. */
	readonly pair: MentionPair | null;
	/** The classifier's vote, beside the decoder or in its place; absent: the decoder alone answers. */
	readonly vote?: PairVote;
}

/** What a pair classifier is asked about one pair. */
export interface PairVote {
	/** Weight of its vote beside the decoder's, 0…1. */
	readonly weight: number;
	/**
	 * For each of the query's `ends` the possible relations, each with its place among the classifier's outputs. The
	 * second is the first the other way round.
	 */
	readonly orders: ReadonlyArray<ReadonlyArray<{ readonly name: string; readonly at: number }>>;
}

export type RecordTask = RecordTaskName | "mqa";

/** Asks for records of several fields. */
export interface RecordQuery extends Generation, Input {
	readonly kind: "record";
	readonly task: RecordTask;
	readonly spec: RecordSpec;
	/** Words of the context that the spec's words are: its word 0 is word `range.from`. */
	readonly range: WordSpan;
	/** Number of the step that a gmper query asks about. */
	readonly step: number | null;
	/** What spans an mqa query asks for. */
	readonly spans: "entity" | "event" | null;
}

/** A multiple-choice question. The answer is one of the options, word for word. */
export interface ChoiceQuery extends Generation, Input {
	readonly kind: "choice";
	readonly task: "mqa";
	readonly about: "entity" | "event" | "relation" | "role";
	readonly choices: readonly Option[];
	/** What is asked about; of a relation the head, of a role its filler. */
	readonly span: WordSpan;
	/** The tail of a relation, the event of a role. */
	readonly other: Mention | null;
	readonly spanMention: Mention | null;
}

export type Query = SpanQuery | RelationQuery | RecordQuery | ChoiceQuery;
export type QueryKind = Query["kind"];
export type QueryOf<Kind extends QueryKind> = Extract<Query, { readonly kind: Kind }>;

/** A relation of a pair. `reversed`: from the query's tail to its head. */
export interface PairShare {
	readonly name: string;
	/** 0…1. */
	readonly share: number;
	readonly reversed: boolean;
}

/** A relation that a pair may have, "none" not among them. */
export interface PairOption extends PairShare {
	/** How much more likely it is than that none holds, as a natural logarithm; of several the best stands first. */
	readonly gain: number;
}

/** What the bundle's prefilter says of a post, as probabilities. */
export interface PrefilterSigns {
	/** A sign of a relation, by `pairKey` of the pair. */
	readonly related: ReadonlyMap<string, number>;
	/** A sign of an event. */
	readonly eventful: number;
}

/** What is kept of every answer, whatever its kind. */
interface ReadOf<Kind extends QueryKind> extends Pick<Answer, "gate" | "attention"> {
	readonly kind: Kind;
	readonly query: QueryOf<Kind>;
	/** The output as a person may see it; null: nothing was generated, and there was no vote. */
	readonly raw: RawOutput | null;
	/** Pieces of the best output that could not be read, decoded. */
	readonly unread: readonly string[];
	/** The best output reached the limit of tokens, or came so near that it may have left something out. */
	readonly cut: boolean;
	/** What the text encoder says of the input, while a later step may need it. */
	readonly states?: TextStates;
	/** Only for mner, where a prefilter looked at its states. */
	readonly signs?: PrefilterSigns;
}

export interface ReadSpans extends ReadOf<"span"> {
	readonly records: readonly SpanRecord[];
}

export interface ReadRelation extends ReadOf<"relation"> {
	/** The relation it names, "none" for none; null: it names none of those that were asked. */
	readonly relation: PairShare | null;
	/** Everything it might be instead of none; empty where the answer could not be read. */
	readonly options: readonly PairOption[];
}

export interface ReadRecords extends ReadOf<"record"> {
	readonly records: readonly ReadRecord[];
}

export interface ReadChoice extends ReadOf<"choice"> {
	/** The option it names; null: none of the above, or not readable. */
	readonly chosen: { readonly name: string; readonly score: number } | null;
}

/** An answer after it was read. Nothing parses token ids again. */
export type ReadAnswer = ReadSpans | ReadRelation | ReadRecords | ReadChoice;
export type ReadAnswerOf<Kind extends QueryKind> = Extract<ReadAnswer, { readonly kind: Kind }>;
