/** Words of drawn forms and tables have the boxes where they are drawn, and keys may be linked to their values. */
import { afterEach, expect, test } from "vitest";
import { layOutWords, mayAnswer } from "../tasks/layout/layout.ts";
import { layoutFromDom } from "./dom-layout.ts";

afterEach(() => document.body.replaceChildren());

function drawn(html: string): HTMLElement {
	const root = document.createElement("div");
	root.style.cssText = "font: 16px/20px monospace; width: 600px";
	root.innerHTML = html;
	document.body.append(root);
	return root;
}

test("a table is read row by row, and a cell is a block", () => {
	const root = drawn(
		`<table style="border-spacing: 60px 4px"><tr><th>Full name</th><td>Ada Lovelace</td></tr>
		<tr><th>Born</th><td>1815</td></tr></table>`,
	);
	const { text, blocks } = layOutWords(layoutFromDom(root));
	expect(text).toBe("Full name  Ada Lovelace\nBorn  1815");
	const [name, ada, born, year] = blocks.map(({ box }) => box);
	expect(mayAnswer(name!, ada!)).toBe(true);
	expect(mayAnswer(born!, year!)).toBe(true);
	expect(mayAnswer(born!, ada!)).toBe(false);
	expect(mayAnswer(year!, born!)).toBe(false);
});

test("what is typed or chosen in a form is read, what is hidden or secret is not", () => {
	const root = drawn(`
		<label>City <input value="London"></label>
		<select><option>Madam</option><option selected>Countess</option></select>
		<input type="password" value="secret"><p hidden>hidden</p><p style="display: none">none</p><script>code</script>`);
	const words = layoutFromDom(root).map(({ text }) => text);
	expect(words.sort()).toEqual(["City", "Countess", "London"]);
});

test("boxes are counted from the element's corner", () => {
	const root = drawn("<span>here</span>");
	root.style.marginLeft = "123px";
	const [word] = layoutFromDom(root);
	expect(word!.box[0]).toBeCloseTo(0, 3);
	expect(word!.box[2]).toBeGreaterThan(20);
});
