/** The view "About": the licence, the models' cards and the notices of third parties are there for a person to read. */
import { expect, test } from "@playwright/test";
import { expectAccessible, openApp, path } from "./page.ts";

test("licence, model cards and notices travel with the page", async ({ page, request }) => {
	await openApp(page);
	await page.getByRole("link", { name: "About" }).click();
	await expect(page.getByRole("heading", { name: "About and licences" })).toBeVisible();
	await expect(page.getByText("Research use: the training texts").first()).toBeVisible();
	await page.getByText("Software of others").click();
	const notices = page.getByRole("region", { name: "Software of others" });
	await expect(notices).toContainText("onnxruntime-web@");
	await expect(notices).toContainText("Eigen");
	await expectAccessible(page);
	await page.screenshot({ path: path("./screenshots/about-light.png"), fullPage: true });
	for (const link of await page.getByRole("link", { name: /^(The licence|Model card)/ }).all()) {
		const response = await request.get(new URL((await link.getAttribute("href")) ?? "", page.url()).href);
		expect(response.ok()).toBe(true);
		expect(await response.text()).toMatch(/Apache License|umie-(small|nano)/);
	}
});

test("a page without the notices says where they should be", async ({ page }) => {
	await page.route("**/THIRD-PARTY-NOTICES.txt", (route) => route.fulfill({ status: 404 }));
	await openApp(page);
	await page.goto("./#about");
	await page.getByText("Software of others").click();
	await expect(page.getByRole("alert")).toContainText("THIRD-PARTY-NOTICES.txt");
});
