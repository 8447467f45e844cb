/** Decides once how a weight is stored, for all graphs that read it, and notes in sentences what is unusual. */
import type { Blocks } from "./precision-int4.ts";

/** Asked once per name. */
export class Remembered<T> {
	readonly #known = new Map<string, T>();

	of(name: string, decide: () => T): T {
		if (!this.#known.has(name)) this.#known.set(name, decide());
		return this.#known.get(name) as T;
	}
}

/**
 * What measuring the weights decided. Deciding again gives the same: sharing one of these only saves time and repeated
 * sentences.
 */
export class Decisions {
	/** How a product's weights are cut into 4-bit blocks; null: they are not. */
	readonly blocks = new Remembered<Blocks | null>();
	/** How a vocabulary table's rows are cut into 4-bit blocks; null: they are not. */
	readonly tables = new Remembered<Blocks | null>();
	/** k of a weight stored as halves of x ÷ 2^k. */
	readonly exponents = new Remembered<number>();
	/** For a person: which weights are not stored as the export's precision says. */
	readonly notes: string[] = [];
}
