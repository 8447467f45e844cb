/** Reads the output of a detection pipeline, which may be anything, as boxes in pixels of the original picture. */
import type { GivenRegion } from "../../src/client/protocol.ts";
import { type Size, toPixels, unitBox } from "../../src/core/geometry.ts";
import { MAX_GIVEN_REGIONS, MAX_REGION_LABEL } from "../../src/core/limits.ts";

type Bag = Readonly<Record<string, unknown>>;
const bagOf = (value: unknown): Bag => (typeof value === "object" && value !== null ? (value as Bag) : {});
const isShare = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
/** Detectors say a little more than the picture: −0.01 is 0. */
const clip = (share: number): number => Math.min(1, Math.max(0, share));

function readDetection(output: unknown, size: Size): GivenRegion | null {
	const { score, label, box } = bagOf(output);
	const { xmin, ymin, xmax, ymax } = bagOf(box);
	if (!isShare(score) || !isShare(xmin) || !isShare(ymin) || !isShare(xmax) || !isShare(ymax)) return null;
	const [x1, y1, x2, y2] = toPixels(unitBox(clip(xmin), clip(ymin), clip(xmax), clip(ymax)), size);
	if (x1 >= x2 || y1 >= y2) return null;
	const name = typeof label === "string" ? label.trim().slice(0, MAX_REGION_LABEL) : "";
	return { box: [x1, y1, x2, y2], score, ...(name !== "" && { label: name }) };
}

/**
 * Reads the answer of `object-detection` or `zero-shot-object-detection` with `percentage: true`, best first:
 * `[{ score, label, box: { xmin, … } }]`, fractions. Anything but a box is left out: the model's word is never trusted.
 */
export function readDetections(output: unknown, size: Size): GivenRegion[] {
	if (!Array.isArray(output)) return [];
	return output
		.flatMap((one) => readDetection(one, size) ?? [])
		.sort((a, b) => b.score - a.score)
		.slice(0, MAX_GIVEN_REGIONS);
}
