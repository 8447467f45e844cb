/** Proposes the regions that another thread gave, clipped to the picture. */

import type { GivenRegion } from "../../../src/client/protocol.ts";
import { Failure } from "../../../src/core/failure.ts";
import { pixelBox, toFractions, unitBox } from "../../../src/core/geometry.ts";
import { MAX_GIVEN_REGIONS, MAX_OBJECTS, MAX_REGION_LABEL } from "../../../src/core/limits.ts";
import type { ProposedRegion, RegionProposer } from "../types.ts";

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const wrong = (what: string): Failure => new Failure("usage", `The post's regions: ${what}`);

function readRegion(value: unknown, index: number): GivenRegion {
	const { box, score, label } = (value ?? {}) as Readonly<Record<string, unknown>>;
	const name = `region ${index + 1}`;
	if (!Array.isArray(box) || box.length !== 4 || !box.every(isNumber))
		throw wrong(`${name}: expected a box of four numbers, [x1, y1, x2, y2].`);
	const [x1, y1, x2, y2] = box as [number, number, number, number];
	if (x1 >= x2 || y1 >= y2) throw wrong(`${name}: expected x1 < x2 and y1 < y2, found ${box.join(", ")}.`);
	if (!isNumber(score)) throw wrong(`${name}: expected a number as its score.`);
	if (label === undefined || label === null) return { box: [x1, y1, x2, y2], score };
	if (typeof label !== "string" || label.length > MAX_REGION_LABEL)
		throw wrong(`${name}: expected a label of at most ${MAX_REGION_LABEL} characters.`);
	return { box: [x1, y1, x2, y2], score, ...(label.trim() !== "" && { label: label.trim() }) };
}

/**
 * The best 36 of what was given, best first; null where nothing was given. An empty list means that the picture has no
 * regions.
 * @throws Failure `usage` naming the region that is wrong
 */
export function readRegions(given: unknown): readonly GivenRegion[] | null {
	if (given === undefined || given === null) return null;
	if (!Array.isArray(given)) throw wrong("expected a list of {box, score, label}.");
	if (given.length > MAX_GIVEN_REGIONS) throw wrong(`expected at most ${MAX_GIVEN_REGIONS}, found ${given.length}.`);
	return Array.from(given, readRegion)
		.sort((a, b) => b.score - a.score)
		.slice(0, MAX_OBJECTS);
}

/** Its name holds the regions: what was seen with other ones is something else. */
export function givenProposer(regions: readonly GivenRegion[]): RegionProposer {
	return {
		name: `given ${JSON.stringify(regions)}`,
		async propose({ original, ...decoded }, limit) {
			const size = original ?? decoded;
			return regions.slice(0, limit).map(({ box: [x1, y1, x2, y2], score, label }): ProposedRegion => {
				// A detector may say a little more than the picture; not something beside it.
				if (x1 >= size.width || y1 >= size.height || x2 <= 0 || y2 <= 0)
					throw wrong(
						`the box ${[x1, y1, x2, y2].join(", ")} lies outside the picture of ${size.width} × ${size.height} pixels.`,
					);
				const [left, top, right, bottom] = toFractions(pixelBox(x1, y1, x2, y2), size);
				const box = unitBox(Math.max(0, left), Math.max(0, top), Math.min(1, right), Math.min(1, bottom));
				return { box, score, ...(label !== undefined && { kind: label }) };
			});
		},
	};
}
