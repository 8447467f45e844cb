/**
 * Gives tests the committed bundle, whole or changed in a folder of its own, and engines over it that record their
 * runs.
 */
import { createHash } from "node:crypto";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unwrap } from "../../../src/core/failure.ts";
import { createEngineApi, type Engine } from "../../../workers/engine.ts";
import type { ObservedRun } from "../../../workers/model/sessions.ts";
import type { Platform } from "../../../workers/platform.ts";
import { nodePlatform } from "../engine/node-engine.ts";

export const NANO = join(import.meta.dirname, "../../../models/umie-nano");
export const WASM = { device: "wasm", threads: 1 } as const;

/** A folder that is gone after the tests of a file. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
	const path = mkdtempSync(join(tmpdir(), "umie-test-"));
	return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

type Json = { [key: string]: unknown };
type FileChange = (bytes: Uint8Array) => Uint8Array | null;

export interface BundleChanges {
	/** What becomes of a file; null: it is missing. */
	readonly files?: Readonly<Record<string, FileChange>>;
	/** Hash and length in umie.json follow the changed files. */
	readonly rehash?: boolean;
	readonly manifest?: (manifest: Json) => Json;
}

/** Copies the bundle into `folder` with changes. */
export function copyNano(
	folder: string,
	{ files = {}, rehash = false, manifest = (same) => same }: BundleChanges,
): string {
	const umie = JSON.parse(readFileSync(join(NANO, "umie.json"), "utf8")) as Json & { files: Record<string, unknown> };
	for (const name of readdirSync(NANO)) {
		if (!statSync(join(NANO, name)).isFile()) continue;
		const change = files[name];
		if (change === undefined) copyFileSync(join(NANO, name), join(folder, name));
		const content = change?.(readFileSync(join(NANO, name))) ?? null;
		if (content === null) continue;
		writeFileSync(join(folder, name), content);
		if (rehash)
			umie.files[name] = { bytes: content.length, sha256: createHash("sha256").update(content).digest("hex") };
	}
	writeFileSync(join(folder, "umie.json"), JSON.stringify(manifest(umie)));
	return folder;
}

export interface ObservedEngine {
	readonly engine: Engine;
	/** Every run so far, oldest first. */
	readonly runs: ObservedRun[];
	/** How often a graph ran. */
	count(role: ObservedRun["role"]): number;
	/** Called at the end of every run. */
	onRun: (run: ObservedRun) => void;
}

/** An engine that is not open yet. */
export function observedEngine(
	folder = NANO,
	change: (platform: Platform) => Platform = (same) => same,
): ObservedEngine {
	const runs: ObservedRun[] = [];
	const platform = nodePlatform(folder, (run) => {
		runs.push(run);
		observed.onRun(run);
	});
	const observed: ObservedEngine = {
		engine: createEngineApi(change(platform)),
		runs,
		count: (role) => runs.filter((run) => run.role === role).length,
		onRun: () => {},
	};
	return observed;
}

export async function openObserved(folder = NANO, change?: (platform: Platform) => Platform): Promise<ObservedEngine> {
	const observed = observedEngine(folder, change);
	unwrap(await observed.engine.open(1, { kind: "url", url: folder }, WASM, () => {}));
	return observed;
}
