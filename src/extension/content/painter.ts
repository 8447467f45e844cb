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

export function createPainter({ host, layers }: Pick<Overlay, "host" | "layers">, onReflow: () => void): Painter {
	const owned = new Map<object, Owned>();
	const veils = new Map<Element, Veil>();
	/** Two may share a text: a post, and the page that it stands on. */
	const owners = new Map<Element, Set<object>>();
	let lit: readonly StaticRange[] = [];
	let bars: Bars = { top: 0, bottom: Number.POSITIVE_INFINITY };

	const near = new IntersectionObserver(
		(entries) => {
			for (const { target, isIntersecting } of entries) (isIntersecting ? lay : lift)(target);
			onReflow();
		},
		{ rootMargin: NEAR },
	);
	const sizes = new ResizeObserver(onReflow);

	function lay(text: Element): void {
		if (veils.has(text) || !owners.has(text)) return;
		const veil = createVeil(text);
		veils.set(text, veil);
		layers.marks.append(veil.box);
		sizes.observe(text);
		fill(text);
	}

	function lift(text: Element): void {
		veils.get(text)?.box.remove();
		veils.delete(text);
		sizes.unobserve(text);
	}

	function fill(text: Element): void {
		const veil = veils.get(text);
		if (!veil) return;
		const marks = [...(owners.get(text) ?? [])].flatMap((owner) => owned.get(owner)?.marks ?? []);
		veil.set({ marks: marks.filter(({ range }) => veil.holds(range)), lit: lit.filter(veil.holds) });
	}

	function claim(text: Element, owner: object): void {
		const before = owners.get(text);
		if (before) before.add(owner);
		else {
			owners.set(text, new Set([owner]));
			near.observe(text);
		}
	}

	function release(text: Element, owner: object): void {
		const left = owners.get(text);
		if (!left?.delete(owner)) return;
		if (left.size > 0) {
			fill(text);
			return;
		}
		near.unobserve(text);
		owners.delete(text);
		lift(text);
	}

	function drop(owner: object): void {
		const { texts = [] } = owned.get(owner) ?? {};
		owned.delete(owner);
		for (const text of texts) release(text, owner);
	}

	function cut(corner: Corner): void {
		for (const veil of veils.values()) veil.cut(corner, bars);
	}

	return {
		paint(owner, texts, marks) {
			const kept = new Set(texts);
			const before = owned.get(owner)?.texts ?? [];
			owned.set(owner, { texts, marks });
			for (const text of before) if (!kept.has(text)) release(text, owner);
			for (const text of texts) {
				claim(text, owner);
				fill(text);
			}
		},
		light(ranges) {
			lit = ranges;
			for (const text of veils.keys()) fill(text);
			onReflow();
		},
		place(corner) {
			const [some] = veils.keys();
			if (some) {
				const { left, right } = some.getBoundingClientRect();
				bars = barsAt(Math.min(innerWidth - 1, Math.max(1, (left + right) / 2)), host);
			}
			// First everything is read, then everything is moved.
			const moves = [...veils.values()].map((veil) => veil.measure(corner, host));
			for (const move of moves) move();
			cut(corner);
		},
		scrolled: cut,
		drop,
		clear() {
			for (const owner of [...owned.keys()]) drop(owner);
			lit = [];
			near.disconnect();
			sizes.disconnect();
		},
	};
}
