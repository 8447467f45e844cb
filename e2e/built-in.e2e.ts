/** Tests what the app opens by itself, what a slow device gets, and that a choice between built-in models is kept. */
import { expect, type Page, test } from "@playwright/test";
import { BUILT_IN_MODELS, type BuiltInModel, DEFAULT_MODEL, LIGHT_MODEL } from "../src/bundle/built-in.ts";
import { done, expectAccessible, extractButton, openApp, POST, path, textField } from "./page.ts";

const models: readonly BuiltInModel[] = BUILT_IN_MODELS;
const other = models.find(({ name }) => name !== DEFAULT_MODEL);
/** The list is there once there is something to choose. */
const needsTwo = (): void => test.skip(other === undefined, "there is only one built-in model");

// Nobody has chosen anything yet.
test.use({ storageState: { cookies: [], origins: [] } });

/** Opens the app on a device that reports so much memory (GB) and so many cores. */
async function openOn(page: Page, memory: number, cores: number): Promise<void> {
	await page.addInitScript(
		([memory, cores]) => {
			Object.defineProperty(Navigator.prototype, "deviceMemory", { get: () => memory, configurable: true });
			Object.defineProperty(Navigator.prototype, "hardwareConcurrency", { get: () => cores, configurable: true });
		},
		[memory, cores] as const,
	);
	await openApp(page);
}

const status = (page: Page) => page.locator(".header .status");
const list = (page: Page) => page.getByRole("radiogroup", { name: "Built-in model" });
const radio = (page: Page, name: string) => list(page).locator(`input[value="${name}"]`);
const unfold = (page: Page) => page.getByText("Model and options").click();

test("without a choice the app takes the first model of the table", async ({ page }) => {
	await openOn(page, 8, 8);
	await expect(status(page)).toHaveText(`${DEFAULT_MODEL}, not loaded yet`);
	await unfold(page);
	await expect(page.locator(".about strong")).toHaveText(DEFAULT_MODEL);
	await expect(page.locator(".about")).toContainText(/\d MB in total/);
});

test("a device with little memory gets the light model, with the reason, and may choose another one", async ({
	page,
}) => {
	await openOn(page, 2, 8);
	await expect(status(page)).toHaveText(`${LIGHT_MODEL}, not loaded yet`);
	needsTwo();
	await unfold(page);
	await expect(list(page)).toContainText(
		`This device reports 2 GB of memory and 8 processor cores, so ${LIGHT_MODEL} is the default here.`,
	);
	await expect(radio(page, LIGHT_MODEL)).toBeChecked();
	await radio(page, DEFAULT_MODEL).check();
	await expect(status(page)).toHaveText(`${DEFAULT_MODEL}, not loaded yet`);
	await page.reload();
	await expect(status(page)).toHaveText(`${DEFAULT_MODEL}, not loaded yet`);
});

test("every model is listed with size and languages; the chosen one answers, and is kept over a reload", async ({
	page,
}) => {
	needsTwo();
	await openOn(page, 8, 8);
	await unfold(page);
	for (const { name, title } of models) {
		const row = page.locator(".built-in-model").filter({ has: page.locator(`[value="${name}"]`) });
		await expect(row).toContainText(title);
		await expect(row).toContainText(new RegExp(`${name} · [\\d.]+ MB · \\S`));
	}
	await expect(radio(page, DEFAULT_MODEL)).toBeChecked();
	await radio(page, other!.name).check();
	await expect(status(page)).toHaveText(`${other!.name}, not loaded yet`);
	await textField(page).fill(POST);
	await extractButton(page).click();
	await done(page);
	await expect(status(page)).toContainText(`${other!.name} on `);
	await page.reload();
	await expect(status(page)).toHaveText(`${other!.name}, not loaded yet`);
	await unfold(page);
	await expect(radio(page, other!.name)).toBeChecked();
});

test("the default model's scores are probabilities, and what is less sure is counted and a click away", async ({
	page,
}) => {
	await openOn(page, 8, 8);
	await textField(page).fill("Police arrested Marco Rossi in Milan after he attacked a Red Cross office");
	await page.getByRole("checkbox", { name: "Events" }).check();
	await extractButton(page).click();
	await done(page);
	await page.getByText("Details", { exact: true }).click();
	await expect(page.getByText("Scores are the probability that a record is right")).toBeVisible();
	const records = page.locator(".relation, .event dt");
	const before = await records.count();
	const lessSure = page.getByRole("button", { name: /^Less sure \(\d+\)$/ });
	await lessSure.click();
	await expect(lessSure).toHaveAttribute("aria-pressed", "true");
	expect(await records.count()).toBeGreaterThan(before);
	await expectAccessible(page);
	await page.screenshot({ path: path("./screenshots/less-sure.png"), fullPage: true });
});

test("an address stays chosen over a reload, and back from it the built-in model is the one from before", async ({
	page,
	baseURL,
}) => {
	needsTwo();
	const loadAddress = async () => {
		await page.getByLabel("From an address").check();
		await page.getByLabel("Address of the bundle’s folder").fill(`${baseURL}models/${DEFAULT_MODEL}`);
		await page.getByRole("button", { name: "Load", exact: true }).click();
		await expect(status(page)).toContainText(`${DEFAULT_MODEL} on `);
	};
	await openOn(page, 8, 8);
	await unfold(page);
	await radio(page, other!.name).check();
	await loadAddress();
	await page.getByLabel("Built-in", { exact: true }).check();
	await expect(radio(page, other!.name)).toBeChecked();
	await expect(status(page)).toHaveText(`${other!.name}, not loaded yet`);
	await loadAddress();
	await page.reload();
	await unfold(page);
	await expect(page.getByLabel("From an address")).toBeChecked();
	await expect(status(page)).toHaveText(`${DEFAULT_MODEL}, not loaded yet`);
});

test("an address is checked while it is typed, and loaded by one button", async ({ page, baseURL }) => {
	await openOn(page, 8, 8);
	await unfold(page);
	await page.getByLabel("From an address").check();
	const address = page.getByLabel("Address of the bundle’s folder");
	const load = page.getByRole("button", { name: /^Load/ });
	await expect(load).toHaveCount(1);
	await expect(load).toBeDisabled();
	await address.fill("ftp://example.org/bundle");
	await expect(page.getByText("Addresses begin with https:// or http://, not ftp://.")).toBeVisible();
	await expect(load).toBeDisabled();
	await address.fill(`${baseURL}models/${LIGHT_MODEL}/umie.json`);
	await expect(page.getByText(`Reads ${baseURL}models/${LIGHT_MODEL}/umie.json`)).toBeVisible();
	await page.reload();
	await unfold(page);
	await page.getByLabel("From an address").check();
	await expect(address).toHaveValue(`${baseURL}models/${LIGHT_MODEL}/umie.json`);
	await load.click();
	await expect(status(page)).toContainText(`${LIGHT_MODEL} on `);
	await expect(load).toBeDisabled();
});

test("a moved threshold shows more, is kept over a reload, and can be reset", async ({ page }) => {
	await openOn(page, 8, 8);
	await page.getByRole("button", { name: "Photographer" }).click();
	const sure = page.locator(".sureness");
	await sure.locator("summary").click();
	const slider = sure.getByRole("slider", { name: /^Entities/ });
	const own = await slider.inputValue();
	const marks = page.locator(".marked-text .mark-label");
	await expect(sure).toContainText(/Of what is shown, \d+% is right; of what there is to find, \d+% is shown\./);
	await slider.fill("1");
	await expect(marks).toHaveCount(0);
	await slider.fill("0");
	await expect(marks).not.toHaveCount(0);
	// Settings are saved after a pause.
	await expect.poll(() => page.evaluate(() => JSON.stringify({ ...localStorage }))).toContain('\\"entities\\":0');
	await page.reload();
	await sure.locator("summary").click();
	await expect(slider).toHaveValue("0");
	await expect(sure.locator("summary")).toContainText("changed");
	await expectAccessible(page);
	await sure.getByRole("button", { name: "Reset" }).click();
	await expect(slider).toHaveValue(own);
});

for (const [name, colorScheme, viewport] of [
	["light", "light", { width: 1360, height: 940 }],
	["dark", "dark", { width: 1360, height: 940 }],
	["phone", "dark", { width: 360, height: 740 }],
] as const) {
	test.describe(name, () => {
		test.use({ colorScheme, viewport });

		test("the panel is accessible and needs no scrolling sideways", async ({ page }) => {
			await openOn(page, 2, 4);
			await unfold(page);
			await expect(page.locator(".about")).toContainText("MB in total");
			await expectAccessible(page);
			const [scroll, client] = await page.evaluate(() => [
				document.documentElement.scrollWidth,
				document.documentElement.clientWidth,
			]);
			expect(scroll).toBe(client);
			await page
				.locator("details.fold-card", { hasText: "Model and options" })
				.screenshot({ path: path(`./screenshots/built-in-${name}.png`) });
		});
	});
}
