/** The table of task definitions. A new task is one file in this folder and one row here, beside its name in `src/core/tasks.ts`. */

import type { RecordTaskName, RequestableTask } from "../../core/tasks.ts";
import type { ExtractionContext } from "../context.ts";
import { readRecords } from "../grammar/read-records.ts";
import type { TaskAnswer } from "../result/mentions.ts";
import { med, mee, mner, mre } from "./classic.ts";
import type { Found, RecordDefinition, TaskDefinition } from "./definition.ts";
import { fmnerg } from "./fmnerg.ts";
import { gmner } from "./gmner.ts";
import { gmper } from "./gmper.ts";
import { jmere } from "./jmere.ts";
import { more } from "./more.ts";
import { re2 } from "./re2.ts";

const RECORD_TASKS: Readonly<Record<RecordTaskName, RecordDefinition>> = {
	gmner,
	fmnerg,
	jmere,
	more,
	gmper,
	re2,
};

/** Every task a person can ask for, in the order they are asked. */
export const DEFINITIONS: Readonly<Record<RequestableTask, TaskDefinition>> = { mner, mre, med, mee, ...RECORD_TASKS };

/** What the best hypothesis of a record task says; nothing for the others. */
export function foundIn(context: ExtractionContext, { query, hypotheses }: TaskAnswer): Found[] {
	const best = hypotheses[0];
	if (!("spec" in query) || query.task === "mqa" || best === undefined) return [];
	const task = RECORD_TASKS[query.task];
	return readRecords(best, query.spec, context.codec).records.map((record) => task.read(context, query, record));
}
