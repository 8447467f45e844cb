/** Goes in: the built app, and how to start a browser. Comes out: how long a first and a second visit take until the first entity stands on the page, and what they transfer. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type LaunchOptions } from "playwright";
import { SETTINGS_KEY } from "../../../src/app/state/storage.ts";
import { DEFAULT_MODEL } from "../../../src/bundle/built-in.ts";
import { browserOptions } from "../browser.ts";
import { median, type Row } from "../report.ts";
import { appSite, KINDS, type Site } from "../sites.ts";
import type { Part } from "./part.ts";

/** Cold and warm start of the app. */
export const visitsPart: Part = async ({ repetitions }) => {
	const site = await appSite();
	try {
		return { rows: await measureVisits(browserOptions(false), site, repetitions ?? 3), where: "Chromium" };
	} finally {
		await site.close();
	}
};

const VISITS = { first: "first visit", second: "second visit" } as const;
type Visit = keyof typeof VISITS;

/** The app's default is measured on slow machines too, where it would take the light model by itself. */
const CHOICE = JSON.stringify({ choice: { kind: "built-in", name: DEFAULT_MODEL } });
const CHOOSE = `localStorage.getItem("${SETTINGS_KEY}") ?? localStorage.setItem("${SETTINGS_KEY}", ${JSON.stringify(CHOICE)})`;

/** Milliseconds from navigation to the first entity after a click on the first sample, made as soon as it can be made. */
async function visit(context: BrowserContext, url: string): Promise<number> {
	const page = await context.newPage();
	try {
		await page.goto(url, { waitUntil: "commit" });
		await page.locator(".samples button").first().click();
		await page.locator("[data-mark]").first().waitFor({ timeout: 120_000 });
		// The page's clock starts at the navigation.
		return await page.evaluate(() => performance.now());
	} finally {
		await page.close();
	}
}

/**
 * Every repetition in a fresh profile: its first visit knows nothing, its second has what the browser and the app kept.
 * A profile on the disk: a private window's cache takes no file as large as the runtime's.
 */
async function measureVisits(options: LaunchOptions, site: Site, repetitions: number): Promise<Row[]> {
	const times: Record<Visit, number[]> = { first: [], second: [] };
	const bytes: Record<Visit, ReturnType<Site["takeBytes"]>[]> = { first: [], second: [] };
	for (let repetition = 0; repetition < repetitions; repetition++) {
		const folder = mkdtempSync(join(tmpdir(), "umie-bench-"));
		const context = await chromium.launchPersistentContext(folder, options);
		await context.addInitScript(CHOOSE);
		for (const which of ["first", "second"] as const) {
			site.takeBytes();
			times[which].push(await visit(context, site.url));
			bytes[which].push(site.takeBytes());
		}
		await context.close();
		rmSync(folder, { recursive: true, force: true });
	}
	const row = (name: string, values: readonly number[], unit: string): Row => {
		return { device: "app", threads: 0, case: name, value: median(values), unit, n: values.length };
	};
	return (["first", "second"] as const).flatMap((which) => [
		row(`${VISITS[which]}: navigation to first entity`, times[which], "ms"),
		...KINDS.map((kind) =>
			row(
				`${VISITS[which]}: ${kind}`,
				bytes[which].map((counted) => counted[kind]),
				"bytes",
			),
		),
	]);
}
