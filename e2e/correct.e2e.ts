/**
 * Tests corrections by keyboard and pointer: they stay over a reload, are saved in every format, and are opened again.
 */
import { readFileSync } from "node:fs";
import { expect, type Page, test } from "@playwright/test";
import type { Region } from "../src/core/result.ts";
import { importedResult } from "../src/exports/checks.ts";
import { expectAccessible, openApp, path, pickPicture, SAMPLE_PICTURE } from "./page.ts";

const TEXT = "Kyrie Irving and LeBron James celebrate with the Cavs 🏀";
const O1: Region = { object: "O1", box: [60, 60, 260, 380], score: 0.9 };
const mention = (id: string, type: string, text: string, regions: Region[] = []) => {
	const start = TEXT.indexOf(text);
	return { id, type, text, start, end: start + text.length, score: 0.9, regions };
};
/** Made by hand: correcting needs no model. */
const RESULT = importedResult({
	text: TEXT,
	image: { width: 800, height: 500 },
	regions: [O1, { object: "O2", box: [300, 80, 500, 400], score: 0.4 }],
	entities: [
		mention("e1", "person", "Kyrie Irving", [O1]),
		mention("e2", "person", "LeBron James"),
		mention("e3", "organization", "Cavs"),
	],
	relations: [{ id: "r1", type: "member of", head: "e1", tail: "e3", score: 0.8 }],
	events: [{ id: "v1", type: "meet", trigger: { text: "celebrate", start: 30, end: 39 }, arguments: [], score: 0.5 }],
});
const file = (name: string, content: Buffer | string) => ({ name, mimeType: "", buffer: Buffer.from(content) });
const openField = (page: Page) => page.getByLabel("Open annotations to correct them");

async function sample(page: Page): Promise<void> {
	await openApp(page);
	await pickPicture(page, SAMPLE_PICTURE);
	await page.getByRole("button", { name: "Open annotations…" }).click();
	await openField(page).setInputFiles(file("result.json", JSON.stringify(RESULT)));
	await expect(page.locator(".marked-text")).toBeVisible();
}

async function correct(page: Page): Promise<void> {
	await sample(page);
	await page.getByRole("button", { name: "Correct", exact: true }).click();
	await expect(page.getByRole("heading", { name: "Correct the result" })).toBeVisible();
}

const chips = (page: Page) => page.getByRole("list", { name: "Entities" }).locator("[data-mention]");
const words = (page: Page) => page.getByRole("textbox", { name: "Text of the post: select words to mark them" });

test("by keyboard alone: select words, mark them, change a type, undo, redo; a reload keeps it all", async ({
	page,
}) => {
	await correct(page);
	const before = await chips(page).count();
	await page.getByLabel("Your name").fill("Grace");
	await words(page).focus();
	await page.keyboard.press("End");
	await page.keyboard.press("Home");
	await expect(page.locator(".correct-caret")).toBeVisible();
	for (let step = 0; step < "Kyrie".length; step++) await page.keyboard.press("Shift+ArrowRight");
	await page.getByLabel("Type", { exact: true }).first().fill("artist");
	await page.keyboard.press("Enter");
	await page.getByRole("button", { name: "Mark “Kyrie” as artist" }).press("Enter");
	await expect(chips(page)).toHaveCount(before + 1);
	await expect(page.getByRole("button", { name: "Kyrie artist" })).toBeVisible();

	await page.getByRole("button", { name: "Kyrie artist" }).press("Enter");
	const editor = page.getByRole("region", { name: "Change Kyrie" });
	await expect(editor).toContainText("Grace");
	await editor.getByLabel("Type").fill("player");
	await page.keyboard.press("Enter");
	await expect(page.getByRole("button", { name: "Kyrie player" })).toBeVisible();
	await page.getByRole("button", { name: "Undo" }).press("Enter");
	await expect(page.getByRole("button", { name: "Kyrie artist" })).toBeVisible();
	await page.getByRole("button", { name: "Redo" }).press("Enter");
	await expect(page.getByRole("button", { name: "Kyrie player" })).toBeVisible();
	await page.locator("summary", { hasText: "Corrections" }).click();
	await expect(page.locator(".correct-log li")).toHaveText([
		/^Entity added: nothing → artist “Kyrie” Grace/,
		/^Type changed: artist “Kyrie” → player “Kyrie” Grace/,
	]);

	await page.reload();
	await expect(page.locator(".marked-text").getByRole("button", { name: /^Kyrie, player/ })).toBeVisible();
	await expect(page.getByText("The post has changed since")).toHaveCount(0);
	await page.getByRole("button", { name: "Correct", exact: true }).click();
	await page.getByRole("button", { name: "Undo" }).click();
	await page.getByRole("button", { name: "Undo" }).click();
	await expect(chips(page)).toHaveCount(before);
});

test("words selected with the pointer become an entity; deleting one takes its relations along", async ({ page }) => {
	await correct(page);
	const before = await chips(page).count();
	await words(page).evaluate((root) => {
		const range = document.createRange();
		const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
		for (let node = walk.nextNode(); node; node = walk.nextNode()) {
			const at = node.textContent?.indexOf("celebrate") ?? -1;
			if (at < 0) continue;
			range.setStart(node, at);
			range.setEnd(node, at + "celebrate".length);
		}
		document.getSelection()?.removeAllRanges();
		document.getSelection()?.addRange(range);
	});
	await page.getByRole("button", { name: /^Mark “celebrate” as (?!trigger)/ }).click();
	await expect(chips(page)).toHaveCount(before + 1);
	await page.getByRole("button", { name: /^celebrate/ }).click();
	await page.getByRole("button", { name: "Delete celebrate" }).click();
	await expect(chips(page)).toHaveCount(before);
	await expect(page.getByLabel("Relation from Kyrie Irving to Cavs", { exact: true })).toHaveValue("member of");
	await page.getByRole("button", { name: "Kyrie Irving person" }).click();
	await page.getByRole("button", { name: "Delete Kyrie Irving" }).click();
	await expect(page.getByLabel("Relation from Kyrie Irving to Cavs", { exact: true })).toHaveCount(0);
});

test("a relation is dragged from mention to mention; records are accepted and rejected; keys give types", async ({
	page,
}) => {
	await correct(page);
	// The model is loaded ahead, and its progress bar above the result goes when it is there.
	await expect(page.getByText(/^umie-nano on/)).toBeVisible();
	const from = (await chips(page).filter({ hasText: "LeBron" }).boundingBox())!;
	const to = (await chips(page).filter({ hasText: "Cavs" }).boundingBox())!;
	await page.mouse.move(from.x + 10, from.y + 10);
	await page.mouse.down();
	await page.mouse.move(to.x + 12, to.y + 8, { steps: 6 });
	await expect(page.locator(".drag-line")).toBeVisible();
	await page.screenshot({ path: path("./screenshots/correct-drag.png") });
	await page.mouse.up();
	await expect(page.getByLabel("Type of the new relation")).toBeFocused();
	await page.keyboard.type("member of");
	await page.keyboard.press("Enter");
	await page.getByRole("button", { name: "Add relation" }).click();
	await expect(page.getByRole("button", { name: "Delete the relation from LeBron James to Cavs" })).toBeVisible();

	await page.getByRole("button", { name: "Accept the relation from Kyrie Irving to Cavs" }).click();
	await expect(page.getByRole("button", { name: "Accept the relation from Kyrie Irving to Cavs" })).toBeDisabled();
	await page.getByRole("button", { name: "Accept Kyrie Irving", exact: true }).click();
	await expect(page.getByRole("button", { name: "Accept Kyrie Irving", exact: true })).toBeDisabled();

	const cavs = chips(page).filter({ hasText: "Cavs" });
	await cavs.focus();
	await page.keyboard.press("2");
	await expect(cavs).toContainText("location");
	await page.keyboard.press("Delete");
	await expect(chips(page)).toHaveCount(2);
	await page.getByRole("button", { name: "Reject LeBron James", exact: true }).click();
	await expect(chips(page)).toHaveCount(1);
	await page.keyboard.press("Control+z");
	await expect(chips(page)).toHaveCount(2);

	await words(page).focus();
	await page.keyboard.press("Home");
	for (let step = 0; step < "Kyrie".length; step++) await page.keyboard.press("Shift+ArrowRight");
	await expect(page.getByRole("button", { name: "Mark “Kyrie” as person" })).toBeVisible();
	await page.keyboard.press("4");
	await expect(chips(page).filter({ hasText: /^Kyrie\s*organization/ })).toHaveCount(1);
});

test("a box is added for an entity, moved and resized by keys and by pointer, and deleted", async ({ page }) => {
	await correct(page);
	await chips(page).nth(1).click();
	await page.getByRole("button", { name: /^Add a box for/ }).click();
	await expect(page.locator(".correct-box")).toHaveCount(2);
	const box = page.locator(".correct-box").last();
	await box.scrollIntoViewIfNeeded();
	const start = (await box.boundingBox())!;
	await box.focus();
	await page.keyboard.press("ArrowRight");
	await page.keyboard.press("Shift+ArrowDown");
	const moved = (await box.boundingBox())!;
	expect(moved.x).toBeGreaterThan(start.x);
	expect(moved.height).toBeGreaterThan(start.height);
	await page.mouse.move(moved.x + moved.width / 2, moved.y + moved.height / 2);
	await page.mouse.down();
	await page.mouse.move(moved.x + moved.width / 2 - 30, moved.y + moved.height / 2 - 20, { steps: 4 });
	await page.mouse.up();
	const dragged = (await box.boundingBox())!;
	expect(Math.round(moved.x - dragged.x)).toBeGreaterThan(20);
	expect(Math.abs(dragged.width - moved.width)).toBeLessThan(3);
	const count = await page.locator(".correct-box").count();
	await box.focus();
	await page.keyboard.press("Delete");
	await expect(page.locator(".correct-box")).toHaveCount(count - 1);
});

test("by keyboard alone: words become a trigger, roles change, and every format that has events keeps them", async ({
	page,
}) => {
	await correct(page);
	await page.getByLabel("Your name").fill("Grace");
	await words(page).focus();
	await page.keyboard.press("End");
	await page.keyboard.press("Home");
	for (let step = 0; step < "Kyrie".length; step++) await page.keyboard.press("Shift+ArrowRight");
	await page.getByLabel("Event", { exact: true }).fill("name");
	await page.keyboard.press("Enter");
	await page.getByRole("button", { name: "Mark “Kyrie” as trigger of name" }).press("Enter");
	const event = page
		.locator(".correct-event")
		.filter({ has: page.getByLabel("Type of the event Kyrie", { exact: true }) });
	await expect(event).toContainText("By Grace");
	const add = async (role: string, filler: string) => {
		await event.getByLabel("Role of another argument of name “Kyrie”").fill(role);
		await page.keyboard.press("Tab");
		await event.getByLabel("Who or what plays the role in name “Kyrie”").selectOption(filler);
		await event.getByRole("button", { name: "Add to name “Kyrie”" }).press("Enter");
	};
	await add("team", "Cavs (organization)");
	await add("word", "“Kyrie” (selected)");
	await add("where", "O1 (box)");
	const parts = event.getByRole("list", { name: "Who and what takes part in name “Kyrie”" }).getByRole("listitem");
	await expect(parts).toHaveCount(3);
	await add("team", "Cavs (organization)");
	await expect(page.getByText("The event already has this argument with the role team.")).toBeVisible();
	await expect(parts).toHaveCount(3);
	await page.getByRole("button", { name: "Dismiss the message" }).press("Enter");
	await event.getByLabel("Role of Cavs in name “Kyrie”").fill("club");
	await page.keyboard.press("Enter");
	await event.getByRole("button", { name: "Remove Kyrie as word of name “Kyrie”" }).press("Enter");
	await expect(parts).toHaveCount(2);
	await expectAccessible(page);
	await page.screenshot({ path: path("./screenshots/correct-events.png"), fullPage: true });
	await page.getByRole("button", { name: "Undo" }).press("Enter");
	await expect(parts).toHaveCount(3);
	await page.getByRole("button", { name: "Redo" }).press("Enter");
	await expect(parts).toHaveCount(2);
	await page.locator("summary", { hasText: "Corrections" }).click();
	await expect(page.locator(".correct-log li").last()).toHaveText(
		/^Role removed: name “Kyrie” \(club Cavs, word Kyrie, where O1\) → name “Kyrie” \(club Cavs, where O1\) Grace/,
	);
	await page.getByRole("button", { name: "Done", exact: true }).press("Enter");
	for (const [format, boxes] of [
		["JSON", true],
		["JSON lines", true],
		["brat standoff", false],
		["Label Studio", true],
		["Web Annotation", true],
	] as const) {
		await page.getByRole("button", { name: "Export…" }).click();
		const dialog = page.getByRole("dialog");
		const downloading = page.waitForEvent("download");
		await dialog.getByRole("button", { name: `Download as ${format}`, exact: true }).click();
		const saved = await downloading;
		await openField(page).setInputFiles(file(saved.suggestedFilename(), readFileSync(await saved.path())));
		await expect(dialog).toBeHidden();
		const card = page.locator(".event").filter({ hasText: "“Kyrie”" });
		await expect(card.locator("dt"), format).toHaveText(boxes ? ["club", "where"] : ["club"]);
		await expect(card.locator("dd").first()).toContainText("Cavs");
		// brat has no place for the box: the next formats are written from the whole.
		if (boxes) continue;
		await page.getByRole("button", { name: "Undo", exact: true }).click();
		await expect(card.locator("dt")).toHaveText(["club", "where"]);
	}
});

test("the annotated text is saved as a picture", async ({ page }) => {
	await sample(page);
	await page.getByRole("button", { name: "Export…" }).click();
	const downloading = page.waitForEvent("download");
	await page.getByRole("dialog").getByRole("button", { name: "Download as PNG picture" }).click();
	const saved = await downloading;
	expect(saved.suggestedFilename()).toBe("umie.png");
	const bytes = readFileSync(await saved.path());
	expect(bytes.subarray(1, 4).toString("latin1")).toBe("PNG");
	expect(bytes.readUInt32BE(16)).toBe(1720);
});

test("every format downloads, and what can be read opens again", async ({ page }) => {
	await sample(page);
	await page.getByRole("button", { name: "Export…" }).click();
	const dialog = page.getByRole("dialog");
	const take = async (name: string) => {
		const download = page.waitForEvent("download");
		await dialog.getByRole("button", { name: `Download as ${name}`, exact: true }).click();
		const file = await download;
		return { name: file.suggestedFilename(), path: await file.path() };
	};
	const names = await dialog.locator(".export-list h3").allTextContents();
	expect(names).toHaveLength(17);
	const files = new Map<string, { name: string; path: string }>();
	for (const name of names) files.set(name, await take(name));
	expect([...files.values()].map(({ name }) => name)).toContain("umie-brat.zip");
	await dialog.getByRole("button", { name: "Copy as CoNLL BIO" }).click();
	await expect(dialog.getByRole("status")).toHaveText("Copied as CoNLL BIO.");
	expect(await page.evaluate(() => navigator.clipboard.readText())).toContain("Kyrie\tB-person");

	for (const format of ["JSON", "JSON lines", "brat standoff", "Label Studio", "Web Annotation"]) {
		if (!(await dialog.isVisible())) await page.getByRole("button", { name: "Export…" }).click();
		const { name, path: at } = files.get(format)!;
		await openField(page).setInputFiles(file(name, readFileSync(at)));
		await expect(dialog).toBeHidden();
		await expect(
			page.locator(".marked-text").getByRole("button", { name: /^Kyrie Irving, person/ }),
			format,
		).toBeVisible();
	}
	await page.getByRole("button", { name: "Export…" }).click();
	await openField(page).setInputFiles(file("x.json", "{"));
	await expect(dialog.getByRole("status")).toContainText(
		"x.json is not valid JSON (line 1, column 2: it ends too early). Choose a file in a supported format",
	);
});

for (const scheme of ["light", "dark"] as const) {
	test(`correcting and exporting have no accessibility violations, ${scheme}`, async ({ page }) => {
		await page.emulateMedia({ colorScheme: scheme });
		await correct(page);
		await chips(page).first().click();
		await page.getByRole("button", { name: /^Add a box for/ }).click();
		await expectAccessible(page);
		await page.screenshot({ path: path(`./screenshots/correct-${scheme}.png`), fullPage: true });
		await page.getByRole("button", { name: "Done" }).click();
		await page.getByRole("button", { name: "Export…" }).click();
		await expect(page.getByRole("dialog")).toBeVisible();
		await expectAccessible(page);
		await page.screenshot({ path: path(`./screenshots/export-${scheme}.png`) });
	});
}

test.describe("a phone, 360 pixels wide", () => {
	test.use({ viewport: { width: 360, height: 740 } });

	test("correcting and exporting need no scrolling sideways", async ({ page }) => {
		await correct(page);
		await chips(page).first().click();
		const widths = () =>
			page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
		let [scroll, client] = await widths();
		expect(scroll).toBe(client);
		await page.screenshot({ path: path("./screenshots/correct-phone.png"), fullPage: true });
		await page.getByRole("button", { name: "Done" }).click();
		await page.getByRole("button", { name: "Export…" }).click();
		[scroll, client] = await widths();
		expect(scroll).toBe(client);
		await page.screenshot({ path: path("./screenshots/export-phone.png") });
	});
});
