/** Checks that a trained proposer is used first, that little is filled up, and that kinds reach the result. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ProposerConfig } from "../../../src/bundle/manifest.ts";
import { unwrap } from "../../../src/core/failure.ts";
import { unitBox } from "../../../src/core/geometry.ts";
import { writeRandomCheckpoint } from "../../../tools/exporter/checkpoint/random-checkpoint.ts";
import { writeRandomProposer } from "../../../tools/exporter/checkpoint/random-proposer.ts";
import { exportBundle } from "../../../tools/exporter/export/export-bundle.ts";
import { openObserved, temporaryFolder } from "../../../tools/node/testing/nano.ts";
import { discPng } from "../../../tools/node/testing/png.ts";
import type { ProposedRegion, RgbImage } from "../types.ts";
import { createLearnedProposer, fillUp, MIN_FOUND, squarePixels } from "./learned-proposer.ts";
import type { ProposerOutputs } from "./peaks.ts";

const CONFIG: ProposerConfig = {
	image_size: 64,
	image_mean: [0.5, 0.5, 0.5],
	image_std: [0.5, 0.25, 1],
	stride: 4,
	kinds: ["person"],
	threshold: 0.3,
};
const region = (x1: number, y1: number, x2: number, y2: number, score: number): ProposedRegion => ({
	box: unitBox(x1, y1, x2, y2),
	score,
});
const grey = (width: number, height: number, level = 255): RgbImage => ({
	width,
	height,
	data: new Uint8Array(width * height * 3).fill(level),
});

/** `count` people in a row, 8 pixels wide and 8 apart. */
function people(count: number): ProposerOutputs {
	const scores = new Float32Array(256);
	for (let person = 0; person < count; person++)
		scores[16 * (4 * Math.floor(person / 4)) + 4 * (person % 4)] = 0.9 - person / 100;
	return { scores, boxes: new Float32Array(4 * 256).fill(4) };
}

/** A proposer whose graph sees `count` people, and what it was asked. */
function learned(count: number, others: readonly ProposedRegion[] = []) {
	const seen: { pixels: Float32Array[]; fallback: RgbImage[] } = { pixels: [], fallback: [] };
	const proposer = createLearnedProposer({
		config: CONFIG,
		async run(pixels) {
			seen.pixels.push(pixels);
			return people(count);
		},
		fallback: {
			name: "other",
			async propose(image) {
				seen.fallback.push(image);
				return others;
			},
		},
	});
	return { proposer, seen };
}

describe("a picture in a square", () => {
	test("stands at the top left, normalised by channel, beside zeros", () => {
		const pixels = squarePixels(
			{ width: 2, height: 1, data: Uint8Array.of(255, 255, 255, 0, 0, 0) },
			{ ...CONFIG, image_size: 32 },
		);
		const channel = (c: number) => [...pixels.slice(c * 1024, c * 1024 + 3)];
		expect([channel(0), channel(1), channel(2)]).toEqual([
			[1, -1, 0],
			[2, -2, 0],
			[0.5, -0.5, 0],
		]);
		expect(pixels.slice(32, 1024).every((value) => value === 0)).toBe(true);
	});
});

describe("what is found", () => {
	test("enough people: the other proposer is not asked", async () => {
		const { proposer, seen } = learned(MIN_FOUND);
		const found = await proposer.propose(grey(64, 64), 36);
		expect(found.map(({ kind }) => kind)).toEqual(new Array(MIN_FOUND).fill("person"));
		expect(seen.fallback).toEqual([]);
	});

	test("few people: what the other one finds elsewhere follows, with lower scores", async () => {
		const { proposer, seen } = learned(1, [
			region(0, 0, 0.1, 0.1, 8),
			region(0.5, 0.5, 1, 1, 4),
			region(0.5, 0, 1, 0.5, 2),
		]);
		const found = await proposer.propose(grey(200, 100), 36);
		// The person's cell is the first one: 6 of 64 pixels, of which the picture has 64 × 32.
		expect(found[0]).toMatchObject({ kind: "person", box: [0, 0, 6 / 64, 6 / 32] });
		expect(found.slice(1)).toEqual([
			region(0, 0, 0.1, 0.1, 0.3),
			region(0.5, 0.5, 1, 1, 0.15),
			region(0.5, 0, 1, 0.5, 0.075),
		]);
		expect([seen.fallback[0]!.width, seen.fallback[0]!.height]).toEqual([64, 32]);
	});

	test("the limit counts both", async () => {
		const others = Array.from({ length: 10 }, (_, at) => region(at / 10, 0.8, at / 10 + 0.05, 1, 10 - at));
		expect(await learned(2, others).proposer.propose(grey(64, 64), 5)).toHaveLength(5);
		expect(await learned(8, others).proposer.propose(grey(64, 64), 3)).toHaveLength(3);
	});

	test("what was found already is not added again; scores of zero stay zero", () => {
		const found = [region(0, 0, 0.5, 0.5, 0.9)];
		expect(fillUp(found, [region(0, 0, 0.5, 0.45, 3), region(0.5, 0.5, 1, 1, 0)], 0.3, 36)).toEqual([
			...found,
			region(0.5, 0.5, 1, 1, 0),
		]);
	});

	test("a cancel is heard before the graph runs", async () => {
		const { proposer, seen } = learned(1);
		await expect(proposer.propose(grey(64, 64), 36, AbortSignal.abort())).rejects.toThrow();
		expect(seen.pixels).toEqual([]);
	});
});

describe("a bundle with a proposer", () => {
	const folder = temporaryFolder();
	beforeAll(() => {
		writeRandomCheckpoint(join(folder.path, "tiny"));
		// Found beside the checkpoint, without being named.
		writeRandomProposer(join(folder.path, "tiny/proposer.safetensors"));
		exportBundle(join(folder.path, "tiny"), join(folder.path, "bundle"), { dtype: "int8" });
	});
	afterAll(() => folder.remove());

	test("its regions have kinds, twice the same; given regions and posts without a picture do not ask it", async () => {
		const { engine, count } = await openObserved(join(folder.path, "bundle"));
		const ask = async (
			image: Uint8Array | null,
			regions?: [{ box: [number, number, number, number]; score: number }],
		) =>
			unwrap(
				await engine.extract(
					1,
					{ text: "abc", image, ...(regions && { regions }) },
					{ tasks: ["mner"], beams: 1, maxNewTokens: 2 },
					() => {},
				),
			);
		await ask(null);
		await ask(discPng(40), [{ box: [0, 0, 10, 10], score: 1 }]);
		expect(count("region_proposer")).toBe(0);
		const first = await ask(discPng(90));
		expect(count("region_proposer")).toBe(1);
		const labels = first.regions.map(({ label }) => label);
		expect(labels[0]).toMatch(/^(person|logo)$/);
		expect(first.timings).not.toHaveProperty("region_proposer");
		await ask(discPng(40));
		expect(count("region_proposer")).toBe(2);
		await engine.close();
		const again = await openObserved(join(folder.path, "bundle"));
		expect(
			unwrap(
				await again.engine.extract(
					1,
					{ text: "abc", image: discPng(90) },
					{ tasks: ["mner"], beams: 1, maxNewTokens: 2 },
					() => {},
				),
			).regions,
		).toEqual(first.regions);
		await again.engine.close();
	});
});
