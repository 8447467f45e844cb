/**
 * Tests a recipe with a picture for each step: pictures are added, moved and removed by keys and pointer, and all steps
 * give one result.
 */
import { expect, type Page, test } from "@playwright/test";
import { done, drop, expectAccessible, extractButton, openApp, path, textField } from "./page.ts";

const PICTURES = ["basketball.jpg", "smoke.jpg", "concert.jpg"].map((name) => path(`./pictures/${name}`));
const TEXT = "Kyrie Irving mixes flour in Cleveland\nThe dough rests\nKyrie Irving bakes bread in Paris";

async function steps(page: Page): Promise<void> {
	await openApp(page);
	for (const task of ["Relations", "Events"]) await page.getByRole("checkbox", { name: task, exact: true }).uncheck();
	await page.getByText("More to extract").click();
	await page.getByRole("checkbox", { name: "Steps of a procedure" }).check();
	await textField(page).fill(TEXT);
}

const rows = (page: Page) => page.locator(".step-list > li");
const picture = (page: Page, step: number) =>
	rows(page)
		.nth(step - 1)
		.locator("[data-step-picture]");
const namesOf = (page: Page) =>
	page.locator("[data-step-picture]").evaluateAll((all) => all.map((one) => one.getAttribute("title")));

test("several pictures become those of the steps; keys and pointer move them, removing can be undone", async ({
	page,
}) => {
	await steps(page);
	await expect(rows(page)).toHaveCount(3);
	await page.getByLabel("Picture files of the steps").setInputFiles(PICTURES);
	await expect(picture(page, 3)).toBeVisible();
	expect(await namesOf(page)).toEqual(["basketball.jpg", "smoke.jpg", "concert.jpg"]);
	await picture(page, 1).focus();
	await page.keyboard.press("ArrowDown");
	await expect(picture(page, 2)).toBeFocused();
	expect(await namesOf(page)).toEqual(["smoke.jpg", "basketball.jpg", "concert.jpg"]);
	const [from, to] = [(await picture(page, 3).boundingBox())!, (await rows(page).first().boundingBox())!];
	await page.mouse.move(from.x + 10, from.y + 10);
	await page.mouse.down();
	await page.mouse.move(to.x + 40, to.y + to.height / 2, { steps: 5 });
	await expect(rows(page).first()).toHaveClass(/is-over/);
	await page.mouse.up();
	expect(await namesOf(page)).toEqual(["concert.jpg", "smoke.jpg", "basketball.jpg"]);
	await picture(page, 2).focus();
	await page.keyboard.press("Delete");
	await expect(page.getByRole("button", { name: "Add a picture to step 2" })).toBeVisible();
	await page.getByRole("button", { name: "Undo", exact: true }).click();
	await expect(picture(page, 2)).toBeVisible();
	// A line before the others pushes the pictures along with their steps.
	await textField(page).fill(`Wash your hands\n${TEXT}`);
	await expect(rows(page)).toHaveCount(4);
	await expect(page.getByRole("button", { name: "Add a picture to step 1" })).toBeVisible();
	await page.getByLabel("Picture file of step 1", { exact: true }).setInputFiles(PICTURES[0]!);
	await expect(picture(page, 1)).toBeVisible();
	await drop(page, PICTURES[0]!, "dropped.jpg", "image/jpeg", "[data-step-row='3'] .step-text");
	await expect(picture(page, 4)).toHaveAttribute("title", "dropped.jpg");
	await expect(page.getByText("Picture of step 4 replaced.")).toBeVisible();
	await expectAccessible(page);
	await page.reload();
	await expect(page.locator("[data-step-picture]")).toHaveCount(4);
});

test("each step is read with its own picture; what is named twice is followed", async ({ page }) => {
	await steps(page);
	await page.getByLabel("Picture files of the steps").setInputFiles([PICTURES[0]!, PICTURES[2]!]);
	await expect(picture(page, 2)).toBeVisible();
	await extractButton(page).click();
	await done(page);
	await expect(page.getByRole("heading", { name: "Steps 3" })).toBeVisible();
	await expect(page.getByRole("img", { name: "Step 1" })).toBeVisible();
	await expect(page.getByRole("img", { name: "Step 2" })).toBeVisible();
	await expect(page.getByRole("img", { name: "Step 3" })).toHaveCount(0);
	await expect(page.locator(".steps > li").first()).toContainText("also in step 3");
	await expect(page.getByText("The post has changed since")).toHaveCount(0);
	await expectAccessible(page);
	await page.screenshot({ path: path("./screenshots/step-pictures.png"), fullPage: true });
	await picture(page, 2).focus();
	await page.keyboard.press("ArrowDown");
	await expect(page.getByText("The post has changed since")).toBeVisible();
});

test.describe("a phone, 360 pixels wide, dark", () => {
	test.use({ viewport: { width: 360, height: 740 }, colorScheme: "dark" });

	test("pictures of steps need no scrolling sideways", async ({ page }) => {
		await steps(page);
		await page.getByLabel("Picture files of the steps").setInputFiles(PICTURES.slice(0, 2));
		await expect(picture(page, 2)).toBeVisible();
		const [scroll, client] = await page.evaluate(() => [
			document.documentElement.scrollWidth,
			document.documentElement.clientWidth,
		]);
		expect(scroll).toBe(client);
		await expectAccessible(page);
		await page.screenshot({ path: path("./screenshots/step-pictures-phone.png"), fullPage: true });
	});
});
