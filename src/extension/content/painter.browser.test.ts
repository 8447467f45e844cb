/** Tests that marks lie on their words, and that a page cannot find out which words they are. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import css from "./overlay.css?inline";
import { createOverlay, type Overlay } from "./overlay.ts";
import { createPainter, type Painter } from "./painter.ts";
import { postText, rangesOf } from "./post-text.ts";

const LOOK = { hue: "blue", line: "solid" } as const;
let overlay: Overlay;
let painter: Painter;
const owner = {};

beforeEach(() => {
	document.body.innerHTML = '<main><p id="text">Ada <b>met</b> <i>Charles</i> in London</p></main>';
	overlay = createOverlay(css);
	painter = createPainter(overlay, () => undefined);
});
afterEach(() => {
	painter.clear();
	overlay.remove();
	document.body.replaceChildren();
});

const paragraph = () => document.querySelector("p")!;
const marks = () => [...overlay.layers.marks.querySelectorAll<HTMLElement>(".mark:not([hidden])")];

function rangeOf(words: string): StaticRange {
	const read = postText([paragraph()], { limit: 100 });
	const start = read.text.indexOf(words);
	return rangesOf(read, start, start + words.length)[0]!;
}

function boxOf({ startContainer, startOffset, endOffset }: StaticRange): DOMRect {
	const range = new Range();
	range.setStart(startContainer, startOffset);
	range.setEnd(startContainer, endOffset);
	return range.getBoundingClientRect();
}

async function paint(...words: readonly string[]): Promise<void> {
	const drawn = words.map((one) => ({ range: rangeOf(one), look: LOOK, strength: 1 }));
	painter.paint(owner, [paragraph()], drawn);
	await vi.waitFor(() => {
		painter.place(overlay.origin());
		expect(marks().length).toBe(words.length);
	});
}

test("a mark lies exactly over its words, and follows them when the page reflows", async () => {
	await paint("Charles");
	const fits = () => {
		const [at, expected] = [marks()[0]!.getBoundingClientRect(), boxOf(rangeOf("Charles"))];
		expect(at.left).toBeCloseTo(expected.left, 1);
		expect(at.right).toBeCloseTo(expected.right, 1);
		expect(at.top).toBeCloseTo(expected.top, 1);
	};
	fits();
	document.querySelector("main")!.style.cssText = "width: 100px; margin: 40px; font-size: 22px";
	await vi.waitFor(() => {
		painter.place(overlay.origin());
		fits();
	});
});

test("a mark is as strong as its record is sure", async () => {
	const strengths = [0.2, 0.9];
	painter.paint(
		owner,
		[paragraph()],
		["Ada", "Charles"].map((words, index) => ({ range: rangeOf(words), look: LOOK, strength: strengths[index]! })),
	);
	await vi.waitFor(() => {
		painter.place(overlay.origin());
		const [weak, strong] = marks().map(({ style }) => Number(style.opacity));
		expect(weak).toBeLessThan(strong!);
	});
});

test("what another part of the page covers has no mark there", async () => {
	await paint("Ada", "Charles");
	const dialog = document.createElement("dialog");
	const { left, top } = boxOf(rangeOf("Charles"));
	dialog.style.cssText = `display: block; position: fixed; margin: 0; left: ${left}px; top: ${top}px`;
	dialog.style.background = "white";
	dialog.textContent = "A dialog that is long enough";
	document.body.append(dialog);
	painter.place(overlay.origin());
	expect(marks().length).toBe(1);
	// A link that only makes the whole post clickable covers nothing.
	dialog.style.background = "transparent";
	painter.place(overlay.origin());
	expect(marks().length).toBe(2);
});

test("a column that scrolls cuts its marks off", async () => {
	const main = document.querySelector("main")!;
	main.style.cssText = "height: 40px; overflow: auto";
	main.insertAdjacentHTML("beforeend", '<div style="height: 500px"></div>');
	await paint("Ada");
	const veil = overlay.layers.marks.querySelector<HTMLElement>(".veil")!;
	expect(veil.style.clipPath).toBe("none");
	main.scrollTop = 25;
	painter.place(overlay.origin());
	const hidden = main.getBoundingClientRect().top - paragraph().getBoundingClientRect().top;
	expect(Number.parseFloat(veil.style.clipPath.slice("inset(".length))).toBeCloseTo(hidden + 4, 1);
});

/** What a page can learn of what lies over its elements: browsers tell it, so that advertisements can be counted. */
function visibleOf(ids: readonly string[]): Promise<Record<string, boolean>> {
	return new Promise((resolve) => {
		const seen: Record<string, boolean> = {};
		const options = { trackVisibility: true, delay: 100 } as IntersectionObserverInit;
		const observer = new IntersectionObserver((entries) => {
			for (const entry of entries as Array<IntersectionObserverEntry & { readonly isVisible: boolean }>)
				seen[entry.target.id || entry.target.nodeName] = entry.isVisible;
			if (Object.keys(seen).length < ids.length) return;
			observer.disconnect();
			resolve(seen);
		}, options);
		for (const id of ids) observer.observe(document.querySelector(id)!);
	});
}

test("marks change nothing that a page can measure", async () => {
	const probe = async () => ({
		visible: await visibleOf(["b", "i"]),
		hit: document.elementsFromPoint(...middleOf(rangeOf("Charles"))).map(({ nodeName }) => nodeName),
		box: JSON.stringify(overlay.host.getBoundingClientRect()),
		scrolled: [overlay.host.scrollWidth, overlay.host.scrollHeight, document.documentElement.scrollHeight],
		markup: document.documentElement.outerHTML,
		highlights: CSS.highlights.size,
		animations: document.getAnimations().length,
	});
	await paint();
	await vi.waitFor(() => {
		painter.place(overlay.origin());
		expect(overlay.layers.marks.querySelectorAll(".veil").length).toBe(1);
	});
	const before = await probe();
	await paint("Charles");
	painter.light([rangeOf("met")]);
	painter.place(overlay.origin());
	expect(marks().length).toBe(2);
	expect(await probe()).toEqual(before);
});

function middleOf(range: StaticRange): [number, number] {
	const { left, right, top, bottom } = boxOf(range);
	return [(left + right) / 2, (top + bottom) / 2];
}

test("dropping an owner and clearing leave nothing", async () => {
	await paint("Ada");
	painter.drop(owner);
	expect(overlay.layers.marks.childElementCount).toBe(0);
	await paint("Ada");
	painter.clear();
	expect(overlay.layers.marks.childElementCount).toBe(0);
});

test("letters that the page removed have no mark", async () => {
	await paint("London");
	paragraph().replaceChildren("Ada");
	painter.place(overlay.origin());
	await vi.waitFor(() => {
		painter.place(overlay.origin());
		expect(marks().length).toBe(0);
	});
});
