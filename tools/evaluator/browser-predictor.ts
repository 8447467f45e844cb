/** Opens a predictor whose engine runs in a real Chromium, built as the app is. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "playwright";
import { build, type InlineConfig, preview } from "vite";
import type { DeviceName } from "../../src/core/devices.ts";
import { Failure, type FailureCode, REMEDIES } from "../../src/core/failure.ts";
import { chromiumArgs, findChromium } from "../node/browser/find-chromium.ts";
import { builtInModel } from "../scripts/vite/built-in-model.ts";
import type { Predictor, PredictWorker } from "./predict/contract.ts";

const MODEL = "model/";
/** Opening a large bundle on a busy machine takes minutes. */
const TIMEOUT_MS = 10 * 60_000;

/** @param device "wasm": one thread, as in Node; "webgpu": the machine's adapter, or a software one. @throws Failure */
export async function openBrowserPredictor(bundle: string, device: DeviceName): Promise<Predictor> {
	const site = await serve(bundle);
	const executablePath = findChromium();
	const launch = {
		...(executablePath === undefined ? {} : { executablePath }),
		args: chromiumArgs({ webgpu: device === "webgpu" }),
		handleSIGINT: false,
	};
	const browser = await chromium.launch(launch).catch(async (cause: unknown) => {
		await site.close();
		throw new Failure("device-unavailable", "Chromium cannot be started.", { cause });
	});
	const close = async () => {
		await browser.close();
		await site.close();
	};
	try {
		const page = await browser.newPage();
		page.setDefaultTimeout(TIMEOUT_MS);
		await page.goto(site.url);
		await page.waitForFunction("globalThis.predictor !== undefined");
		const { open, predict } = connect(page);
		const opened = await open(MODEL, { device, threads: 1 });
		return {
			opened,
			predict: ({ images, ...batch }) =>
				predict({
					...batch,
					images: images.map((image) => (image === null ? null : Buffer.from(image).toString("base64"))),
				}),
			close,
		};
	} catch (error) {
		await close();
		throw error;
	}
}

type PageGlobal = { readonly predictor: PredictWorker };

/** Calls the predictor of the page (predict/page.ts). */
function connect(page: Page): PredictWorker {
	return {
		open: (model, options) =>
			restoreFailure(
				page.evaluate(([model, options]) => (globalThis as unknown as PageGlobal).predictor.open(model, options), [
					model,
					options,
				] as const),
			),
		predict: (batch) =>
			restoreFailure(page.evaluate((batch) => (globalThis as unknown as PageGlobal).predictor.predict(batch), batch)),
	};
}

/** Makes an error of the page a `Failure` again: code and text are in its message (predict/predict.worker.ts). */
async function restoreFailure<T>(answer: Promise<T>): Promise<T> {
	try {
		return await answer;
	} catch (error) {
		const [, code, what] = /umie:([a-z-]+):([^\n]*)/.exec(String(error)) ?? [];
		if (code !== undefined && Object.hasOwn(REMEDIES, code))
			throw new Failure(code as FailureCode, what ?? "", { cause: error });
		throw error;
	}
}

/**
 * Builds and serves the page of predict/ with the settings of the app (vite.config.ts), in a folder of its own: two
 * runs do not share files.
 */
async function serve(bundle: string): Promise<{ readonly url: string; close(): Promise<void> }> {
	const folder = mkdtempSync(join(tmpdir(), "umie-evaluate-"));
	const config: InlineConfig = {
		configFile: false,
		root: join(import.meta.dirname, "predict"),
		base: "./",
		publicDir: false,
		logLevel: "error",
		cacheDir: join(folder, "cache"),
		plugins: [builtInModel({ folder: bundle, at: MODEL.slice(0, -1) })],
		build: { outDir: join(folder, "page"), emptyOutDir: true, target: "es2022", assetsInlineLimit: 0 },
		worker: { format: "es" },
		resolve: { conditions: ["onnxruntime-web-use-extern-wasm", "module", "browser", "development|production"] },
		preview: {
			port: 0,
			host: "127.0.0.1",
			headers: { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" },
		},
	};
	const remove = () => rmSync(folder, { recursive: true, force: true });
	try {
		await build(config);
		const server = await preview(config);
		const close = async () => {
			await server.close();
			remove();
		};
		return { url: server.resolvedUrls!.local[0]!, close };
	} catch (error) {
		remove();
		throw error;
	}
}
