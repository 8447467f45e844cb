/** Opens the benchmark's page in Chromium and offers its calls as functions. */
import { type Browser, chromium, type LaunchOptions, type Page } from "playwright";
import { chromiumArgs, findChromium } from "../node/browser/find-chromium.ts";
import type { Bench } from "./page/contract.ts";
import { benchSite } from "./sites.ts";

export function browserOptions(webgpu: boolean): LaunchOptions {
	const executablePath = findChromium();
	return { ...(executablePath === undefined ? {} : { executablePath }), args: chromiumArgs({ webgpu }) };
}

const CALLS = [
	"open",
	"measure",
	"ask",
	"copyRates",
	"openPeer",
	"generate",
	"end",
] as const satisfies readonly (keyof Bench)[];

/** The page's side of the conversation (page/page.ts). */
function benchOf(page: Page): Bench {
	const call =
		(name: string) =>
		(...given: readonly unknown[]) =>
			page.evaluate(
				([name, given]) =>
					(globalThis as unknown as { bench: Record<string, (...given: readonly unknown[]) => unknown> }).bench[name]!(
						...given,
					),
				[name, given] as const,
			);
	return Object.fromEntries(CALLS.map((name) => [name, call(name)])) as unknown as Bench;
}

export interface OpenPage {
	readonly bench: Bench;
	readonly browser: Browser;
	/** Name and version. */
	readonly version: string;
}

/** Runs `work` on the page in a browser of its own, and closes both. @param models name → folder */
export async function withPage<T>(
	models: Readonly<Record<string, string>>,
	webgpu: boolean,
	work: (page: OpenPage) => Promise<T>,
): Promise<T> {
	const site = await benchSite(models);
	const browser = await chromium.launch(browserOptions(webgpu));
	try {
		const page = await browser.newPage();
		await page.goto(site.url);
		await page.waitForFunction("globalThis.bench !== undefined");
		return await work({ bench: benchOf(page), browser, version: `Chromium ${browser.version()}` });
	} finally {
		await browser.close();
		await site.close();
	}
}
