/** Judges results by the person's thresholds where they moved them, else by those of the model. */
import type { Calibration } from "../../core/calibration.ts";
import type { ExtractionResult } from "../../core/result.ts";
import { judgeBy, ownThresholds } from "../../core/thresholds.ts";
import type { AppState } from "../state/state.ts";

type Judging = Pick<AppState, "manifest" | "thresholds">;

/** The maps of a result's scores; null where its scores are relative, or its model is not the chosen one. */
export function mapsOf({ manifest }: Pick<Judging, "manifest">, result: ExtractionResult): Calibration | null {
	if (result.scores !== "calibrated" || manifest?.name !== result.model) return null;
	return manifest.calibration ?? null;
}

/** The result as it is shown and exported: nothing is left out, `sure` says what is sure enough. */
export function judged(state: Judging, result: ExtractionResult): ExtractionResult {
	const maps = mapsOf(state, result);
	if (maps === null || Object.keys(state.thresholds).length === 0) return result;
	return judgeBy(result, { ...ownThresholds(maps), ...state.thresholds });
}
