/**
 * Names the rows of the cost curves and of the memory traffic, and the case that has a target; the measurement and the
 * chart share them.
 */

/** What changes: its unit in a case's name, and its values. */
export const AXES = {
	length: { unit: "tokens of text", values: [16, 32, 64, 128, 256, 512] },
	beams: { unit: "beams", values: [1, 2, 4, 8, 16] },
	regions: { unit: "regions", values: [0, 1, 2, 4, 9, 18, 36] },
	posts: { unit: "posts at once", values: [1, 2, 4, 8, 16, 32, 64] },
} as const satisfies Record<string, { readonly unit: string; readonly values: readonly number[] }>;
export type Axis = keyof typeof AXES;

export const costCase = (axis: Axis, value: number, what: "ms per post" | "ms per step") =>
	`cost by ${AXES[axis].unit}, ${value}: ${what}`;

/** One run of the trained region proposer. */
export const PROPOSER_GRAPH = "regions: the graph of the trained proposer";

/** Steps whose memory traffic is measured. */
export const TRAFFIC_STEPS = ["full, 1 beam", "full, 4 beams", "extractive, 1 beam", "extractive, 4 beams"] as const;
export const SHARE = "share bound by memory traffic";
/** @param bundle undefined: the bundle of the run */
export const stepCase = (bundle: string | undefined, step: string, what: string) =>
	`${bundle === undefined ? "" : `${bundle}: `}step alone, ${step}: ${what}`;
