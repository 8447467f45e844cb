/** Collects what a person should know of files that were read: what failed, what was left out, and how often. */
import { sentencesOf } from "./inputs.ts";

export const PICTURE_MISSING = "Picture missing from the files";
/** Failures that are named one by one; the rest is counted. */
const MAX_NAMED = 5;

export class Notes {
	readonly #counted = new Map<string, number>();
	readonly #said = new Set<string>();
	readonly #failed: string[] = [];
	#failures = 0;

	count(why: string): void {
		this.#counted.set(why, (this.#counted.get(why) ?? 0) + 1);
	}

	say(text: string): void {
		this.#said.add(text);
	}

	fail(what: string): void {
		if (++this.#failures <= MAX_NAMED) this.#failed.push(what);
	}

	failPicture(what: string): void {
		this.fail(`Picture left out: ${what}`);
	}

	/** Each once. */
	sentences(): string[] {
		const more = this.#failures - this.#failed.length;
		const rest = more > 0 ? [`And ${more.toLocaleString("en")} more that could not be read.`] : [];
		return [...sentencesOf(this.#counted), ...this.#failed, ...rest, ...this.#said];
	}
}
