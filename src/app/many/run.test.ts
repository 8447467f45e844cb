/** Every post gets its result once, and stopping loses nothing, with an engine that fails like a real one. */
import { describe, expect, test } from "vitest";
import { Failure, type FailureCode } from "../../core/failure.ts";
import { EXAMPLE } from "../../ui/testing.ts";
import { runPosts } from "./run.ts";
import { memoryStore, replaceCollection } from "./store.ts";

async function storeOf(texts: readonly string[]) {
	const store = memoryStore();
	const posts = texts.map((text, place) => ({ id: `${place}`, text, picture: null }));
	await replaceCollection(store, { name: "test", total: posts.length, notes: [], request: null }, posts);
	return store;
}

/** Runs until it stops. `fail` says how the n-th call for a text fails, if it does. */
async function run(
	texts: readonly string[],
	fail: (text: string, call: number) => FailureCode | "stop" | null,
	store = storeOf(texts),
) {
	const kept = await store;
	const stop = new AbortController();
	const requested: string[] = [];
	const done = new Set<number>();
	for await (const { place, outcome } of kept.entries()) if (outcome) done.add(place);
	const failure = await runPosts({
		store: kept,
		total: texts.length,
		isDone: (place) => done.has(place),
		extract: async ({ text }) => {
			requested.push(text);
			const code = fail(text, requested.filter((other) => other === text).length);
			if (code === "stop") stop.abort();
			if (code !== null) throw new Failure(code === "stop" ? "cancelled" : code, text);
			return { ...EXAMPLE, text };
		},
		onOutcome: () => undefined,
		signal: stop.signal,
	});
	const states = [];
	for await (const { outcome } of kept.entries()) states.push(outcome?.status ?? "waiting");
	return { requested, failure: failure?.code ?? null, states, store: Promise.resolve(kept) };
}

describe("a run", () => {
	test("a post that fails by itself does not stop the others", async () => {
		const { states, failure } = await run(["a", "", "c"], (text) => (text === "" ? "text-empty" : null));
		expect([states, failure]).toEqual([["done", "failed", "done"], null]);
	});
	test("a worker that dies is asked once more, then the post has failed", async () => {
		const once = await run(["a", "b"], (text, call) => (text === "a" && call === 1 ? "worker-died" : null));
		expect([once.requested, once.states]).toEqual([
			["a", "a", "b"],
			["done", "done"],
		]);
		const always = await run(["a", "b"], (text) => (text === "a" ? "worker-died" : null));
		expect([always.requested, always.states]).toEqual([
			["a", "a", "b"],
			["failed", "done"],
		]);
	});
	test("what no post is to blame for stops the run, and the post stays waiting", async () => {
		const { states, failure } = await run(["a", "b"], () => "device-lost");
		expect([states, failure]).toEqual([["waiting", "waiting"], "device-lost"]);
	});
	test("a stopped run goes on where it stopped, and asks nothing twice", async () => {
		const first = await run(["a", "b", "c"], (text) => (text === "b" ? "stop" : null));
		expect(first.states).toEqual(["done", "waiting", "waiting"]);
		const second = await run(["a", "b", "c"], () => null, first.store);
		expect([second.requested, second.states]).toEqual([
			["b", "c"],
			["done", "done", "done"],
		]);
	});
});
