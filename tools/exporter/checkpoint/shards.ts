/**
 * Opens the shards that an index lists (`model.safetensors.index.json`, `pytorch_model.bin.index.json`) as one file.
 */
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Failure } from "../../../src/core/failure.ts";
import { openBytes } from "./byte-source.ts";
import { parseStrictJson, quote } from "./strict-json.ts";
import type { TensorFile } from "./tensor-file.ts";

const MAX_INDEX_BYTES = 32 * 1024 * 1024;
/** The largest open models come in some 200 shards; each is an open file. */
const MAX_SHARDS = 500;
/** Names shown of a list that may be long. */
const SHOWN = 8;

/**
 * @param open opens one shard
 * @throws Failure naming the shards that are not there, or the tensors that are not in theirs
 */
export function openShards(path: string, open: (path: string) => TensorFile): TensorFile {
	const name = basename(path);
	const shardOf = readShardIndex(path);
	const shards = new Map<string, TensorFile>();
	const close = () => {
		for (const shard of shards.values()) shard.close();
	};
	try {
		refuseMissing(path, shardOf);
		for (const shard of new Set(shardOf.values())) shards.set(shard, open(join(dirname(path), shard)));
		refuseAbsent(name, shardOf, shards);
	} catch (error) {
		close();
		throw error;
	}
	const from = (tensor: string): TensorFile => {
		const shard = shards.get(shardOf.get(tensor) ?? "");
		if (shard === undefined) throw new Failure("checkpoint-tensors", `${name} lists no tensor "${tensor}".`);
		return shard;
	};
	return {
		name,
		tensors: new Map([...shardOf].map(([tensor, shard]) => [tensor, shards.get(shard)!.tensors.get(tensor)!])),
		metadata: Object.assign({}, ...[...shards.values()].map(({ metadata }) => metadata)),
		notes: [
			`${shards.size} shards`,
			...[...shards.values()].flatMap((shard) => shard.notes.map((note) => `${shard.name}: ${note}`)),
		],
		readBytes: (tensor) => from(tensor).readBytes(tensor),
		readFloats: (tensor, ...range) => from(tensor).readFloats(tensor, ...range),
		close,
	};
}

/** Tensor name → shard, a plain file name: nothing outside the folder is ever opened. */
export function readShardIndex(path: string): ReadonlyMap<string, string> {
	const source = openBytes(path);
	try {
		if (source.size > MAX_INDEX_BYTES)
			throw new Failure(
				"checkpoint-format",
				`${source.name} has ${source.size} bytes; an index has at most ${MAX_INDEX_BYTES}.`,
			);
		return parseShardIndex(source.read(0, source.size), source.name);
	} finally {
		source.close();
	}
}

function parseShardIndex(bytes: Uint8Array, name: string): ReadonlyMap<string, string> {
	const bad = (what: string) => new Failure("checkpoint-format", `${name}: ${what}.`);
	const json = parseStrictJson(bytes, name) as { weight_map?: unknown } | null;
	const map = Object.hasOwn(json ?? {}, "weight_map") ? json!.weight_map : undefined;
	if (typeof map !== "object" || map === null || Array.isArray(map))
		throw bad('there is no "weight_map" that tells which shard holds which tensor');
	const shardOf = new Map<string, string>();
	for (const [tensor, shard] of Object.entries(map)) {
		if (typeof shard !== "string" || !/^\w[\w.-]*$/.test(shard))
			throw bad(
				`tensor ${quote(tensor)} is in ${typeof shard === "string" ? quote(shard) : "no file"}: a shard is a ` +
					"file in the same folder",
			);
		shardOf.set(tensor, shard);
	}
	const shards = new Set(shardOf.values());
	if (shards.size === 0 || shards.size > MAX_SHARDS)
		throw bad(`it names ${shards.size} shards; 1 to ${MAX_SHARDS} are read`);
	return shardOf;
}

function refuseMissing(path: string, shardOf: ReadonlyMap<string, string>): void {
	const missing = [...new Set(shardOf.values())].filter((shard) => !existsSync(join(dirname(path), shard)));
	if (missing.length > 0)
		throw new Failure(
			"checkpoint-tensors",
			`${basename(path)} lists shards that are not in its folder: ` +
				`${missing.slice(0, SHOWN).join(", ")}${missing.length > SHOWN ? " …" : ""}.`,
		);
}

function refuseAbsent(
	name: string,
	shardOf: ReadonlyMap<string, string>,
	shards: ReadonlyMap<string, TensorFile>,
): void {
	const absent = [...shardOf].filter(([tensor, shard]) => !shards.get(shard)!.tensors.has(tensor));
	if (absent.length === 0) return;
	const shown = absent.slice(0, SHOWN).map(([tensor, shard]) => `${quote(tensor)} (${shard})`);
	throw new Failure(
		"checkpoint-tensors",
		`${name} lists ${absent.length} tensors that are not in their shard: ` +
			`${shown.join(", ")}${absent.length > SHOWN ? " …" : ""}.`,
	);
}
