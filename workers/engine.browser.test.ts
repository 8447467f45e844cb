/** The engine in its real worker in a real Chromium, on both backends, with the built-in bundle. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEngine, type Engine } from "../src/client/client.ts";
import type { Progress } from "../src/client/protocol.ts";
import { Failure } from "../src/core/failure.ts";
import type { ExtractionResult } from "../src/core/result.ts";

const BUNDLE = { kind: "url", url: new URL("/models/umie-nano/", location.href).href } as const;
const POST = "Kyrie Irving and LeBron James celebrate with the Cavs 🏀 #NBAFinals";
const startWorker = () => new Worker(new URL("./engine.worker.ts", import.meta.url), { type: "module" });

/** A picture with two flat rectangles, as a PNG. */
async function picture(): Promise<Uint8Array> {
	const canvas = new OffscreenCanvas(320, 240);
	const context = canvas.getContext("2d")!;
	for (const [colour, x, y, w, h] of [
		["#dde", 0, 0, 320, 240],
		["#c22", 40, 60, 90, 120],
		["#26c", 190, 50, 80, 100],
	] as const) {
		context.fillStyle = colour;
		context.fillRect(x, y, w, h);
	}
	return new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer());
}

const entitiesOf = ({ entities }: ExtractionResult) =>
	entities.map(({ type, text, start }) => `${type} ${text} ${start}`);

describe.each(["wasm", "webgpu"] as const)("on %s", (device) => {
	let engine: Engine;
	const reported: Progress[] = [];

	beforeAll(async () => {
		engine = createEngine(startWorker);
		const info = await engine.open(
			BUNDLE,
			{ device, threads: 1 },
			{ onProgress: (progress) => reported.push(progress) },
		);
		expect(info.device.name).toBe(device);
		expect(info.device.reason).not.toBe("");
	});
	afterAll(() => engine.close());

	test("opening tells of the runtime's bytes, the bundle's bytes and the sessions, never more than in all", () => {
		for (const stage of ["runtime", "download", "sessions"])
			expect(reported.map((progress) => progress.stage)).toContain(stage);
		for (const { done, total } of reported) if (total > 0) expect(done).toBeLessThanOrEqual(total);
	});

	test("entities carry offsets into the person's own text", async () => {
		const result = await engine.extract(
			{ text: POST, image: null },
			{ tasks: ["mner"], beams: device === "wasm" ? 4 : 2 },
		);
		expect(entitiesOf(result)).toEqual(
			expect.arrayContaining(["person Kyrie Irving 0", "person LeBron James 17", "organization Cavs 49"]),
		);
		for (const { text, start, end } of result.entities) expect(POST.slice(start, end)).toBe(text);
		expect(result.device.name).toBe(device);
	});

	test("pairs are asked about on the reading of the entities, side by side or in turns, once each", async () => {
		const post = { text: "Barack Obama met Angela Merkel in Berlin on Monday", image: null };
		const result = await engine.extract(post, { tasks: ["mner", "mre"], beams: 1 });
		const answers = result.raw.filter(({ task }) => task === "mre").map(({ output }) => output);
		expect(answers.map((answer) => answer.replace(/, [^,]+, /, " and "))).toEqual([
			"Barack Obama and Angela Merkel",
			"Barack Obama and Berlin",
			"Angela Merkel and Berlin",
		]);
		expect(result.relations.map(({ head, type, tail }) => `${head} ${type} ${tail}`)).toContain("e1 peer e2");
		expect(result).toMatchObject({ unread: [], notes: [] });
	});

	test("a picture gets regions in its own pixels, and its states are computed once", async () => {
		const image = await picture();
		const request = { tasks: ["mner"], beams: 1, gate: "model", maxNewTokens: 4 } as const;
		const first = await engine.extract({ text: POST, image }, request);
		const second = await engine.extract({ text: POST, image }, request);
		expect(first.image).toEqual({ width: 320, height: 240 });
		expect(first.regions.length).toBeGreaterThan(0);
		for (const { box } of first.regions) expect(Math.max(box[0], box[2])).toBeLessThanOrEqual(320);
		expect(first.timings).toHaveProperty("visual_encoder");
		expect(second.timings).not.toHaveProperty("visual_encoder");
		expect(second.gate).toEqual(first.gate);
	});

	test("a cancel is reported while tokens are generated, and the engine goes on working", async () => {
		const stop = new AbortController();
		let steps = 0;
		const running = engine.extract(
			{ text: POST, image: null },
			{ tasks: ["mner"], beams: 4, decoding: "full" },
			{
				signal: stop.signal,
				onUpdate: (update) => {
					if (update.kind !== "progress" || update.progress.stage !== "decode") return;
					steps = update.progress.done;
					stop.abort();
				},
			},
		);
		await expect(running).rejects.toMatchObject({ code: "cancelled" });
		// One step is told of, the abort crosses the threads, at most the step at work ends; messages of later steps would
		// raise this.
		expect(steps).toBeLessThanOrEqual(4);
		const after = await engine.extract({ text: POST, image: null }, { tasks: ["mner"], beams: 1, maxNewTokens: 2 });
		expect(after.text).toBe(POST);
	});

	test("two calls at once both end, one after the other", async () => {
		const request = { tasks: ["mner"], beams: 1, maxNewTokens: 4 } as const;
		const both = await Promise.all([
			engine.extract({ text: "Ada Lovelace", image: null }, request),
			engine.extract({ text: "London", image: null }, request),
		]);
		expect(both.map(({ text }) => text)).toEqual(["Ada Lovelace", "London"]);
	});
});

test("a worker that dies ends every pending call, and the next call opens the model again in a new one", async () => {
	const workers: Worker[] = [];
	const engine = createEngine(() => {
		const worker = startWorker();
		workers.push(worker);
		return worker;
	});
	await engine.open(BUNDLE, { device: "wasm", threads: 1 });
	const pending = engine.extract({ text: POST, image: null }, { tasks: ["mner", "mre"], decoding: "full" });
	workers[0]!.dispatchEvent(new ErrorEvent("error", { message: "out of memory" }));
	await expect(pending).rejects.toMatchObject({ code: "worker-died" });
	const result = await engine.extract({ text: POST, image: null }, { tasks: ["mner"] });
	expect(workers).toHaveLength(2);
	expect(result.entities.length).toBeGreaterThan(0);
	await engine.close();
});

test("a worker script that cannot be loaded is a failure, not a wait", async () => {
	const engine = createEngine(() => new Worker(new URL("/no-such-worker.js", location.href), { type: "module" }));
	const opening = engine.open(BUNDLE, { device: "wasm" });
	await expect(opening).rejects.toBeInstanceOf(Failure);
	await expect(opening).rejects.toMatchObject({ code: "worker-died" });
});
