/** Builds dist/extension (Chrome) and dist/extension-firefox with the built-in bundle, and a zip of each. */
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { zipSync } from "fflate";
import { build, type InlineConfig, type Plugin } from "vite";
import { LIGHT_MODEL } from "../../../src/bundle/built-in.ts";
import { builtInModels } from "../vite/built-in-model.ts";
import { licences } from "../vite/licences.ts";
import { BROWSERS, type Browser, manifestFor } from "./manifest.ts";

const root = join(import.meta.dirname, "../../..");
const source = join(root, "src/extension");
const FOLDERS: Readonly<Record<Browser, string>> = { chrome: "extension", firefox: "extension-firefox" };

/**
 * The runtime for WebGPU that a browser does not need: Chrome can suspend WebAssembly, Firefox cannot.
 * 17 to 27 MB each.
 */
const UNUSED_RUNTIME: Readonly<Record<Browser, RegExp>> = {
	chrome: /^onnxruntime-web\/(webgpu|ort-wasm-simd-threaded\.asyncify\..*)$/,
	firefox: /^onnxruntime-web\/(jspi|ort-wasm-simd-threaded\.jspi\..*)$/,
};
const PAGES: Readonly<Record<Browser, readonly string[]>> = {
	chrome: ["popup.html", "options.html", "panel.html", "offscreen.html"],
	firefox: ["popup.html", "options.html", "panel.html", "background.html"],
};

/** Replaces modules that this browser never loads by empty ones. */
function without(modules: RegExp): Plugin {
	const EMPTY = "\0umie:unused";
	return {
		name: "umie:without-runtime",
		enforce: "pre",
		resolveId: (id) => (modules.test(id) ? EMPTY : null),
		load: (id) => (id === EMPTY ? 'export default "";' : null),
	};
}

function pagesConfig(browser: Browser, outDir: string): InlineConfig {
	const pages = PAGES[browser].map((page) => join(source, "pages", page));
	const input = browser === "chrome" ? [...pages, join(source, "background/chrome.ts")] : pages;
	return {
		root: join(source, "pages"),
		base: "/",
		publicDir: false,
		configFile: false,
		logLevel: "warn",
		plugins: [without(UNUSED_RUNTIME[browser]), ...builtInModels(root, [LIGHT_MODEL]), licences(root)],
		resolve: { conditions: ["onnxruntime-web-use-extern-wasm", "module", "browser", "development|production"] },
		worker: { format: "es", plugins: () => [without(UNUSED_RUNTIME[browser])] },
		build: {
			outDir,
			emptyOutDir: true,
			target: "es2022",
			assetsInlineLimit: 0,
			modulePreload: false,
			chunkSizeWarningLimit: 1000,
			rolldownOptions: {
				input,
				// The manifest names the service worker, so its name is fixed; every other name holds a hash.
				output: {
					entryFileNames: ({ facadeModuleId }) =>
						facadeModuleId?.endsWith("background/chrome.ts") ? "background.js" : "assets/[name]-[hash].js",
				},
			},
		},
	};
}

/** A content script is one classic script: modules cannot be loaded into a page's process. */
function contentConfig(outDir: string): InlineConfig {
	return {
		root: source,
		publicDir: false,
		configFile: false,
		logLevel: "warn",
		build: {
			outDir,
			emptyOutDir: false,
			target: "es2022",
			lib: {
				entry: join(source, "content/main.ts"),
				formats: ["iife"],
				name: "umieContent",
				fileName: () => "content.js",
			},
		},
	};
}

/** The same files give the same archive, byte for byte. */
function zipFolder(folder: string): Uint8Array {
	const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name))
		.sort();
	const files = Object.fromEntries(
		paths.map((path) => [path.slice(folder.length + 1), new Uint8Array(readFileSync(path))]),
	);
	return zipSync(files, { level: 6, mtime: new Date(2000, 0, 1) });
}

async function buildExtension(browser: Browser, outDir: string): Promise<void> {
	const { version, homepage } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
		version: string;
		homepage?: string;
	};
	await build(pagesConfig(browser, outDir));
	await build(contentConfig(outDir));
	mkdirSync(outDir, { recursive: true });
	writeFileSync(
		join(outDir, "manifest.json"),
		`${JSON.stringify(manifestFor(browser, version, homepage), null, "\t")}\n`,
	);
	for (const folder of ["_locales", "icons"]) cpSync(join(source, folder), join(outDir, folder), { recursive: true });
}

async function main(): Promise<void> {
	const zips = !process.argv.includes("--no-zip");
	const wanted = BROWSERS.filter((browser) => process.argv.includes(browser));
	for (const browser of wanted.length > 0 ? wanted : BROWSERS) {
		const folder = join(root, "dist", FOLDERS[browser]);
		await buildExtension(browser, folder);
		console.log(folder);
		if (!zips) continue;
		const archive = join(root, "dist", `umie-${browser}.zip`);
		const bytes = zipFolder(folder);
		writeFileSync(archive, bytes);
		console.log(`${archive} (${(bytes.length / 1e6).toFixed(1)} MB)`);
	}
}

if (process.argv[1] === import.meta.filename) await main();
