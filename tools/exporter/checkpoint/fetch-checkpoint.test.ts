/**
 * Fetches checkpoints from a local server that behaves well or badly: they land in the cache, or fail with something a
 * person can do.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type FetchOptions, fetchCheckpoint, isRemote, parseSource } from "./fetch-checkpoint.ts";

const DATA = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 7) % 251));
const SHA256 = createHash("sha256").update(DATA).digest("hex");

let cache: string;
let servers: Server[];
let log: { readonly path: string; readonly range: string | undefined; readonly authorization: string | undefined }[];

beforeEach(() => {
	cache = mkdtempSync(join(tmpdir(), "umie-cache-"));
	servers = [];
	log = [];
	for (const name of ["HF_ENDPOINT", "HF_TOKEN", "UMIE_CACHE"]) vi.stubEnv(name, "");
});
afterEach(async () => {
	vi.unstubAllEnvs();
	for (const server of servers) {
		server.closeAllConnections();
		await new Promise((done) => server.close(done));
	}
	rmSync(cache, { recursive: true });
});

/** @returns the address, without a slash at its end */
async function serve(listener: RequestListener): Promise<string> {
	const server = createServer((request, response) => {
		log.push({ path: request.url!, range: request.headers.range, authorization: request.headers.authorization });
		listener(request, response);
	});
	servers.push(server);
	await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Serves bytes with an ETag; honours Range. */
function send(request: IncomingMessage, response: ServerResponse, data: Uint8Array = DATA, etag = SHA256): void {
	const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
	if (from >= data.length && from > 0)
		return void response.writeHead(416, { "content-range": `bytes */${data.length}`, etag: `"${etag}"` }).end();
	const headers = { etag: `"${etag}"`, "content-length": data.length - from };
	response.writeHead(
		from > 0 ? 206 : 200,
		from > 0 ? { ...headers, "content-range": `bytes ${from}-${data.length - 1}/${data.length}` } : headers,
	);
	response.end(data.subarray(from));
}

/** Announces everything, sends half, breaks the connection. */
function cut(response: ServerResponse, etag = SHA256): void {
	response.writeHead(200, { etag: `"${etag}"`, "content-length": DATA.length });
	response.write(DATA.subarray(0, 50_000), () => setTimeout(() => response.destroy(), 20));
}

/** A server of these files, whatever folder they are in; everything else is 404. */
function files(contents: Readonly<Record<string, RequestListener | Uint8Array | string>>): RequestListener {
	return (request, response) => {
		const name = new URL(request.url!, "http://x").pathname.split("/").at(-1)!;
		const content = Object.hasOwn(contents, name) ? contents[name]! : null;
		if (content === null) response.writeHead(404).end();
		else if (typeof content === "function") content(request, response);
		else send(request, response, Buffer.from(content), "v1");
	};
}

const get = (source: string, options: FetchOptions = {}) => fetchCheckpoint(source, { cache, pause: 1, ...options });
const notMissing = () => log.filter(({ path }) => path.endsWith("x.bin"));

describe("whole downloads", () => {
	test("a file comes with its settings and tokenizer, and is loaded once", async () => {
		const url = await serve(files({ "x.bin": send, "config.json": "{}", "tokenizer.json": "[]" }));
		const path = await get(`${url}/models/x.bin`);
		expect(readFileSync(path).equals(DATA)).toBe(true);
		expect(readdirSync(join(path, "..")).sort()).toEqual([
			"config.json",
			"config.json.json",
			"tokenizer.json",
			"tokenizer.json.json",
			"x.bin",
			"x.bin.json",
		]);
		const sent: number[] = [];
		expect(await get(`${url}/models/x.bin`, { onProgress: (_, received) => sent.push(received) })).toBe(path);
		expect(sent).toEqual([]);
	});

	test("a changed file is loaded again", async () => {
		let version = 1;
		const url = await serve(
			files({
				"x.bin": (request, response) => send(request, response, Buffer.from(`version ${version}`), `v${version}`),
			}),
		);
		await get(`${url}/x.bin`);
		version = 2;
		expect(readFileSync(await get(`${url}/x.bin`), "utf8")).toBe("version 2");
	});

	test("a folder gives its safetensors, else the shards of its index, else PyTorch files", async () => {
		const index = JSON.stringify({ weight_map: { a: "s-1.bin", b: "s-2.bin", c: "s-1.bin" } });
		const sharded = await serve(files({ "pytorch_model.bin.index.json": index, "s-1.bin": "one", "s-2.bin": "two" }));
		const path = await get(`${sharded}/m/`);
		expect([path.endsWith("pytorch_model.bin.index.json"), readFileSync(join(path, "../s-2.bin"), "utf8")]).toEqual([
			true,
			"two",
		]);
		const both = await serve(files({ "pytorch_model.bin": "old", "model.safetensors": "new" }));
		expect(readFileSync(await get(`${both}/m/`), "utf8")).toBe("new");
	});

	test("an index cannot make us load from elsewhere", async () => {
		const url = await serve(
			files({ "model.safetensors.index.json": JSON.stringify({ weight_map: { a: "../../x" } }) }),
		);
		await expect(get(`${url}/m/`)).rejects.toThrow("a shard is a file in the same folder");
	});

	test("progress ends at the file's size", async () => {
		const url = await serve(files({ "x.bin": send }));
		const seen: (readonly [string, number, number | null])[] = [];
		await get(`${url}/x.bin`, { onProgress: (...step) => seen.push(step) });
		expect(seen.at(-1)).toEqual(["x.bin", 100_000, 100_000]);
	});
});

describe("cuts", () => {
	test("a cut download continues where it stopped", async () => {
		let calls = 0;
		const url = await serve(
			files({ "x.bin": (request, response) => (calls++ === 0 ? cut(response) : send(request, response)) }),
		);
		expect(readFileSync(await get(`${url}/x.bin`)).equals(DATA)).toBe(true);
		expect(notMissing().map(({ range }) => range)).toEqual([undefined, "bytes=50000-"]);
	});

	test("it also continues the next day", async () => {
		let broken = true;
		const url = await serve(
			files({ "x.bin": (request, response) => (broken ? cut(response) : send(request, response)) }),
		);
		await expect(get(`${url}/x.bin`, { attempts: 1 })).rejects.toThrow("The part that arrived is kept.");
		broken = false;
		expect(readFileSync(await get(`${url}/x.bin`)).equals(DATA)).toBe(true);
		expect(notMissing().at(-1)!.range).toBe("bytes=50000-");
	});

	test("a new version on the server starts from the beginning", async () => {
		let broken = true;
		const other = Buffer.from("another version");
		const url = await serve(
			files({ "x.bin": (request, response) => (broken ? cut(response) : send(request, response, other, "v2")) }),
		);
		await expect(get(`${url}/x.bin`, { attempts: 1 })).rejects.toThrow();
		broken = false;
		expect(readFileSync(await get(`${url}/x.bin`), "utf8")).toBe("another version");
	});

	test("a server without Range support starts from the beginning", async () => {
		let calls = 0;
		const whole: RequestListener = (_, response) =>
			void response.writeHead(200, { etag: SHA256, "content-length": DATA.length }).end(DATA);
		const url = await serve(
			files({ "x.bin": (request, response) => (calls++ === 0 ? cut(response) : whole(request, response)) }),
		);
		expect(readFileSync(await get(`${url}/x.bin`)).equals(DATA)).toBe(true);
	});

	test("a busy server is asked again and the beginning is kept", async () => {
		const answers: RequestListener[] = [
			(_, response) => cut(response),
			(_, response) => void response.writeHead(503).end(),
			send,
		];
		const url = await serve(files({ "x.bin": (request, response) => answers.shift()!(request, response) }));
		expect(readFileSync(await get(`${url}/x.bin`)).equals(DATA)).toBe(true);
		expect(notMissing().at(-1)!.range).toBe("bytes=50000-");
	});

	test("a download that was whole but not yet named is not loaded again", async () => {
		const url = await serve(files({ "x.bin": send }));
		const path = await get(`${url}/x.bin`);
		writeFileSync(`${path}.partial`, DATA);
		writeFileSync(`${path}.partial.json`, JSON.stringify({ identity: SHA256 }));
		rmSync(path);
		log = [];
		expect(readFileSync(await get(`${url}/x.bin`)).equals(DATA)).toBe(true);
		expect(notMissing().map(({ range }) => range)).toEqual(["bytes=100000-"]);
	});

	test("silence ends in a failure", async () => {
		const url = await serve(
			files({ "x.bin": (_, response) => void response.writeHead(200, { "content-length": 5 }).write("a") }),
		);
		await expect(get(`${url}/x.bin`, { patience: 100, attempts: 2 })).rejects.toMatchObject({ code: "fetch-failed" });
	});

	test("a stop keeps what has arrived", async () => {
		const stop = new AbortController();
		const url = await serve(
			files({
				"x.bin": (_, response) =>
					void response.writeHead(200, { etag: SHA256, "content-length": DATA.length }).write(DATA.subarray(0, 10)),
			}),
		);
		await expect(get(`${url}/x.bin`, { signal: stop.signal, onProgress: () => stop.abort() })).rejects.toMatchObject({
			code: "cancelled",
		});
		const folder = join(cache, new URL(url).host.replace(":", "_"));
		expect(readFileSync(join(folder, readdirSync(folder)[0]!, "x.bin.partial"))).toHaveLength(10);
	});
});

describe("refusals", () => {
	test("a wrong hash is a failure and nothing is kept", async () => {
		const url = await serve(files({ "x.bin": (request, response) => send(request, response, DATA, "0".repeat(64)) }));
		await expect(get(`${url}/x.bin`)).rejects.toMatchObject({ code: "download-wrong-hash" });
		const folder = join(cache, new URL(url).host.replace(":", "_"));
		expect(readdirSync(join(folder, readdirSync(folder)[0]!))).toEqual([]);
	});

	test("what is not there is named", async () => {
		const url = await serve(files({}));
		await expect(get(`${url}/x.bin`)).rejects.toThrow(`There is no ${url}/x.bin.`);
		await expect(get(`${url}/m/`)).rejects.toThrow("holds no weights: looked for model.safetensors");
	});

	test.each([
		[401, "", "Set HF_TOKEN to a token that may read it"],
		[401, "secret", "does not accept the token in HF_TOKEN"],
		[403, "secret", "accept the model's terms on its page"],
	])("%i with the token %j says what to do", async (status, token, what) => {
		const url = await serve((_, response) => void response.writeHead(status).end());
		vi.stubEnv("HF_ENDPOINT", url);
		vi.stubEnv("HF_TOKEN", token);
		await expect(get("hf:owner/name")).rejects.toThrow(what);
	});

	test("more bytes than announced, and compressed ones, are refused", async () => {
		const chunked = await serve(
			files({ "x.bin": (_, response) => void response.writeHead(200, { "x-linked-size": 3 }).end("four") }),
		);
		await expect(get(`${chunked}/x.bin`)).rejects.toThrow("more than the 3 bytes that x.bin");
		const zipped = await serve(
			files({ "x.bin": (_, response) => void response.writeHead(200, { "content-encoding": "br" }).end("x") }),
		);
		await expect(get(`${zipped}/x.bin`)).rejects.toThrow("compressed");
	});

	test("endless redirects, and those to a file or to nothing, are refused", async () => {
		const to =
			(location: string): RequestListener =>
			(_, response) =>
				void response.writeHead(302, { location }).end();
		const url = await serve(files({ "x.bin": to("/x.bin"), "y.bin": to("file:///etc/passwd"), "z.bin": to("") }));
		await expect(get(`${url}/x.bin`)).rejects.toThrow("too many times");
		await expect(get(`${url}/y.bin`)).rejects.toThrow("is not an http or https address");
	});

	test.each([
		"ftp://x/y",
		"file:///etc/passwd",
		"hf:name",
		"hf:../name",
		"hf:a/b/../c",
		"hf:a/b@..",
		"http://user:word@x/y",
	])("%s is not a source", async (source) => {
		await expect(get(source)).rejects.toMatchObject({ code: "usage" });
	});
});

describe("the hub", () => {
	test("a model comes from its revision; only the first answer, with hash and size, gets the token", async () => {
		const storage = await serve((request, response) => send(request, response, DATA, "the storage's own tag"));
		const hub = await serve((request, response) => {
			if (!request.url!.endsWith("model.safetensors")) return void response.writeHead(404).end();
			response
				.writeHead(302, {
					location: `${storage}/blob?signed=1`,
					"x-linked-etag": `"${SHA256}"`,
					"x-linked-size": DATA.length,
				})
				.end();
		});
		vi.stubEnv("HF_ENDPOINT", hub);
		vi.stubEnv("HF_TOKEN", "secret");
		expect(readFileSync(await get("hf:owner/na.me@v1.0")).equals(DATA)).toBe(true);
		expect(log.slice(-2)).toEqual([
			{ path: "/owner/na.me/resolve/v1.0/model.safetensors", range: undefined, authorization: "Bearer secret" },
			{ path: "/blob?signed=1", range: undefined, authorization: undefined },
		]);
	});

	test("a token is not sent to another server", async () => {
		const url = await serve(files({ "x.bin": send }));
		vi.stubEnv("HF_TOKEN", "secret");
		await get(`${url}/x.bin`);
		expect(log.every(({ authorization }) => authorization === undefined)).toBe(true);
	});

	test.each([
		["hf:google/flan-t5-base", "google/flan-t5-base/resolve/main/config.json", null],
		["hf:a/b@main/sub/x.bin", "a/b/resolve/main/sub/config.json", "x.bin"],
		["https://huggingface.co/a/b", "a/b/resolve/main/config.json", null],
		["https://huggingface.co/a/b/tree/v2", "a/b/resolve/v2/config.json", null],
		["https://huggingface.co/a/b/blob/main/x.bin", "a/b/resolve/main/config.json", "x.bin"],
	])("%s is understood", (source, path, file) => {
		const place = parseSource(source, "https://huggingface.co");
		expect([place.address("config.json"), place.file]).toEqual([`https://huggingface.co/${path}`, file]);
	});

	test("a signed address keeps its query, and no name leaves the cache", () => {
		const place = parseSource("https://x.org/a/..%2f..%2fevil.bin?sig=1", "https://huggingface.co");
		expect([place.file, place.address(place.file!), place.address("config.json")]).toEqual([
			"__.._evil.bin",
			"https://x.org/a/..%2f..%2fevil.bin?sig=1",
			"https://x.org/a/config.json?sig=1",
		]);
		expect([isRemote("hf:a/b"), isRemote("HTTPS://x/y"), isRemote("./hf:a")]).toEqual([true, true, false]);
	});
});

test("the cache folder is UMIE_CACHE where that is set", async () => {
	const url = await serve(files({ "x.bin": send }));
	vi.stubEnv("UMIE_CACHE", join(cache, "own"));
	const path = await fetchCheckpoint(`${url}/x.bin`);
	expect([path.startsWith(join(cache, "own")), existsSync(path)]).toEqual([true, true]);
});
