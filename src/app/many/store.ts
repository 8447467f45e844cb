/** Stores posts and their results, so that they outlive the tab; in memory where the browser stores nothing. */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { FailureData } from "../../core/failure.ts";
import type { ExtractionResult } from "../../core/result.ts";
import type { PostSource } from "../../inputs/types.ts";
import type { ExtractRequest } from "../../tasks/request.ts";

/** A post as it is stored. */
export interface NewPost {
	/** As its source has it, else its place in it. */
	readonly id: string;
	readonly text: string;
	readonly picture: Blob | null;
	/** Where it came from; absent in collections of older versions. */
	readonly source?: PostSource;
}

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
	/** Takes another collection piece by piece. The present one stays until the other is whole. */
	begin(): Promise<Replacement>;
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

/** A collection on its way in. */
interface Replacement {
	add(posts: readonly NewPost[]): Promise<void>;
	/** From now on it is the collection, without outcomes. */
	commit(collection: Collection): Promise<void>;
	discard(): Promise<void>;
}

/** Stores a collection that is at hand. */
export async function replaceCollection(
	store: PostStore,
	collection: Collection,
	posts: readonly NewPost[],
): Promise<void> {
	const replacement = await store.begin();
	await replacement.add(posts);
	await replacement.commit(collection);
}

/** `base` is the key of the first post: another collection is taken in beside the present one. */
type KeptCollection = Collection & { readonly base?: number };

interface Schema extends DBSchema {
	collection: { key: string; value: KeptCollection };
	posts: { key: number; value: NewPost };
	outcomes: { key: number; value: PostOutcome };
}

const NAME = "umie-web-many";
const KEY = "current";
const STORES = ["collection", "posts", "outcomes"] as const;
/** Entries read at a time. */
const PAGE = 64;
/** More posts than any collection has: keys of the two halves that collections take turns in. */
const HALF = 2 ** 32;
const keysFrom = (base: number) => IDBKeyRange.bound(base, base + HALF - 1);

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

/** Takes posts into the half that the present collection does not use. @param before base of the present one */
async function replacementBeside(db: IDBPDatabase<Schema>, before: number): Promise<Replacement> {
	const next = before === 0 ? HALF : 0;
	const discard = () => db.delete("posts", keysFrom(next));
	// What is left of one that was never finished.
	await discard();
	let count = 0;
	return {
		async add(posts) {
			const change = db.transaction("posts", "readwrite");
			await Promise.all([...posts.map((post) => change.store.put(post, next + count++)), change.done]);
		},
		async commit(collection) {
			const change = db.transaction(STORES, "readwrite");
			await Promise.all([
				change.objectStore("collection").put({ ...collection, base: next }, KEY),
				change.objectStore("outcomes").clear(),
				change.objectStore("posts").delete(keysFrom(before)),
				change.done,
			]);
		},
		discard,
	};
}

function lastingStore(db: IDBPDatabase<Schema>): PostStore {
	const clear = async () => {
		const change = db.transaction(STORES, "readwrite");
		await Promise.all([...STORES.map((store) => change.objectStore(store).clear()), change.done]);
	};
	const base = async () => (await db.get("collection", KEY))?.base ?? 0;
	return {
		lasting: true,
		async collection() {
			const kept = await db.get("collection", KEY);
			if (!kept) return null;
			const { base: _, ...collection } = kept;
			return collection;
		},
		begin: async () => replacementBeside(db, await base()),
		async setRequest(request) {
			const collection = await db.get("collection", KEY);
			if (collection) await db.put("collection", { ...collection, request }, KEY);
		},
		post: async (place) => (await db.get("posts", (await base()) + place)) ?? null,
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
			const first = await base();
			for (let from = 0; ; from += PAGE) {
				const range = IDBKeyRange.bound(first + from, first + from + PAGE - 1);
				const posts = await db.getAll("posts", range);
				if (posts.length === 0) return;
				const places = IDBKeyRange.bound(from, from + PAGE - 1);
				const [keys, values] = await Promise.all([db.getAllKeys("outcomes", places), db.getAll("outcomes", places)]);
				const outcomes = new Map(keys.map((key, at) => [key, values[at]!]));
				for (const [at, post] of posts.entries())
					yield { place: from + at, post, outcome: outcomes.get(from + at) ?? null };
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
		async begin() {
			const replacing: NewPost[] = [];
			return {
				async add(more) {
					for (const post of more) replacing.push(post);
				},
				async commit(collection) {
					current = collection;
					posts = replacing;
					outcomes.clear();
				},
				discard: async () => void replacing.splice(0),
			};
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
