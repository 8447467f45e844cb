/** Tests that a badge lies over no text, picture or control of the page, and that its size tells nothing. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EXAMPLE } from "../../ui/testing.ts";
import type { Reading } from "./card.ts";
import css from "./overlay.css?inline";

vi.mock("../common/i18n.ts", () => ({ t: (key: string) => key }));
const { createOverlay } = await import("./overlay.ts");
const { createBadgePlace, drawBadge } = await import("./badge.ts");
const { overlap } = await import("./room.ts");

let overlay: ReturnType<typeof createOverlay>;
let badge: HTMLButtonElement;

beforeEach(() => {
	overlay = createOverlay(css);
	badge = document.createElement("button");
	overlay.layers.badges.append(badge);
	drawBadge(badge, { kind: "idle" }, false, null);
});
afterEach(() => {
	overlay.remove();
	document.body.removeAttribute("style");
	document.body.replaceChildren();
});

const WORDS = "Kyrie Irving and LeBron James celebrate with the Cavs after beating Golden State in Cleveland ";

/** Posts that leave little room, each in its own way. */
const PAGES: Readonly<Record<string, string>> = {
	"a title to the right edge": `<article><h3 style="margin:0">${WORDS.repeat(2)}</h3><p>${WORDS}</p></article>`,
	"text without any padding": `<article style="font-size:15px;line-height:1.2">${WORDS.repeat(6)}</article>`,
	"a menu in the corner":
		'<article style="position:relative;padding:10px"><button style="position:absolute;right:0;top:0">More</button>' +
		`<p>${WORDS}</p></article>`,
	"posts that touch": `<article>${WORDS.repeat(3)}</article><article id="post">${WORDS.repeat(3)}</article>`,
	"a link over everything":
		'<article style="position:relative"><a href="#" style="position:absolute;inset:0"></a>' +
		`<p>${WORDS}</p></article>`,
};

function textBoxes(): DOMRect[] {
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	const boxes: DOMRect[] = [];
	while (walker.nextNode()) {
		const range = new Range();
		range.selectNodeContents(walker.currentNode);
		boxes.push(...range.getClientRects());
	}
	return boxes;
}

test.each(Object.keys(PAGES))("%s: the badge lies over no text and no control", (name) => {
	for (const width of [320, 390, 600]) {
		document.body.innerHTML = `<main style="width:${width}px;margin:30px 0">${PAGES[name]}</main>`;
		const post = document.querySelector("#post") ?? document.querySelector("article")!;
		const place = createBadgePlace(badge, post, overlay.host).place(overlay.origin());
		expect(place).not.toBeNull();
		expect(badge.hidden).toBe(false);
		const at = badge.getBoundingClientRect();
		expect([at.left, at.top]).toEqual([expect.closeTo(place!.left, 1), expect.closeTo(place!.top, 1)]);
		for (const box of textBoxes()) expect(overlap(at, box)).toBe(false);
		for (const control of document.querySelectorAll("button"))
			expect(overlap(at, control.getBoundingClientRect())).toBe(false);
	}
});

test("where every place is over text, there is no badge", () => {
	document.body.style.margin = "0";
	const fill = "W".repeat(4000);
	document.body.innerHTML =
		`<div style="width:100%;font:20px/20px monospace;word-break:break-all">${fill}` +
		`<article style="text-align:justify">${fill}</article>${fill}</div>`;
	const post = document.querySelector("article")!;
	scrollTo(0, post.getBoundingClientRect().top + scrollY - 100);
	const place = createBadgePlace(badge, post, overlay.host).place(overlay.origin());
	if (place) for (const box of textBoxes()) expect(overlap(place, box)).toBe(false);
	else expect(badge.hidden).toBe(true);
});

test("a badge has one size, whatever it says", () => {
	const results = Array.from({ length: 150 }, (_, index) => ({ ...EXAMPLE.entities[0]!, id: `e${index}` }));
	const readings: readonly Reading[] = [
		{ kind: "idle" },
		{ kind: "running", progress: "" },
		{ kind: "failed", error: new Error("x") },
		{ kind: "done", notes: [], result: { ...EXAMPLE, entities: [], relations: [], events: [] } },
		{ kind: "done", notes: [], result: { ...EXAMPLE, entities: results } },
	];
	for (const reading of readings) {
		drawBadge(badge, reading, false, reading.kind === "done" ? reading.result : null);
		const { width, height } = badge.getBoundingClientRect();
		expect([reading.kind, width, height]).toEqual([reading.kind, 40, 24]);
		expect(badge.textContent).toBe("");
	}
});
