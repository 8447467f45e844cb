/** Tests that the text of page elements is right, and that every piece of it is found again. */
import { afterEach, describe, expect, test } from "vitest";
import { postText, rangesOf, selectedText } from "./post-text.ts";

function show(markup: string): Element {
	document.body.innerHTML = markup;
	return document.body.firstElementChild!;
}
afterEach(() => document.body.replaceChildren());

const textOf = (range: StaticRange) => (range.startContainer as Text).data.slice(range.startOffset, range.endOffset);

describe("postText", () => {
	test("paragraphs and line breaks become line ends, inline elements do not", () => {
		expect(postText([show("<div><p>Ada <b>Love</b>lace</p><p>in<br>London</p></div>")], { limit: 100 }).text).toBe(
			"Ada Lovelace\nin\nLondon",
		);
	});
	test("scripts, styles and hidden pieces are left out, emoji pictures are kept", () => {
		const of = show(
			'<div>Go<script>alert(1)</script><style>a{}</style><span class="invisible">https://</span>' +
				'<img alt="🎉"><img alt="A cat on a mat"></div>',
		);
		expect(postText([of], { skip: ".invisible", limit: 100 }).text).toBe("Go🎉");
	});
	test("markup in a text stays text", () => {
		const of = show("<div></div>");
		of.textContent = "<img src=x onerror=alert(1)>";
		expect(postText([of], { limit: 100 }).text).toBe("<img src=x onerror=alert(1)>");
	});
	test("a megabyte is cut at the limit, and marked as cut", () => {
		const of = show("<div></div>");
		of.textContent = "word ".repeat(200_000);
		const read = postText([of], { limit: 20_000 });
		expect(read.text.length).toBe(20_000);
		expect(read.cut).toBe(true);
		expect(textOf(rangesOf(read, 19_995, 19_999)[0]!)).toBe("word");
	});
	test("thousands of nested elements do not exhaust the stack", () => {
		const of = show("<div></div>");
		let inner = of;
		for (let depth = 0; depth < 5000; depth++) inner = inner.appendChild(document.createElement("span"));
		inner.textContent = "deep";
		expect(postText([of], { limit: 100 }).text).toBe("deep");
	});
});

describe("rangesOf", () => {
	test("a mention across elements has one range in each", () => {
		const read = postText([show("<div>Met <b>Ada Love</b>lace</div>")], { limit: 100 });
		expect(rangesOf(read, 4, 16).map(textOf)).toEqual(["Ada Love", "lace"]);
	});
	test("where the page changed since, there is no range", () => {
		const of = show("<div>Met Ada Lovelace</div>");
		const read = postText([of], { limit: 100 });
		(of.firstChild as Text).data = "Met";
		expect(rangesOf(read, 4, 16)).toEqual([]);
		of.replaceChildren();
		expect(rangesOf(read, 0, 3)).toEqual([]);
	});
});

describe("selectedText", () => {
	test("is cut where the selection begins and ends", () => {
		const of = show("<div><p>Ada met Charles</p><p>in London</p></div>");
		const range = new Range();
		range.setStart(of.firstChild!.firstChild!, 8);
		range.setEnd(of.lastChild!.firstChild!, 2);
		const read = selectedText(range, 100);
		expect(read.text).toBe("Charles\nin");
		expect(rangesOf(read, 0, 7).map(textOf)).toEqual(["Charles"]);
		expect(rangesOf(read, 8, 10).map(textOf)).toEqual(["in"]);
	});
	test("ends at the limit", () => {
		const of = show("<div>Ada met Charles</div>");
		const range = new Range();
		range.selectNodeContents(of);
		const read = selectedText(range, 7);
		expect(read).toMatchObject({ text: "Ada met", cut: true });
		expect(rangesOf(read, 4, 7).map(textOf)).toEqual(["met"]);
	});
});
