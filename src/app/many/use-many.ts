/** Goes in: files, and calls of an engine. Comes out: a collection of posts with what was found, kept over reloads, and what a person can do with it. */
import { useEffect, useRef, useState } from "react";
import type { Post } from "../../client/protocol.ts";
import { type FailureData, toFailureData } from "../../core/failure.ts";
import type { ExtractionResult } from "../../core/result.ts";
import type { ExtractRequest } from "../../tasks/types.ts";
import { Ledger } from "./ledger.ts";
import { readPosts } from "./posts.ts";
import { runPosts } from "./run.ts";
import { type Collection, openStore, type PostOutcome, type PostStore } from "./store.ts";
import { addTo, emptyTotals, type Totals } from "./totals.ts";

/** What a person knows a post by. */
export interface Row {
	readonly id: string;
	/** The beginning of the text. */
	readonly start: string;
	readonly hasPicture: boolean;
}

export type ManyStatus = "opening" | "empty" | "reading" | "ready" | "running" | "paused" | "done";

/** What the view draws. `ledger` and `totals` are changed in place; `version` counts the changes. */
export interface Many {
	readonly status: ManyStatus;
	readonly collection: Collection | null;
	readonly rows: readonly Row[];
	readonly ledger: Ledger;
	readonly totals: Totals;
	/** Milliseconds a post took, over the last ones of this run; null before the first. */
	readonly pace: number | null;
	readonly failure: FailureData | null;
	/** Whether the browser keeps the collection. */
	readonly lasting: boolean;
	readonly version: number;
}

export interface ManyCalls {
	load(files: readonly File[]): void;
	start(): void;
	pause(): void;
	/** Asks the failed ones again. */
	retry(): void;
	/** Forgets what was found and starts over, with the tasks and labels of now. */
	restart(): void;
	clear(): void;
	outcome(
		place: number,
	): Promise<{ readonly text: string; readonly picture: Blob | null; readonly outcome: PostOutcome | null } | null>;
	entries(): ReturnType<PostStore["entries"]>;
	/** Shows what went wrong elsewhere in the view. */
	fail(error: unknown): void;
	dismiss(): void;
}

interface UseMany {
	/** The model, open. */
	readonly ready: () => Promise<unknown>;
	readonly extract: (post: Post, request: ExtractRequest, signal: AbortSignal) => Promise<ExtractionResult>;
	readonly request: () => ExtractRequest;
}

/** Characters of a post in the table. */
const START = 160;
/** The page is drawn at most this often while posts come in. */
const REDRAW_MS = 200;
/** Posts that the pace is averaged over. */
const PACE_OVER = 20;

interface Inner {
	status: ManyStatus;
	collection: Collection | null;
	rows: Row[];
	ledger: Ledger;
	totals: Totals;
	pace: number | null;
	failure: FailureData | null;
}

const fresh = (total = 0): Inner => ({
	status: "opening",
	collection: null,
	rows: [],
	ledger: new Ledger(total),
	totals: emptyTotals(),
	pace: null,
	failure: null,
});

/** Counts an outcome; nothing of it is kept but numbers and names. */
function take({ ledger, totals }: Inner, place: number, outcome: PostOutcome): void {
	if (outcome.status === "failed") {
		ledger.setFailed(place);
		return;
	}
	const { entities, relations, events } = outcome.result;
	const counts = { entities: entities.length, relations: relations.length, events: events.length };
	ledger.setDone(place, counts, addTo(totals, outcome.result));
}

/** A piece of a string keeps the whole of it in memory; a copy does not. */
const copied = (text: string): string => JSON.parse(JSON.stringify(text)) as string;

/** Reads a kept collection back, row by row. */
async function restore(store: PostStore): Promise<Inner> {
	const collection = await store.collection();
	const inner = { ...fresh(collection?.total), collection };
	if (!collection) return { ...inner, status: "empty" };
	for await (const { place, post, outcome } of store.entries()) {
		inner.rows[place] = { id: post.id, start: copied(post.text.slice(0, START)), hasPicture: post.picture !== null };
		if (outcome) take(inner, place, outcome);
	}
	return { ...inner, status: restingStatus(inner) };
}

function restingStatus({ rows, ledger: { done, failed } }: Inner): ManyStatus {
	if (rows.length === 0) return "empty";
	if (done + failed === 0) return "ready";
	return done + failed < rows.length ? "paused" : "done";
}

export function useMany({ ready, extract, request }: UseMany): { readonly many: Many; readonly calls: ManyCalls } {
	const inner = useRef<Inner>(fresh());
	const store = useRef<Promise<PostStore> | null>(null);
	const stop = useRef<AbortController | null>(null);
	const [version, setVersion] = useState(0);
	const [lasting, setLasting] = useState(true);
	const timer = useRef<ReturnType<typeof setTimeout> | null>(null);

	const draw = () => setVersion((before) => before + 1);
	const drawSoon = () => {
		timer.current ??= setTimeout(() => {
			timer.current = null;
			draw();
		}, REDRAW_MS);
	};
	const opened = (): Promise<PostStore> => {
		store.current ??= openStore();
		return store.current;
	};
	const set = (change: Partial<Inner>) => {
		Object.assign(inner.current, change);
		draw();
	};
	const fail = (error: unknown) => set({ failure: toFailureData(error), status: restingStatus(inner.current) });
	const reload = async () => {
		const kept = await opened();
		setLasting(kept.lasting);
		inner.current = await restore(kept);
		draw();
	};

	// biome-ignore lint/correctness/useExhaustiveDependencies: once, when the view opens; a run ends with it
	useEffect(() => {
		reload().catch(fail);
		return () => stop.current?.abort();
	}, []);

	const load = async (files: readonly File[]) => {
		stop.current?.abort();
		set({ status: "reading", failure: null });
		const { posts, notes } = await readPosts(files);
		const named = files.find(({ name }) => /\.(csv|tsv|jsonl|ndjson|json)$/i.test(name)) ?? files[0]!;
		const name = files.length > 1 ? `${named.name} and ${files.length - 1} more` : named.name;
		await (await opened()).replace({ name, total: posts.length, notes, request: null }, posts);
		await reload();
	};

	const run = async () => {
		const kept = await opened();
		const stopping = new AbortController();
		stop.current?.abort();
		stop.current = stopping;
		set({ status: "running", failure: null, pace: null });
		await ready();
		const asked = inner.current.collection?.request ?? request();
		await kept.setRequest(asked);
		if (inner.current.collection) inner.current.collection = { ...inner.current.collection, request: asked };
		const { current } = inner;
		let before = performance.now();
		const failure = await runPosts({
			store: kept,
			total: current.rows.length,
			isDone: (place) => current.ledger.stateOf(place) !== "waiting",
			extract: (post, signal) => extract(post, asked, signal),
			onOutcome: (place, outcome) => {
				take(current, place, outcome);
				const now = performance.now();
				current.pace = current.pace === null ? now - before : current.pace + (now - before - current.pace) / PACE_OVER;
				before = now;
				drawSoon();
			},
			signal: stopping.signal,
		});
		if (stop.current === stopping) set({ status: restingStatus(inner.current), failure });
	};
	const start = () => void run().catch(fail);
	const again = async (which: "all" | "failed") => {
		stop.current?.abort();
		const kept = await opened();
		await kept.forgetOutcomes(which);
		if (which === "all") await kept.setRequest(null);
		await reload();
		await run();
	};

	const calls: ManyCalls = {
		load: (files) => void load(files).catch(fail),
		start,
		pause: () => {
			stop.current?.abort();
			set({ status: restingStatus(inner.current) });
		},
		retry: () => void again("failed").catch(fail),
		restart: () => void again("all").catch(fail),
		clear: () => {
			stop.current?.abort();
			opened()
				.then((kept) => kept.clear())
				.then(reload)
				.catch(fail);
		},
		outcome: async (place) => {
			const kept = await opened();
			const post = await kept.post(place);
			return post && { text: post.text, picture: post.picture, outcome: await kept.outcome(place) };
		},
		entries: async function* () {
			yield* (await opened()).entries();
		},
		fail,
		dismiss: () => set({ failure: null }),
	};
	return { many: { ...inner.current, lasting, version }, calls };
}
