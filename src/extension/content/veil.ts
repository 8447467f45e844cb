/**
 * A layer over one piece of the page's text, in which its marks are drawn. Pages can find out what lies over their
 * words (an IntersectionObserver that tracks visibility does), so each text of a post lies under one such layer from
 * the beginning, and no mark reaches beyond it: what was found changes nothing that a page can measure.
 */
import { type Look, lookClass } from "../../ui/palette.ts";
import { element } from "../view/dom.ts";
import { type Bars, clippingAncestors, type Edges, isCovered } from "./covering.ts";
import type { Corner } from "./overlay.ts";

export interface MarkedRange {
	readonly range: StaticRange;
	readonly look: Look;
	/** 0…1: a mark is as strong as its record is sure. */
	readonly strength: number;
}

/** What is drawn in a veil: marks, and the pieces that the person points at in the card. */
interface Drawn {
	readonly marks: readonly MarkedRange[];
	readonly lit: readonly StaticRange[];
}

export interface Veil {
	readonly box: HTMLElement;
	/** Whether a range stands in this veil's text. */
	holds(range: StaticRange): boolean;
	/** Draws at the next `place`. */
	set(drawn: Drawn): void;
	/** Reads the page, and changes nothing, so that many veils cost the browser one layout. @returns what moves it */
	measure(corner: Corner, host: Element): () => void;
	/** Cuts off what lies under the window's bars. @param corner where the layers' corner is now */
	cut(corner: Corner, bars: Bars): void;
}

/** Underlines reach a little below the letters. */
const MARGIN = 4;
/** A mark of a record that is hardly sure is still seen. */
const FAINTEST = 0.35;

interface Shape {
	readonly kind: string;
	readonly opacity: number;
	/** Relative to the veil. */
	readonly at: Edges;
}

export function createVeil(text: Element): Veil {
	const box = element("div", { class: "veil" });
	let drawn: Drawn = { marks: [], lit: [] };
	let shapes: ReadonlyArray<Shape & { readonly made: HTMLElement }> = [];
	/** What `shapes` were made from. */
	let before = "[]";
	const clipping = clippingAncestors(text);
	/** Where the veil is, and how much of it its columns show; relative to the layers' corner. */
	let place: Edges = { left: 0, top: 0, right: 0, bottom: 0 };
	let shown: Edges = place;

	/** New elements where anything moved: a page can measure how far an old one does. */
	function redraw(found: readonly Shape[]): void {
		const now = JSON.stringify(found);
		if (now === before) return;
		before = now;
		shapes = found.map((shape) => ({ ...shape, made: drawShape(shape) }));
		box.replaceChildren(...shapes.map(({ made }) => made));
	}

	return {
		box,
		holds: ({ startContainer }) => text.contains(startContainer),
		set(next) {
			drawn = next;
		},
		measure(corner, host) {
			const at = text.getBoundingClientRect();
			const seen = intersection([at, ...clipping.map((one) => one.getBoundingClientRect())]);
			const found = shapesOf(drawn, at);
			const covered = found.map(({ at: { left, top, right, bottom } }) => {
				const [x, y] = [at.left + middle(left, right), at.top + middle(top, bottom)];
				return y > 0 && y < innerHeight && isCovered(text, x, y, host);
			});
			return () => {
				place = moved(at, -corner.left, -corner.top);
				shown = moved(seen, -corner.left, -corner.top);
				box.hidden = at.width === 0 || at.height === 0;
				// Moved by transforms only: any other change of place counts as the page's own layout shift.
				box.style.transform = `translate(${place.left - MARGIN}px, ${place.top - MARGIN}px)`;
				box.style.width = `${at.width + 2 * MARGIN}px`;
				box.style.height = `${at.height + 2 * MARGIN}px`;
				redraw(found);
				for (const [index, { made }] of shapes.entries()) made.hidden = covered[index] === true;
			};
		},
		cut(corner, bars) {
			const top = Math.max(shown.top, bars.top - corner.top) - place.top;
			const bottom = place.bottom - Math.min(shown.bottom, bars.bottom - corner.top);
			const sides = [top, place.right - shown.right, bottom, shown.left - place.left];
			// The margin is cut off only together with the text beside it.
			const clip = sides.map((side) => `${side > 0 ? side + MARGIN : 0}px`).join(" ");
			const value = sides.some((side) => side > 0) ? `inset(${clip})` : "none";
			if (box.style.clipPath !== value) box.style.clipPath = value;
		},
	};
}

/** The middle of an extent of the veil, relative to its text. */
const middle = (from: number, to: number): number => (from + to) / 2 - MARGIN;

function moved({ left, top, right, bottom }: Edges, x: number, y: number): Edges {
	return { left: left + x, top: top + y, right: right + x, bottom: bottom + y };
}

function intersection(all: readonly Edges[]): Edges {
	return {
		left: Math.max(...all.map(({ left }) => left)),
		top: Math.max(...all.map(({ top }) => top)),
		right: Math.min(...all.map(({ right }) => right)),
		bottom: Math.min(...all.map(({ bottom }) => bottom)),
	};
}

/** @param text where the text is, in window coordinates */
function shapesOf({ marks, lit }: Drawn, text: DOMRect): Shape[] {
	const ofMarks = marks.flatMap(({ range, look, strength }) =>
		rectanglesOf(range).map((at) => ({
			kind: `mark ${lookClass(look)}`,
			opacity: FAINTEST + (1 - FAINTEST) * Math.min(1, Math.max(0, strength)),
			at,
		})),
	);
	const ofLit = lit.flatMap(rectanglesOf).map((at) => ({ kind: "mark is-lit", opacity: 1, at }));
	const frame = { left: 0, top: 0, right: text.width + 2 * MARGIN, bottom: text.height + 2 * MARGIN };
	return [...ofMarks, ...ofLit].flatMap((shape) => {
		// A mark that reached beyond the veil would show a page where it is.
		const at = intersection([moved(shape.at, MARGIN - text.left, MARGIN - text.top), frame]);
		return at.left < at.right && at.top < at.bottom ? [{ ...shape, at }] : [];
	});
}

function rectanglesOf({ startContainer, startOffset, endContainer, endOffset }: StaticRange): DOMRect[] {
	const range = new Range();
	try {
		range.setStart(startContainer, startOffset);
		range.setEnd(endContainer, endOffset);
	} catch {
		// The page has removed these letters since.
		return [];
	}
	return [...range.getClientRects()].filter(({ width, height }) => width > 0 && height > 0);
}

function drawShape({ kind, opacity, at: { left, top, right, bottom } }: Shape): HTMLElement {
	const made = element("div", { class: kind });
	Object.assign(made.style, {
		left: `${left}px`,
		top: `${top}px`,
		width: `${right - left}px`,
		height: `${bottom - top}px`,
		opacity: String(opacity),
	});
	return made;
}
