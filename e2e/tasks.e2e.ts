/**
 * Tests the tasks beyond entities, relations and events: the app offers them with a plain word about the model, runs
 * them and shows what they find.
 */
import { expect, test } from "@playwright/test";
import { done, expectAccessible, extract, extractButton, openApp, path, pickPicture, textField } from "./page.ts";

test("a task the model was not trained for is offered as experimental, and the result says what ran instead", async ({
	page,
}) => {
	await openApp(page);
	await page.getByText("More to extract").click();
	await page.getByRole("checkbox", { name: "Fine-grained entities" }).check();
	await expect(page.getByText("“Entities” runs instead and finds less.")).toBeVisible();
	await expectAccessible(page);
	await extract(page);
	await expect(
		page.getByText(
			"This model was not trained for fmnerg (fine-grained entities): " + "mner (entities) ran instead and finds less.",
		),
	).toBeVisible();
});

test("steps of a recipe are listed, and a form gives a table of fields", async ({ page }) => {
	await openApp(page);
	await page.getByText("More to extract").click();
	await page.getByRole("checkbox", { name: "Steps of a procedure" }).check();
	await page.getByRole("checkbox", { name: "Fields of a form" }).check();
	await textField(page).fill("Ada Lovelace mixes flour in London\nAda bakes bread in London");
	await extractButton(page).click();
	await done(page);
	await expect(page.getByRole("heading", { name: "Steps 2" })).toBeVisible();
	await expectAccessible(page);
	await page.screenshot({ path: path("./screenshots/steps.png"), fullPage: true });
});

test("a person's list of names is looked up, its entry explained and linked", async ({ page }) => {
	await openApp(page);
	await page.getByText("More to extract").click();
	const csv = "name,type,link\nkyrie irving,person,https://example.org/kyrie\n";
	await page
		.getByLabel(/^List of known names/)
		.setInputFiles({ name: "names.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
	await expect(page.getByText("names.csv, 1 name")).toBeVisible();
	await extract(page);
	await page
		.locator(".marked-text")
		.getByRole("button", { name: /^Kyrie Irving/ })
		.click();
	await expect(page.getByRole("link", { name: "kyrie irving" })).toHaveAttribute("href", "https://example.org/kyrie");
	await expect(page.getByText("“Kyrie Irving” is “kyrie irving” in other capitals.")).toBeVisible();
	await expectAccessible(page);
	await page.screenshot({ path: path("./screenshots/names.png"), fullPage: true });
});

test("a file without a list of names is refused beside its field", async ({ page }) => {
	await openApp(page);
	await page.getByText("More to extract").click();
	await page
		.getByLabel(/^List of known names/)
		.setInputFiles({ name: "names.json", mimeType: "application/json", buffer: Buffer.from("[1]") });
	await expect(page.getByText("Entry 1 of the list of names: expected a name, or {name, type, link}.")).toBeVisible();
});

test("a video is read as frames, and the first is shown with the result", async ({ page }) => {
	await openApp(page);
	// Recorded by the browser itself: one second of a moving square.
	const bytes = await page.evaluate(async () => {
		const canvas = document.createElement("canvas");
		[canvas.width, canvas.height] = [160, 120];
		const context = canvas.getContext("2d")!;
		const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: "video/webm" });
		const pieces: Blob[] = [];
		recorder.ondataavailable = ({ data }) => pieces.push(data);
		const stopped = new Promise((resolve) => {
			recorder.onstop = resolve;
		});
		recorder.start(100);
		for (let x = 0; x < 30; x++) {
			context.fillStyle = "#fff";
			context.fillRect(0, 0, 160, 120);
			context.fillStyle = "#c00";
			context.fillRect(4 * x, 40, 40, 40);
			await new Promise((resolve) => setTimeout(resolve, 40));
		}
		recorder.stop();
		await stopped;
		return [...new Uint8Array(await new Blob(pieces).arrayBuffer())];
	});
	await pickPicture(page, { name: "square.webm", mimeType: "video/webm", buffer: Buffer.from(bytes) });
	await expect(page.getByText("8 frames of a video")).toBeVisible();
	await extract(page);
	await expect(page.getByRole("img", { name: "From the post" })).toBeVisible();
	await expectAccessible(page);
});

test("a post without a sign of an event skips the event questions, unless everything is asked", async ({ page }) => {
	const left = page.getByText("Events were skipped: the text showed no sign of one.");
	await openApp(page);
	await page.getByRole("checkbox", { name: "Events", exact: true }).check();
	await extract(page, "Taylor Swift performs tonight");
	await expect(left).toBeVisible();
	await page.getByText("More to extract").click();
	await page.getByLabel("Ask about everything").check();
	await extractButton(page).click();
	await done(page);
	await expect(left).toBeHidden();
	await page.reload();
	await page.getByText("More to extract").click();
	await expect(page.getByLabel("Ask about everything")).toBeChecked();
});
