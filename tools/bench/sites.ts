/** Builds and serves the benchmark's page and the app as a host would, and counts every byte. */
import { createReadStream, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { build, type InlineConfig, mergeConfig, type Plugin, preview } from "vite";

const root = join(import.meta.dirname, "../..");

/** What a visit transfers, by kind. */
export const KINDS = ["js", "wasm", "bundle", "other"] as const;
type Bytes = Record<(typeof KINDS)[number], number>;

export interface Site {
	/** Ends in "/". */
	readonly url: string;
	/** Bytes of bodies sent since the last call, JavaScript compressed. */
	takeBytes(): Bytes;
	close(): Promise<void>;
}

/**
 * The page of page/, with the settings of the app (vite.config.ts).
 * @param models name → folder, served as models/name/
 */
export function benchSite(models: Readonly<Record<string, string>>): Promise<Site> {
	const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };
	return serve({
		configFile: false,
		root: join(import.meta.dirname, "page"),
		base: "./",
		publicDir: false,
		cacheDir: join(root, ".cache/vite-bench"),
		plugins: [foldersPlugin(models)],
		build: { outDir: join(root, ".cache/bench/page"), emptyOutDir: true, target: "es2022", assetsInlineLimit: 0 },
		worker: { format: "es" },
		resolve: { conditions: ["onnxruntime-web-use-extern-wasm", "module", "browser", "development|production"] },
		preview: { headers },
	});
}

/** The app as it is now, beside dist/app, which others may be using. */
export function appSite(): Promise<Site> {
	return serve({
		configFile: join(root, "vite.config.ts"),
		build: { outDir: join(root, ".cache/bench/app"), emptyOutDir: true },
	});
}

async function serve(config: InlineConfig): Promise<Site> {
	let counted = nothing();
	const counter = countingPlugin((kind, bytes) => {
		counted[kind] += bytes;
	});
	const quiet: InlineConfig = { logLevel: "error", plugins: [counter], preview: { port: 0, host: "127.0.0.1" } };
	const merged = mergeConfig(config, quiet);
	await build(merged);
	const server = await preview(merged);
	return {
		url: server.resolvedUrls!.local[0]!,
		takeBytes() {
			const taken = counted;
			counted = nothing();
			return taken;
		},
		close: () => server.close(),
	};
}

/** Serves the files that lie in the folders now; a model of a gigabyte is not copied into the build. */
function foldersPlugin(models: Readonly<Record<string, string>>): Plugin {
	const files = new Map<string, string>(
		Object.entries(models).flatMap(([name, folder]) =>
			(readdirSync(folder, { recursive: true }) as string[]).map(
				(path) => [`/models/${name}/${path}`, join(folder, path)] as const,
			),
		),
	);
	return {
		name: "umie:bench-models",
		configurePreviewServer(server) {
			server.middlewares.use((request, response, next) => {
				const { pathname } = new URL(request.url ?? "/", "http://page");
				if (!pathname.startsWith("/models/")) return next();
				// The list, not the address, decides what is read.
				const found = files.get(decodeURIComponent(pathname));
				if (found === undefined || !statSync(found).isFile()) {
					response.statusCode = 404;
					return response.end();
				}
				response.setHeader("Content-Type", found.endsWith(".json") ? "application/json" : "application/octet-stream");
				response.setHeader("Content-Length", statSync(found).size);
				if (request.method === "HEAD") response.end();
				else createReadStream(found).pipe(response);
			});
		},
	};
}

const nothing = (): Bytes => ({ js: 0, wasm: 0, bundle: 0, other: 0 });

function kindOf(path: string): keyof Bytes {
	if (path.includes("/models/")) return "bundle";
	if (/\.m?js$/.test(path)) return "js";
	return path.endsWith(".wasm") ? "wasm" : "other";
}

/** Comes before Vite's own middlewares, so it counts what their compression leaves. */
function countingPlugin(count: (kind: keyof Bytes, bytes: number) => void): Plugin {
	return {
		name: "umie:count-bytes",
		configurePreviewServer(server) {
			server.middlewares.use((request, response, next) => {
				const kind = kindOf(new URL(request.url ?? "/", "http://page").pathname);
				const { write, end } = response;
				const add = (chunk: unknown) => {
					if (typeof chunk === "string" || chunk instanceof Uint8Array) count(kind, Buffer.byteLength(chunk));
				};
				response.write = ((...args: Parameters<typeof write>) => {
					add(args[0]);
					return write.apply(response, args);
				}) as typeof write;
				response.end = ((...args: Parameters<typeof end>) => {
					add(args[0]);
					return end.apply(response, args);
				}) as typeof end;
				next();
			});
		},
	};
}
