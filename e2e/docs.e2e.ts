/** Tests the page for people who embed the element: its example runs, its snippets follow, and it is accessible. */
import { expect, test } from "@playwright/test";
import { expectAccessible, openApp, path } from "./page.ts";

test("the live example extracts, the snippets say what was tried, every attribute is listed", async ({ page }) => {
	await openApp(page);
	await page.getByRole("link", { name: "On your page" }).click();
	const element = page.locator("umie-extractor");
	await page.getByRole("textbox", { name: "text" }).fill('Messi says "hi" in Paris & <b>Rome</b>');
	await page.getByRole("textbox", { name: "tasks" }).fill("mner");
	await expect(page.getByRole("region", { name: "HTML" })).toContainText(
		"Messi says &quot;hi&quot; in Paris &amp; &lt;b>Rome&lt;/b>",
	);
	await element.getByRole("button", { name: "Extract" }).click();
	await expect(element.getByRole("button", { name: /Paris/ }).first()).toBeVisible();
	await expect(page.getByRole("row", { name: /^trigger/ })).toContainText("visible");
	await expectAccessible(page);
	await page.screenshot({ path: path("./screenshots/docs-light.png"), fullPage: true });
	await page.goBack();
	await expect(page.getByRole("heading", { name: "Post", exact: true })).toBeVisible();
});
