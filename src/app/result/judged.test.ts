/** Tests that moved thresholds count for results of the chosen model only. */
import { expect, test } from "vitest";
import type { Manifest } from "../../bundle/manifest.ts";
import type { ExtractionResult } from "../../core/result.ts";
import { judged } from "./judged.ts";

const MAP = { scores: [0, 1], probabilities: [0, 1], threshold: 0.6, precision: 0.8, recall: 0.7, records: 100 };
const manifest = { name: "tiny", calibration: { entities: MAP } } as unknown as Manifest;
const entity = { id: "e1", type: "person", text: "Ada", start: 0, end: 3, score: 0.5, sure: false, regions: [] };
const result = {
	scores: "calibrated",
	model: "tiny",
	entities: [entity],
	relations: [],
	events: [],
} as unknown as ExtractionResult;
const sure = (of: ExtractionResult) => of.entities.map((one) => one.sure);

test("a moved threshold decides what is sure", () => {
	expect(sure(judged({ manifest, thresholds: { entities: 0.5 } }, result))).toEqual([true]);
	expect(sure(judged({ manifest, thresholds: { entities: 0.51 } }, result))).toEqual([false]);
});

test("nothing moved, or a result of another model, stays as it is", () => {
	expect(judged({ manifest, thresholds: {} }, result)).toBe(result);
	const other = { ...result, model: "other" };
	expect(judged({ manifest, thresholds: { entities: 0 } }, other)).toBe(other);
	expect(judged({ manifest: null, thresholds: { entities: 0 } }, result)).toBe(result);
});
