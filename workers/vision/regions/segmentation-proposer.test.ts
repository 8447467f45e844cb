/** Checks that what is drawn by formula is found, twice the same, and that no picture breaks the search. */

import { describe, expect, test } from "vitest";
import type { UnitBox } from "../../../src/core/geometry.ts";
import { MAX_OBJECTS } from "../../../src/core/limits.ts";
import type { RgbImage } from "../types.ts";
import { createSegmentationProposer } from "./segmentation-proposer.ts";

type Colour = readonly [r: number, g: number, b: number];
type Painter = (x: number, y: number) => Colour | null;

const { propose } = createSegmentationProposer();
const GREY: Colour = [150, 150, 150];

/** The first painter that has a colour for a pixel wins. */
function paint(width: number, height: number, ...painters: readonly Painter[]): RgbImage {
	const data = new Uint8Array(width * height * 3);
	for (let y = 0, at = 0; y < height; y++)
		for (let x = 0; x < width; x++, at += 3) {
			const colour = painters.reduce<Colour | null>((found, painter) => found ?? painter(x, y), null);
			data.set(colour ?? GREY, at);
		}
	return { width, height, data };
}

function rectangle(x1: number, y1: number, x2: number, y2: number, colour: Colour): Painter {
	return (x, y) => (x >= x1 && x < x2 && y >= y1 && y < y2 ? colour : null);
}

function disc(cx: number, cy: number, radius: number, colour: Colour): Painter {
	return (x, y) => ((x + 0.5 - cx) ** 2 + (y + 0.5 - cy) ** 2 < radius ** 2 ? colour : null);
}

/**
 * The painter's colours, each channel moved by up to `strength` either way; a linear congruential generator, so the
 * same noise every time.
 */
function noisy(image: RgbImage, strength: number): RgbImage {
	let state = 12_345;
	const data = image.data.map((value) => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return Math.max(0, Math.min(255, value + Math.round(((state >>> 8) / 2 ** 24 - 0.5) * 2 * strength)));
	});
	return { ...image, data };
}

function iou(a: UnitBox, b: readonly number[]): number {
	const width = Math.min(a[2], b[2]!) - Math.max(a[0], b[0]!);
	const height = Math.min(a[3], b[3]!) - Math.max(a[1], b[1]!);
	if (width <= 0 || height <= 0) return 0;
	return (width * height) / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2]! - b[0]!) * (b[3]! - b[1]!) - width * height);
}

const SCENE = paint(
	400,
	300,
	rectangle(40, 40, 140, 120, [200, 30, 30]),
	rectangle(250, 60, 290, 200, [30, 60, 180]),
	disc(100, 220, 45, [240, 220, 60]),
	disc(340, 240, 25, [20, 120, 40]),
);
const OBJECTS = {
	"the red rectangle": [40 / 400, 40 / 300, 140 / 400, 120 / 300],
	"the blue post": [250 / 400, 60 / 300, 290 / 400, 200 / 300],
	"the yellow disc": [55 / 400, 175 / 300, 145 / 400, 265 / 300],
	"the green disc": [315 / 400, 215 / 300, 365 / 400, 265 / 300],
};
const BACKGROUNDS = { plain: SCENE, noisy: noisy(SCENE, 40) };

describe("what is drawn is found", () => {
	test.each(
		Object.keys(BACKGROUNDS) as Array<keyof typeof BACKGROUNDS>,
	)("every object on %s ground has a box with IoU ≥ 0.7", async (ground) => {
		const regions = await propose(BACKGROUNDS[ground], MAX_OBJECTS);
		for (const [name, box] of Object.entries(OBJECTS))
			expect(Math.max(...regions.map((region) => iou(region.box, box))), name).toBeGreaterThan(0.7);
	});

	test("one object on plain ground comes first", async () => {
		const regions = await propose(paint(300, 200, disc(200, 100, 40, [250, 80, 10])), MAX_OBJECTS);
		expect(iou(regions[0]!.box, [160 / 300, 60 / 200, 240 / 300, 140 / 200])).toBeGreaterThan(0.7);
	});

	test("an object of two colours has a box of its own beside its parts", async () => {
		const flag = paint(
			256,
			256,
			rectangle(80, 90, 160, 120, [210, 40, 40]),
			rectangle(80, 120, 160, 150, [40, 40, 210]),
		);
		const regions = await propose(flag, MAX_OBJECTS);
		expect(
			Math.max(...regions.map((region) => iou(region.box, [80 / 256, 90 / 256, 160 / 256, 150 / 256]))),
		).toBeGreaterThan(0.7);
	});
});

describe("what it returns", () => {
	test("the same picture gives the same boxes and scores", async () => {
		expect(await propose(BACKGROUNDS.noisy, MAX_OBJECTS)).toEqual(await propose(BACKGROUNDS.noisy, MAX_OBJECTS));
	});

	test("best first, within the picture, with an area, far enough apart", async () => {
		const regions = await propose(BACKGROUNDS.noisy, MAX_OBJECTS);
		regions.forEach(({ box, score }, i) => {
			expect(score).toBeLessThanOrEqual(regions[i - 1]?.score ?? Number.POSITIVE_INFINITY);
			expect(Math.min(...box)).toBeGreaterThanOrEqual(0);
			expect(Math.max(...box)).toBeLessThanOrEqual(1);
			expect((box[2] - box[0]) * (box[3] - box[1])).toBeGreaterThan(0);
			for (const other of regions.slice(0, i)) expect(iou(other.box, box)).toBeLessThanOrEqual(0.6);
		});
	});

	const NOISE = noisy(paint(256, 256), 255);

	test.each([
		[0, 0],
		[3, 3],
		[1000, MAX_OBJECTS],
	])("asked for %i boxes of pure noise it gives at most %i", async (limit, most) => {
		expect((await propose(NOISE, limit)).length).toBeLessThanOrEqual(most);
	});

	test("asked for fewer it gives the first of the many", async () => {
		expect(await propose(NOISE, 3)).toEqual((await propose(NOISE, MAX_OBJECTS)).slice(0, 3));
	});
});

describe("odd pictures", () => {
	test.each([
		[1, 1],
		[1, 500],
		[500, 1],
		[2, 2],
		[3, 900],
		[300, 200],
	])("a uniform picture of %i × %i has no regions", async (width, height) => {
		expect(await propose(paint(width, height), MAX_OBJECTS)).toEqual([]);
	});

	test("a line of noise has none either", async () => {
		expect(await propose(noisy(paint(1, 300), 255), MAX_OBJECTS)).toEqual([]);
	});

	test("an aborted signal ends it with its reason", async () => {
		const reason = new Error("stop");
		await expect(propose(SCENE, MAX_OBJECTS, AbortSignal.abort(reason))).rejects.toBe(reason);
	});

	test("a signal aborted while it runs is heard", async () => {
		const controller = new AbortController();
		const running = propose(SCENE, MAX_OBJECTS, controller.signal);
		controller.abort(new Error("changed my mind"));
		await expect(running).rejects.toThrow("changed my mind");
	});
});
