/**
 * Checks that every call of the page ends, and how, on workers made of a MessageChannel and engines written by hand.
 */
import { afterEach, describe, expect, test } from "vitest";
import { exposeEngine } from "../../workers/expose.ts";
import { Failure, settle } from "../core/failure.ts";
import type { ExtractionResult } from "../core/result.ts";
import { createEngine, type Engine } from "./client.ts";
import type { BundleSource, EngineApi, EngineInfo, JobId, Update } from "./protocol.ts";

/** The part of a Worker that the client uses, over a channel of this thread. Structured cloning is the real one. */
class FakeWorker extends EventTarget {
	readonly #channel = new MessageChannel();
	terminated = false;

	constructor(api: EngineApi | null) {
		super();
		this.#channel.port1.addEventListener("message", (event) =>
			this.dispatchEvent(new MessageEvent("message", { data: event.data })),
		);
		this.#channel.port1.start();
		if (api) exposeEngine(api, this.#channel.port2);
	}

	postMessage(message: unknown, transfer: Transferable[] = []): void {
		this.#channel.port1.postMessage(message, transfer as never);
	}

	terminate(): void {
		this.terminated = true;
		this.#channel.port1.close();
		this.#channel.port2.close();
	}

	/** As a process that the system has ended. */
	vanish(): void {
		this.#channel.port2.close();
	}

	/** As a browser does when a worker throws or its script cannot be loaded. */
	crash(message?: string): void {
		this.dispatchEvent(Object.assign(new Event("error", { cancelable: true }), { message }));
	}
}

const source: BundleSource = { kind: "url", url: "/models/tiny/" };
const post = { text: "Kids watch", image: null };
const request = { tasks: ["mner"] } as const;
const info = { manifest: { name: "tiny" }, device: { name: "wasm", threads: 1, reason: "" } } as unknown as EngineInfo;
const resultOf = (text: string) => ({ format: "umie-result/1", text }) as unknown as ExtractionResult;
const never = <T>() => new Promise<T>(() => {});

const calm: EngineApi = {
	open: async () => ({ ok: true, value: info }),
	extract: async (_job, { text }) => ({ ok: true, value: resultOf(text) }),
	cancel: async () => {},
	close: async () => {},
};

const engines: Engine[] = [];
afterEach(async () => {
	await Promise.all(engines.splice(0).map((engine) => engine.close()));
});

/** An engine whose first worker answers with `apis[0]`, the next with `apis[1]`, and so on; null never answers. */
function engineOf(...apis: Array<Partial<EngineApi> | null>) {
	const workers: FakeWorker[] = [];
	const makeWorker = () => {
		const api = apis[workers.length];
		const worker = new FakeWorker(api === null ? null : { ...calm, ...api });
		workers.push(worker);
		return worker as unknown as Worker;
	};
	const engine = createEngine(makeWorker, { grace: 30, loadTimeout: 30_000 });
	engines.push(engine);
	return { engine, workers };
}

/** Resolves when `holds` does, one turn of the event loop at a time. */
async function until(holds: () => boolean): Promise<void> {
	while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1));
}

describe("answers", () => {
	test("a value arrives as it is", async () => {
		const { engine } = engineOf({});
		expect(await engine.open(source)).toEqual(info);
		expect(await engine.extract(post, request)).toEqual({ format: "umie-result/1", text: "Kids watch" });
	});

	test("a failure keeps its class, code and sentence across the thread", async () => {
		const { engine } = engineOf({
			open: () => settle(() => Promise.reject(new Failure("bundle-wrong-hash", "decoder.weights: broken."))),
		});
		const failure = await engine.open(source).catch((error: unknown) => error);
		expect(failure).toBeInstanceOf(Failure);
		expect(failure).toMatchObject({ code: "bundle-wrong-hash", what: "decoder.weights: broken." });
	});

	test("an engine that throws is a defect, and says what it threw", async () => {
		const { engine } = engineOf({ open: () => Promise.reject(new TypeError("x is undefined")) });
		await expect(engine.open(source)).rejects.toMatchObject({
			code: "internal",
			what: expect.stringContaining("x is undefined"),
		});
	});

	test("arguments that cannot be copied are refused, not lost", async () => {
		const { engine } = engineOf({});
		const files = [{ path: "umie.json", file: { size: 1, arrayBuffer: async () => new ArrayBuffer(1) } }];
		await expect(engine.open({ kind: "files", files })).rejects.toMatchObject({
			code: "internal",
			what: expect.stringContaining("DataCloneError"),
		});
	});

	test("options that are absent take the defaults", async () => {
		let received: unknown;
		const { engine } = engineOf({
			open: async (_job, _source, options) => {
				received = options;
				return { ok: true, value: info };
			},
		});
		await engine.open(source, { device: "wasm" });
		expect(received).toEqual({ device: "wasm", threads: "auto" });
	});

	test("two calls at once get their own answers, under their own numbers", async () => {
		const jobs: JobId[] = [];
		const { engine } = engineOf({
			extract: async (job, { text }) => {
				jobs.push(job);
				await until(() => jobs.length === 2);
				return { ok: true, value: resultOf(text) };
			},
		});
		await engine.open(source);
		const [one, two] = await Promise.all([
			engine.extract({ ...post, text: "one" }, request),
			engine.extract({ ...post, text: "two" }, request),
		]);
		expect([one.text, two.text]).toEqual(["one", "two"]);
		expect(new Set(jobs).size).toBe(2);
	});

	test("the image's bytes stay with the page, and a view travels without the buffer behind it", async () => {
		let received: Uint8Array | null = null;
		const { engine } = engineOf({
			extract: async (_job, { text, image }) => {
				received = image;
				return { ok: true, value: resultOf(text) };
			},
		});
		await engine.open(source);
		const image = new Uint8Array(1000).fill(7).subarray(10, 13);
		await engine.extract({ ...post, image }, request);
		expect(image).toEqual(new Uint8Array([7, 7, 7]));
		expect(received).toEqual(image);
		expect((received as unknown as Uint8Array).buffer.byteLength).toBe(3);
	});
});

describe("callbacks", () => {
	test("everything the engine reported is heard before its answer", async () => {
		const { engine } = engineOf({
			open: async (_job, _source, _options, onProgress) => {
				for (let done = 1; done <= 3; done++)
					onProgress({ stage: "download", detail: "w", done, total: 3, unit: "steps" });
				return { ok: true, value: info };
			},
		});
		const reported: number[] = [];
		await engine.open(source, {}, { onProgress: ({ done }) => reported.push(done) });
		expect(reported).toEqual([1, 2, 3]);
	});

	test("a callback that throws does not harm the call", async () => {
		const { engine } = engineOf({
			extract: async (_job, { text }, _request, onUpdate) => {
				onUpdate({ kind: "partial", result: resultOf("partial") });
				return { ok: true, value: resultOf(text) };
			},
		});
		await engine.open(source);
		const error = console.error;
		const logged: unknown[] = [];
		console.error = (...what) => logged.push(...what);
		try {
			const onUpdate = () => {
				throw new RangeError("the page's own error");
			};
			expect((await engine.extract(post, request, { onUpdate })).text).toBe("Kids watch");
		} finally {
			console.error = error;
		}
		expect(logged).toEqual([expect.any(RangeError)]);
	});
});

describe("cancel", () => {
	test("the engine hears the number of the job and answers", async () => {
		let stop: () => void = () => {};
		let running: JobId = -1;
		const { engine } = engineOf({
			extract: (job) => {
				running = job;
				return new Promise((resolve) => {
					stop = () => resolve({ ok: false, failure: { code: "cancelled", what: "at step 3" } });
				});
			},
			cancel: async (job) => {
				if (job === running) stop();
			},
		});
		await engine.open(source);
		const abort = new AbortController();
		const call = engine.extract(post, request, { signal: abort.signal });
		await until(() => running !== -1);
		abort.abort();
		await expect(call).rejects.toMatchObject({ code: "cancelled", what: "at step 3" });
	});

	test("an engine that does not hear is not waited for", async () => {
		const { engine, workers } = engineOf({ extract: () => never() });
		await engine.open(source);
		const abort = new AbortController();
		const call = engine.extract(post, request, { signal: abort.signal });
		abort.abort();
		await expect(call).rejects.toMatchObject({ code: "cancelled" });
		expect(workers[0]?.terminated).toBe(false);
	});

	test("a call that was cancelled before it began never reaches the engine", async () => {
		let calls = 0;
		const { engine } = engineOf({
			open: async () => {
				calls++;
				return { ok: true, value: info };
			},
		});
		await expect(engine.open(source, {}, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "cancelled" });
		expect(calls).toBe(0);
	});
});

describe("death", () => {
	test("a worker that stops ends every running call", async () => {
		const { engine, workers } = engineOf({ extract: () => never() });
		await engine.open(source);
		const calls = [engine.extract(post, request), engine.extract(post, request)];
		workers[0]?.crash("out of memory");
		for (const call of calls)
			await expect(call).rejects.toMatchObject({
				code: "worker-died",
				what: "The engine's thread stopped: out of memory.",
			});
		expect(workers[0]?.terminated).toBe(true);
	});

	test("a message that cannot be read ends the running call", async () => {
		const { engine, workers } = engineOf({ open: () => never() });
		const call = engine.open(source);
		workers[0]?.dispatchEvent(new Event("messageerror"));
		await expect(call).rejects.toMatchObject({ code: "worker-died" });
	});

	test("after a death the bundle is opened again, with its progress, in a new worker", async () => {
		const opened: unknown[] = [];
		const { engine, workers } = engineOf(
			{ extract: () => never() },
			{
				open: async (_job, from, options, onProgress) => {
					opened.push(from, options);
					onProgress({ stage: "sessions", detail: "", done: 1, total: 1, unit: "steps" });
					return { ok: true, value: info };
				},
			},
		);
		await engine.open(source, { device: "wasm" });
		const lost = engine.extract(post, request);
		workers[0]?.crash("lost");
		await expect(lost).rejects.toMatchObject({ code: "worker-died" });
		const updates: Update[] = [];
		expect((await engine.extract(post, request, { onUpdate: (update) => updates.push(update) })).text).toBe(
			"Kids watch",
		);
		expect(opened).toEqual([source, { device: "wasm", threads: "auto" }]);
		expect(updates).toMatchObject([{ kind: "progress", progress: { stage: "sessions" } }]);
		expect(workers).toHaveLength(2);
	});

	test("a worker whose script cannot be loaded is named, and the next call tries a new one", async () => {
		const { engine, workers } = engineOf(null, {});
		const first = engine.open(source);
		workers[0]?.crash();
		await expect(first).rejects.toMatchObject({
			code: "worker-died",
			what: "The engine's thread could not be loaded.",
		});
		expect(await engine.open(source)).toEqual(info);
	});

	test("a worker that never answers at all is given up", async () => {
		const engine = createEngine(() => new FakeWorker(null) as unknown as Worker, { loadTimeout: 20, grace: 20 });
		await expect(engine.open(source)).rejects.toMatchObject({
			code: "worker-died",
			what: expect.stringContaining("did not start"),
		});
	});

	test("why its script did not start is said where its address is known", async () => {
		const worker = new FakeWorker(null);
		const explain = async () => new Failure("assets-missing", "The script is not at x.js.");
		const engine = createEngine(() => worker as unknown as Worker, { grace: 20, explain });
		const opening = engine.open(source);
		worker.crash();
		await expect(opening).rejects.toMatchObject({ code: "assets-missing", what: "The script is not at x.js." });
		expect(worker.terminated).toBe(true);
	});

	test("a worker that ends without an event is noticed during a call, and the next call starts another", async () => {
		const workers: FakeWorker[] = [];
		const makeWorker = () => {
			const worker = new FakeWorker(workers.length === 0 ? { ...calm, extract: never } : calm);
			workers.push(worker);
			return worker as unknown as Worker;
		};
		const engine = createEngine(makeWorker, { grace: 20, silence: 40 });
		engines.push(engine);
		await engine.open(source);
		const lost = engine.extract(post, request);
		// As when the system ends the process: its port is gone, and nothing is fired.
		workers[0]?.vanish();
		await expect(lost).rejects.toMatchObject({
			code: "worker-died",
			what: expect.stringContaining("has ended without a word"),
		});
		expect((await engine.extract(post, request)).text).toBe("Kids watch");
	});

	test("a worker that is only slow is waited for", async () => {
		const slow = () =>
			new Promise<Awaited<ReturnType<EngineApi["extract"]>>>((resolve) =>
				setTimeout(() => resolve({ ok: true, value: resultOf("late") }), 200),
			);
		const engine = createEngine(() => new FakeWorker({ ...calm, extract: slow }) as unknown as Worker, { silence: 40 });
		engines.push(engine);
		await engine.open(source);
		expect((await engine.extract(post, request)).text).toBe("late");
	});

	test("a browser that refuses to make a worker is a failure too", async () => {
		const engine = createEngine(() => {
			throw new DOMException("no workers here", "SecurityError");
		});
		await expect(engine.open(source)).rejects.toMatchObject({
			code: "worker-died",
			what: expect.stringContaining("no workers here"),
		});
	});
});

describe("open and close", () => {
	test("extract before open is not-open and starts no worker", async () => {
		const { engine, workers } = engineOf({});
		await expect(engine.extract(post, request)).rejects.toMatchObject({ code: "not-open" });
		expect(workers).toHaveLength(0);
	});

	test("an extract right after open waits for the engine's own order", async () => {
		const order: string[] = [];
		const { engine } = engineOf({
			open: async () => {
				order.push("open");
				return { ok: true, value: info };
			},
			extract: async () => {
				order.push("extract");
				return { ok: true, value: resultOf("") };
			},
		});
		await Promise.all([engine.open(source), engine.extract(post, request)]);
		expect(order).toEqual(["open", "extract"]);
	});

	test("close ends running calls, tells the engine, and ends the worker", async () => {
		let closed = false;
		const { engine, workers } = engineOf({
			extract: () => never(),
			close: async () => {
				closed = true;
			},
		});
		await engine.open(source);
		const call = expect(engine.extract(post, request)).rejects.toMatchObject({ code: "closed" });
		await engine.close();
		await call;
		expect(closed).toBe(true);
		expect(workers[0]?.terminated).toBe(true);
	});

	test("close does not wait for a worker that hangs", async () => {
		const { engine, workers } = engineOf({ close: () => never() });
		await engine.open(source);
		await engine.close();
		expect(workers[0]?.terminated).toBe(true);
	});

	test("after close nothing is open, and open starts anew", async () => {
		const { engine, workers } = engineOf({}, {});
		await engine.open(source);
		await engine.close();
		await expect(engine.extract(post, request)).rejects.toMatchObject({ code: "not-open" });
		await engine.open(source);
		expect(workers).toHaveLength(2);
	});

	test("closing what was never opened does nothing", async () => {
		const { engine, workers } = engineOf({});
		await engine.close();
		expect(workers).toHaveLength(0);
	});
});
