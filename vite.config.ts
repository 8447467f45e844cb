/** Serves the app (src/app) during development, and builds it to dist/app for any host. */
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { BUILT_IN_MODELS } from "./src/bundle/built-in.ts";
import { builtInModels } from "./tools/scripts/vite/built-in-model.ts";
import { contentSecurityPolicy } from "./tools/scripts/vite/content-security-policy.ts";
import { licences } from "./tools/scripts/vite/licences.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Cross-origin isolation gives WASM its threads. The app also works on hosts that cannot send these. */
const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

export default defineConfig({
	root: here("src/app"),
	base: "./",
	publicDir: here("public"),
	cacheDir: here(".cache/vite"),
	plugins: [
		react(),
		...builtInModels(
			here("."),
			BUILT_IN_MODELS.map(({ name }) => name),
		),
		contentSecurityPolicy(),
		licences(here(".")),
	],
	build: {
		outDir: here("dist/app"),
		emptyOutDir: true,
		target: "es2022",
		chunkSizeWarningLimit: 1000,
		assetsInlineLimit: 0,
		// The page is one file, and its parts are small: nothing is left to load ahead.
		modulePreload: false,
		// What the first load needs is one file: many small ones compress worse, by 8 KB.
		rolldownOptions: { output: { codeSplitting: { groups: [{ name: "page", tags: ["$initial"] }] } } },
	},
	worker: { format: "es" },
	// onnxruntime-web finds its own files by import.meta.url: it must not be bundled ahead, and its wasm comes by URL.
	// The workers are entries of their own: Vite knows their imports from the start, and does not reload the page during
	// the first run.
	optimizeDeps: {
		exclude: ["onnxruntime-web"],
		entries: ["index.html", "../../workers/engine.worker.ts", "../../workers/detector.worker.ts"],
	},
	resolve: { conditions: ["onnxruntime-web-use-extern-wasm", "module", "browser", "development|production"] },
	// The workers and the bundle lie beside the page's folder, not in it.
	server: { headers, fs: { allow: [here(".")] } },
	preview: { headers },
});
