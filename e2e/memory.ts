/** Measures what a page's tab holds in memory after a collection: the page, its workers and their WebAssembly. */
import type { CDPSession, Page } from "@playwright/test";

/** Bytes. */
export interface TabMemory {
	/**
	 * JavaScript objects of the page and of its workers. Threads of the engine's pool are left out: they wait inside
	 * WebAssembly and cannot answer.
	 */
	readonly objects: number;
	/** Array buffers that scripts hold. */
	readonly buffers: number;
	/** WebAssembly memories; the one that the pool shares is the engine's. */
	readonly wasm: number;
	readonly threads: number;
}

type Params = Readonly<Record<string, unknown>>;

/** A thread of the tab that Chromium's tools talk to. */
class Thread {
	readonly #post: (message: string) => void;
	readonly #waiting = new Map<number, (answer: unknown) => void>();
	#calls = 0;

	constructor(post: (message: string) => void) {
		this.#post = post;
	}

	async send<Answer>(method: string, params: Params = {}): Promise<Answer> {
		const id = ++this.#calls;
		const answered = new Promise<unknown>((resolve) => this.#waiting.set(id, resolve));
		this.#post(JSON.stringify({ id, method, params }));
		return (await answered) as Answer;
	}

	/** An answer; what the thread tells of its own accord is left alone. */
	receive(message: string): void {
		const { id, result } = JSON.parse(message) as { id?: number; result?: unknown };
		if (id === undefined) return;
		this.#waiting.get(id)?.(result);
		this.#waiting.delete(id);
	}
}

/** The page's own thread, through Playwright's session. */
function pageThread(session: CDPSession): Thread {
	const page: Thread = new Thread((message) => {
		const { id, method, params } = JSON.parse(message) as {
			id: number;
			method: "HeapProfiler.collectGarbage";
			params: undefined;
		};
		session.send(method, params).then(
			(result) => page.receive(JSON.stringify({ id, result })),
			() => page.receive(JSON.stringify({ id, result: null })),
		);
	});
	return page;
}

/** The workers that a page starts from now on. */
async function workersOf(session: CDPSession): Promise<ReadonlyMap<string, Thread>> {
	const workers = new Map<string, Thread>();
	session.on("Target.attachedToTarget", ({ sessionId }) =>
		workers.set(
			sessionId,
			new Thread((message) => void session.send("Target.sendMessageToTarget", { sessionId, message })),
		),
	);
	session.on("Target.detachedFromTarget", ({ sessionId }) => workers.delete(sessionId));
	session.on("Target.receivedMessageFromTarget", ({ sessionId, message }) => workers.get(sessionId)?.receive(message));
	await session.send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
	return workers;
}

/** Put before the worker's own script: keeps hold of the memories that it makes. */
const REMEMBER = `globalThis.memories = [];
WebAssembly.Memory = class extends WebAssembly.Memory {
	constructor(size) {
		super(size);
		globalThis.memories.push(this);
	}
};
`;

/** The engine's own script; threads of its pool have others. */
const ENGINE = /engine\.worker-[^/]+\.js$/;

declare const memories: readonly WebAssembly.Memory[];

/** Bytes of the WebAssembly memories of the engine, which its pool shares. */
async function wasmOf(page: Page): Promise<number> {
	const engines = page.workers().filter((worker) => ENGINE.test(worker.url()));
	const sizes = engines.map((worker) =>
		worker.evaluate(() => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0)),
	);
	return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** Begins to watch a page, before its workers start. @returns what measures it */
export async function watchMemory(page: Page): Promise<() => Promise<TabMemory>> {
	await page.route(ENGINE, async (route) => {
		const answer = await route.fetch();
		await route.fulfill({ response: answer, body: REMEMBER + (await answer.text()) });
	});
	const session = await page.context().newCDPSession(page);
	const [root, workers] = [pageThread(session), await workersOf(session)];
	return async () => {
		const threads = [root, ...workers.values()];
		// Twice: what one thread let go of may be what another kept for it.
		for (const thread of [...threads, ...threads]) await thread.send("HeapProfiler.collectGarbage");
		const measured = { objects: 0, buffers: 0, wasm: await wasmOf(page), threads: threads.length };
		for (const thread of threads) {
			const { usedSize, backingStorageSize } = await thread.send<{ usedSize: number; backingStorageSize?: number }>(
				"Runtime.getHeapUsage",
			);
			measured.objects += usedSize;
			measured.buffers += backingStorageSize ?? 0;
		}
		return measured;
	};
}
