/** Proves that pieces of work run one at a time, in order, and that a waiting one can be cancelled. */
import { describe, expect, test } from "vitest";
import { createQueue } from "./queue.ts";

function gate(): { open: () => void; opened: Promise<void> } {
	let open = () => {};
	const opened = new Promise<void>((resolve) => {
		open = resolve;
	});
	return { open, opened };
}

describe("queue", () => {
	test("the second piece of work starts when the first has ended", async () => {
		const queue = createQueue();
		const first = gate();
		const log: string[] = [];
		const one = queue.run(async () => {
			log.push("one starts");
			await first.opened;
			log.push("one ends");
			return 1;
		});
		const two = queue.run(() => {
			log.push("two");
			return 2;
		});
		await Promise.resolve();
		first.open();
		expect(await Promise.all([one, two])).toEqual([1, 2]);
		expect(log).toEqual(["one starts", "one ends", "two"]);
	});

	test("work that throws does not stop what follows", async () => {
		const queue = createQueue();
		const bad = queue.run(() => {
			throw new RangeError("no");
		});
		const good = queue.run(() => "yes");
		await expect(bad).rejects.toThrow(RangeError);
		expect(await good).toBe("yes");
	});

	test("an abort removes waiting work at once and never starts it", async () => {
		const queue = createQueue();
		const first = gate();
		const abort = new AbortController();
		let started = false;
		const one = queue.run(() => first.opened);
		const two = queue.run(() => {
			started = true;
		}, abort.signal);
		const three = queue.run(() => 3);
		abort.abort();
		await expect(two).rejects.toMatchObject({ code: "cancelled" });
		first.open();
		await one;
		expect(await three).toBe(3);
		expect(started).toBe(false);
	});

	test("an abort after the start is left to the work", async () => {
		const queue = createQueue();
		const abort = new AbortController();
		const result = await queue.run(() => {
			abort.abort();
			return "finished";
		}, abort.signal);
		expect(result).toBe("finished");
	});

	test("a signal that is already aborted never queues", async () => {
		await expect(createQueue().run(() => 1, AbortSignal.abort())).rejects.toMatchObject({ code: "cancelled" });
	});
});
