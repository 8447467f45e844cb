/**
 * The table of task definitions. A new task is one file in this folder and one row here, beside its name in
 * `src/core/tasks.ts`.
 */

import type { RecordTaskName, RequestableTask } from "../../core/tasks.ts";
import type { ExtractionContext } from "../context.ts";
import type { ReadAnswer } from "../query/question.ts";
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

/** What the record tasks' answers say in words of the text. */
export function foundIn(context: ExtractionContext, answers: readonly ReadAnswer[]): Found[] {
	return answers.flatMap((answer) => {
		if (answer.kind !== "record" || answer.query.task === "mqa") return [];
		const task = RECORD_TASKS[answer.query.task];
		return answer.records.map((record) => task.read(context, answer.query, record));
	});
}
