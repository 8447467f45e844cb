/** Forms and tables as HTML, some hostile: words get rows and columns, and nothing is run. */
import { describe, expect, test } from "vitest";
import { MAX_HTML } from "../core/limits.ts";
import { layOutWords, mayAnswer } from "../tasks/layout/layout.ts";
import { layoutFromHtml } from "./html-layout.ts";

const textOf = (html: string) => layOutWords(layoutFromHtml(html)).text;

describe("layoutFromHtml", () => {
	test("a table keeps its rows and columns, cells that span included", () => {
		const html = `<table><tr><th>Name<th>Born<th>City</tr><tr><td rowspan=2>Ada Lovelace<td>1815<td>London</tr>
			<tr><td>1816<td>Paris</tr><tr><td colspan=2>both<td>Rome</table>`;
		expect(textOf(html)).toBe("Name  Born  City\nAda Lovelace  1815  London\n1816  Paris\nboth  Rome");
		const { blocks } = layOutWords(layoutFromHtml(html));
		const at = (index: number) => blocks[index]!.box;
		// "Born" stands above 1815 and 1816, not above Rome.
		expect(mayAnswer(at(1), at(4))).toBe(true);
		expect(mayAnswer(at(1), at(6))).toBe(true);
		expect(mayAnswer(at(1), at(9))).toBe(false);
	});

	test("a label stands before its value, by for, by nesting and by name, wherever the control is", () => {
		expect(
			textOf(
				"<form><input id=b value=London><label for=a>Full name</label> " +
					'<label for="b">City</label><input id=a value="Ada Lovelace"></form>',
			),
		).toBe("Full name  Ada Lovelace\nCity  London");
		expect(textOf("<label>Country <select><option>France<option selected>United Kingdom</select></label>")).toBe(
			"Country  United Kingdom",
		);
		expect(textOf('<input aria-label="E-mail" value="ada@example.org"><p>end')).toBe("E-mail  ada@example.org\nend");
		expect(textOf("<table><tr><td><label for=x>Name</label><td><input id=x value=Ada></table>")).toBe("Name  Ada");
	});

	test("terms and descriptions share a line; paragraphs and line breaks do not", () => {
		expect(textOf("<dl><dt>Total<dd>12 €<dt>Date<dd>May 5</dl>")).toBe("Total  12 €\nDate  May 5");
		expect(textOf("<div>a <b>b</b><p>c</p>d<br>e</div>")).toBe("a b\nc\nd\ne");
	});

	test("what is hidden, secret or no text is left out", () => {
		const html = `<p>seen<script>window.pwned = 1</script><style>p{}</style><template>no</template>
			<span hidden>no</span>
			<input type=password value=secret><input type=hidden value=token>
			<label>Pin <input type=password value=1234></label>
			<svg><text>no</text></svg><span style="display:none">no</span>`;
		expect(textOf(html)).toBe("seen\nPin");
	});

	test("nothing runs, loads or reaches the page", () => {
		const before = document.documentElement.outerHTML;
		const html = `<img src=x onerror="window.pwned=1"><svg onload="window.pwned=1"></svg>
			<iframe srcdoc="<script>parent.pwned=1</script>"></iframe><form action="javascript:window.pwned=1">
			<input autofocus onfocus="window.pwned=1" value="&lt;b&gt;bold&lt;/b&gt;"></form><p>text`;
		expect(textOf(html)).toBe("<b>bold</b>\ntext");
		expect(document.documentElement.outerHTML).toBe(before);
		expect("pwned" in window).toBe(false);
	});

	test("a thousand tables in each other, and a cell over a billion columns, end", () => {
		expect(textOf(`${"<table><tr><td>".repeat(1000)}deep`)).toBe("deep");
		expect(textOf("<table><tr><td colspan=1000000000 rowspan=65534>a<td>b<tr><td>c</table>").split(/\s+/)).toEqual([
			"a",
			"b",
			"c",
		]);
	});

	test("too much is refused before it is parsed, too many words when they are", () => {
		expect(() => layoutFromHtml("x".repeat(MAX_HTML + 1))).toThrow(
			expect.objectContaining({ code: "import-too-large" }),
		);
		expect(layoutFromHtml("a ".repeat(5000))).toHaveLength(5000);
		expect(() => layoutFromHtml("a ".repeat(5001))).toThrow(expect.objectContaining({ code: "import-too-large" }));
		expect(() => layoutFromHtml("<p> <img src=x>")).toThrow(expect.objectContaining({ code: "import-format" }));
	});
});
