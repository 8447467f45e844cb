/** Checks that each way in which a server can misbehave has its own failure. */
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { fetchBytes } from "./fetch-bytes.ts";
import { folderUrl, urlReader } from "./url-reader.ts";

let server: Server | undefined;

afterEach(async () => {
	vi.unstubAllGlobals();
	server?.closeAllConnections();
	await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
	server = undefined;
});

async function serve(listener: RequestListener): Promise<string> {
	server = createServer(listener);
	await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}/models/tiny`;
}

const ten = { expectedBytes: 10 };

describe("urlReader", () => {
	test("reads a file relative to the folder and counts its bytes", async () => {
		const requested: Array<string | undefined> = [];
		const reader = urlReader(
			await serve((request, response) => {
				requested.push(request.url);
				response.end("0123456789");
			}),
		);
		let count = 0;
		const bytes = await reader.read("a/b.weights", {
			...ten,
			onBytes: (more) => {
				count += more;
			},
		});
		expect(new TextDecoder().decode(bytes)).toBe("0123456789");
		expect(count).toBe(10);
		expect(requested).toEqual(["/models/tiny/a/b.weights"]);
	});

	test.each<[string, RequestListener, string, RegExp]>([
		[
			"a missing file",
			(_, response) => void response.writeHead(404).end(),
			"bundle-missing-file",
			/w\.weights is not at http.*HTTP 404/,
		],
		["a broken server", (_, response) => void response.writeHead(503).end(), "fetch-failed", /HTTP 503/],
		["too few bytes", (_, response) => void response.end("0123"), "bundle-truncated", /ends after 4 bytes of 10 bytes/],
		["no bytes", (_, response) => void response.end(), "bundle-truncated", /ends after 0 bytes of 10 bytes/],
		[
			"too many bytes",
			(_, response) => void response.end("0123456789a"),
			"bundle-wrong-hash",
			/longer than the 10 bytes/,
		],
		[
			"a web page in place of the file",
			(_, response) =>
				void response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end("<!doctype html>"),
			"bundle-missing-file",
			/answered with a web page/,
		],
		[
			"a redirect to a file of the machine",
			(_, response) => void response.writeHead(302, { location: "file:///etc/passwd" }).end(),
			"fetch-failed",
			/could not be reached/,
		],
		[
			"a line that breaks",
			(_, response) => {
				response.writeHead(200, { "content-length": "10" });
				response.write("0123", () => response.destroy());
			},
			"bundle-truncated",
			/ends after 4 bytes of 10 bytes/,
		],
	])("%s", async (_what, listener, code, message) => {
		const reader = urlReader(await serve(listener));
		await expect(reader.read("w.weights", ten)).rejects.toMatchObject({ code, what: expect.stringMatching(message) });
	});

	test("an endless answer is stopped at the promised length", async () => {
		let sent = 0;
		const reader = urlReader(
			await serve((_, response) => {
				const more = () => {
					while (!response.destroyed && response.write("x".repeat(1000))) sent += 1000;
				};
				response.on("drain", more);
				more();
			}),
		);
		await expect(reader.read("w.weights", ten)).rejects.toMatchObject({ code: "bundle-wrong-hash" });
		expect(sent).toBeGreaterThan(10);
	});

	test("a single-page app in place of umie.json is said so", async () => {
		const reader = urlReader(
			await serve((_, response) => void response.writeHead(200, { "content-type": "text/html" }).end("<html>")),
		);
		await expect(reader.read("umie.json", { expectedBytes: null })).rejects.toMatchObject({
			code: "bundle-format",
			what: expect.stringMatching(/web page.*address of the bundle's folder/),
		});
	});

	test("a umie.json of more than 1 MiB is refused", async () => {
		const reader = urlReader(await serve((_, response) => void response.end("x".repeat(1024 * 1024 + 1))));
		await expect(reader.read("umie.json", { expectedBytes: null })).rejects.toMatchObject({ code: "bundle-format" });
	});

	test("nobody answering is fetch-failed, and offline when the browser knows it is", async () => {
		const address = await serve(() => {});
		await new Promise((resolve) => server?.close(resolve));
		server = undefined;
		await expect(urlReader(address).read("w", ten)).rejects.toMatchObject({ code: "fetch-failed" });
		vi.stubGlobal("navigator", { onLine: false });
		await expect(urlReader(address).read("w", ten)).rejects.toMatchObject({ code: "offline" });
	});

	test("an abort ends a download that is under way", async () => {
		const abort = new AbortController();
		const reader = urlReader(await serve((_, response) => void response.write("0123")));
		await expect(
			reader.read("w", { ...ten, signal: abort.signal, onBytes: () => abort.abort() }),
		).rejects.toMatchObject({ code: "cancelled" });
		await expect(reader.read("w", { ...ten, signal: abort.signal })).rejects.toMatchObject({ code: "cancelled" });
	});

	test("a file of unknown length says what the server announced", async () => {
		const address = await serve((_, response) => void response.writeHead(200, { "content-length": "4" }).end("0123"));
		const reported: number[][] = [];
		await fetchBytes(new URL(address), "w", {
			expectedBytes: null,
			maxBytes: 4,
			onBytes: (...numbers) => reported.push(numbers),
		});
		expect(reported).toEqual([[4, 4]]);
		await expect(fetchBytes(new URL(address), "w", { expectedBytes: null, maxBytes: 3 })).rejects.toMatchObject({
			code: "bundle-format",
		});
	});

	test("a server that falls silent is a timeout", async () => {
		const address = await serve((_, response) => void response.write("0123"));
		await expect(fetchBytes(new URL(address), "w", ten, 20)).rejects.toMatchObject({ code: "timeout" });
	});
});

describe("folderUrl", () => {
	test.each([
		["https://a.b/m", undefined, "https://a.b/m/"],
		["https://a.b/m/", undefined, "https://a.b/m/"],
		["https://a.b/m/umie.json?x#y", undefined, "https://a.b/m/"],
		["models/nano", "https://a.b/app/", "https://a.b/app/models/nano/"],
		["models/nano", "chrome-extension://abc/app.html", "chrome-extension://abc/models/nano/"],
	])("%s on page %s is the folder %s", (address, page, folder) => {
		expect(folderUrl(address, page).href).toBe(folder);
	});

	test.each([
		["", undefined],
		["not an address", undefined],
		["ftp://a.b/m", undefined],
		["file:///etc/", undefined],
		["file:///etc/", "file:///home/page.html"],
		["javascript:alert(1)", "https://a.b/"],
		["data:text/plain,x", "https://a.b/"],
		["chrome-extension://abc/m", "https://a.b/"],
		["https://name:secret@a.b/m", undefined],
	])("%s on page %s is refused", (address, page) => {
		expect(() => folderUrl(address, page)).toThrow(expect.objectContaining({ code: "fetch-failed" }));
	});
});
