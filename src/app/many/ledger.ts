/** Keeps the state and counts of every post in a few bytes; results themselves stay in storage. */

const POST_STATES = ["waiting", "done", "failed"] as const;
export type PostState = (typeof POST_STATES)[number];

/** Records found in a post. */
export interface Counts {
	readonly entities: number;
	readonly relations: number;
	readonly events: number;
}

/** Larger counts are shown as this. */
const MAX_COUNT = 0xffff;

export class Ledger {
	/** Index into `POST_STATES`, by place. */
	readonly #states: Uint8Array;
	/** Entities, relations, events: three numbers per post. */
	readonly #counts: Uint16Array;
	/** Numbers of the things that posts name, post by post in the order of their results. */
	#things = new Uint32Array(64);
	#used = 0;
	/** Where the things of a post begin in `#things`, and how many there are: two numbers per post. */
	readonly #spans: Uint32Array;
	#done = 0;
	#failed = 0;

	/** @param total how many posts there are */
	constructor(total: number) {
		this.#states = new Uint8Array(total);
		this.#counts = new Uint16Array(3 * total);
		this.#spans = new Uint32Array(2 * total);
	}

	get total(): number {
		return this.#states.length;
	}

	get done(): number {
		return this.#done;
	}

	get failed(): number {
		return this.#failed;
	}

	stateOf(place: number): PostState {
		return POST_STATES[this.#states[place] ?? 0]!;
	}

	/** Null for a post without a result. */
	countsOf(place: number): Counts | null {
		if (this.stateOf(place) !== "done") return null;
		const [entities = 0, relations = 0, events = 0] = this.#counts.subarray(3 * place, 3 * place + 3);
		return { entities, relations, events };
	}

	/** @param thing its number, as `addTo` gave it */
	names(place: number, thing: number): boolean {
		const [from = 0, count = 0] = this.#spans.subarray(2 * place, 2 * place + 2);
		return this.#things.subarray(from, from + count).includes(thing);
	}

	/** Notes the result of a waiting post. @param things numbers of the things it names, each once */
	setDone(place: number, { entities, relations, events }: Counts, things: readonly number[]): void {
		this.#set(place, "done");
		this.#done++;
		for (const [at, count] of [entities, relations, events].entries())
			this.#counts[3 * place + at] = Math.min(MAX_COUNT, count);
		if (this.#used + things.length > this.#things.length) {
			const larger = new Uint32Array(2 * (this.#used + things.length));
			larger.set(this.#things);
			this.#things = larger;
		}
		this.#things.set(things, this.#used);
		this.#spans.set([this.#used, things.length], 2 * place);
		this.#used += things.length;
	}

	setFailed(place: number): void {
		this.#set(place, "failed");
		this.#failed++;
	}

	#set(place: number, state: PostState): void {
		this.#states[place] = POST_STATES.indexOf(state);
	}
}
