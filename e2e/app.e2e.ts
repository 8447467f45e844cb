/** Tests what the page shows for a person's post, picture and labels, with the real engine and the built-in model. */
import { expect, test } from "@playwright/test";
import {
	done,
	drop,
	extract,
	extractButton,
	markNamed,
	openApp,
	POST,
	pickPicture,
	result,
	SAMPLE_PICTURE,
	showAllRegions,
	textField,
} from "./page.ts";

test("a dropped picture and a typed post become entities, regions and relations", async ({ page }) => {
	const outside: string[] = [];
	const refused: string[] = [];
	page.on("request", (request) => {
		if (!/^(http:\/\/localhost:|blob:|data:)/.test(request.url())) outside.push(request.url());
	});
	page.on("console", (message) => {
		if (message.text().includes("Content Security Policy")) refused.push(message.text());
	});
	await openApp(page);
	await drop(page, SAMPLE_PICTURE, "basketball.jpg", "image/jpeg");
	await expect(page.getByText("basketball.jpg")).toBeVisible();
	await extract(page);
	await expect(markNamed(page, /^Kyrie Irving, person, (> )?\d+%$/)).toBeVisible();
	await expect(markNamed(page, /^LeBron James, person/)).toBeVisible();
	await expect(page.locator(".marked-text")).toContainText("celebrate with the");
	await showAllRegions(page);
	await expect(
		page.getByRole("list", { name: "Regions in the picture" }).getByRole("button", { name: /^O1\b/ }),
	).toBeVisible();
	await expect(page.getByText(/^The model (used|did not use) the picture/)).toBeVisible();
	expect(outside).toEqual([]);
	expect(refused).toEqual([]);
});

test("a region that is pointed at, or focused, gets its box on the picture", async ({ page }) => {
	await openApp(page);
	await pickPicture(page, SAMPLE_PICTURE);
	await extract(page);
	await showAllRegions(page);
	const region = page.getByRole("button", { name: /^O2\b/ });
	const box = page.locator('svg [data-link="region:O2"]');
	await region.hover();
	await expect(box).toHaveClass(/is-lit/);
	await result(page).hover();
	await expect(box).not.toHaveClass(/is-lit/);
	await region.focus();
	await expect(box).toHaveClass(/is-lit/);
	const smallest = page.locator(".box").last();
	await smallest.hover();
	const link = await smallest.getAttribute("data-link");
	await expect(page.locator(`.region[data-link="${link}"]`)).toHaveClass(/is-lit/);
});

test("a chosen entity shows its own relations, and lets go when chosen again", async ({ page }) => {
	await openApp(page);
	await extract(page);
	const mark = markNamed(page, /^Kyrie Irving/);
	await mark.click();
	await expect(mark).toHaveAttribute("aria-pressed", "true");
	await expect(page.getByRole("region", { name: "About Kyrie Irving" })).toContainText("peer");
	await expect(page.locator(".arc").first()).toBeAttached();
	await mark.click();
	await expect(page.getByRole("region", { name: "About Kyrie Irving" })).toHaveCount(0);
});

test("the result can be copied as JSON that says where each entity stands", async ({ page }) => {
	await openApp(page);
	await extract(page);
	await page.getByRole("button", { name: "Copy JSON" }).click();
	await expect(page.getByText("Copied.")).toBeVisible();
	const copied: { text: string; entities: Array<{ text: string; start: number; end: number }> } = JSON.parse(
		await page.evaluate(() => navigator.clipboard.readText()),
	);
	expect(copied.text).toBe(POST);
	expect(copied.entities.length).toBeGreaterThan(1);
	for (const { text, start, end } of copied.entities) expect(POST.slice(start, end)).toBe(text);
	const download = page.waitForEvent("download");
	await page.getByRole("button", { name: "Export…" }).click();
	await page.getByRole("button", { name: "Download as JSON", exact: true }).click();
	expect((await download).suggestedFilename()).toBe("umie-result.json");
});

test("everything works with the keyboard alone", async ({ page }) => {
	await openApp(page);
	await page.keyboard.press("Tab");
	await expect(page.getByRole("link", { name: "Skip to the result" })).toBeFocused();
	while (!(await textField(page).evaluate((field) => field === document.activeElement)))
		await page.keyboard.press("Tab");
	await page.keyboard.type(POST);
	await page.keyboard.press("Control+Enter");
	await done(page);
	const mark = markNamed(page, /^Kyrie Irving/);
	while (!(await mark.evaluate((button) => button === document.activeElement))) await page.keyboard.press("Tab");
	await page.keyboard.press("Enter");
	await expect(mark).toHaveAttribute("aria-pressed", "true");
});

test("labels are added with Enter and comma, removed with Backspace, checked at once, and reset", async ({ page }) => {
	await openApp(page);
	await page.getByText("Entity types").first().click();
	const field = page.getByRole("textbox", { name: "Add to entity types" });
	const chips = page.getByRole("group", { name: "Entity types" }).locator(".chip bdi");
	await expect(chips).toHaveText(["person", "location", "miscellaneous", "organization"]);
	await field.fill("sports team");
	await field.press("Enter");
	await field.pressSequentially("product,");
	await expect(chips).toHaveText(["person", "location", "miscellaneous", "organization", "sports team", "product"]);
	await field.press("Backspace");
	await expect(chips).toHaveCount(5);
	await field.fill("Person");
	await field.press("Enter");
	await expect(page.getByText('"Person" is listed twice')).toBeVisible();
	await field.fill("<spot>");
	await field.press("Enter");
	await expect(page.getByText(/contains a special token/)).toBeVisible();
	await expect(field).toHaveValue("<spot>");
	await field.fill("");
	for (const label of ["organization", "location", "miscellaneous"])
		await page.getByRole("button", { name: `Remove ${label}` }).click();
	await extract(page);
	const labels = new Set(await page.locator(".mark-label").allTextContents());
	expect([...labels].every((label) => ["person", "sports team"].includes(label))).toBe(true);
	await page.getByRole("button", { name: "Reset to the model’s labels" }).click();
	await expect(chips).toHaveText(["person", "location", "miscellaneous", "organization"]);
	await page.getByRole("button", { name: "Undo" }).click();
	await expect(chips).toHaveText(["person", "sports team"]);
});

test("text, picture, labels and options survive a reload", async ({ page }) => {
	await openApp(page);
	await pickPicture(page, SAMPLE_PICTURE);
	await textField(page).fill("Kept words");
	await page.getByLabel("Events").check();
	await page.getByText("Model and options").click();
	await page.getByLabel("Decoding").selectOption("full");
	await page.waitForTimeout(500);
	await page.reload();
	await expect(textField(page)).toHaveValue("Kept words");
	await expect(page.getByText("basketball.jpg")).toBeVisible();
	await expect(page.getByLabel("Events")).toBeChecked();
	await page.getByText("Model and options").click();
	await expect(page.getByLabel("Decoding")).toHaveValue("full");
});

test("a cleared post and a removed picture come back with Undo", async ({ page }) => {
	await openApp(page);
	await pickPicture(page, SAMPLE_PICTURE);
	await textField(page).fill("Do not lose me");
	await page.getByRole("button", { name: "Remove", exact: true }).click();
	await page.getByRole("button", { name: "Undo" }).click();
	await expect(page.getByText("basketball.jpg")).toBeVisible();
	await page.getByRole("button", { name: "Clear" }).click();
	await expect(textField(page)).toHaveValue("");
	await page.getByRole("button", { name: "Undo" }).click();
	await expect(textField(page)).toHaveValue("Do not lose me");
	await expect(page.getByText("basketball.jpg")).toBeVisible();
});

test("text and pictures can be pasted anywhere", async ({ page }) => {
	await openApp(page);
	await page.evaluate(() => {
		const data = new DataTransfer();
		data.setData("text/plain", "Pasted words");
		document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
	});
	await expect(textField(page)).toHaveValue("Pasted words");
	await page.evaluate(() => {
		const data = new DataTransfer();
		data.items.add(new File([new Uint8Array([1, 2, 3])], "pasted.png", { type: "image/png" }));
		document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
	});
	await expect(page.getByText("pasted.png")).toBeVisible();
});

test("Escape cancels a run, nothing typed is lost, and the next run works", async ({ page }) => {
	await openApp(page);
	await page.getByText("Model and options").click();
	await page.getByLabel(/^Beams/).fill("16");
	await page.getByLabel("Decoding").selectOption("full");
	await page.getByLabel("Events").check();
	await textField(page).fill(POST);
	await extractButton(page).click();
	await expect(page.getByRole("progressbar", { name: "Extracting" })).toBeVisible();
	await page.keyboard.press("Escape");
	await expect(page.getByText("Cancelled. Your post is still here.")).toBeVisible();
	await expect(page.getByRole("progressbar")).toHaveCount(0);
	await expect(textField(page)).toHaveValue(POST);
	await page.getByLabel("Decoding").selectOption("extractive");
	await page.getByLabel(/^Beams/).fill("1");
	await extractButton(page).click();
	await done(page);
});

test("the theme follows the system until it is chosen, and is kept", async ({ page }) => {
	await page.emulateMedia({ colorScheme: "light" });
	await openApp(page);
	await page.getByRole("button", { name: "Theme: same as the system" }).click();
	await page.getByRole("button", { name: "Theme: light" }).click();
	await page.reload();
	await expect(page.getByRole("button", { name: "Theme: dark" })).toBeVisible();
	expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe("dark");
});

test("a sample shows its stored result without a model, keeps the visitor's settings, and stays over a reload", async ({
	page,
}) => {
	const heavy: string[] = [];
	page.on("request", (request) => {
		if (/\.(weights|wasm|onnx)$/.test(request.url())) heavy.push(request.url());
	});
	await openApp(page);
	await page.getByRole("checkbox", { name: "Relations" }).uncheck();
	await page.getByRole("button", { name: "Photographer" }).click();
	await expect(markNamed(page, /^David Miller, person/)).toBeVisible();
	await expect(page.locator(".relation")).toHaveCount(1);
	await expect(page.getByText(/^This result was stored with the sample/)).toBeVisible();
	await expect(page.getByRole("checkbox", { name: "Relations" })).not.toBeChecked();
	await page.waitForTimeout(500);
	await page.reload();
	await expect(markNamed(page, /^David Miller, person/)).toBeVisible();
	await expect(page.getByText(/^This result was stored with the sample/)).toBeVisible();
	await expect(page.locator(".header .status")).toHaveText("umie-nano, not loaded yet");
	expect(heavy).toEqual([]);
	await extractButton(page).click();
	await done(page);
	await expect(page.getByText(/^This result was stored with the sample/)).toHaveCount(0);
	await page.waitForTimeout(500);
	heavy.length = 0;
	await page.reload();
	await expect(markNamed(page, /^David Miller, person/)).toBeVisible();
	await expect(page.locator(".header .status")).toHaveText("umie-nano, not loaded yet");
	expect(heavy).toEqual([]);
});
