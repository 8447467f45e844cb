/**
 * Tests that texts, pictures and surroundings that go wrong lead to a message with cause and remedy, and lose nothing.
 */
import { deflateSync } from "node:zlib";
import { expect, type Page, test } from "@playwright/test";
import { done, extract, extractButton, markNamed, openApp, POST, pickPicture, textField } from "./page.ts";

const bytes = (...values: number[]): Buffer => Buffer.from(values);
const GIF_1X1 = Buffer.from("R0lGODlhAQABAIAAAP///wAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==", "base64");

/** A PNG that declares any size; its pixels are missing. The checksum is right, so that only the size is wrong. */
function pngOf(width: number, height: number): Buffer {
	const chunk = (type: string, data: Buffer) => {
		const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
		const length = Buffer.alloc(4);
		length.writeUInt32BE(data.length);
		const sum = Buffer.alloc(4);
		sum.writeUInt32BE(crc(body));
		return Buffer.concat([length, body, sum]);
	};
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	header.set([8, 2], 8);
	return Buffer.concat([
		bytes(137, 80, 78, 71, 13, 10, 26, 10),
		chunk("IHDR", header),
		chunk("IDAT", deflateSync(bytes(0))),
		chunk("IEND", bytes()),
	]);
}

function crc(data: Buffer): number {
	let sum = ~0;
	for (const byte of data) {
		sum ^= byte;
		for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
	}
	return ~sum >>> 0;
}

const HEIC = Buffer.concat([
	bytes(0, 0, 0, 24),
	Buffer.from("ftypheic"),
	bytes(0, 0, 0, 0),
	Buffer.from("mif1heic"),
	Buffer.alloc(64),
]);
const BAD_PICTURES: ReadonlyArray<[name: string, type: string, buffer: Buffer, says: RegExp]> = [
	["empty.jpg", "image/jpeg", bytes(), /The picture file is empty\..*Use a JPEG/s],
	["corrupt.jpg", "image/jpeg", bytes(0xff, 0xd8, 0xff, 0xe0, 1, 2, 3), /header is broken\..*Use a JPEG/s],
	["huge.png", "image/png", pngOf(30_000, 30_000), /30,?000 × 30,?000 pixels.*Scale the picture down/s],
	[
		"drawing.svg",
		"image/svg+xml",
		Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
		/SVG.*Convert the picture/s,
	],
	["phone.heic", "image/heic", HEIC, /HEI[CF].*Convert the picture/s],
	["notes.png", "image/png", Buffer.from("just some words"), /not a picture of a known format\..*Use a JPEG/s],
];

async function expectFailure(page: Page, says: RegExp): Promise<void> {
	await expect(page.getByRole("alert")).toContainText(says);
	await page.getByRole("button", { name: "Dismiss", exact: true }).first().click();
}

test("each bad picture is named with what to do, and the next good run works", async ({ page }) => {
	await openApp(page);
	await textField(page).fill(POST);
	for (const [name, mimeType, buffer, says] of BAD_PICTURES) {
		await pickPicture(page, { name, mimeType, buffer });
		await extractButton(page).click();
		await expectFailure(page, says);
		await expect(textField(page)).toHaveValue(POST);
	}
	await page.getByRole("button", { name: "Remove", exact: true }).click();
	await extractButton(page).click();
	await done(page);
});

test("a picture of one pixel, and one with the wrong extension, are read", async ({ page }) => {
	await openApp(page);
	await pickPicture(page, { name: "one-pixel.jpg", mimeType: "image/jpeg", buffer: GIF_1X1 });
	await extract(page);
	await expect(markNamed(page, /^Kyrie Irving/)).toBeVisible();
});

test("an empty text gives an error at once, beside the field, without loading a model", async ({ page }) => {
	await openApp(page);
	await extractButton(page).click();
	await expect(textField(page)).toHaveAttribute("aria-invalid", "true");
	await expect(textField(page)).toBeFocused();
	await expect(page.getByRole("alert")).toContainText("The post has no text. Type or paste the text of the post.", {
		useInnerText: true,
	});
	await expect(page.getByText("not loaded yet")).toBeVisible();
});

const ODD_TEXTS: ReadonlyArray<[what: string, text: string]> = [
	["only emoji", "🏀🏆🎉👨‍👩‍👧‍👦"],
	["right-to-left", "زار باراك أوباما مدينة القاهرة اليوم"],
	["zero-width characters", "Kyrie\u200b Irving\u2060 met\ufeff LeBron James"],
	["unpaired surrogates", "Kyrie \ud83c Irving \udfc0 met LeBron James"],
	["markup", "<img src=x onerror=\"document.title='broken'\"> Kyrie Irving <spot> </s>"],
];

test("odd texts are read and shown as they are", async ({ page }) => {
	await openApp(page);
	for (const [what, text] of ODD_TEXTS) {
		await textField(page).fill(text);
		await extractButton(page).click();
		await done(page);
		await expect(page.getByText("The post has changed since")).toHaveCount(0);
		const shown = await page.locator(".marked-text").evaluate((paragraph) => {
			const copy = paragraph.cloneNode(true) as HTMLElement;
			for (const label of copy.querySelectorAll("button")) label.remove();
			return copy.textContent;
		});
		expect(shown, what).toBe(await textField(page).inputValue());
	}
	await expect(page).toHaveTitle("umie: entities, relations and events from posts and pictures");
});

test("more than a million characters are refused with what to do, and stay in the field", async ({ page }) => {
	await openApp(page);
	const text = "Kyrie Irving met LeBron. ".repeat(40_001);
	await textField(page).fill(text);
	await extractButton(page).click();
	const alert = page.getByRole("alert");
	await expect(alert).toContainText(/1,000,025 characters; the limit is 1,000,000.*Shorten the text/s);
	await expect(textField(page)).toHaveAttribute("aria-invalid", "true");
	await expect(textField(page)).toHaveValue(text);
});

test("100,000 characters are read part by part, and a cancel keeps what was found", async ({ page }) => {
	await openApp(page);
	await textField(page).fill("Kyrie Irving met LeBron James in Cleveland. ".repeat(2_300));
	await extractButton(page).click();
	await expect(page.getByText(/part (?:[3-9]|\d{2,}) of 2,300/)).toBeVisible();
	await page.getByRole("button", { name: /^Cancel/ }).click();
	await expect(page.getByText(/Partial result: \d+ of 2,300 parts were read/)).toBeVisible();
	await expect(markNamed(page, /^Kyrie Irving/).first()).toBeVisible();
});

test("without cross-origin isolation the page works on one thread and says so", async ({ page }) => {
	await page.route("**/*", async (route) => {
		const response = await route.fetch();
		const headers = Object.fromEntries(
			Object.entries(response.headers()).filter(([name]) => !name.startsWith("cross-origin-")),
		);
		await route.fulfill({ response, headers });
	});
	await openApp(page);
	expect(await page.evaluate(() => typeof SharedArrayBuffer)).toBe("undefined");
	await extract(page);
	await expect(page.getByText("WASM, 1 thread", { exact: false }).first()).toBeVisible();
});

test("without storage the page works and says that nothing is kept", async ({ page }) => {
	await page.addInitScript(() => {
		const refuse = () => {
			throw new DOMException("denied", "SecurityError");
		};
		for (const name of ["localStorage", "indexedDB", "caches"]) Object.defineProperty(window, name, { get: refuse });
	});
	await openApp(page);
	await extract(page);
	await expect(page.getByText(/does not let the page store data/)).toBeVisible();
	await expect(markNamed(page, /^Kyrie Irving/)).toBeVisible();
});

test("the error about being offline offers to try again, and trying again works", async ({ page, context }) => {
	await openApp(page);
	await context.setOffline(true);
	await textField(page).fill(POST);
	await extractButton(page).click();
	await expect(page.getByRole("alert")).toContainText(/could not be loaded/);
	await expect(textField(page)).toHaveValue(POST);
	await context.setOffline(false);
	await page.getByRole("button", { name: "Try again" }).click();
	await done(page);
});
