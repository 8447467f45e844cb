/** Says for every file that a bundle's umie.json lists whether it is there and unchanged. */
import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { join } from "node:path";
import type { Manifest } from "../../../src/bundle/manifest.ts";
import { Failure } from "../../../src/core/failure.ts";

export interface CheckedFile {
	readonly name: string;
	readonly bytes: number;
	readonly sha256: string;
	readonly state: "right" | "changed" | "missing";
}

/** Reads every file once, piece by piece. @returns what was found, in the order of `files` */
export async function checkFiles(folder: string, { files }: Pick<Manifest, "files">): Promise<CheckedFile[]> {
	const checked: CheckedFile[] = [];
	for (const [name, expected] of Object.entries(files)) checked.push(await checkFile(folder, name, expected));
	return checked;
}

/**
 * @returns null when every file is right, else a failure `bundle-missing-file` or `bundle-wrong-hash` that names
 * the others
 */
export function problemWith(files: readonly CheckedFile[]): Failure | null {
	const wrong = files.filter(({ state }) => state !== "right");
	if (wrong.length === 0) return null;
	const code = wrong.some(({ state }) => state === "missing") ? "bundle-missing-file" : "bundle-wrong-hash";
	return new Failure(code, `${wrong.map(({ name, state }) => `${name} is ${state}`).join(", ")}.`);
}

async function checkFile(folder: string, name: string, expected: Manifest["files"][string]): Promise<CheckedFile> {
	const path = join(folder, name);
	const stat = statSync(path, { throwIfNoEntry: false });
	if (stat === undefined) return { name, ...expected, state: "missing" };
	const hash = createHash("sha256");
	// A pipe or a device would never end.
	if (stat.isFile()) for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
	const sha256 = hash.digest("hex");
	const right = stat.isFile() && sha256 === expected.sha256 && stat.size === expected.bytes;
	return { name, bytes: stat.size, sha256, state: right ? "right" : "changed" };
}
