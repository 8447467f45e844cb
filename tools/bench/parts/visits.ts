/**
 * Measures how long a first and a second visit to the built app take until the first entity is on the page, and what
 * they transfer.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type LaunchOptions } from "playwright";
import { SETTINGS_KEY } from "../../../src/app/state/storage.ts";
import { DEFAULT_MODEL, LIGHT_MODEL } from "../../../src/bundle/built-in.ts";
import { browserOptions } from "../browser.ts";
import { median, type Row } from "../report.ts";
import { appSite, KINDS, type Site } from "../sites.ts";
import { openSlowLine } from "../slow-line.ts";
import type { Part } from "./part.ts";

/** Cold and warm start of the app. */
export const visitsPart: Part = async ({ repetitions }) => {
	const site = await appSite();
	try {
		const options = browserOptions(false);
		const rows = [
			...(await measureVisits(options, site, repetitions ?? 3)),
			...(await measureAtHome(options, site, DEFAULT_MODEL)),
			...(await measureAtHome(options, site, LIGHT_MODEL)),
		];
		return { rows, where: "Chromium" };
	} finally {
		await site.close();
	}
};

const VISITS = { first: "first visit", second: "second visit" } as const;
type Visit = keyof typeof VISITS;

/** A script that chooses a model: slow machines would take the light one by themselves. */
function choosing(name: string): string {
	const choice = JSON.stringify({ choice: { kind: "built-in", name } });
	const [key, value] = [JSON.stringify(SETTINGS_KEY), JSON.stringify(choice)];
	return `localStorage.getItem(${key}) ?? localStorage.setItem(${key}, ${value})`;
}

/** A home connection: 10 Mbit/s. */
const HOME_MBIT = 10;

/** One first visit with an empty cache over a home connection: seconds to the first entity, and bytes on the wire. */
async function measureAtHome(options: LaunchOptions, site: Site, model: string): Promise<Row[]> {
	const line = await openSlowLine(site.url, (HOME_MBIT * 1e6) / 8);
	const folder = mkdtempSync(join(tmpdir(), "umie-bench-"));
	const context = await chromium.launchPersistentContext(folder, options);
	try {
		await context.addInitScript(choosing(model));
		const name = `first visit at ${HOME_MBIT} Mbit/s, ${model}`;
		const row = { device: "app", threads: 0, n: 1 };
		return [
			{ ...row, case: `${name}: navigation to first entity`, value: await visit(context, line.url), unit: "ms" },
			{ ...row, case: `${name}: on the wire`, value: line.bytes, unit: "bytes" },
		];
	} finally {
		await context.close();
		await line.close();
		rmSync(folder, { recursive: true, force: true });
	}
}

/**
 * Milliseconds from navigation to the first entity after a click on the first sample, made as soon as it can be made.
 */
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
		await context.addInitScript(choosing(DEFAULT_MODEL));
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
