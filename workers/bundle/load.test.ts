/**
 * Checks, on whole and broken bundles in memory, that only verified files are loaded and that every failure names its
 * file.
 */
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Progress } from "../../src/client/protocol.ts";
import { Failure } from "../../src/core/failure.ts";
import { filesReader } from "./files-reader.ts";
import { filesNeeded, loadBundle, readManifest } from "./load.ts";
import type { BundleReader } from "./reader.ts";
import { type BundleStore, cacheStore } from "./store.ts";

const utf8 = (text: string) => new Uint8Array(new TextEncoder().encode(text));
const entryOf = (content: Uint8Array) => ({
	bytes: content.length,
	sha256: createHash("sha256").update(content).digest("hex"),
});

const CONTENT: Record<string, Uint8Array<ArrayBuffer>> = {
	"tokenizer.json": utf8("{}"),
	"tokenizer_config.json": utf8("{ }"),
	"text_encoder.onnx": utf8("graph one"),
	"decoder.onnx": utf8("graph two"),
	"decoder.webgpu.onnx": utf8("graph two for webgpu"),
	"shared.weights": utf8("0123456789"),
};

const graph = (file: string) => ({ file, inputs: [], outputs: [], weights: ["shared.weights"] });

function manifestJson(content = CONTENT) {
	return {
		format: "umie-bundle/1",
		name: "tiny",
		config: {
			...{ vocab_size: 10, d_model: 2, d_kv: 1, num_heads: 2, d_ff: 4, num_layers: 1, num_decoder_layers: 1 },
			...{
				pad_token_id: 0,
				eos_token_id: 1,
				decoder_start_token_id: 0,
				spot_token_id: 3,
				object_token_ids: [],
				max_input: 16,
			},
			...{ visual: null, gate: null },
		},
		dtype: "fp32",
		graphs: {
			text_encoder: graph("text_encoder.onnx"),
			decoder: { ...graph("decoder.onnx"), webgpu: "decoder.webgpu.onnx" },
		},
		files: Object.fromEntries(Object.entries(content).map(([path, bytes]) => [path, entryOf(bytes)])),
		languages: ["en"],
		license: "Apache-2.0",
		trained_on: [],
		metrics: [],
		instructors: {
			mner: {},
			mre: "",
			med: "",
			meae: "",
			labels: { entity_types: [], relation_types: [], event_types: [], argument_roles: {} },
		},
		vision: "none",
	};
}

/** A reader over `content` that writes down what it was asked for. */
function memoryReader(
	content: Record<string, Uint8Array<ArrayBuffer>>,
	store: BundleStore | null = null,
): BundleReader & { readonly requested: string[] } {
	const requested: string[] = [];
	return {
		requested,
		name: "https://example.org/tiny/",
		store,
		async read(path, { onBytes, signal }) {
			requested.push(path);
			const bytes = content[path];
			if (!bytes) throw new Failure("bundle-missing-file", `${path} is missing.`);
			await Promise.resolve();
			if (signal?.aborted) throw new Failure("cancelled", "cancelled");
			onBytes?.(bytes.length);
			return bytes.slice();
		},
	};
}

function memoryStore(): BundleStore & { readonly kept: Map<string, Uint8Array<ArrayBuffer>> } {
	const kept = new Map<string, Uint8Array<ArrayBuffer>>();
	return {
		kept,
		get: async (key) => kept.get(key) ?? null,
		put: async (key, bytes) => {
			kept.set(key, bytes.slice());
		},
	};
}

const withManifest = (content = CONTENT, json: unknown = manifestJson()) => ({
	...content,
	"umie.json": utf8(JSON.stringify(json)),
});
const wasm = { roles: ["text_encoder", "decoder"], target: "wasm" } as const;

async function open(reader: BundleReader, options: Parameters<typeof loadBundle>[2] = wasm) {
	return loadBundle(reader, await readManifest(reader, options.signal), options);
}

describe("readManifest", () => {
	test.each([
		[
			"another format",
			{ ...manifestJson(), format: "umie-bundle/9" },
			/expected format "umie-bundle\/1", found "umie-bundle\/9"/,
		],
		["a path out of the folder", { ...manifestJson(), files: { "../secret": entryOf(utf8("")) } }, /umie\.json: files/],
		["an absolute path", { ...manifestJson(), files: { "/etc/passwd": entryOf(utf8("")) } }, /umie\.json: files/],
		["an address as a path", { ...manifestJson(), files: { "https://a.b/c": entryOf(utf8("")) } }, /umie\.json: files/],
		[
			"a prefilter's graph without its thresholds",
			// The former name, which the format keeps.
			{ ...manifestJson(), graphs: { ...manifestJson().graphs, screen: graph("screen.onnx") } },
			/has graphs\.screen but not config\.screen/,
		],
		[
			"thresholds of a screen that is not there",
			{ ...manifestJson(), config: { ...manifestJson().config, screen: { related: 0.3, eventful: 0.1 } } },
			/has config\.screen but not graphs\.screen/,
		],
		[
			"a proposer's graph that nobody says how to feed",
			{ ...manifestJson(), graphs: { ...manifestJson().graphs, region_proposer: graph("region_proposer.onnx") } },
			/has graphs\.region_proposer but not config\.proposer/,
		],
		...[0, 65, 1.5, "8"].map((max_step_tokens): [string, unknown, RegExp] => [
			`a step of ${JSON.stringify(max_step_tokens)} tokens`,
			{ ...manifestJson(), config: { ...manifestJson().config, max_step_tokens } },
			/umie\.json: config\.max_step_tokens/,
		]),
		[
			"a file of 65 MiB",
			{ ...manifestJson(), files: { big: { ...entryOf(utf8("")), bytes: 65 * 1024 * 1024 } } },
			/big has 68,157,440 bytes/,
		],
		[
			"129 files of 64 MiB",
			{
				...manifestJson(),
				files: Object.fromEntries(
					Array.from({ length: 129 }, (_, i) => [`w${i}`, { ...entryOf(utf8("")), bytes: 64 * 1024 * 1024 }]),
				),
			},
			/at most 8 GiB/,
		],
	])("%s is refused", async (_what, json, message) => {
		const refused = expect(readManifest(memoryReader(withManifest(CONTENT, json)))).rejects;
		await refused.toMatchObject({ code: "bundle-format", what: expect.stringMatching(message) });
	});

	test("how many tokens a step may have can be left out: bundles of before do not say", async () => {
		const read = async (more: object) => {
			const json = { ...manifestJson(), config: { ...manifestJson().config, ...more } };
			return (await readManifest(memoryReader(withManifest(CONTENT, json)))).config.max_step_tokens;
		};
		expect([await read({}), await read({ max_step_tokens: 64 })]).toEqual([undefined, 64]);
	});

	test.each([
		["a web page", utf8("<!doctype html>"), /it is a web page/],
		["half a file", utf8('{"format":'), /umie.json is not valid JSON/],
		["bytes that are not text", new Uint8Array([255, 254, 0]), /umie.json is not valid JSON/],
	])("%s is refused", async (_what, bytes, message) => {
		const refused = expect(readManifest(memoryReader({ "umie.json": bytes }))).rejects;
		await refused.toMatchObject({ code: "bundle-format", what: expect.stringMatching(message) });
	});
});

describe("filesNeeded", () => {
	const manifest = async () => readManifest(memoryReader(withManifest()));

	test("each file is needed once, and only what the roles use", async () => {
		const paths = filesNeeded(await manifest(), ["text_encoder", "decoder"], "wasm").map(({ path }) => path);
		expect(paths).toEqual([
			"tokenizer.json",
			"tokenizer_config.json",
			"text_encoder.onnx",
			"shared.weights",
			"decoder.onnx",
		]);
	});

	test("WebGPU takes its own graph where there is one", async () => {
		const paths = filesNeeded(await manifest(), ["text_encoder", "decoder"], "webgpu").map(({ path }) => path);
		expect(paths).toContain("decoder.webgpu.onnx");
		expect(paths).toContain("text_encoder.onnx");
		expect(paths).not.toContain("decoder.onnx");
	});

	test("a role without a graph is named", async () => {
		const open = manifest().then((it) => filesNeeded(it, ["visual_encoder"], "wasm"));
		await expect(open).rejects.toMatchObject({
			code: "bundle-format",
			what: "umie.json lists no graph for the role visual_encoder.",
		});
	});

	test("a graph whose file is not listed is named, a property every object has included", async () => {
		const json = { ...manifestJson(), graphs: { decoder: graph("constructor") } };
		const open = readManifest(memoryReader(withManifest(CONTENT, json))).then((it) =>
			filesNeeded(it, ["decoder"], "wasm"),
		);
		await expect(open).rejects.toMatchObject({
			code: "bundle-format",
			what: "umie.json needs constructor, but does not list it under files.",
		});
	});
});

describe("loadBundle", () => {
	test("gives every needed file", async () => {
		const files = await open(memoryReader(withManifest()));
		expect(new TextDecoder().decode(files.get("shared.weights"))).toBe("0123456789");
		expect(files.size).toBe(5);
	});

	test("counts bytes up to the total of the needed files, then the files that were verified", async () => {
		const reported: Progress[] = [];
		await open(memoryReader(withManifest()), { ...wasm, onProgress: (progress) => reported.push(progress) });
		const downloads = reported.filter(({ stage }) => stage === "download");
		// 2 + 3 + 9 + 10 + 9 bytes
		expect(downloads.at(-1)).toMatchObject({ done: 33, total: 33, unit: "bytes" });
		expect(downloads.map(({ done }) => done)).toEqual(downloads.map(({ done }) => done).sort((a, b) => a - b));
		expect(reported.at(-1)).toMatchObject({ stage: "verify", done: 5, total: 5 });
	});

	test("a missing file is named", async () => {
		const { "shared.weights": _gone, ...rest } = CONTENT;
		await expect(open(memoryReader(withManifest(rest)))).rejects.toMatchObject({
			code: "bundle-missing-file",
			what: "shared.weights is missing.",
		});
	});

	test("a changed file is named", async () => {
		const changed = { ...CONTENT, "shared.weights": utf8("0123456780") };
		await expect(open(memoryReader(withManifest(changed)))).rejects.toMatchObject({
			code: "bundle-wrong-hash",
			what: expect.stringContaining("shared.weights"),
		});
	});

	test("an abort while files load ends with cancelled and keeps nothing", async () => {
		const abort = new AbortController();
		const store = memoryStore();
		const opening = open(memoryReader(withManifest(), store), {
			...wasm,
			signal: abort.signal,
			onProgress: () => abort.abort(),
		});
		await expect(opening).rejects.toMatchObject({ code: "cancelled" });
		expect([...store.kept.keys()].filter((key) => key.startsWith("sha256/"))).toEqual([]);
	});

	test("at most three files are read at a time", async () => {
		let open3 = 0;
		let most = 0;
		const inner = memoryReader(withManifest());
		const reader: BundleReader = {
			...inner,
			async read(path, options) {
				most = Math.max(most, ++open3);
				await new Promise((resolve) => setTimeout(resolve, 1));
				open3--;
				return inner.read(path, options);
			},
		};
		await open(reader);
		expect(most).toBe(3);
	});
});

describe("the store", () => {
	test("a second visit fetches umie.json only", async () => {
		const store = memoryStore();
		await open(memoryReader(withManifest(), store));
		const second = memoryReader(withManifest(), store);
		const reported: Progress[] = [];
		const files = await open(second, { ...wasm, onProgress: (progress) => reported.push(progress) });
		expect(second.requested).toEqual(["umie.json"]);
		expect(files.size).toBe(5);
		expect(reported.findLast(({ stage }) => stage === "download")).toMatchObject({ done: 33, total: 33 });
	});

	test("a kept file that changed is fetched again and kept anew", async () => {
		const store = memoryStore();
		await open(memoryReader(withManifest(), store));
		const key = `sha256/${entryOf(CONTENT["shared.weights"]!).sha256}`;
		store.kept.set(key, utf8("poisoned!!"));
		const second = memoryReader(withManifest(), store);
		const files = await open(second);
		expect(second.requested).toEqual(["umie.json", "shared.weights"]);
		expect(files.get("shared.weights")).toEqual(CONTENT["shared.weights"]);
		expect(store.kept.get(key)).toEqual(CONTENT["shared.weights"]);
	});

	test("a file with the wrong hash is not kept", async () => {
		const store = memoryStore();
		await open(memoryReader(withManifest({ ...CONTENT, "shared.weights": utf8("0123456780") }), store)).catch(
			() => undefined,
		);
		for (const [key, bytes] of store.kept)
			if (key.startsWith("sha256/")) expect(key).toBe(`sha256/${entryOf(bytes).sha256}`);
	});

	test.each([
		"offline",
		"fetch-failed",
		"timeout",
	] as const)("a bundle opened before opens again when the network says %s", async (code) => {
		const store = memoryStore();
		await open(memoryReader(withManifest(), store));
		const offline: BundleReader = {
			...memoryReader({}, store),
			read: () => Promise.reject(new Failure(code, "no network")),
		};
		expect((await open(offline)).size).toBe(5);
	});

	test("a bundle never opened before does not open offline", async () => {
		const offline: BundleReader = {
			...memoryReader({}, memoryStore()),
			read: () => Promise.reject(new Failure("offline", "no network")),
		};
		await expect(open(offline)).rejects.toMatchObject({ code: "offline" });
	});

	test("a bundle that is gone from its address is not served from the store", async () => {
		const store = memoryStore();
		await open(memoryReader(withManifest(), store));
		await expect(open(memoryReader({}, store))).rejects.toMatchObject({ code: "bundle-missing-file" });
	});

	test.each([
		["without Cache Storage", () => undefined],
		[
			"where even asking for it is forbidden",
			() => {
				throw new DOMException("no origin", "SecurityError");
			},
		],
		[
			"with one that is forbidden",
			() => ({ open: () => Promise.reject(new DOMException("no", "SecurityError")) }) as unknown as CacheStorage,
		],
		[
			"with one that is full",
			() =>
				({
					open: async () => ({
						match: async () => undefined,
						put: () => Promise.reject(new DOMException("full", "QuotaExceededError")),
					}),
				}) as unknown as CacheStorage,
		],
	])("%s the bundle opens anyway", async (_what, find) => {
		expect((await open(memoryReader(withManifest(), cacheStore(find)))).size).toBe(5);
	});
});

describe("files that were picked", () => {
	const pick = (content: Record<string, Uint8Array<ArrayBuffer>>, folder = "") =>
		Object.entries(content).map(([path, bytes]) => ({ path: folder + path, file: new Blob([bytes]) }));

	test.each(["", "umie-nano/", "./a/b/", "a\\b\\"])("a folder named “%s” in front does not matter", async (folder) => {
		expect((await open(filesReader(pick(withManifest(), folder)))).size).toBe(5);
	});

	test("the umie.json nearest to the root counts", async () => {
		const both = [...pick({ "umie.json": utf8("other") }, "x/old/"), ...pick(withManifest(), "x/")];
		expect((await open(filesReader(both))).size).toBe(5);
	});

	test("no umie.json among them is said with their number", () => {
		expect(() => filesReader(pick(CONTENT))).toThrow(
			expect.objectContaining({ code: "bundle-missing-file", what: "umie.json is not among the 6 files." }),
		);
	});

	test("a file that was not picked is named", async () => {
		const { "decoder.onnx": _gone, ...rest } = CONTENT;
		await expect(open(filesReader(pick(withManifest(rest))))).rejects.toMatchObject({
			code: "bundle-missing-file",
			what: "decoder.onnx is not among the 6 files.",
		});
	});

	test("a file that is too short is truncated, one that is too long was changed", async () => {
		const short = filesReader(pick(withManifest({ ...CONTENT, "shared.weights": utf8("012") })));
		await expect(open(short)).rejects.toMatchObject({
			code: "bundle-truncated",
			what: "shared.weights ends after 3 bytes of 10 bytes.",
		});
		const long = filesReader(pick(withManifest({ ...CONTENT, "shared.weights": utf8("0123456789ab") })));
		await expect(open(long)).rejects.toMatchObject({ code: "bundle-wrong-hash" });
	});

	test("a umie.json of more than 1 MiB is not even read", async () => {
		const file = { size: 2 ** 40, arrayBuffer: () => Promise.reject(new Error("read")) };
		await expect(readManifest(filesReader([{ path: "umie.json", file }]))).rejects.toMatchObject({
			code: "bundle-format",
		});
	});

	test("a file that moved after it was picked is named", async () => {
		const file = { size: 10, arrayBuffer: () => Promise.reject(new DOMException("gone", "NotFoundError")) };
		await expect(readManifest(filesReader([{ path: "umie.json", file }]))).rejects.toMatchObject({
			code: "input-unreadable",
		});
	});
});
