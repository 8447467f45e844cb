/** Measures what thresholds cost: how many records from each on are right, and how many are found. */
import type { ScoreMap } from "../../../src/core/calibration.ts";
import type { Outcome } from "./reliability.ts";

const STEP = 0.05;
/** A share of fewer records would be chance. */
const MIN_RECORDS = 20;

const rounded = (value: number) => Math.round(value * 1e4) / 1e4;

/**
 * Thresholds 0, 0.05, … as far as enough records reach them; undefined where not even the first has enough.
 * @param outcomes held-out records with their probabilities
 * @param gold how many records were to be found
 */
export function costCurve(outcomes: readonly Outcome[], gold: number): ScoreMap["curve"] {
	const grid = Array.from({ length: Math.round(1 / STEP) + 1 }, (_, index) => rounded(index * STEP));
	const points = grid.flatMap((threshold) => {
		const shown = outcomes.filter(({ score }) => score >= threshold);
		const right = shown.filter((one) => one.right).length;
		if (shown.length < MIN_RECORDS) return [];
		return [{ threshold, precision: rounded(right / shown.length), recall: gold === 0 ? 0 : rounded(right / gold) }];
	});
	if (points.length === 0) return undefined;
	return {
		thresholds: points.map(({ threshold }) => threshold),
		precision: points.map(({ precision }) => precision),
		recall: points.map(({ recall }) => recall),
	};
}
