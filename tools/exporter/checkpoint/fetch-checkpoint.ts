/**
 * Fetches an address, or `hf:owner/name[@revision][/file]`, into the cache, with config.json and the tokenizer beside
 * the weights, and returns the path of the weights.
 */
import { createHash } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { Failure } from "../../../src/core/failure.ts";
import { download } from "./download.ts";
import { parseAddress } from "./request.ts";
import { readShardIndex } from "./shards.ts";

export interface FetchOptions {
	/** Folder that keeps what was loaded (default `UMIE_CACHE`, else the system's cache folder). */
	readonly cache?: string;
	readonly signal?: AbortSignal;
	readonly onProgress?: (file: string, received: number, total: number | null) => void;
	readonly patience?: number;
	readonly attempts?: number;
	readonly pause?: number;
}

const FETCH_DEFAULTS = { patience: 30_000, attempts: 5, pause: 500 } as const;

/** The largest single shard on the hub has 50 GB. */
const MAX_WEIGHTS_BYTES = 200e9;
const MAX_SIDE_FILE_BYTES = 64 * 1024 * 1024;
/** What the exporter reads beside the weights. */
const SIDE_FILES = ["config.json", "tokenizer.json", "tokenizer_config.json"] as const;
const WEIGHTS = [
	"model.safetensors",
	"model.safetensors.index.json",
	"pytorch_model.bin",
	"pytorch_model.bin.index.json",
] as const;

/** Whether a path is something to load first. */
export function isRemote(path: string): boolean {
	return /^(hf:|https?:\/\/)/i.test(path);
}

/**
 * @throws Failure `usage` for a name that is none, `fetch-failed`, `download-wrong-hash`, `cancelled`; what has arrived
 * is kept for the next time
 */
export async function fetchCheckpoint(source: string, options: FetchOptions = {}): Promise<string> {
	const endpoint = parseAddress(process.env.HF_ENDPOINT || "https://huggingface.co").origin;
	const place = parseSource(source, endpoint);
	const folder = join(options.cache ?? cacheFolder(), ...place.cache);
	const token = process.env.HF_TOKEN?.trim() || null;
	mkdirSync(folder, { recursive: true });
	const settings = { ...FETCH_DEFAULTS, ...options, endpoint, token };
	const get = async (name: string, limit = MAX_WEIGHTS_BYTES) => {
		const path = join(folder, name);
		const found = await download(place.address(name), path, { ...settings, limit });
		return found ? path : null;
	};
	for (const name of SIDE_FILES)
		if (name !== place.file) await getSideFile(join(folder, name), () => get(name, MAX_SIDE_FILE_BYTES));
	return getWeights(place, get);
}

/**
 * What is not there is not kept from an earlier time either; what is refused will be refused with the weights, and
 * explained there.
 */
async function getSideFile(path: string, get: () => Promise<string | null>): Promise<void> {
	const found = await get().catch((error: unknown) => {
		if (error instanceof Failure && error.code === "fetch-failed") return null;
		throw error;
	});
	if (found === null) for (const name of [path, `${path}.json`]) rmSync(name, { force: true });
}

async function getWeights({ file, address }: Place, get: (name: string) => Promise<string | null>): Promise<string> {
	for (const name of file === null ? WEIGHTS : [file]) {
		const path = await get(name);
		if (path === null) continue;
		if (name.endsWith(".index.json"))
			for (const shard of new Set(readShardIndex(path).values())) await getShard(shard, address, get);
		return path;
	}
	throw new Failure(
		"fetch-failed",
		file === null
			? `${address("")} holds no weights: looked for ${WEIGHTS.join(", ")}.`
			: `There is no ${address(file)}.`,
	);
}

async function getShard(
	shard: string,
	address: Place["address"],
	get: (name: string) => Promise<string | null>,
): Promise<void> {
	if ((await get(shard)) === null)
		throw new Failure("fetch-failed", `The index names ${shard}, but there is no ${address(shard)}.`);
}

interface Place {
	/** Folders below the cache. */
	readonly cache: readonly string[];
	/** A file of the folder, or null for whatever weights it holds. */
	readonly file: string | null;
	address(name: string): string;
}

/** Names of the hub: letters, digits, "-", "_", ".", never "..". */
const HUB = /^([\w-][\w.-]*)\/([\w-][\w.-]*?)(?:@([\w-][\w.-]*))?(?:\/(.+))?$/;
/** Addresses of the hub's pages, as people copy them. */
const HUB_PAGE = /^\/([\w-][\w.-]*)\/([\w-][\w.-]*)(?:\/(?:tree|blob|resolve)\/([\w-][\w.-]*)(?:\/(.*))?)?\/?$/;

export function parseSource(source: string, endpoint: string): Place {
	if (/^hf:/i.test(source)) {
		const found = HUB.exec(source.slice(3));
		if (found === null) throw new Failure("usage", `${source} is not of the form hf:owner/name[@revision][/file].`);
		return hubPlace(endpoint, found);
	}
	const url = parseAddress(source);
	const page = url.origin === endpoint ? HUB_PAGE.exec(url.pathname) : null;
	return page === null ? webPlace(url) : hubPlace(endpoint, page);
}

function hubPlace(endpoint: string, [, owner, name, revision = "main", path = ""]: RegExpExecArray): Place {
	const parts = path.split("/").filter((part) => part !== "");
	if (!parts.every((part) => /^[\w-][\w.-]*$/.test(part)))
		throw new Failure("usage", `"${path}" is not the path of a file in a model.`);
	const file = parts.at(-1) ?? null;
	const folders = parts.slice(0, -1);
	const base = [endpoint, owner, name, "resolve", revision, ...folders].join("/");
	return {
		cache: [new URL(endpoint).host.replace(":", "_"), `${owner}--${name}@${revision}`, ...folders],
		file,
		address: (wanted) => `${base}/${wanted}`,
	};
}

/** An address that ends in "/" is a folder. A query belongs to everything in it, as signed addresses have it. */
function webPlace(url: URL): Place {
	const base = new URL(".", url);
	const name = url.pathname.slice(base.pathname.length);
	const key = createHash("sha256").update(`${base.href}${url.search}`).digest("hex").slice(0, 16);
	const file = name === "" ? null : name.replaceAll(/%[\da-f]{2}|[^\w.-]/gi, "_").replace(/^\.+/, "_");
	const address = (wanted: string) => `${base.href}${wanted === file ? name : wanted}${url.search}`;
	return { cache: [url.host.replace(":", "_"), key], file, address };
}

/** `UMIE_CACHE`, else where the system keeps such things. */
function cacheFolder(): string {
	const { UMIE_CACHE: own, XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = process.env;
	if (own) return own;
	if (process.platform === "win32") return join(local || join(homedir(), "AppData", "Local"), "umie", "cache");
	if (process.platform === "darwin") return join(homedir(), "Library", "Caches", "umie");
	return join(xdg || join(homedir(), ".cache"), "umie");
}
