/** Tests that files dropped on the page are recognised by their contents, and that annotations open for correction. */
import { expect, type Page, test } from "@playwright/test";
import { importedResult } from "../src/exports/checks.ts";
import { pdfOf } from "../src/inputs/testing.ts";
import { expectAccessible, openApp, path, textField } from "./page.ts";

const TEXT = "Kyrie Irving joins the Cavs";
const RESULT = importedResult({
	text: TEXT,
	image: null,
	entities: [{ id: "e1", type: "person", text: "Kyrie Irving", start: 0, end: 12, score: 1, regions: [] }],
});
const LABEL_STUDIO = [
	{
		data: { text: TEXT },
		annotations: [
			{
				result: [
					{
						id: "a",
						from_name: "entity",
						type: "labels",
						value: { start: 0, end: 12, text: "Kyrie Irving", labels: ["person"] },
					},
				],
			},
		],
	},
];
const WEB_ANNOTATION = {
	"@context": "http://www.w3.org/ns/anno.jsonld",
	id: "urn:a",
	type: "Annotation",
	body: { type: "TextualBody", value: "person", purpose: "classifying" },
	target: { source: "urn:post", selector: { type: "TextQuoteSelector", exact: "Kyrie Irving" } },
};

type Given = readonly [name: string, content: string];

/** As a person drags them from the desktop; the system names no type. */
async function dropFiles(page: Page, ...files: readonly Given[]): Promise<void> {
	const data = await page.evaluateHandle((files) => {
		const transfer = new DataTransfer();
		for (const [name, content] of files) transfer.items.add(new File([content], name));
		return transfer;
	}, files);
	await page.dispatchEvent("body", "drop", { dataTransfer: data });
}

const correcting = (page: Page) => page.getByRole("heading", { name: "Correct the result" });
const entity = (page: Page) => page.getByRole("button", { name: "Kyrie Irving person" });

const FILES: ReadonlyArray<readonly [what: string, ...files: Given[]]> = [
	["our JSON", ["result.json", JSON.stringify(RESULT)]],
	["our JSON under a strange name", ["result.bin", `\n${JSON.stringify(RESULT)}`]],
	["JSON lines", ["results.jsonl", `${JSON.stringify({ id: "p", ...RESULT })}\n`]],
	["brat", ["post.txt", TEXT], ["post.ann", "T1\tperson 0 12\tKyrie Irving\n"]],
	["Label Studio", ["export.json", JSON.stringify(LABEL_STUDIO)]],
];

for (const [what, ...files] of FILES) {
	test(`${what} is opened to be corrected`, async ({ page }) => {
		await openApp(page);
		await dropFiles(page, ...files);
		await expect(correcting(page)).toBeVisible();
		await expect(entity(page)).toBeVisible();
		await expect(textField(page)).toHaveValue(TEXT);
	});
}

test("annotations that point at a text belong to the one on the page", async ({ page }) => {
	await openApp(page);
	await textField(page).fill(TEXT);
	await dropFiles(page, ["anno.jsonld", JSON.stringify(WEB_ANNOTATION)]);
	await expect(entity(page)).toBeVisible();
	await page.getByRole("button", { name: "Done", exact: true }).click();
	await dropFiles(page, ["post.ann", "T1\tperson 0 12\tKyrie Irving\n"]);
	await expect(entity(page)).toBeVisible();
});

test("of several posts one is chosen", async ({ page }) => {
	await openApp(page);
	const other = { ...RESULT, id: "second", text: "Ada", entities: [] };
	await dropFiles(page, ["results.jsonl", `${JSON.stringify({ id: "first", ...RESULT })}\n${JSON.stringify(other)}\n`]);
	const dialog = page.getByRole("dialog");
	await expect(dialog.getByRole("status")).toHaveText("2 posts: choose one to open.");
	await expectAccessible(page);
	await page.screenshot({ path: path("./screenshots/dropped.png") });
	await dialog.getByRole("button", { name: /^first/ }).press("Enter");
	await expect(correcting(page)).toBeVisible();
});

test("a form and a text are recognised, too; for anything else the page says what it expected", async ({ page }) => {
	await openApp(page);
	await dropFiles(page, ["form.html", "<!doctype html><table><tr><td>Name<td>Ada</table>"]);
	await expect(textField(page)).toHaveValue("Name  Ada");
	await dropFiles(page, ["words", JSON.stringify([{ text: "City", box: [0, 0, 30, 10] }])]);
	await expect(textField(page)).toHaveValue("City");
	await dropFiles(page, ["post.txt", "just words\n"]);
	await expect(textField(page)).toHaveValue("just words");
	await dropFiles(page, ["x.json", '{"a": 1}']);
	await expect(
		page.getByText(/x\.json is not in a supported format \(JSON, JSON lines, CoNLL BIO, brat standoff/),
	).toBeVisible();
	await dropFiles(page, ["broken.json", "{"]);
	await expect(
		page.getByText(
			/broken\.json is not valid JSON \(line 1, column 2: it ends too early\)\. Choose a file in a supported format/,
		),
	).toBeVisible();
	await dropFiles(page, ["only.ann", "T1\tperson 0 5\tKyrie\n"]);
	await expect(page.getByText(/only\.ann.*says "Kyrie"/)).toBeVisible();
	await expect(textField(page)).toHaveValue("just words");
});

test("a PDF gives its text; a table of several posts opens the view of many", async ({ page }) => {
	await openApp(page);
	const pdf = new TextDecoder("latin1").decode(pdfOf(["Kyrie Irving in Paris", "Ada in Rome"]));
	await dropFiles(page, ["report.pdf", pdf]);
	await expect(textField(page)).toHaveValue("Kyrie Irving in Paris\n\nAda in Rome", { timeout: 60_000 });
	await dropFiles(page, ["one.csv", "id,text\n1,Only one post in here\n"]);
	await expect(textField(page)).toHaveValue("Only one post in here");
	await dropFiles(page, ["posts.csv", "id,text\n1,Ada\n2,Bob\n"]);
	await expect(page.getByRole("heading", { name: "posts.csv" })).toBeVisible();
	await expect(page.getByText("0 of 2 posts").first()).toBeVisible();
});
