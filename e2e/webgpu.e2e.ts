/** Tests the app on a software WebGPU adapter: the same entities as on WASM, with one wasm that knows WebGPU. */
import { expect, test } from "@playwright/test";
import { extract, markNamed, openApp } from "./page.ts";

test("WebGPU finds the same entities, and is named as the device", async ({ page }) => {
	test.setTimeout(300_000);
	const wasm: string[] = [];
	page.on("request", (request) => {
		if (request.url().endsWith(".wasm")) wasm.push(request.url());
	});
	await openApp(page);
	await page.getByRole("checkbox", { name: "Relations", exact: true }).uncheck();
	await page.getByText("Model and options").click();
	await page.getByLabel(/^Beams/).fill("1");
	// Left to itself the page prefers WASM to a software adapter.
	await page.getByLabel("Device", { exact: true }).selectOption("webgpu");
	await extract(page);
	await expect(page.getByText("umie-nano on WebGPU")).toBeVisible();
	await expect(markNamed(page, /^Kyrie Irving, person/)).toBeVisible();
	await expect(markNamed(page, /^LeBron James, person/)).toBeVisible();
	expect(wasm).toEqual([expect.stringMatching(/(jspi|asyncify)/)]);
});
