/** Says which map belongs to the records of an evaluated task. */
import type { CalibratedKind } from "../../../src/core/calibration.ts";
import type { Layer } from "../item.ts";
import type { EvaluatedTask } from "../predict/contract.ts";
import { EVALUATED_TASKS } from "../tasks/tasks.ts";

/** The records that a metric's layer is about; layers of one system's own records have no map. */
const KINDS: Partial<Record<Layer, CalibratedKind>> = {
	entities: "entities",
	relation: "relations",
	relations: "relations",
	events: "events",
	arguments: "arguments",
};

/** Kind of the records that a task's first metric counts; undefined: of none that has a map. */
export const kindOf = (task: EvaluatedTask): CalibratedKind | undefined =>
	KINDS[EVALUATED_TASKS[task].metrics[0]!.layer];
