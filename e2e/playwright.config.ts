/** Runs the end-to-end tests on WASM in an installed Chromium, and those that need WebGPU on a software adapter. */
import { defineConfig, type PlaywrightTestConfig } from "@playwright/test";
import { SETTINGS_KEY } from "../src/app/state/storage.ts";
import type { BuiltInName } from "../src/bundle/built-in.ts";
import { chromiumArgs, findChromium } from "../tools/node/browser/find-chromium.ts";

/** Another one lets two checkouts be tested side by side. */
const PORT = Number(process.env.UMIE_E2E_PORT ?? 4179);

/** The answers that tests expect are this model's. It is chosen here for all of them, as a person's choice is kept. */
const MODEL: BuiltInName = "umie-nano";
const kept = [{ name: SETTINGS_KEY, value: JSON.stringify({ choice: { kind: "built-in", name: MODEL } }) }];

function launch(webgpu: boolean): NonNullable<PlaywrightTestConfig["use"]>["launchOptions"] {
	const executablePath = findChromium();
	return { args: chromiumArgs({ webgpu }), ...(executablePath && { executablePath }) };
}

export default defineConfig({
	testDir: ".",
	testMatch: "*.e2e.ts",
	outputDir: "../test-results",
	// The engine uses every core by itself.
	workers: 1,
	timeout: 120_000,
	expect: { timeout: 60_000 },
	forbidOnly: true,
	// What passes only the second time is listed as flaky: something to look at, not a reason to throw the rest away.
	retries: 1,
	// `npm test` reads the counts from the JSON report.
	reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_NAME ? [["list"], ["json"]] : "list",
	use: {
		baseURL: `http://localhost:${PORT}/`,
		viewport: { width: 1360, height: 940 },
		storageState: { cookies: [], origins: [{ origin: `http://localhost:${PORT}`, localStorage: kept }] },
		trace: "retain-on-failure",
		permissions: ["clipboard-read", "clipboard-write"],
	},
	webServer: {
		command: `npx vite build --logLevel warn && npx vite preview --port ${PORT} --strictPort`,
		cwd: "..",
		url: `http://localhost:${PORT}/`,
		timeout: 120_000,
	},
	projects: [
		{ name: "wasm", testIgnore: "webgpu.e2e.ts", use: { launchOptions: launch(false) ?? {} } },
		{ name: "webgpu", testMatch: "webgpu.e2e.ts", use: { launchOptions: launch(true) ?? {} } },
	],
});
