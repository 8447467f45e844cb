/**
 * Tests tables of posts: the page takes them all, can be paused and reloaded, stays responsive and keeps its memory.
 */
import { readFileSync } from "node:fs";
import { expect, type Page, test } from "@playwright/test";
import { strToU8, zipSync } from "fflate";
import { type TabMemory, watchMemory } from "./memory.ts";
import { expectAccessible, path } from "./page.ts";

const PEOPLE = ["Kyrie Irving", "LeBron James", "Serena Williams", "Angela Merkel", "Taylor Swift", "Lionel Messi"];
const PLACES = ["Cleveland", "Paris", "Berlin", "Tokyo", "Chicago"];
const GROUPS = ["Cavs", "NATO", "Real Madrid", "the Senate"];

const textOf = (n: number) => `${PEOPLE[n % 6]} meets fans of ${GROUPS[n % 4]} in ${PLACES[n % 5]}, number ${n}`;
const table = (count: number, text = textOf) =>
	`id,text\n${Array.from({ length: count }, (_, n) => `p${n},"${text(n)}"`).join("\n")}\n`;

async function bring(page: Page, csv: string, name = "posts.csv"): Promise<void> {
	await page.goto("./#many");
	await page.getByLabel("Files with posts").setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(csv) });
	await expect(page.getByRole("heading", { name })).toBeVisible();
}

async function entitiesOnly(page: Page): Promise<void> {
	for (const task of ["Relations", "Events"]) await page.getByRole("checkbox", { name: task, exact: true }).uncheck();
}

const start = (page: Page) => page.getByRole("button", { name: /Extract from all|Continue/ }).click();
const over = (page: Page, done: number, of: number) =>
	expect(page.getByText(`${done} of ${of} posts`).first()).toBeVisible({ timeout: 240_000 });

test("a table runs, is filtered by a name, opens a post, and comes out as JSON lines", async ({ page }) => {
	await bring(page, `${table(12)}empty,"  "\n`);
	await expect(page.getByText("Skipped because they have no text: 1 post.")).toBeVisible();
	await start(page);
	await over(page, 12, 12);
	const things = page.getByRole("region", { name: "Names" });
	await things.getByRole("button", { name: /Cleveland/ }).click();
	await expect(page.getByText("3 of 12 posts")).toBeVisible();
	await expectAccessible(page);
	await page.screenshot({ path: path("./screenshots/many-light.png"), fullPage: true });
	await page
		.getByRole("button", { name: /Kyrie Irving meets/ })
		.first()
		.press("Enter");
	const dialog = page.getByRole("dialog");
	await expect(dialog.getByText(/number 0/)).toBeVisible();
	await dialog.getByRole("button", { name: /^Next/ }).click();
	await expect(dialog.getByText(/number 5/)).toBeVisible();
	await expectAccessible(page);
	await page.keyboard.press("Escape");
	await expect(dialog).toBeHidden();
	const downloading = page.waitForEvent("download");
	await page.getByRole("button", { name: "Results as JSONL" }).click();
	const lines = readFileSync((await (await downloading).path())!, "utf8")
		.trim()
		.split("\n");
	expect(lines.map((line) => JSON.parse(line).id)).toEqual(Array.from({ length: 12 }, (_, n) => `p${n}`));
	expect(JSON.parse(lines[0]!)).toMatchObject({ format: "umie-result/1", text: textOf(0) });
});

test("a run that is paused and a tab that is closed lose nothing, and the run goes on where it stopped", async ({
	page,
}) => {
	await bring(page, table(60));
	await entitiesOnly(page);
	await start(page);
	await expect(page.getByText(/^[1-9]\d* of 60 posts/).first()).toBeVisible();
	await page.getByRole("button", { name: "Pause" }).click();
	await expect(page.getByRole("button", { name: "Continue" })).toBeVisible();
	await page.reload();
	const progress = page.getByRole("progressbar", { name: "Posts extracted" });
	await expect(progress).toBeVisible();
	const before = Number(await progress.getAttribute("value"));
	expect(before).toBeGreaterThan(0);
	expect(before).toBeLessThan(60);
	await start(page);
	await over(page, 60, 60);
	await expect(page.getByRole("button", { name: "Continue" })).toBeHidden();
});

test("a folder of texts and pictures is one post each", async ({ page }) => {
	await page.goto("./#many");
	await page.getByLabel("Files with posts").setInputFiles([
		{ name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("Kyrie Irving in Cleveland") },
		{ name: "a.jpg", mimeType: "image/jpeg", buffer: readFileSync(path("./pictures/basketball.jpg")) },
	]);
	await start(page);
	await over(page, 1, 1);
	await page.getByRole("button", { name: /Kyrie Irving in/ }).click();
	await expect(page.getByRole("dialog").getByAltText("From the post")).toBeVisible();
});

test("a file that is not a table gives an error, and what was there stays", async ({ page }) => {
	await bring(page, table(2));
	await page
		.getByLabel("Files with posts")
		.setInputFiles({ name: "other.csv", mimeType: "text/csv", buffer: Buffer.from("a,b\n1,2\n") });
	await expect(page.getByRole("alert")).toContainText("other.csv has no text column");
	await expect(page.getByRole("heading", { name: "posts.csv" })).toBeVisible();
});

test("columns and encoding can be chosen beside the first rows, and the files are read again", async ({ page }) => {
	const latin = Buffer.from("who;says;note\nada;Zoë flies to Köln;a\nbob;Kyrie Irving in Paris;b\n", "latin1");
	await page.goto("./#many");
	await page.getByLabel("Files with posts").setInputFiles({ name: "odd.csv", mimeType: "text/csv", buffer: latin });
	await expect(page.getByText("odd.csv is read as Windows-1252")).toBeVisible();
	await expect(page.getByRole("button", { name: /Zoë flies to Köln/ })).toBeVisible();
	await page.getByText("Texts are read from “says”").click();
	await expect(page.getByRole("region", { name: "First rows" })).toContainText("Zoë flies to Köln");
	await expectAccessible(page);
	await page.getByLabel("Id", { exact: true }).selectOption("who");
	await page.getByLabel("Encoding").selectOption("macintosh");
	await page.getByRole("button", { name: "Read again with these" }).click();
	await expect(page.getByRole("button", { name: /bob/ })).toBeVisible();
	await expect(page.getByRole("button", { name: /Zoë flies/ })).toBeHidden();
});

test("an archive gives its posts with their pictures, and they outlive a reload", async ({ page }) => {
	const picture = readFileSync(path("./pictures/basketball.jpg"));
	const tweet = (n: number) => ({ tweet: { id_str: `${1e9 + n}`, full_text: textOf(n) } });
	const tweets = Array.from({ length: 2500 }, (_, n) => tweet(n));
	const zip = zipSync({
		"data/tweets.js": strToU8(`window.YTD.tweets.part0 = ${JSON.stringify(tweets)}`),
		"data/tweets_media/1000000000-a.jpg": [picture, { level: 0 }],
	});
	await page.goto("./#many");
	await page
		.getByLabel("Files with posts")
		.setInputFiles({ name: "twitter.zip", mimeType: "application/zip", buffer: Buffer.from(zip) });
	await expect(page.getByText("0 of 2,500 posts").first()).toBeVisible({ timeout: 120_000 });
	await page.reload();
	await expect(page.getByText("0 of 2,500 posts").first()).toBeVisible({ timeout: 60_000 });
});

function inMegabytes({ objects, buffers, wasm, threads }: TabMemory): string {
	const [js, data, code] = [(objects / 1e6).toFixed(2), (buffers / 1e6).toFixed(2), (wasm / 1e6).toFixed(1)];
	return `objects ${js}, buffers ${data}, wasm ${code} MB in ${threads} threads`;
}

test("from post 200 to 1,000 the tab's memory stays within 5 %: page, workers, WebAssembly", async ({ page }) => {
	test.setTimeout(420_000);
	const memory = await watchMemory(page);
	// Short posts and one beam: this measures what the page keeps of a post, not the model.
	await bring(
		page,
		table(1000, (n) => `${PEOPLE[n % 6]} in ${PLACES[n % 5]} ${n}`),
	);
	await entitiesOnly(page);
	await page.getByText("Model and options").click();
	await page.getByLabel("Beams").fill("1");
	await page.evaluate(() => {
		const long: number[] = [];
		Object.assign(window, { long });
		new PerformanceObserver((list) => long.push(...list.getEntries().map(({ duration }) => duration))).observe({
			type: "longtask",
		});
	});
	await start(page);
	const reached = (count: number) =>
		page.waitForFunction((count) => Number(document.querySelector("progress")?.value) >= count, count, {
			timeout: 300_000,
			polling: 200,
		});
	await reached(200);
	const early = await memory();
	await page.evaluate(() => (window as unknown as { long: number[] }).long.splice(0));
	await reached(1000);
	const long = await page.evaluate(() => (window as unknown as { long: number[] }).long);
	const late = await memory();
	const tasks = long.map(Math.round).join(", ") || "none";
	const description = `${inMegabytes(early)} → ${inMegabytes(late)}; tasks over 50 ms: ${tasks}`;
	test.info().annotations.push({ type: "measured", description });
	console.log(description);
	// The page and the engine: fewer would mean that one was not measured.
	expect([early.threads, late.threads]).toEqual([2, 2]);
	expect(early.wasm).toBeGreaterThan(1e6);
	for (const part of ["objects", "buffers", "wasm"] as const) expect(late[part] / early[part], part).toBeLessThan(1.05);
	await expectAccessible(page);
});
