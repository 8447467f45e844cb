/** IndexedDB gives posts and results back after it was closed and opened again. */
import { beforeEach, describe, expect, test } from "vitest";
import { EXAMPLE } from "../../ui/testing.ts";
import { openStore, replaceCollection } from "./store.ts";

const posts = Array.from({ length: 130 }, (_, place) => ({
	id: `p${place}`,
	text: `Post ${place}`,
	picture: place === 1 ? new Blob(["picture"]) : null,
}));
const collection = { name: "posts.csv", total: posts.length, notes: ["A note."], request: null };

beforeEach(async () => {
	await (await openStore()).clear();
});

describe("kept posts", () => {
	test("another opening finds the collection, its pictures, its outcomes and what was asked", async () => {
		const first = await openStore();
		expect(first.lasting).toBe(true);
		await replaceCollection(first, collection, posts);
		await first.setRequest({ tasks: ["mner"] });
		await first.setOutcome(1, { status: "done", result: EXAMPLE });
		const second = await openStore();
		expect(await second.collection()).toEqual({ ...collection, request: { tasks: ["mner"] } });
		expect(await (await second.post(1))!.picture!.text()).toBe("picture");
		expect(await second.outcome(1)).toEqual({ status: "done", result: EXAMPLE });
		expect(await second.outcome(0)).toBeNull();
	});
	test("entries come in order, past the first page, each with its outcome", async () => {
		const store = await openStore();
		await replaceCollection(store, collection, posts);
		await store.setOutcome(129, { status: "failed", failure: { code: "timeout", what: "Too slow.", remedy: "" } });
		const seen = [];
		for await (const { place, post, outcome } of store.entries())
			seen.push(`${place} ${post.id} ${outcome?.status ?? "waiting"}`);
		expect(seen).toHaveLength(130);
		expect([seen[0], seen[64], seen[129]]).toEqual(["0 p0 waiting", "64 p64 waiting", "129 p129 failed"]);
	});
	test("only failed outcomes are forgotten for another try; another collection forgets all", async () => {
		const store = await openStore();
		await replaceCollection(store, collection, posts);
		await store.setOutcome(0, { status: "done", result: EXAMPLE });
		await store.setOutcome(1, { status: "failed", failure: { code: "timeout", what: "", remedy: "" } });
		await store.forgetOutcomes("failed");
		expect([await store.outcome(0), await store.outcome(1)].map((outcome) => outcome?.status ?? null)).toEqual([
			"done",
			null,
		]);
		await replaceCollection(store, { ...collection, total: 1 }, posts.slice(0, 1));
		expect([await store.outcome(0), await store.post(1)]).toEqual([null, null]);
	});
});
