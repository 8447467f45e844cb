/**
 * Shows with pipelines written by hand that boxes arrive in pixels, that one detector is loaded at a time, and that
 * failures are named.
 */
import { describe, expect, test } from "vitest";
import type { DetectRequest } from "../../src/client/detector-protocol.ts";
import type { Progress } from "../../src/client/protocol.ts";
import { Failure, settle } from "../../src/core/failure.ts";
import { MAX_GIVEN_REGIONS } from "../../src/core/limits.ts";
import { createDetect, type DetectPlatform } from "./detect.ts";
import { readDetections } from "./detections.ts";
import { byteCounter } from "./hub-pipeline.ts";

const SIZE = { width: 200, height: 100 };
const detection = (
	xmin: unknown,
	ymin: unknown,
	xmax: unknown,
	ymax: unknown,
	score: unknown = 0.5,
	label: unknown = "car",
) => ({
	score,
	label,
	box: { xmin, ymin, xmax, ymax },
});

describe("reading detections", () => {
	test("fractions become pixels, best first, clipped to the picture", () => {
		expect(
			readDetections([detection(0.1, 0.2, 0.5, 0.4, 0.3), detection(-0.1, 0.5, 1.2, 1, 0.9, " dog ")], SIZE),
		).toEqual([
			{ box: [0, 50, 200, 100], score: 0.9, label: "dog" },
			{ box: [20, 20, 100, 40], score: 0.3, label: "car" },
		]);
	});

	test.each([
		["no list", { boxes: [] }],
		["null", [null]],
		["a text for a number", [detection("0", 0, 1, 1)]],
		["NaN", [detection(0, 0, Number.NaN, 1)]],
		["a score that is not finite", [detection(0, 0, 1, 1, Number.POSITIVE_INFINITY)]],
		["a box without area", [detection(0.5, 0, 0.5, 1)]],
		["a box beside the picture", [detection(1.1, 0, 1.5, 1)]],
	])("%s gives no box", (_, answer) => {
		expect(readDetections(answer, SIZE)).toEqual([]);
	});

	test("labels are at most 200 characters, boxes at most 1,000", () => {
		const many = readDetections(
			Array.from({ length: 1200 }, () => detection(0, 0, 1, 1, 0.5, "x".repeat(300))),
			SIZE,
		);
		expect([many.length, many[0]?.label?.length]).toEqual([MAX_GIVEN_REGIONS, 200]);
	});
});

const ask = (model: string, more: Partial<DetectRequest> = {}): DetectRequest => ({
	model,
	kind: "objects",
	image: new Uint8Array(1),
	labels: [],
	threshold: 0.3,
	...more,
});

function fake(changes: Partial<DetectPlatform> = {}) {
	const log: string[] = [];
	const platform: DetectPlatform = {
		decode: async () => ({ width: 20, height: 10, data: new Uint8Array(600), original: SIZE }),
		async load({ model, kind }) {
			log.push(`load ${model} ${kind}`);
			return {
				async detect(_, labels, threshold) {
					log.push(`detect ${labels.join("+")} ${threshold}`);
					return [detection(0, 0, 0.5, 0.5)];
				},
				async dispose() {
					log.push(`dispose ${model}`);
				},
			};
		},
		isOffline: () => false,
		...changes,
	};
	return { detect: createDetect(platform), log };
}

describe("detecting", () => {
	test("boxes are in pixels of the original, where decoding scaled it down", async () => {
		const progress: Progress[] = [];
		const boxes = await fake().detect(ask("a"), (one) => progress.push(one));
		expect(boxes).toEqual([{ box: [0, 0, 100, 50], score: 0.5, label: "car" }]);
		expect(progress.map(({ stage }) => stage)).toEqual(["image", "regions"]);
	});

	test("a detector is loaded once, and let go when another one is asked for", async () => {
		const { detect, log } = fake();
		await Promise.all([
			detect(ask("a"), () => {}),
			detect(ask("a"), () => {}),
			detect(ask("b", { kind: "asked", labels: ["x", "y"] }), () => {}),
		]);
		expect(log).toEqual([
			"load a objects",
			"detect  0.3",
			"detect  0.3",
			"dispose a",
			"load b asked",
			"detect x+y 0.3",
		]);
	});

	test("nothing to look for loads nothing", async () => {
		const { detect, log } = fake();
		expect(await detect(ask("b", { kind: "asked" }), () => {})).toEqual([]);
		expect(log).toEqual([]);
	});

	test.each([
		[true, "offline"],
		[false, "fetch-failed"],
	])("a detector that cannot be fetched says so (offline: %s), and the next try loads again", async (offline, code) => {
		let tries = 0;
		const load = async () => {
			tries++;
			throw new TypeError("Failed to fetch");
		};
		const { detect } = fake({ load, isOffline: () => offline });
		const outcome = await settle(() => detect(ask("Xenova/yolos-tiny"), () => {}));
		expect(outcome).toMatchObject({
			failure: { code, what: "The detector Xenova/yolos-tiny could not be fetched (Failed to fetch)." },
		});
		await settle(() => detect(ask("Xenova/yolos-tiny"), () => {}));
		expect(tries).toBe(2);
	});

	test("a picture that cannot be read downloads nothing, and the next picture is read", async () => {
		let broken = true;
		const { detect, log } = fake({
			async decode() {
				if (broken) throw new Failure("image-unreadable", "No picture.");
				return { ...SIZE, data: new Uint8Array(0) };
			},
		});
		expect(await settle(() => detect(ask("a"), () => {}))).toMatchObject({ failure: { code: "image-unreadable" } });
		expect(log).toEqual([]);
		broken = false;
		expect(await detect(ask("a"), () => {})).toHaveLength(1);
	});
});

test("bytes of all files of a download are summed", () => {
	const reported: Progress[] = [];
	const count = byteCounter("a", (progress) => reported.push(progress));
	count({ status: "initiate", file: "config.json" });
	count({ status: "progress", file: "config.json", loaded: 10, total: 10 });
	count({ status: "progress", file: "model.onnx", loaded: 30, total: 90 });
	expect(reported.map(({ done, total }) => [done, total])).toEqual([
		[10, 10],
		[40, 100],
	]);
});
