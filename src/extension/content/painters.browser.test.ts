/** Tests that marks appear on ranges of text, with highlights and without, and that the page stays as it is. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { highlightPainter, LIT_NAME, rectanglePainter } from "./painters.ts";
import { postText, rangesOf } from "./post-text.ts";

const LOOK = { hue: "blue", line: "solid" } as const;
let layer: HTMLElement;

beforeEach(() => {
	document.body.innerHTML = "<p>Ada met Charles</p>";
	layer = document.createElement("div");
	layer.style.cssText = "position:absolute;top:0;left:0";
	const style = document.createElement("style");
	style.textContent = ".mark { position: absolute; box-sizing: border-box }";
	document.body.append(layer, style);
});
afterEach(() => document.body.replaceChildren());

function rangeOf(start: number, end: number): StaticRange {
	return rangesOf(postText([document.querySelector("p")!], { limit: 100 }), start, end)[0]!;
}

describe("with highlights", () => {
	test("a mark is in the browser's registry until its owner paints again", () => {
		const painter = highlightPainter(CSS.highlights);
		const owner = {};
		painter.paint(owner, [{ range: rangeOf(0, 3), look: LOOK }]);
		expect(CSS.highlights.get("umie-blue-solid")?.size).toBe(1);
		painter.paint(owner, []);
		expect(CSS.highlights.get("umie-blue-solid")?.size).toBe(0);
		painter.clear();
	});
	test("clearing leaves only the page's own highlights in the registry", () => {
		const own = new Highlight();
		CSS.highlights.set("search", own);
		const painter = highlightPainter(CSS.highlights);
		painter.paint({}, [{ range: rangeOf(0, 3), look: LOOK }]);
		painter.light([rangeOf(8, 15)]);
		expect(CSS.highlights.has(LIT_NAME)).toBe(true);
		painter.clear();
		expect([...CSS.highlights.keys()]).toEqual(["search"]);
		CSS.highlights.delete("search");
	});
});

describe("without highlights", () => {
	test("a rectangle lies exactly over the words", () => {
		const painter = rectanglePainter(layer);
		painter.paint({}, [{ range: rangeOf(8, 15), look: LOOK }]);
		const words = new Range();
		words.setStart(document.querySelector("p")!.firstChild!, 8);
		words.setEnd(document.querySelector("p")!.firstChild!, 15);
		const [mark] = layer.children;
		expect(mark!.className).toBe("mark hue-blue line-solid");
		const [at, expected] = [mark!.getBoundingClientRect(), words.getBoundingClientRect()];
		expect(at.left).toBeCloseTo(expected.left, 2);
		expect(at.right).toBeCloseTo(expected.right, 2);
		expect(at.top).toBeCloseTo(expected.top, 2);
	});
	test("the page's words are the same nodes as before, and clearing removes every rectangle", () => {
		const before = document.querySelector("p")!.firstChild;
		const painter = rectanglePainter(layer);
		painter.paint({}, [{ range: rangeOf(0, 3), look: LOOK }]);
		painter.light([rangeOf(8, 15)]);
		expect(layer.childElementCount).toBe(2);
		expect([...document.querySelector("p")!.childNodes]).toEqual([before]);
		painter.clear();
		expect(layer.childElementCount).toBe(0);
	});
	test("letters that the page removed have no rectangle", () => {
		const painter = rectanglePainter(layer);
		painter.paint({}, [{ range: rangeOf(8, 15), look: LOOK }]);
		(document.querySelector("p")!.firstChild as Text).data = "Ada";
		painter.place();
		expect(layer.childElementCount).toBe(0);
	});
});
