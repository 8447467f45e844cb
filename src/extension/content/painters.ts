/** Paints marks on ranges of the page's text without changing the page's elements or text. */
import { HUES, LINES, type Look } from "../../ui/palette.ts";
import { element } from "../view/dom.ts";

export interface MarkedRange {
	readonly range: StaticRange;
	readonly look: Look;
}

export interface Painter {
	/** Replaces the marks of this owner. */
	paint(owner: object, marks: readonly MarkedRange[]): void;
	/** Highlights these ranges until the next call; with none, nothing is highlighted. */
	light(ranges: readonly StaticRange[]): void;
	/** Moves marks that are drawn over the page to where its words are now. */
	place(): void;
	clear(): void;
}

const highlightName = ({ hue, line }: Look): string => `umie-${hue}-${line}`;
export const LIT_NAME = "umie-lit";
const NAMES: readonly string[] = [
	...HUES.flatMap((hue) => LINES.map((line) => highlightName({ hue, line }))),
	LIT_NAME,
];

/**
 * Paints with the CSS Custom Highlight API: the browser paints, and nothing is added to the page.
 * `content.css` holds the styles.
 */
export function highlightPainter(registry: HighlightRegistry): Painter {
	const owned = new Map<object, readonly MarkedRange[]>();
	const highlightOf = (name: string): Highlight => {
		let highlight = registry.get(name);
		if (!highlight) {
			highlight = new Highlight();
			registry.set(name, highlight);
		}
		return highlight;
	};
	return {
		paint(owner, marks) {
			for (const { range, look } of owned.get(owner) ?? []) registry.get(highlightName(look))?.delete(range);
			for (const { range, look } of marks) highlightOf(highlightName(look)).add(range);
			if (marks.length > 0) owned.set(owner, marks);
			else owned.delete(owner);
		},
		light(ranges) {
			registry.delete(LIT_NAME);
			if (ranges.length === 0) return;
			const lit = new Highlight(...ranges);
			lit.priority = 1;
			registry.set(LIT_NAME, lit);
		},
		place() {},
		clear() {
			owned.clear();
			for (const name of NAMES) registry.delete(name);
		},
	};
}

/**
 * Paints lines and tints over the text, for browsers without highlights.
 * @param layer of the overlay; its corner is the origin
 */
export function rectanglePainter(layer: HTMLElement): Painter {
	const owned = new Map<object, readonly MarkedRange[]>();
	let lit: readonly StaticRange[] = [];
	const place = () => {
		const origin = layer.getBoundingClientRect();
		const draw = (range: StaticRange, kind: string) =>
			rectanglesOf(range).map(({ left, top, width, height }) => {
				const rectangle = element("div", { class: kind });
				Object.assign(rectangle.style, {
					left: `${left - origin.left}px`,
					top: `${top - origin.top}px`,
					width: `${width}px`,
					height: `${height}px`,
				});
				return rectangle;
			});
		const marks = [...owned.values()]
			.flat()
			.flatMap(({ range, look }) => draw(range, `mark hue-${look.hue} line-${look.line}`));
		layer.replaceChildren(...marks, ...lit.flatMap((range) => draw(range, "mark is-lit")));
	};
	return {
		paint(owner, marks) {
			if (marks.length > 0) owned.set(owner, marks);
			else owned.delete(owner);
			place();
		},
		light(ranges) {
			lit = ranges;
			place();
		},
		place,
		clear() {
			owned.clear();
			lit = [];
			layer.replaceChildren();
		},
	};
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
	return [...range.getClientRects()];
}
