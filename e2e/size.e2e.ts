/** Tests how much the built app loads: little at first, and one wasm, the right one. */
import { gzipSync } from "node:zlib";
import { expect, test } from "@playwright/test";
import { extract, openApp } from "./page.ts";

const MAX_BYTES = 250_000;

test("JavaScript at first load is at most 250 KB gzipped, and with the worker too", async ({ page }) => {
	const scripts = new Map<string, number>();
	const wasm: string[] = [];
	page.on("response", async (response) => {
		const { pathname } = new URL(response.url());
		if (pathname.endsWith(".wasm")) wasm.push(pathname);
		if (/\.m?js$/.test(pathname)) scripts.set(pathname, gzipSync(await response.body()).byteLength);
	});
	await openApp(page);
	await page.waitForLoadState("networkidle");
	const total = () => [...scripts.values()].reduce((sum, size) => sum + size, 0);
	expect(scripts.size).toBeGreaterThan(0);
	expect(total()).toBeLessThanOrEqual(MAX_BYTES);
	expect(wasm).toEqual([]);
	await extract(page);
	expect(total()).toBeLessThanOrEqual(MAX_BYTES);
	// Without WebGPU, the small build that only knows WASM, once.
	expect(wasm).toEqual([expect.stringMatching(/ort-wasm-simd-threaded-[\w-]+\.wasm$/)]);
});
