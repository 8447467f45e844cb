/**
 * Opens a bundle folder: its tokenizer, and sessions over its graphs on WASM in Node, in the shape for WASM or for
 * WebGPU.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { graphFile, type Manifest, parseManifest } from "../../../src/bundle/manifest.ts";
import type { TokenCodec } from "../../../src/tasks/types.ts";
import { loadBundle } from "../../../workers/bundle/load.ts";
import { DEVICES } from "../../../workers/devices/devices.ts";
import { GraphSessions } from "../../../workers/model/sessions.ts";
import { createCodec } from "../../../workers/text/codec.ts";
import { folderReader } from "../../node/bundle/folder-reader.ts";
import { loadNodeRuntime } from "../../node/engine/node-engine.ts";
import { readJson } from "../checkpoint/checkpoint.ts";
import type { Target } from "../graphs/precision.ts";

export interface OpenFolder {
	readonly sessions: GraphSessions;
	/** Reads the tokenizer when it is first wanted. */
	codec(): Promise<TokenCodec>;
}

/** @param target "webgpu" opens the graphs shaped for WebGPU; their arithmetic is the same on WASM */
export async function openFolder(folder: string, target: Target = "wasm"): Promise<OpenFolder> {
	const manifest = manifestOf(folder, target);
	const reader = folderReader(folder);
	const json = async (name: string) => JSON.parse(await readFile(join(folder, name), "utf8")) as unknown;
	return {
		sessions: new GraphSessions({
			ort: await loadNodeRuntime(),
			manifest,
			device: { name: "wasm", threads: 1, reason: "in Node" },
			hardware: await DEVICES.wasm.open(),
			load: (roles) => loadBundle(reader, manifest, { roles, target: "wasm" }),
		}),
		codec: async () => createCodec(await json("tokenizer.json"), await json("tokenizer_config.json"), manifest.config),
	};
}

/** A manifest whose first graphs are those of the target. @throws Failure as `parseManifest` */
export function manifestOf(folder: string, target: Target): Manifest {
	const manifest = parseManifest(readJson(join(folder, "umie.json"), "input-unreadable"));
	const graphs = Object.fromEntries(
		Object.entries(manifest.graphs).map(([role, entry]) => [role, { ...entry, file: graphFile(entry, target) }]),
	);
	return { ...manifest, graphs };
}
