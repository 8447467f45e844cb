/** The collection behind the view of many posts: what was read, what was found, and the run that is going on. */
import type { Post } from "../../client/protocol.ts";
import { type FailureData, toFailureData } from "../../core/failure.ts";
import type { ExtractionResult } from "../../core/result.ts";
import { type AllowedTypes, withoutSensitive } from "../../core/sensitive.ts";
import type { Preview, ReadOptions } from "../../inputs/types.ts";
import type { ExtractRequest } from "../../tasks/request.ts";
import { alone } from "./alone.ts";
import { Ledger } from "./ledger.ts";
import { runPosts } from "./run.ts";
import { type Collection, openStore, type PostOutcome, type PostStore } from "./store.ts";
import { addTo, emptyTotals, type Totals } from "./totals.ts";

/** How a post is shown in the table. */
export interface Row {
	readonly id: string;
	/** The beginning of the text. */
	readonly start: string;
	readonly hasPicture: boolean;
}

type ManyStatus = "opening" | "empty" | "reading" | "ready" | "running" | "paused" | "done";

/** What the run needs of the page. */
export interface ManyWork {
	/** Opens the model. */
	readonly ready: () => Promise<unknown>;
	readonly extract: (post: Post, request: ExtractRequest, signal: AbortSignal) => Promise<ExtractionResult>;
	readonly request: () => ExtractRequest;
}

/** Files that are being read or were read: their columns can be chosen while the page is open. */
export interface Choice {
	readonly files: readonly File[];
	readonly options: ReadOptions;
	readonly preview: Preview;
}

/** Characters of a post that the table shows. */
const START = 160;
/** Posts that the pace is averaged over. */
const PACE_OVER = 20;

/** What is known of the collection. `ledger` and `totals` change in place. */
export interface ManyState {
	status: ManyStatus;
	collection: Collection | null;
	rows: readonly Row[];
	ledger: Ledger;
	totals: Totals;
	/** Posts in languages that the model was not made for. */
	unsupported: number;
	/** Milliseconds per post, averaged over the last posts of this run; null before the first. */
	pace: number | null;
	failure: FailureData | null;
	/** How far the files are read: posts, and the share of their bytes. */
	reading: { readonly posts: number; readonly share: number } | null;
	/** Null: the files have no columns, or were read before the page was opened. */
	choice: Choice | null;
}

const fresh = (total = 0): ManyState => ({
	status: "opening",
	collection: null,
	rows: [],
	ledger: new Ledger(total),
	totals: emptyTotals(),
	unsupported: 0,
	pace: null,
	failure: null,
	reading: null,
	choice: null,
});

/** Counts what is shown of an outcome; only numbers and names are kept of it. */
function take(state: ManyState, place: number, outcome: PostOutcome, allowed: AllowedTypes): void {
	const { ledger, totals } = state;
	if (outcome.status === "failed") {
		ledger.setFailed(place);
		return;
	}
	const shown = withoutSensitive(outcome.result, allowed);
	const { entities, relations, events, unsupportedLanguage } = shown;
	if (unsupportedLanguage) state.unsupported++;
	const counts = { entities: entities.length, relations: relations.length, events: events.length };
	ledger.setDone(place, counts, addTo(totals, shown));
}

/** A slice keeps its whole string in memory; a copy does not. */
const copied = (text: string): string => JSON.parse(JSON.stringify(text)) as string;

/** Reads the kept collection back, row by row. */
async function restore(store: PostStore, allowed: AllowedTypes): Promise<ManyState> {
	const collection = await store.collection();
	const rows: Row[] = [];
	const state = { ...fresh(collection?.total), collection, rows };
	if (!collection) return { ...state, status: "empty" };
	for await (const { place, post, outcome } of store.entries()) {
		rows[place] = { id: post.id, start: copied(post.text.slice(0, START)), hasPicture: post.picture !== null };
		if (outcome) take(state, place, outcome, allowed);
	}
	return { ...state, status: restingStatus(state) };
}

function restingStatus({ rows, ledger: { done, failed } }: ManyState): ManyStatus {
	if (rows.length === 0) return "empty";
	if (done + failed === 0) return "ready";
	return done + failed < rows.length ? "paused" : "done";
}

/** Every call that changes something calls `onChange`, at once or soon. */
export class ManyPosts {
	state: ManyState = fresh();
	/** Whether the browser keeps the collection. */
	lasting = true;
	readonly #onChange: (soon: boolean) => void;
	#store: Promise<PostStore> | null = null;
	#stop: AbortController | null = null;
	/** Settles when this tab does nothing with the posts any more. */
	#ended: Promise<void> = Promise.resolve();
	#reading: AbortController | null = null;

	readonly #allowed: AllowedTypes;

	/** @param allowed sensitive types that are counted */
	constructor(onChange: (soon: boolean) => void, allowed: AllowedTypes) {
		this.#onChange = onChange;
		this.#allowed = allowed;
	}

	store(): Promise<PostStore> {
		this.#store ??= openStore();
		return this.#store;
	}

	#set(change: Partial<ManyState>): void {
		Object.assign(this.state, change);
		this.#onChange(false);
	}

	readonly fail = (error: unknown): void =>
		this.#set({ failure: toFailureData(error, "app"), status: restingStatus(this.state) });

	/** Ends the run; the post that was being extracted waits again. */
	stop(): void {
		this.#stop?.abort();
	}

	async reload(): Promise<void> {
		const store = await this.store();
		this.lasting = store.lasting;
		this.state = await restore(store, this.#allowed);
		this.#onChange(false);
	}

	/** Reads files as the new collection; what was there stays until all are read. */
	async load(files: readonly File[], options: ReadOptions = {}): Promise<void> {
		this.stop();
		this.stopReading();
		const stop = new AbortController();
		this.#reading = stop;
		this.#set({ status: "reading", failure: null, reading: { posts: 0, share: 0 }, choice: null });
		try {
			const { openFiles, storePosts } = await import("./reading.ts");
			const opened = await openFiles(files, options);
			const { preview } = opened;
			if (this.#reading === stop && preview) this.#set({ choice: { files, options, preview } });
			const onProgress = (posts: number, share: number) => {
				if (this.#reading !== stop) return;
				this.state.reading = { posts, share };
				this.#onChange(true);
			};
			const store = await this.store();
			await this.#alone(() => storePosts(store, opened, { ...options, signal: stop.signal, onProgress }));
			if (this.#reading !== stop) return;
			const { choice } = this.state;
			await this.reload();
			this.#set({ choice });
		} catch (error) {
			// Another reading took its place, or a person stopped it: that is not a failure.
			if (this.#reading !== stop) return;
			this.#reading = null;
			this.#set({ reading: null });
			if (stop.signal.aborted) this.#set({ status: restingStatus(this.state) });
			else throw error;
		}
	}

	stopReading(): void {
		this.#reading?.abort();
	}

	async run(work: ManyWork): Promise<void> {
		await this.#alone(() => this.#run(work));
	}

	/** Ends what this tab does with the posts, and begins unless another tab works on them. @throws Failure `busy` */
	async #alone(work: () => Promise<void>): Promise<void> {
		this.stop();
		const before = this.#ended;
		const running = (async () => {
			await before;
			await alone(work);
		})();
		this.#ended = running.catch(() => undefined);
		await running;
	}

	async #run({ ready, extract, request }: ManyWork): Promise<void> {
		const store = await this.store();
		const stop = new AbortController();
		this.#stop = stop;
		this.#set({ status: "running", failure: null, pace: null });
		const stopped = new Promise<void>((resolve) => stop.signal.addEventListener("abort", () => resolve()));
		await Promise.race([ready(), stopped]);
		if (stop.signal.aborted) return;
		const settled = await this.#settle(store, request);
		const failure = await this.#extractAll(store, (post, signal) => extract(post, settled, signal), stop.signal);
		if (this.#stop === stop) this.#set({ status: restingStatus(this.state), failure });
	}

	/** The request of the collection: once it is started, every post gets the same one. */
	async #settle(store: PostStore, request: () => ExtractRequest): Promise<ExtractRequest> {
		const settled = this.state.collection?.request ?? request();
		await store.setRequest(settled);
		if (this.state.collection) this.state.collection = { ...this.state.collection, request: settled };
		return settled;
	}

	#extractAll(
		store: PostStore,
		extract: (post: Post, signal: AbortSignal) => Promise<ExtractionResult>,
		signal: AbortSignal,
	): Promise<FailureData | null> {
		const { state } = this;
		let before = performance.now();
		return runPosts({
			store,
			total: state.rows.length,
			isDone: (place) => state.ledger.stateOf(place) !== "waiting",
			extract,
			onOutcome: (place, outcome) => {
				take(state, place, outcome, this.#allowed);
				const now = performance.now();
				state.pace = state.pace === null ? now - before : state.pace + (now - before - state.pace) / PACE_OVER;
				before = now;
				this.#onChange(true);
			},
			signal,
		});
	}

	/** Forgets outcomes and runs again; `all` also forgets the request. */
	async again(which: "all" | "failed", work: ManyWork): Promise<void> {
		const store = await this.store();
		await this.#alone(async () => {
			await store.forgetOutcomes(which);
			if (which === "all") await store.setRequest(null);
			await this.reload();
			await this.#run(work);
		});
	}

	pause(): void {
		this.stop();
		this.#set({ status: restingStatus(this.state) });
	}

	dismiss(): void {
		this.#set({ failure: null });
	}

	async clear(): Promise<void> {
		const store = await this.store();
		await this.#alone(() => store.clear());
		await this.reload();
	}
}
