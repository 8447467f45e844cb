/** Tests that bundles from an address or from local files work, and that broken ones say what is wrong with them. */
import { readFileSync } from "node:fs";
import { expect, type Page, test } from "@playwright/test";
import { BUNDLE, done, extract, extractButton, markNamed, openApp, POST, textField } from "./page.ts";

const addressField = (page: Page) => page.getByLabel("Address of the bundle’s folder");
const loadButton = (page: Page) => page.getByRole("button", { name: "Load", exact: true });

async function typeAddress(page: Page, address: string): Promise<void> {
	await page.getByText("Model and options").click();
	await page.getByLabel("From an address").check();
	await addressField(page).fill(address);
}

async function expectBroken(page: Page, says: RegExp): Promise<void> {
	await textField(page).fill(POST);
	await extractButton(page).click();
	await expect(page.getByRole("alert")).toContainText("The model could not be loaded.");
	await expect(page.getByRole("alert")).toContainText(says);
	await expect(textField(page)).toHaveValue(POST);
}

test("a bundle from an address", async ({ page, baseURL }) => {
	await openApp(page);
	await typeAddress(page, `${baseURL}models/umie-nano`);
	await loadButton(page).click();
	await extract(page);
	await expect(markNamed(page, /^Kyrie Irving, person/)).toBeVisible();
});

test("a bundle from a folder on this computer", async ({ page }) => {
	await openApp(page);
	await page.getByText("Model and options").click();
	await page.getByLabel("From this computer").check();
	await page.getByLabel("Bundle folder").setInputFiles(BUNDLE);
	await expect(page.getByText("Chosen: umie-nano")).toBeVisible();
	await extract(page);
	await expect(markNamed(page, /^Kyrie Irving, person/)).toBeVisible();
});

test("picked files without umie.json are refused at once", async ({ page }) => {
	await openApp(page);
	await page.getByText("Model and options").click();
	await page.getByLabel("From this computer").check();
	await page.getByLabel("Bundle files").setInputFiles([`${BUNDLE}/tokenizer.json`]);
	await expect(page.getByRole("alert")).toContainText("umie.json is not among them");
});

test("an address that is none is refused beside its field while it is typed", async ({ page }) => {
	await openApp(page);
	await typeAddress(page, "javascript:alert(1)");
	await expect(page.getByText(/Addresses begin with https/)).toBeVisible();
	await expect(addressField(page)).toHaveAttribute("aria-invalid", "true");
	await expect(loadButton(page)).toBeDisabled();
});

test("a missing file is named", async ({ page }) => {
	await page.route("**/decoder.weights", (route) => route.fulfill({ status: 404 }));
	await openApp(page);
	await expectBroken(page, /decoder\.weights/);
});

test("changed weights are recognised by their hash", async ({ page }) => {
	const changed = readFileSync(`${BUNDLE}/decoder.weights`);
	changed[1000] = 255 - (changed[1000] ?? 0);
	await page.route("**/decoder.weights", (route) => route.fulfill({ body: changed }));
	await openApp(page);
	await expectBroken(page, /decoder\.weights.*SHA-256.*changed or damaged/s);
});

test("truncated weights give an error, and work again once the server does", async ({ page }) => {
	let broken = true;
	const cut = readFileSync(`${BUNDLE}/shared.weights`).subarray(0, 5000);
	await page.route("**/shared.weights", (route) => (broken ? route.fulfill({ body: cut }) : route.continue()));
	await openApp(page);
	await expectBroken(page, /shared\.weights/);
	broken = false;
	await page.getByRole("button", { name: "Try again" }).click();
	await done(page);
});

test("the error about a bundle of another format says which one was found", async ({ page }) => {
	await page.route("**/umie.json", (route) => route.fulfill({ json: { format: "umie-bundle/9" } }));
	await openApp(page);
	await expectBroken(page, /expected format "umie-bundle\/1", found "umie-bundle\/9"/);
});

test("a download can be cancelled, and started again", async ({ page }) => {
	let slow = true;
	await page.route("**/decoder.weights", async (route) => {
		if (slow) await new Promise((resolve) => setTimeout(resolve, 20_000));
		await route.continue().catch(() => undefined);
	});
	await openApp(page);
	await textField(page).fill(POST);
	await extractButton(page).click();
	await expect(page.getByRole("progressbar", { name: "Loading the model" })).toBeVisible();
	await page.getByRole("button", { name: /^Cancel/ }).click();
	await expect(page.getByText("Cancelled. Your post is still here.")).toBeVisible();
	slow = false;
	await extractButton(page).click();
	await done(page);
});

test("extracting in the moment after a cancel starts a new download", async ({ page }) => {
	await page.route("**/decoder.weights", async (route) => {
		await new Promise((resolve) => setTimeout(resolve, 2_000));
		await route.continue().catch(() => undefined);
	});
	await openApp(page);
	await textField(page).fill(POST);
	await extractButton(page).click();
	await expect(page.getByRole("progressbar", { name: "Loading the model" })).toBeVisible();
	// Faster than any worker can answer that the download has ended.
	await page.evaluate(async () => {
		const button = (name: string) =>
			[...document.querySelectorAll("button")].find(({ textContent }) => textContent.trim().startsWith(name));
		button("Cancel")?.click();
		await Promise.resolve();
		button("Extract")?.click();
	});
	await done(page);
});
