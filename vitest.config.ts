/** The two test projects: `x.test.ts` beside `x.ts` runs in Node, `x.browser.test.ts` in a real Chromium. */
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { chromiumArgs, findChromium } from "./tools/node/browser/find-chromium.ts";

const chromium = findChromium();

// Sessions over whole models take seconds on a busy machine, software WebGPU tens of seconds.
const patience = { testTimeout: 240_000, hookTimeout: 240_000 };

export default defineConfig({
	test: {
		// With --coverage, as `npm test` says it: a figure to look at, no threshold. It costs 5 s and a few percent.
		coverage: {
			provider: "v8",
			reporter: ["text-summary"],
			include: ["src/**/*.{ts,tsx}", "workers/**/*.ts", "tools/**/*.ts"],
			reportsDirectory: ".cache/coverage",
		},
		projects: [
			{
				test: {
					name: "node",
					...patience,
					include: ["src/**/*.test.ts", "workers/**/*.test.ts", "tools/**/*.test.ts"],
					exclude: ["**/*.browser.test.ts"],
				},
			},
			{
				// The settings the app is built with (vite.config.ts): onnxruntime-web finds its wasm by URL.
				worker: { format: "es" },
				optimizeDeps: { exclude: ["onnxruntime-web"], include: ["comlink", "zod/mini", "image-size", "papaparse"] },
				resolve: { conditions: ["onnxruntime-web-use-extern-wasm", "module", "browser", "development|production"] },
				server: {
					headers: { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" },
				},
				test: {
					name: "browser",
					...patience,
					include: ["src/**/*.browser.test.ts", "workers/**/*.browser.test.ts"],
					globalSetup: ["parity", "prefiltered", "copying", "marked"].map(
						(name) => `tools/node/testing/${name}-bundle.ts`,
					),
					fileParallelism: false,
					browser: {
						enabled: true,
						headless: true,
						screenshotFailures: false,
						provider: playwright({
							launchOptions: {
								...(chromium === undefined ? {} : { executablePath: chromium }),
								args: chromiumArgs({ webgpu: true }),
							},
						}),
						instances: [{ browser: "chromium" }],
					},
				},
			},
		],
	},
});
