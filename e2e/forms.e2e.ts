/**
 * Tests forms and tables, as HTML and as words with boxes: their reading order, the questions to the model, and that
 * hostile HTML does nothing.
 */
import { expect, type Page, test } from "@playwright/test";
import { importedResult } from "../src/exports/checks.ts";
import { done, expectAccessible, extractButton, openApp, path, textField } from "./page.ts";

const HTML = `<table><tr><th>Name</th><td>Ada Lovelace</td></tr><tr><th>City</th><td>London</td></tr></table>
	<img src="x" onerror="window.pwned = 1"><script>window.pwned = 1</script>`;
const WORDS = [
	{ text: "London", box: [120, 30, 170, 42] },
	{ text: "City", box: [0, 30, 30, 42] },
	{ text: "Name", box: [0, 0, 40, 12] },
	{ text: "Ada", box: [120, 0, 145, 12] },
];

async function forms(page: Page): Promise<void> {
	await openApp(page);
	for (const task of ["Entities", "Relations", "Events"])
		await page.getByRole("checkbox", { name: task, exact: true }).uncheck();
	await page.getByText("More to extract").click();
	await page.getByRole("checkbox", { name: "Fields of a form" }).check();
}

const source = (page: Page) => page.getByLabel("Paste a form or a table from a page, or its HTML");
const file = (name: string, content: string) => ({ name, mimeType: "", buffer: Buffer.from(content) });

test("pasted HTML is read by rows and columns, and never runs", async ({ page }) => {
	await forms(page);
	await source(page).fill(HTML);
	await page.getByRole("button", { name: "Read HTML" }).press("Enter");
	await expect(textField(page)).toHaveValue("Name  Ada Lovelace\nCity  London");
	await expect(textField(page)).toHaveAttribute("readonly", "");
	await expect(page.getByRole("img", { name: /^Map of the 4 blocks of the form/ })).toBeVisible();
	await page.getByText("Reading order", { exact: true }).click();
	await expect(page.locator(".form-order li")).toHaveText(["NameAda Lovelace", "CityLondon"]);
	expect(await page.evaluate(() => "pwned" in window)).toBe(false);
	await expectAccessible(page);
	await extractButton(page).click();
	await done(page);
	await expectAccessible(page);
	await page.screenshot({ path: path("./screenshots/form.png"), fullPage: true });
	await page.reload();
	await expect(page.getByText("Pasted form: 5 words in 2 lines")).toBeVisible();
	await page.getByRole("button", { name: "Remove the form" }).click();
	await expect(textField(page)).not.toHaveAttribute("readonly");
	await expect(textField(page)).toHaveValue("Name  Ada Lovelace\nCity  London");
	await page.getByRole("button", { name: "Undo", exact: true }).click();
	await expect(page.getByText("Pasted form: 5 words in 2 lines")).toBeVisible();
});

test("what is copied from a page brings its form along", async ({ page }) => {
	await forms(page);
	await source(page).evaluate((field) => {
		const data = new DataTransfer();
		data.setData("text/html", "<label>Total <input value='12 €'></label>");
		data.setData("text/plain", "Total");
		field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
	});
	await expect(textField(page)).toHaveValue("Total  12 €");
});

test("words with boxes come from JSON and from a table, in reading order; a wrong file gives an error", async ({
	page,
}) => {
	await forms(page);
	const field = page.getByLabel("Or a file: HTML, or words with boxes (JSON, TSV)");
	await field.setInputFiles(file("words.json", JSON.stringify(WORDS)));
	await expect(textField(page)).toHaveValue("Name  Ada\nCity  London");
	await field.setInputFiles(file("words.tsv", "Total\t0\t0\t40\t10\n12\t100\t0\t120\t10\n"));
	await expect(textField(page)).toHaveValue("Total  12");
	await field.setInputFiles(file("words.json", '[{"text": "a"}]'));
	await expect(page.getByText(/words\.json, word 1: expected \{"text": "Name", "box"/)).toBeVisible();
	await expect(textField(page)).toHaveValue("Total  12");
});

test("links that were found stand in a table, and point at the text", async ({ page }) => {
	await openApp(page);
	const mention = (id: string, type: string, text: string, start: number) => ({
		id,
		type,
		text,
		start,
		end: start + text.length,
		score: 0.9,
		regions: [],
	});
	const result = importedResult({
		text: "Name  Ada",
		image: null,
		entities: [mention("e1", "key", "Name", 0), mention("e2", "value", "Ada", 6)],
		relations: [{ id: "r1", type: "value", head: "e1", tail: "e2", score: 0.8 }],
	});
	await page.getByRole("button", { name: "Open annotations…" }).click();
	await page.getByLabel("Open annotations to correct them").setInputFiles(file("form.json", JSON.stringify(result)));
	const row = page.getByRole("row", { name: /Name.*Ada/ });
	await expect(row.getByRole("cell").first()).toHaveText("Ada");
	await row.getByRole("button", { name: "Ada, value" }).press("Enter");
	await expect(page.getByRole("region", { name: "About Ada" })).toBeVisible();
	await expectAccessible(page);
	await page.screenshot({ path: path("./screenshots/form-links.png") });
});

test.describe("a phone, 360 pixels wide, dark", () => {
	test.use({ viewport: { width: 360, height: 740 }, colorScheme: "dark" });

	test("a form needs no scrolling sideways", async ({ page }) => {
		await forms(page);
		await source(page).fill(HTML);
		await page.getByRole("button", { name: "Read HTML" }).click();
		await expect(page.locator(".layout-map")).toBeVisible();
		const [scroll, client] = await page.evaluate(() => [
			document.documentElement.scrollWidth,
			document.documentElement.clientWidth,
		]);
		expect(scroll).toBe(client);
		await expectAccessible(page);
		await page.screenshot({ path: path("./screenshots/form-phone.png"), fullPage: true });
	});
});
