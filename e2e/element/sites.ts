/**
 * Serves folders and pages as small web sites on ports of their own, each its own origin, with the headers a test
 * wants.
 */
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
	".html": "text/html; charset=utf-8",
	".js": "text/javascript",
	".mjs": "text/javascript",
	".css": "text/css",
	".json": "application/json",
	".wasm": "application/wasm",
	".jpg": "image/jpeg",
};

export interface Site {
	/** Without a slash at its end. */
	readonly origin: string;
	/** Paths requested since the start. */
	readonly requested: string[];
	close(): Promise<void>;
}

export interface SiteOptions {
	/** Path → folder, the longest path first. */
	readonly folders?: Readonly<Record<string, string>>;
	/** Path → HTML. */
	readonly pages?: Readonly<Record<string, string>>;
	readonly headers?: Readonly<Record<string, string>>;
}

export async function site({ folders = {}, pages = {}, headers = {} }: SiteOptions): Promise<Site> {
	const requested: string[] = [];
	const server: Server = createServer((request, response) => {
		const path = decodeURIComponent(new URL(request.url ?? "/", "http://site").pathname);
		requested.push(path);
		for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
		const page = pages[path];
		if (page !== undefined) {
			response.setHeader("Content-Type", TYPES[".html"]!);
			return response.end(page);
		}
		const found = Object.entries(folders)
			.filter(([prefix]) => path.startsWith(prefix))
			.map(([prefix, folder]) => join(folder, normalize(`/${path.slice(prefix.length)}`)))
			.find((file) => existsSync(file) && statSync(file).isFile());
		if (found === undefined) {
			response.statusCode = 404;
			return response.end();
		}
		response.setHeader("Content-Type", TYPES[extname(found)] ?? "application/octet-stream");
		response.setHeader("Content-Length", statSync(found).size);
		return createReadStream(found).pipe(response);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const { port } = server.address() as AddressInfo;
	return {
		origin: `http://127.0.0.1:${port}`,
		requested,
		close: () =>
			new Promise((resolve) => {
				server.closeAllConnections();
				server.close(() => resolve());
			}),
	};
}
