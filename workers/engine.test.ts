/** Proves that the engine opens, cancels, closes and recovers, and that every failure comes back as data. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Progress } from "../src/client/protocol.ts";
import { type Outcome, unwrap } from "../src/core/failure.ts";
import type { ExtractRequest } from "../src/tasks/request.ts";
import {
	type BundleChanges,
	copyNano,
	NANO,
	type ObservedEngine,
	observedEngine,
	openObserved,
	temporaryFolder,
	WASM,
} from "../tools/node/testing/nano.ts";
import type { Ort } from "./model/sessions.ts";
import type { Platform } from "./platform.ts";

const POST = { text: "Barack Obama met Angela Merkel in Berlin on Monday", image: null };
const REQUEST: ExtractRequest = { tasks: ["mner"], beams: 2 };
const SOURCE = { kind: "url", url: NANO } as const;
const ignore = () => {};
const codeOf = (outcome: Outcome<unknown>) => (outcome.ok ? "ok" : outcome.failure.code);

let shared: ObservedEngine;
beforeAll(async () => {
	shared = await openObserved();
});
afterAll(() => shared.engine.close());

/** What `found` gives for the post, to show that an engine works. */
const places = async ({ engine }: ObservedEngine) =>
	unwrap(await engine.extract(99, POST, REQUEST, ignore)).entities.map(({ text }) => text);
const PLACES = ["Barack Obama", "Angela Merkel", "Berlin"];

describe("open and close", () => {
	test("nothing is extracted before a model is open", async () => {
		expect(codeOf(await observedEngine().engine.extract(1, POST, REQUEST, ignore))).toBe("not-open");
	});

	test("opening tells what was opened, and its progress", async () => {
		const { engine } = observedEngine();
		const reported: Progress[] = [];
		const { manifest, device } = unwrap(await engine.open(1, SOURCE, WASM, (progress) => reported.push(progress)));
		expect([manifest.name, device.name, device.threads]).toEqual(["umie-nano", "wasm", 1]);
		expect(new Set(reported.map(({ stage }) => stage))).toEqual(new Set(["download", "verify", "sessions"]));
		expect(reported.at(-1)).toMatchObject({ stage: "sessions", done: 7, total: 7 });
		await engine.close();
	});

	test("a second model takes the place of the first, whose jobs end with closed", async () => {
		const observed = await openObserved();
		let second: Promise<Outcome<unknown>> | null = null;
		observed.onRun = () => {
			second ??= observed.engine.open(3, SOURCE, WASM, ignore);
		};
		expect(codeOf(await observed.engine.extract(2, POST, REQUEST, ignore))).toBe("closed");
		expect(codeOf(await second!)).toBe("ok");
		expect(await places(observed)).toEqual(PLACES);
		await observed.engine.close();
	});

	test("of two models opened at once the second stays", async () => {
		const observed = observedEngine();
		const both = [observed.engine.open(1, SOURCE, WASM, ignore), observed.engine.open(2, SOURCE, WASM, ignore)];
		expect((await Promise.all(both)).map(codeOf)).toEqual(["closed", "ok"]);
		expect(await places(observed)).toEqual(PLACES);
		await observed.engine.close();
	});

	test("close ends running and waiting jobs, and waits for them", async () => {
		const observed = await openObserved();
		let closed: Promise<void> | null = null;
		observed.onRun = () => {
			closed ??= observed.engine.close();
		};
		const jobs = [2, 3, 4].map((job) => observed.engine.extract(job, POST, REQUEST, ignore));
		expect((await Promise.all(jobs)).map(codeOf)).toEqual(["closed", "closed", "closed"]);
		await closed;
		expect(observed.runs.length).toBe(1);
		expect(codeOf(await observed.engine.extract(5, POST, REQUEST, ignore))).toBe("not-open");
	});

	test("a job's number is taken while the job runs", async () => {
		const [first, second] = await Promise.all([
			shared.engine.extract(7, POST, REQUEST, ignore),
			shared.engine.extract(7, POST, REQUEST, ignore),
		]);
		expect([codeOf(first), codeOf(second)]).toEqual(["ok", "internal"]);
	});
});

describe("cancel", () => {
	test.each([1, 2, 3, 6])("after run %i no further graph runs", async (at) => {
		const before = shared.runs.length;
		shared.onRun = () => {
			if (shared.runs.length === before + at) void shared.engine.cancel(2);
		};
		expect(codeOf(await shared.engine.extract(2, POST, REQUEST, ignore))).toBe("cancelled");
		expect(shared.runs.length).toBe(before + at);
		shared.onRun = ignore;
	});

	test("a cancel that arrives as a message is reported within one decoding step", async () => {
		let atCancel = 0;
		shared.onRun = ({ role }) => {
			if (role !== "decoder_extractive" || atCancel > 0) return;
			atCancel = shared.runs.length;
			setImmediate(() => void shared.engine.cancel(2));
		};
		expect(codeOf(await shared.engine.extract(2, POST, REQUEST, ignore))).toBe("cancelled");
		expect(shared.runs.length - atCancel).toBeLessThanOrEqual(1);
		shared.onRun = ignore;
	});

	test("a job that waits for its turn ends at once, the one before it goes on", async () => {
		const [first, second] = [
			shared.engine.extract(2, POST, REQUEST, ignore),
			shared.engine.extract(3, POST, REQUEST, ignore),
		];
		await shared.engine.cancel(3);
		expect([codeOf(await second), codeOf(await first)]).toEqual(["cancelled", "ok"]);
	});

	test("an unknown job is ignored", async () => {
		await shared.engine.cancel(12345);
		expect(await places(shared)).toEqual(PLACES);
	});

	test.each([
		"download",
		"verify",
		"sessions",
	])("opening is cancelled during %s, and nothing stays open", async (stage) => {
		let sessions = 0;
		const { engine } = observedEngine(NANO, (platform) => ({
			...platform,
			loadRuntime: async () => ({ ort: counting(await realOrt(platform), () => sessions++), threads: 1 }),
		}));
		const opening = await engine.open(1, SOURCE, WASM, (progress) => {
			if (progress.stage === stage) void engine.cancel(1);
		});
		expect(codeOf(opening)).toBe("cancelled");
		expect(sessions).toBe(0);
		expect(codeOf(await engine.extract(2, POST, REQUEST, ignore))).toBe("not-open");
	});
});

async function realOrt(platform: Platform): Promise<Ort> {
	return (await platform.loadRuntime({ name: "wasm", threads: 1 }, {})).ort;
}

type Create = Ort["InferenceSession"]["create"];

function withCreate(ort: Ort, create: (made: () => ReturnType<Create>) => ReturnType<Create>): Ort {
	const real = ort.InferenceSession.create as (...given: unknown[]) => ReturnType<Create>;
	return {
		...ort,
		InferenceSession: { create: (...given: unknown[]) => create(() => real(...given)) },
	} as unknown as Ort;
}

function counting(ort: Ort, count: () => void): Ort {
	return withCreate(ort, (made) => {
		count();
		return made();
	});
}

describe("a lost device", () => {
	/** Sessions of which the runs numbered `lost` (over all sessions) throw. */
	const losing = (lost: readonly number[]) => {
		let runs = 0;
		let opened = 0;
		const change = (platform: Platform): Platform => ({
			...platform,
			loadRuntime: async () => {
				opened++;
				const ort = withCreate(await realOrt(platform), async (made) => {
					const session = await made();
					return new Proxy(session, {
						get(target, name) {
							if (name === "run" && lost.includes(++runs))
								return () => Promise.reject(new Error("Device lost: the driver was reset"));
							const value = Reflect.get(target, name, target) as unknown;
							return typeof value === "function" ? value.bind(target) : value;
						},
					});
				});
				return { ort, threads: 1 };
			},
		});
		return { change, opened: () => opened };
	};

	test("is opened again and the job runs again, once", async () => {
		const { change, opened } = losing([5]);
		const observed = await openObserved(NANO, change);
		expect(await places(observed)).toEqual(PLACES);
		expect(opened()).toBe(2);
		await observed.engine.close();
	});

	test("that is lost a second time fails the job, and the next job opens it again", async () => {
		const { change, opened } = losing([5, 7, 8]);
		const observed = await openObserved(NANO, change);
		expect(codeOf(await observed.engine.extract(2, POST, REQUEST, ignore))).toBe("device-lost");
		expect(await places(observed)).toEqual(PLACES);
		expect(opened()).toBe(3);
		await observed.engine.close();
	});

	test("a job cancelled meanwhile leaves the model to the next job", async () => {
		const { change } = losing([5]);
		const observed = await openObserved(NANO, change);
		const cancelled = await observed.engine.extract(2, POST, REQUEST, (update) => {
			if (update.kind === "progress" && update.progress.stage === "sessions") void observed.engine.cancel(2);
		});
		expect(codeOf(cancelled)).toBe("cancelled");
		expect(await places(observed)).toEqual(PLACES);
		await observed.engine.close();
	});
});

describe("a bundle that cannot be opened", () => {
	const folder = temporaryFolder();
	afterAll(() => folder.remove());
	const swap = (bytes: Uint8Array) => bytes.map((byte, at) => (at === bytes.length - 1 ? byte ^ 1 : byte));
	const empty = () => null;

	test.each<[string, BundleChanges, string, string]>([
		["a file is missing", { files: { "decoder.weights": empty } }, "bundle-missing-file", "decoder.weights"],
		[
			"umie.json has another format",
			{ manifest: (json) => ({ ...json, format: "umie-bundle/9" }) },
			"bundle-format",
			"umie-bundle/9",
		],
		[
			"weights are cut",
			{ files: { "decoder.weights": (bytes) => bytes.subarray(0, 1000) } },
			"bundle-truncated",
			"1,000",
		],
		["weights were changed", { files: { "decoder.weights": swap } }, "bundle-wrong-hash", "decoder.weights"],
		[
			"weights are too short for their graph",
			{ files: { "decoder.weights": (bytes) => bytes.subarray(0, 64) }, rehash: true },
			"bundle-graph-mismatch",
			"decoder_context.onnx",
		],
		[
			"a graph is not a graph",
			{ files: { "text_encoder.onnx": () => new Uint8Array(100).fill(7) }, rehash: true },
			"bundle-graph-mismatch",
			"text_encoder.onnx",
		],
		[
			"the tokenizer is not valid JSON",
			{ files: { "tokenizer.json": () => new Uint8Array(9) }, rehash: true },
			"bundle-format",
			"tokenizer.json",
		],
		[
			"umie.json has an image side of 100,000",
			{ manifest: withImageSize(100_000) },
			"bundle-format",
			"config.visual.image_size",
		],
	])("because %s", async (_, changes, code, named) => {
		const { engine } = observedEngine(copyNano(folder.path, changes));
		const outcome = await engine.open(1, SOURCE, WASM, ignore);
		expect(outcome).toMatchObject({ ok: false, failure: { code } });
		expect(!outcome.ok && outcome.failure.what).toContain(named);
	});

	test("because a graph has other names than umie.json lists", async () => {
		const changes: BundleChanges = {
			manifest(json) {
				const graphs = structuredClone(json.graphs) as Record<string, { file: string; weights: string[] }>;
				graphs.decoder_context!.file = "text_encoder.onnx";
				graphs.decoder_context!.weights = graphs.text_encoder!.weights;
				return { ...json, graphs };
			},
		};
		const outcome = await observedEngine(copyNano(folder.path, changes)).engine.open(1, SOURCE, WASM, ignore);
		expect(outcome).toMatchObject({ ok: false, failure: { code: "bundle-graph-mismatch" } });
		expect(!outcome.ok && outcome.failure.what).toContain("cross_modal_states");
	});
});

function withImageSize(size: number): NonNullable<BundleChanges["manifest"]> {
	return (json) => {
		const config = json.config as { visual: object };
		return { ...json, config: { ...config, visual: { ...config.visual, image_size: size } } };
	};
}
