/** Stores posts and their results, so that they outlive the tab; in memory where the browser stores nothing. */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { FailureData } from "../../core/failure.ts";
import type { ExtractionResult } from "../../core/result.ts";
import type { ExtractRequest } from "../../tasks/request.ts";
import type { NewPost } from "./posts.ts";

/** The outcome of a post. */
export type PostOutcome =
	| { readonly status: "done"; readonly result: ExtractionResult }
	| { readonly status: "failed"; readonly failure: FailureData };

export interface Collection {
	/** The files it came from. */
	readonly name: string;
	readonly total: number;
	readonly notes: readonly string[];
	/** The request for every post, the same for the whole collection; null until the run was started. */
	readonly request: ExtractRequest | null;
}

/** One collection, its posts and outcomes by place. */
export interface PostStore {
	/** Whether it outlives the tab. */
	readonly lasting: boolean;
	collection(): Promise<Collection | null>;
	replace(collection: Collection, posts: readonly NewPost[]): Promise<void>;
	setRequest(request: ExtractRequest | null): Promise<void>;
	post(place: number): Promise<NewPost | null>;
	outcome(place: number): Promise<PostOutcome | null>;
	setOutcome(place: number, outcome: PostOutcome): Promise<void>;
	/** Deletes every outcome, or only the failed ones. */
	forgetOutcomes(which: "all" | "failed"): Promise<void>;
	/** Every post with its outcome, in order; only a few are in memory at a time. */
	entries(): AsyncGenerator<
		{ readonly place: number; readonly post: NewPost; readonly outcome: PostOutcome | null },
		void
	>;
	clear(): Promise<void>;
}

interface Schema extends DBSchema {
	collection: { key: string; value: Collection };
	posts: { key: number; value: NewPost };
	outcomes: { key: number; value: PostOutcome };
}

const NAME = "umie-web-many";
const KEY = "current";
const STORES = ["collection", "posts", "outcomes"] as const;
/** Entries read at a time. */
const PAGE = 64;

/** Opens IndexedDB where it works, else memory. */
export async function openStore(): Promise<PostStore> {
	try {
		const db = await openDB<Schema>(NAME, 1, {
			upgrade(fresh) {
				for (const store of STORES) fresh.createObjectStore(store);
			},
		});
		return lastingStore(db);
	} catch {
		return memoryStore();
	}
}

function lastingStore(db: IDBPDatabase<Schema>): PostStore {
	const clear = async () => {
		const change = db.transaction(STORES, "readwrite");
		await Promise.all([...STORES.map((store) => change.objectStore(store).clear()), change.done]);
	};
	return {
		lasting: true,
		collection: async () => (await db.get("collection", KEY)) ?? null,
		async replace(collection, posts) {
			const change = db.transaction(STORES, "readwrite");
			await Promise.all(STORES.map((store) => change.objectStore(store).clear()));
			const kept = change.objectStore("posts");
			for (const [place, post] of posts.entries()) void kept.put(post, place);
			void change.objectStore("collection").put(collection, KEY);
			await change.done;
		},
		async setRequest(request) {
			const collection = await db.get("collection", KEY);
			if (collection) await db.put("collection", { ...collection, request }, KEY);
		},
		post: async (place) => (await db.get("posts", place)) ?? null,
		outcome: async (place) => (await db.get("outcomes", place)) ?? null,
		async setOutcome(place, outcome) {
			await db.put("outcomes", outcome, place);
		},
		async forgetOutcomes(which) {
			const change = db.transaction("outcomes", "readwrite");
			if (which === "all") await change.store.clear();
			else
				for (let cursor = await change.store.openCursor(); cursor; cursor = await cursor.continue())
					if (cursor.value.status === "failed") await cursor.delete();
			await change.done;
		},
		async *entries() {
			for (let from = 0; ; from += PAGE) {
				const range = IDBKeyRange.bound(from, from + PAGE - 1);
				const posts = await db.getAll("posts", range);
				if (posts.length === 0) return;
				const outcomes = await Promise.all(posts.map((_, at) => db.get("outcomes", from + at)));
				for (const [at, post] of posts.entries()) yield { place: from + at, post, outcome: outcomes[at] ?? null };
			}
		},
		clear,
	};
}

export function memoryStore(): PostStore {
	let current: Collection | null = null;
	let posts: readonly NewPost[] = [];
	const outcomes = new Map<number, PostOutcome>();
	return {
		lasting: false,
		collection: async () => current,
		async replace(collection, replacing) {
			current = collection;
			posts = replacing;
			outcomes.clear();
		},
		async setRequest(request) {
			if (current) current = { ...current, request };
		},
		post: async (place) => posts[place] ?? null,
		outcome: async (place) => outcomes.get(place) ?? null,
		async setOutcome(place, outcome) {
			outcomes.set(place, outcome);
		},
		async forgetOutcomes(which) {
			for (const [place, { status }] of outcomes) if (which === "all" || status === "failed") outcomes.delete(place);
		},
		async *entries() {
			for (const [place, post] of posts.entries()) yield { place, post, outcome: outcomes.get(place) ?? null };
		},
		async clear() {
			current = null;
			posts = [];
			outcomes.clear();
		},
	};
}
