/**
 * Runs a bundle's graphs on WebGPU, in a Chromium with its software adapter, and reports nodes that fell back to the
 * CPU.
 */
import { createReadStream } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright";
import { chromiumArgs, findChromium } from "../../node/browser/find-chromium.ts";
import { GRAPH_MARK, type PageGraph, type PageResult, runInPage } from "./page-script.ts";
import { type Placement, readPlacements } from "./placement.ts";

const RUNTIME = fileURLToPath(new URL("../../../node_modules/onnxruntime-web/dist/", import.meta.url));
const TYPES: Readonly<Record<string, string>> = { ".mjs": "text/javascript", ".wasm": "application/wasm" };
const PAGE = `<!doctype html><title>umie verify</title>
<script type="module">import * as ort from "/ort/ort.webgpu.mjs"; globalThis.ort = ort;</script>`;
/** As workers/gpu.ts asks for them. */
const LIMITS = [
	"maxBufferSize",
	"maxStorageBufferBindingSize",
	"maxStorageBuffersPerShaderStage",
	"maxComputeWorkgroupStorageSize",
	"maxComputeInvocationsPerWorkgroup",
	"maxComputeWorkgroupSizeX",
	"maxComputeWorkgroupSizeY",
	"maxComputeWorkgroupSizeZ",
	"maxComputeWorkgroupsPerDimension",
] as const;

export interface WebGpuRun {
	readonly results: readonly PageResult[];
	/** By role. */
	readonly placements: ReadonlyMap<string, Placement>;
}

/** @param files those a page may read of the folder @returns why there is no WebGPU here, or what each graph did */
export async function runOnWebGpu(
	folder: string,
	files: ReadonlySet<string>,
	graphs: readonly PageGraph[],
): Promise<string | WebGpuRun> {
	const executablePath = findChromium();
	const browser = await chromium
		.launch({ ...(executablePath === undefined ? {} : { executablePath }), args: chromiumArgs({ webgpu: true }) })
		.catch(() => null);
	if (browser === null) return "no Chromium was found: install one, or set UMIE_CHROMIUM to its path";
	const server = await serve(folder, files);
	try {
		const page = await browser.newPage();
		const printed: string[] = [];
		page.on("console", (message) => printed.push(message.text()));
		// tsx names functions with a helper that a page does not have.
		await page.addInitScript("globalThis.__name = (made) => made");
		await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
		const results = await page.evaluate(runInPage, { graphs, limits: LIMITS, mark: GRAPH_MARK });
		return results === null
			? "this Chromium has no WebGPU adapter"
			: { results, placements: readPlacements(printed, GRAPH_MARK) };
	} finally {
		await browser.close();
		await new Promise((resolve) => server.close(resolve));
	}
}

/**
 * A page with the runtime at "/", the runtime under "/ort/", the bundle under "/bundle/"; nothing else, and only to
 * this machine.
 */
async function serve(folder: string, files: ReadonlySet<string>): Promise<Server> {
	const server = createServer((request, response) => {
		const path = new URL(request.url ?? "/", "http://page").pathname;
		const [, place = "", name = ""] = /^\/(ort|bundle)\/([\w./-]+)$/.exec(path) ?? [];
		const allowed = place === "ort" ? /^[\w.-]+\.(mjs|wasm)$/.test(name) : files.has(name);
		if (path === "/") return response.setHeader("Content-Type", "text/html").end(PAGE);
		if (!allowed) return response.writeHead(404).end();
		const stream = createReadStream(join(place === "ort" ? RUNTIME : folder, name));
		stream.on("error", () => response.writeHead(404).end());
		response.setHeader("Content-Type", TYPES[extname(name)] ?? "application/octet-stream");
		stream.pipe(response);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return server;
}
