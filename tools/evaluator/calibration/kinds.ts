/** Says which map belongs to the records of an evaluated task. */
import type { CalibratedKind } from "../../../src/core/calibration.ts";
import type { EvaluatedTask } from "../predict/contract.ts";

/** Tasks that are evaluated query by query, and gmner, whose regions are those of whole results. */
const KINDS: Partial<Record<EvaluatedTask, CalibratedKind>> = {
	mner: "entities",
	mre: "relations",
	med: "events",
	meae: "arguments",
	gmner: "regions",
};

/** Undefined: the task's records have no map. */
export const kindOf = (task: EvaluatedTask): CalibratedKind | undefined => KINDS[task];
