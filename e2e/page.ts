/** The steps that tests of the app share. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, type Locator, type Page } from "@playwright/test";

export const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
export const SAMPLE_PICTURE = path("./pictures/basketball.jpg");
export const BUNDLE = path("../models/umie-nano");
export const POST = "Kyrie Irving and LeBron James celebrate with the Cavs after beating Golden State in Cleveland";

export const textField = (page: Page): Locator => page.getByRole("textbox", { name: "Text", exact: true });
export const extractButton = (page: Page): Locator => page.getByRole("button", { name: /^Extract/ });
/** The label of a mark in the text: its button. */
export const markNamed = (page: Page, name: RegExp): Locator =>
	page.locator(".marked-text").getByRole("button", { name });
export const result = (page: Page): Locator => page.getByRole("heading", { name: "Result" });

/** Unfolds what explains the result, and lists and draws every region of the picture. */
export async function showAllRegions(page: Page): Promise<void> {
	await page.getByText("Details", { exact: true }).click();
	await page.getByRole("checkbox", { name: /^Show all \d+$/ }).check();
}

export async function openApp(page: Page): Promise<void> {
	await page.goto("./");
	await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
}

/** Types the post and extracts; waits for the result. */
export async function extract(page: Page, text = POST): Promise<void> {
	await textField(page).fill(text);
	await extractButton(page).click();
	await done(page);
}

export async function done(page: Page): Promise<void> {
	await expect(page.getByText(/^Done\. Entities/)).toBeAttached();
}

/** Drops a file on the page, as a person drags it from the desktop. @param on what lies under the pointer */
export async function drop(page: Page, file: string, name: string, type: string, on = "body"): Promise<void> {
	const bytes = readFileSync(file).toString("base64");
	const data = await page.evaluateHandle(
		({ bytes, name, type }) => {
			const transfer = new DataTransfer();
			const raw = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
			transfer.items.add(new File([raw], name, { type }));
			return transfer;
		},
		{ bytes, name, type },
	);
	await page.dispatchEvent(on, "drop", { dataTransfer: data });
}

/** Chooses a file in the picture field. */
export async function pickPicture(
	page: Page,
	picture: { name: string; mimeType: string; buffer: Buffer } | string,
): Promise<void> {
	await page.getByLabel("Picture file").setInputFiles(picture);
}

const AXE = readFileSync(path("../node_modules/axe-core/axe.min.js"), "utf8");

declare const axe: {
	run(
		context: Document,
		options: object,
	): Promise<{ violations: Array<{ id: string; nodes: Array<{ html: string; failureSummary?: string }> }> }>;
};

/** Runs axe in the page's own world; the page's content policy does not stop the test tool. */
export async function expectAccessible(page: Page): Promise<void> {
	await page.evaluate(AXE);
	const found = await page.evaluate(async () => {
		const { violations } = await axe.run(document, {
			runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
		});
		return violations.map(
			({ id, nodes }) =>
				`${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary ?? ""}`).join("\n")}`,
		);
	});
	expect(found).toEqual([]);
}
