/**
 * Builds the element and its package (src/element) as ES modules into dist/element, with the worker, the runtime and
 * the built-in model beside them.
 */
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { LIGHT_MODEL } from "./src/bundle/built-in.ts";
import { builtInModels } from "./tools/scripts/vite/built-in-model.ts";
import { licences } from "./tools/scripts/vite/licences.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The package's entries: `.`, `./element`, `./react`, `./bundle`. */
const ENTRIES = {
	index: "index.ts",
	"umie-extractor": "umie-extractor.ts",
	react: "react.tsx",
	bundle: "bundle.ts",
} as const;

export default defineConfig({
	root: here("src/element"),
	// Every file finds the others by its own address, wherever they are hosted.
	base: "./",
	publicDir: false,
	cacheDir: here(".cache/vite-element"),
	plugins: [react(), ...builtInModels(here("."), [LIGHT_MODEL]), licences(here("."))],
	define: { "process.env.NODE_ENV": JSON.stringify("production") },
	build: {
		outDir: here("dist/element"),
		emptyOutDir: true,
		target: "es2022",
		// The page's colour scheme decides light or dark, whatever sets it: light-dark() stays as it is written.
		cssTarget: ["chrome123", "firefox120", "safari17.5"],
		assetsInlineLimit: 0,
		chunkSizeWarningLimit: 1000,
		modulePreload: false,
		rolldownOptions: {
			input: Object.fromEntries(Object.entries(ENTRIES).map(([name, file]) => [name, here(`src/element/${file}`)])),
			preserveEntrySignatures: "strict",
			// The element carries its own React, loaded with the first result; the wrapper uses the page's.
			external: (id, importer) => /^react(\/|$)/.test(id) && importer?.endsWith("/src/element/react.tsx") === true,
			output: {
				entryFileNames: "[name].js",
				chunkFileNames: "[name]-[hash].js",
				assetFileNames: "[name]-[hash][extname]",
			},
		},
	},
	worker: {
		format: "es",
		rolldownOptions: {
			output: {
				entryFileNames: "[name].js",
				chunkFileNames: "[name]-[hash].js",
				assetFileNames: "[name]-[hash][extname]",
			},
		},
	},
	resolve: { conditions: ["onnxruntime-web-use-extern-wasm", "module", "browser", "development|production"] },
});
