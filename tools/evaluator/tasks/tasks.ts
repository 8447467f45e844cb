/** The table of evaluated tasks. A new task is one file in this folder and one row here. */
import type { EvaluatedTask } from "../predict/contract.ts";
import type { EvaluatedDefinition } from "./definition.ts";
import { gmner, mner } from "./entities.ts";
import { meae, med, mee } from "./events.ts";
import { fmnerg } from "./fmnerg.ts";
import { gmper } from "./gmper.ts";
import { jmere } from "./jmere.ts";
import { more } from "./more.ts";
import { mre } from "./mre.ts";
import { re2 } from "./re2.ts";

const DEFINITIONS = { mner, mre, med, meae, mee, gmner, fmnerg, jmere, more, gmper, re2 } as const satisfies Record<
	EvaluatedTask,
	EvaluatedDefinition
>;

export const EVALUATED_TASKS: Readonly<Record<EvaluatedTask, EvaluatedDefinition>> = DEFINITIONS;
/** Their names, in the order in which the help lists them. */
export const EVALUATED = Object.keys(DEFINITIONS) as readonly EvaluatedTask[];

/** What a line of a task's data holds. */
export type RecordOf<T extends EvaluatedTask> =
	(typeof DEFINITIONS)[T] extends EvaluatedDefinition<infer R> ? R : never;
