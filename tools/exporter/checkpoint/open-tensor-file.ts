/** Opens a checkpoint by its content: a weights file of any known kind, an index of shards, or a folder of either. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../../../src/core/failure.ts";
import { unreadable } from "../../node/files/unreadable.ts";
import { type ByteSource, openBytes } from "./byte-source.ts";
import { withoutPrefixes } from "./prefixes.ts";
import { openSafetensors } from "./safetensors.ts";
import { openShards } from "./shards.ts";
import { quote } from "./strict-json.ts";
import type { TensorFile } from "./tensor-file.ts";
import { openLegacyTorch } from "./torch-legacy.ts";
import { openTorchZip } from "./torch-zip.ts";

/** In this order: what is safe and complete comes first. */
const PREFERRED = [
	"model.safetensors",
	"model.safetensors.index.json",
	"pytorch_model.bin",
	"pytorch_model.bin.index.json",
] as const;
/** Letters. Names end up in messages on a terminal, which control characters would take over. */
const MAX_NAME_LETTERS = 1000;
/** What trainers leave beside the weights. */
const NO_WEIGHTS = /^(training_args|optimizer|scheduler|scaler|rng_state)/;

const FORMATS = {
	safetensors: openSafetensors,
	zip: openTorchZip,
	legacy: openLegacyTorch,
	index: (path) => openShards(path, openWeights),
} as const satisfies Record<string, (path: string) => TensorFile>;

/**
 * @throws Failure `input-unreadable` when there is nothing to read, `checkpoint-format` when it is nothing we know,
 * `checkpoint-tensors` when a shard lacks a tensor
 */
export function openTensorFile(path: string): TensorFile {
	const location = locateTensorFile(path);
	const file = FORMATS[recognise(location)](location);
	const odd = [...file.tensors.keys()].find((name) => name.length > MAX_NAME_LETTERS || /\p{Cc}/u.test(name));
	if (odd === undefined) return withoutPrefixes(file);
	file.close();
	throw new Failure("checkpoint-format", `${file.name} has a tensor named ${quote(odd)}, which no model would use.`);
}

/** A shard: a file of weights, and no further index. */
function openWeights(path: string): TensorFile {
	const format = recognise(path);
	if (format === "index")
		throw new Failure("checkpoint-format", `${path} is listed as a shard but is itself an index.`);
	return FORMATS[format](path);
}

/** The file a person meant: the path itself, or the weights in the folder. */
export function locateTensorFile(path: string): string {
	const stat = statSync(path, { throwIfNoEntry: false });
	if (stat === undefined) throw unreadable(path);
	if (!stat.isDirectory()) return path;
	const preferred = PREFERRED.find((name) => existsSync(join(path, name)));
	if (preferred !== undefined) return join(path, preferred);
	const others = readdirSync(path).filter((name) => /\.(safetensors|pt|pth|bin)$/.test(name) && !NO_WEIGHTS.test(name));
	if (others.length === 1) return join(path, others[0]!);
	const found =
		others.length === 0
			? `no weights (looked for ${PREFERRED.join(", ")}, *.safetensors, *.pt, *.pth, *.bin)`
			: `several weight files (${others.slice(0, 8).join(", ")}): name one`;
	throw new Failure("input-unreadable", `${path} holds ${found}.`);
}

const LFS_POINTER = "version https://git-lfs";
/** Files that cannot be read as a checkpoint, by their first bytes, and what to do about each. */
const FOREIGN: readonly (readonly [start: string, what: string])[] = [
	[LFS_POINTER, "is a Git LFS pointer, not the weights"],
	["GGUF", "is a GGUF file, which is quantised for llama.cpp: use the original checkpoint"],
	["\x89HDF", "is an HDF5 file of Keras: use the PyTorch or safetensors weights"],
	["<!DOCTYPE", "is a web page: the download went to a page about the file"],
	["<html", "is a web page: the download went to a page about the file"],
];

/**
 * By content: names lie. What is recognised as nothing is given to the safetensors reader, which says what is wrong.
 */
function recognise(path: string): keyof typeof FORMATS {
	const source = openBytes(path);
	try {
		return recogniseHead(source);
	} finally {
		source.close();
	}
}

function recogniseHead(source: ByteSource): keyof typeof FORMATS {
	const head = source.read(0, Math.min(source.size, 64));
	const text = Buffer.from(head).toString("latin1");
	// A safetensors header of 640 bytes begins like a pickle, and one of 123 bytes like JSON: look for its own brace
	// first.
	if (text.slice(5, 9) === "\0\0\0{") return "safetensors";
	if (text.startsWith("PK")) return "zip";
	if (text[0] === "\x80" && head[1]! <= 5) return "legacy";
	if (/^(\xef\xbb\xbf)?\s*\{/.test(text) && !text.includes("\0")) return "index";
	const foreign = FOREIGN.find(([start]) => text.startsWith(start));
	if (foreign !== undefined)
		throw new Failure(
			foreign[0] === LFS_POINTER ? "pointer-file" : "checkpoint-unsupported",
			`${source.name} ${foreign[1]}.`,
		);
	return "safetensors";
}
