/**
 * The shape of a task's definition: which questions it asks and when, and what an answer means in words of the text.
 */

import type { RecordTaskName, RequestableTask, TaskName } from "../../core/tasks.ts";
import type { ExtractionContext } from "../context.ts";
import type { ReadRecord } from "../grammar/read-records.ts";
import { fill } from "../query/prompt.ts";
import type { Query, ReadAnswer, RecordQuery } from "../query/question.ts";
import type { LabelListName } from "../request.ts";

/** A mention that an answer names, in words of the context. */
export interface FoundMention {
	readonly from: number;
	readonly to: number;
	/** null: the task does not say what it is. */
	readonly type: string | null;
	readonly score: number;
	readonly coarse?: string;
	/** Object it is seen in (0 is O1), null: in none; absent: that was not asked. */
	readonly object?: number | null;
	readonly step?: number;
}

/** One end of a relation: a mention, or an object of the picture (0 is O1). */
export type FoundEnd = { readonly mention: FoundMention } | { readonly object: number };

interface FoundRelation {
	readonly type: string;
	readonly score: number;
	readonly head: FoundEnd;
	readonly tail: FoundEnd;
}

export interface Found {
	readonly mentions: readonly FoundMention[];
	readonly relations: readonly FoundRelation[];
}

/** Asks what can be asked given the answers so far; nothing asks twice. */
export type Wave = (context: ExtractionContext, answers: readonly ReadAnswer[]) => Query[];

/** A task as a person asks for it. */
export interface TaskDefinition {
	readonly name: RequestableTask;
	/** "Grounded entities". */
	readonly title: string;
	/** One sentence that says what it finds. */
	readonly hint: string;
	/** Generations it is made of. */
	readonly asks: readonly TaskName[];
	/** Label lists of a request that the task reads. */
	readonly lists: readonly LabelListName[];
	readonly waves: readonly Wave[];
	/** Queries of its first wave depend on the objects of the picture (`objects` of the context); absent: they do not. */
	readonly namesObjects?: true;
	/**
	 * What a prefilter must see in the text for the task to be asked: where one is in force, the task waits a wave for
	 * it.
	 */
	readonly prefilteredBy?: "eventful";
	/** The nearest that most models know: asked instead of a model that was not trained for this task. */
	readonly substitute?: TaskDefinition;
	/** What a person should know about what was not asked. */
	readonly notes?: (context: ExtractionContext, answers: readonly ReadAnswer[]) => string[];
}

/** A task that generates records of one kind: a file for each, and a row in `definitions.ts`. */
export interface RecordDefinition extends TaskDefinition {
	readonly name: RecordTaskName;
	/** Its prompt, worded as the paper's Table 1; `{name}` stands for a value. A manifest may bring its own wording. */
	readonly prompt: string;
	/** What a record says. */
	readonly read: (context: ExtractionContext, query: RecordQuery, record: ReadRecord) => Found;
}

/** The prompt of a record task with its values: in the manifest's wording, else in the definition's. */
export function promptOf(
	{ instructors: { tasks = {} } }: ExtractionContext,
	{ name, prompt }: Pick<RecordDefinition, "name" | "prompt">,
	values: Readonly<Record<string, string>>,
): string {
	return fill(Object.hasOwn(tasks, name) ? tasks[name]! : prompt, values);
}
