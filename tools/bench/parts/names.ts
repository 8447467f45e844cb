/** Goes in: nothing. Comes out: what cost is measured against, and how its rows are called: shared by the measurement and the chart. */

/** What changes: its unit in a case's name, and its values. */
export const AXES = {
	length: { unit: "tokens of text", values: [16, 32, 64, 128, 256, 512] },
	beams: { unit: "beams", values: [1, 2, 4, 8, 16] },
	regions: { unit: "regions", values: [0, 1, 2, 4, 9, 18, 36] },
	posts: { unit: "posts at once", values: [1, 2, 4, 8, 16, 32, 64] },
} as const satisfies Record<string, { readonly unit: string; readonly values: readonly number[] }>;
export type Axis = keyof typeof AXES;

export const costCase = (axis: Axis, value: number, what: "ms per post" | "ms per step") => `cost by ${AXES[axis].unit}, ${value}: ${what}`;
