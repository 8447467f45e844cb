/** Tests that jobs run in the right order, one at a time. */
import { expect, test } from "vitest";
import { createJobQueue, findNext } from "./queue.ts";

const never = new AbortController().signal;

/** A queue whose first job runs until `finish` is called. */
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
	const add = (name: string, requested: boolean, signal = never) =>
		queue.add(async () => void ran.push(name), requested, signal);
	const finish = () => {
		start();
		return idle;
	};
	return { ran, add, queue, finish };
}

test("requested jobs run first, in order; the rest newest first", async () => {
	const { ran, add, finish } = heldQueue();
	add("seen 1", false);
	add("requested 1", true);
	add("seen 2", false);
	add("requested 2", true);
	await finish();
	expect(ran).toEqual(["requested 1", "requested 2", "seen 2", "seen 1"]);
});

test("a job that was cancelled before its turn never runs", async () => {
	const { ran, add, finish } = heldQueue();
	const left = new AbortController();
	add("left the screen", false, left.signal);
	add("stays", false);
	left.abort();
	await finish();
	expect(ran).toEqual(["stays"]);
});

test("a job that fails does not stop the others", async () => {
	const { ran, add, queue, finish } = heldQueue();
	const error = console.error;
	console.error = () => {};
	queue.add(() => Promise.reject(new Error("broken")), true, never);
	add("after", false);
	await finish();
	console.error = error;
	expect(ran).toEqual(["after"]);
});

test("an empty queue has no next job", () => {
	expect(findNext([])).toBe(-1);
	expect(findNext([{ requested: false }, { requested: false }])).toBe(1);
});
