/** Paints marks over the texts of posts: one veil for each text near the window, moved along with its text. */
import { type Bars, barsAt } from "./covering.ts";
import type { Corner, Overlay } from "./overlay.ts";
import { createVeil, type MarkedRange, type Veil } from "./veil.ts";

export interface Painter {
	/** Lays veils over the texts of this owner, and draws these marks in them in place of earlier ones. */
	paint(owner: object, texts: readonly Element[], marks: readonly MarkedRange[]): void;
	/** Highlights these ranges until the next call; with none, nothing is highlighted. */
	light(ranges: readonly StaticRange[]): void;
	/** Moves everything to where the page's words are now. */
	place(corner: Corner): void;
	/** The page scrolled under the window's bars: what lies under them is cut off, at the cost of a few numbers. */
	scrolled(corner: Corner): void;
	drop(owner: object): void;
	clear(): void;
}

interface Owned {
	readonly texts: readonly Element[];
	readonly marks: readonly MarkedRange[];
}

/** Texts as far as this from the window have their veils, so that scrolling finds them drawn. */
const NEAR = "100%";

/** @param onReflow texts came near the window or changed their size: `place` is due */
export const createPainter = (overlay: Pick<Overlay, "host" | "layers">, onReflow: () => void): Painter =>
	new VeilPainter(overlay, onReflow);

class VeilPainter implements Painter {
	readonly #overlay: Pick<Overlay, "host" | "layers">;
	readonly #onReflow: () => void;
	readonly #owned = new Map<object, Owned>();
	/** Two may share a text: a post, and the page that it stands on. */
	readonly #owners = new Map<Element, Set<object>>();
	readonly #veils = new Map<Element, Veil>();
	readonly #near: IntersectionObserver;
	readonly #sizes: ResizeObserver;
	#lit: readonly StaticRange[] = [];
	#bars: Bars = { top: 0, bottom: Number.POSITIVE_INFINITY };

	constructor(overlay: Pick<Overlay, "host" | "layers">, onReflow: () => void) {
		this.#overlay = overlay;
		this.#onReflow = onReflow;
		this.#sizes = new ResizeObserver(onReflow);
		this.#near = new IntersectionObserver(
			(entries) => {
				for (const { target, isIntersecting } of entries) {
					if (isIntersecting) this.#lay(target);
					else this.#lift(target);
				}
				onReflow();
			},
			{ rootMargin: NEAR },
		);
	}

	paint(owner: object, texts: readonly Element[], marks: readonly MarkedRange[]): void {
		const kept = new Set(texts);
		const before = this.#owned.get(owner)?.texts ?? [];
		this.#owned.set(owner, { texts, marks });
		for (const text of before) if (!kept.has(text)) this.#release(text, owner);
		for (const text of texts) {
			this.#claim(text, owner);
			this.#fill(text);
		}
	}

	light(ranges: readonly StaticRange[]): void {
		this.#lit = ranges;
		for (const text of this.#veils.keys()) this.#fill(text);
		this.#onReflow();
	}

	place(corner: Corner): void {
		const { host } = this.#overlay;
		const [some] = this.#veils.keys();
		if (some) {
			const { left, right } = some.getBoundingClientRect();
			this.#bars = barsAt(Math.min(innerWidth - 1, Math.max(1, (left + right) / 2)), host);
		}
		// First everything is read, then everything is moved.
		const moves = [...this.#veils.values()].map((veil) => veil.measure(corner, host));
		for (const move of moves) move();
		this.scrolled(corner);
	}

	scrolled(corner: Corner): void {
		for (const veil of this.#veils.values()) veil.cut(corner, this.#bars);
	}

	drop(owner: object): void {
		const { texts = [] } = this.#owned.get(owner) ?? {};
		this.#owned.delete(owner);
		for (const text of texts) this.#release(text, owner);
	}

	clear(): void {
		for (const owner of [...this.#owned.keys()]) this.drop(owner);
		this.#lit = [];
		this.#near.disconnect();
		this.#sizes.disconnect();
	}

	#lay(text: Element): void {
		if (this.#veils.has(text) || !this.#owners.has(text)) return;
		const veil = createVeil(text);
		this.#veils.set(text, veil);
		this.#overlay.layers.marks.append(veil.box);
		this.#sizes.observe(text);
		this.#fill(text);
	}

	#lift(text: Element): void {
		this.#veils.get(text)?.box.remove();
		this.#veils.delete(text);
		this.#sizes.unobserve(text);
	}

	#fill(text: Element): void {
		const veil = this.#veils.get(text);
		if (!veil) return;
		const marks = [...(this.#owners.get(text) ?? [])].flatMap((owner) => this.#owned.get(owner)?.marks ?? []);
		veil.set({ marks: marks.filter(({ range }) => veil.holds(range)), lit: this.#lit.filter(veil.holds) });
	}

	#claim(text: Element, owner: object): void {
		const before = this.#owners.get(text);
		if (before) before.add(owner);
		else {
			this.#owners.set(text, new Set([owner]));
			this.#near.observe(text);
		}
	}

	#release(text: Element, owner: object): void {
		const left = this.#owners.get(text);
		if (!left?.delete(owner)) return;
		if (left.size > 0) {
			this.#fill(text);
			return;
		}
		this.#near.unobserve(text);
		this.#owners.delete(text);
		this.#lift(text);
	}
}
