/** Says which map belongs to the records of an evaluated task. */
import type { CalibratedKind } from "../../../src/core/calibration.ts";
import type { EvaluatedTask } from "../predict/contract.ts";

/** Only tasks that are evaluated query by query: the others are predicted by whole results, which are calibrated. */
const KINDS: Partial<Record<EvaluatedTask, CalibratedKind>> = {
	mner: "entities",
	mre: "relations",
	med: "events",
	meae: "arguments",
};

/** Undefined: the task's records have no map. */
export const kindOf = (task: EvaluatedTask): CalibratedKind | undefined => KINDS[task];
