/** Takes screenshots of the app in each of its states to look at (e2e/screenshots), and tests that it is accessible. */
import { expect, type Page, test } from "@playwright/test";
import { expectAccessible, extractButton, openApp, path, pickPicture, showAllRegions, textField } from "./page.ts";

async function look(page: Page, name: string): Promise<void> {
	await page.screenshot({ path: path(`./screenshots/${name}.png`), fullPage: true });
}

async function sample(page: Page, title = "Photographer"): Promise<void> {
	await page.getByRole("button", { name: title }).click();
	await expect(page.getByText(/^Stored result shown\./)).toBeAttached();
}

for (const scheme of ["light", "dark"] as const) {
	test.describe(scheme, () => {
		test.use({ colorScheme: scheme });

		test("empty", async ({ page }) => {
			await openApp(page);
			await expectAccessible(page);
			await look(page, `empty-${scheme}`);
		});

		test("result, with everything unfolded", async ({ page }) => {
			await openApp(page);
			await sample(page);
			await page.locator(".mark-label").first().click();
			await look(page, `result-${scheme}`);
			for (const summary of await page.locator("summary:visible").all()) await summary.click();
			await expectAccessible(page);
			await look(page, `unfolded-${scheme}`);
		});

		test("error", async ({ page }) => {
			await openApp(page);
			await pickPicture(page, {
				name: "broken.jpg",
				mimeType: "image/jpeg",
				buffer: Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 1, 2, 3]),
			});
			await textField(page).fill("A post with a broken picture");
			await extractButton(page).click();
			await expect(page.getByRole("alert")).toContainText("The extraction failed");
			await expectAccessible(page);
			await look(page, `error-${scheme}`);
		});
	});
}

test("events", async ({ page }) => {
	await openApp(page);
	await sample(page, "Astronaut");
	await showAllRegions(page);
	await look(page, "events");
});

/** `cp e2e/screenshots/readme.png e2e/readme.png` makes it the one of README.md. */
test("README", async ({ page }) => {
	await page.setViewportSize({ width: 1200, height: 800 });
	await openApp(page);
	await sample(page);
	await page.locator(".mark-label").first().click();
	await look(page, "readme");
});

test.describe("a phone, 360 pixels wide", () => {
	test.use({ viewport: { width: 360, height: 740 } });

	test("nothing has to be scrolled sideways", async ({ page }) => {
		await openApp(page);
		await look(page, "phone-empty");
		await sample(page);
		await look(page, "phone-sample");
		for (const summary of await page.locator("summary:visible").all()) await summary.click();
		await look(page, "phone-result");
		const widths = await page.evaluate(() => [
			document.documentElement.scrollWidth,
			document.documentElement.clientWidth,
		]);
		expect(widths[0]).toBe(widths[1]);
	});
});
