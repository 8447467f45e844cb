/** Checks that every question to a detector ends, and how, on workers written by hand. */
import { expect, test } from "vitest";
import { settle } from "../core/failure.ts";
import { createDetector, type DetectorWorker } from "./detector.ts";
import type { DetectorQuestion, DetectRequest } from "./detector-protocol.ts";
import type { Progress } from "./protocol.ts";

class FakeWorker extends EventTarget {
	readonly requested: DetectorQuestion[] = [];
	terminated = false;
	postMessage(question: DetectorQuestion): void {
		this.requested.push(question);
	}
	terminate(): void {
		this.terminated = true;
	}
	say(data: unknown): void {
		this.dispatchEvent(new MessageEvent("message", { data }));
	}
}

function detectorOf() {
	const workers: FakeWorker[] = [];
	const detector = createDetector(() => {
		const worker = new FakeWorker();
		workers.push(worker);
		return worker as unknown as DetectorWorker;
	});
	return { detector, workers };
}

const request: DetectRequest = { model: "a", kind: "objects", image: new Uint8Array(1), labels: [], threshold: 0.5 };
const region = { box: [0, 0, 1, 1], score: 1 };

test("progress is reported, then the boxes; one worker serves many questions", async () => {
	const { detector, workers } = detectorOf();
	const reported: Progress[] = [];
	const [first, second] = [
		detector.detect(request, { onProgress: (one) => reported.push(one) }),
		detector.detect(request),
	];
	const progress = { stage: "download", detail: "a", done: 1, total: 2, unit: "bytes" };
	workers[0]!.say({ id: 1, progress });
	workers[0]!.say({ id: 2, outcome: { ok: true, value: [] } });
	workers[0]!.say({ id: 1, outcome: { ok: true, value: [region] } });
	expect([await first, await second, reported, workers.length]).toEqual([[region], [], [progress], 1]);
});

test("a failure of the worker is thrown with its code", async () => {
	const { detector, workers } = detectorOf();
	const requested = settle(() => detector.detect(request));
	workers[0]!.say({ id: 1, outcome: { ok: false, failure: { code: "offline", what: "No network.", remedy: "" } } });
	expect(await requested).toMatchObject({ failure: { code: "offline", what: "No network." } });
});

test("a cancel ends the worker, and the next question starts another", async () => {
	const { detector, workers } = detectorOf();
	const stop = new AbortController();
	const requested = settle(() => detector.detect(request, { signal: stop.signal }));
	stop.abort();
	expect(await requested).toMatchObject({ failure: { code: "cancelled" } });
	expect(workers[0]!.terminated).toBe(true);
	const again = detector.detect(request);
	workers[1]!.say({ id: 2, outcome: { ok: true, value: [region] } });
	expect(await again).toEqual([region]);
});

test("a cancel of one of two questions leaves the worker to the other", async () => {
	const { detector, workers } = detectorOf();
	const stop = new AbortController();
	const cancelled = settle(() => detector.detect(request, { signal: stop.signal }));
	const other = detector.detect(request);
	stop.abort();
	expect(await cancelled).toMatchObject({ failure: { code: "cancelled" } });
	expect(workers[0]!.terminated).toBe(false);
	workers[0]!.say({ id: 2, outcome: { ok: true, value: [] } });
	expect(await other).toEqual([]);
});

test("a worker that dies or is closed fails what waits for it", async () => {
	const { detector, workers } = detectorOf();
	const dying = settle(() => detector.detect(request));
	workers[0]!.dispatchEvent(Object.assign(new Event("error"), { message: "boom" }));
	expect(await dying).toMatchObject({ failure: { code: "worker-died", what: "The detector's thread stopped: boom." } });
	const closing = settle(() => detector.detect(request));
	detector.close();
	expect(await closing).toMatchObject({ failure: { code: "closed" } });
});
