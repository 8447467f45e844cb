/** Goes in: work from several tabs. Comes out: whether it runs in the right order, one at a time. */
import { expect, test } from "vitest";
import { createJobQueue, nextOf } from "./queue.ts";

const never = new AbortController().signal;

/** A queue that is held by its first piece until `start` is called. */
function heldQueue() {
	const ran: string[] = [];
	let start = () => {};
	let rest = () => {};
	const idle = new Promise<void>((resolve) => {
		rest = resolve;
	});
	const queue = createJobQueue(() => rest());
	const held = new Promise<void>((resolve) => {
		start = resolve;
	});
	queue.add(() => held, false, never);
	const add = (name: string, asked: boolean, signal = never) =>
		queue.add(async () => void ran.push(name), asked, signal);
	const finish = () => {
		start();
		return idle;
	};
	return { ran, add, queue, finish };
}

test("what a person asked for runs first, in the order asked; the rest newest first", async () => {
	const { ran, add, finish } = heldQueue();
	add("seen 1", false);
	add("asked 1", true);
	add("seen 2", false);
	add("asked 2", true);
	await finish();
	expect(ran).toEqual(["asked 1", "asked 2", "seen 2", "seen 1"]);
});

test("a piece that was cancelled before its turn never runs", async () => {
	const { ran, add, finish } = heldQueue();
	const left = new AbortController();
	add("left the screen", false, left.signal);
	add("stays", false);
	left.abort();
	await finish();
	expect(ran).toEqual(["stays"]);
});

test("a piece that fails does not stop the others", async () => {
	const { ran, add, queue, finish } = heldQueue();
	const error = console.error;
	console.error = () => {};
	queue.add(() => Promise.reject(new Error("broken")), true, never);
	add("after", false);
	await finish();
	console.error = error;
	expect(ran).toEqual(["after"]);
});

test("nothing waiting has no next", () => {
	expect(nextOf([])).toBe(-1);
	expect(nextOf([{ asked: false }, { asked: false }])).toBe(1);
});
