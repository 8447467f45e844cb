/**
 * Tests that a chosen detector finds its regions, by the real library on the app's own runtime, and what the page says
 * without a network.
 */
import { expect, test } from "@playwright/test";
import { serveFakeHub } from "./fake-hub.ts";
import {
	expectAccessible,
	extract,
	extractButton,
	openApp,
	POST,
	pickPicture,
	SAMPLE_PICTURE,
	showAllRegions,
	textField,
} from "./page.ts";

test("a chosen detector is fetched at the extraction, and its named boxes replace the built-in ones", async ({
	page,
}) => {
	const hub = await serveFakeHub(page);
	const others: string[] = [];
	page.on("request", (request) => {
		if (!/^(http:\/\/localhost:|https:\/\/huggingface\.co\/|blob:|data:)/.test(request.url()))
			others.push(request.url());
	});
	await openApp(page);
	await pickPicture(page, SAMPLE_PICTURE);
	await page.getByText("Model and options").click();
	await page.getByLabel("Regions in the picture").selectOption("Xenova/yolos-tiny");
	expect(hub).toEqual([]);
	await extract(page);
	await showAllRegions(page);
	const regions = page.getByRole("list", { name: "Regions in the picture" }).getByRole("button");
	await expect(regions).toHaveText(["O1 person", "O2 car"]);
	expect(others).toEqual([]);
	await expectAccessible(page);
});

test("without a network the failure names the detector, and the built-in proposals still work", async ({ page }) => {
	await page.context().route("https://huggingface.co/**", (route) => route.abort("internetdisconnected"));
	await openApp(page);
	await pickPicture(page, SAMPLE_PICTURE);
	await page.getByText("Model and options").click();
	const choice = page.getByLabel("Regions in the picture");
	await choice.selectOption("Xenova/yolos-tiny");
	await textField(page).fill(POST);
	await extractButton(page).click();
	await expect(page.getByRole("alert")).toContainText("The detector Xenova/yolos-tiny could not be fetched");
	await choice.selectOption("built-in");
	await extract(page);
	await expect(page.getByRole("alert")).toHaveCount(0);
});

test("a detector looks for each mention; what it finds above the threshold becomes its box, and can be undone", async ({
	page,
}) => {
	await serveFakeHub(page);
	await openApp(page);
	await pickPicture(page, SAMPLE_PICTURE);
	await extract(page);
	await page.getByRole("button", { name: "Find in the picture…" }).click();
	const panel = page.getByRole("region", { name: "Find in the picture" });
	await panel.getByRole("button", { name: "Find", exact: true }).click();
	const found = panel.getByRole("list", { name: "Entities searched for" }).getByRole("listitem");
	await expect(found.nth(0)).toHaveText("Kyrie Irving: found, 88%");
	await expect(found.nth(1)).toHaveText("LeBron James: found, 27%");
	await expect(found.nth(2)).toHaveText("Cavs: not found");
	await expectAccessible(page);
	await panel.getByLabel(/^Threshold/).fill("0.5");
	await expect(found.nth(1)).toHaveText("LeBron James: below the threshold, 27%");
	await panel.getByRole("button", { name: "Link 1 entity to its box" }).click();
	await expect(panel).toHaveCount(0);
	// The model's own regions may show the mention, too: the detector's is named after it.
	const region = page
		.getByRole("list", { name: "Regions in the picture" })
		.getByRole("button")
		.filter({ hasText: /^O\d+ Kyrie Irving/ });
	await expect(region).toHaveText(/^O\d+ Kyrie IrvingKyrie Irving$/);
	await page.getByRole("button", { name: "Correct", exact: true }).click();
	await page
		.getByText(/^Corrections/)
		.first()
		.click();
	await expect(page.getByText("Xenova/owlvit-base-patch32")).toBeVisible();
	await page.getByRole("button", { name: "Undo" }).click();
	await page.getByRole("button", { name: "Done" }).click();
	await expect(region).toHaveCount(0);
});
