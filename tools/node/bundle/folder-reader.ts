/** Reads a bundle from a folder on this machine. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../../../src/core/failure.ts";
import { type BundleReader, checkLength, throwIfCancelled } from "../../../workers/bundle/reader.ts";

/** @param folder with umie.json in it; that it is there is checked by the first read */
export function folderReader(folder: string): BundleReader {
	return {
		name: folder,
		store: null,
		async read(path, { expectedBytes, onBytes, signal }) {
			throwIfCancelled(signal);
			const file = join(folder, path);
			try {
				checkLength(path, (await stat(file)).size, expectedBytes);
				const bytes = new Uint8Array(await readFile(file, { signal }));
				checkLength(path, bytes.length, expectedBytes);
				onBytes?.(bytes.length);
				return bytes;
			} catch (error) {
				throwIfCancelled(signal);
				throw explain(error, path, folder);
			}
		},
	};
}

function explain(error: unknown, path: string, folder: string): Failure {
	if (error instanceof Failure) return error;
	const code = error instanceof Error && "code" in error ? String(error.code) : "";
	if (code === "ENOENT" || code === "ENOTDIR")
		return new Failure("bundle-missing-file", `${path} is not in ${folder}.`, { cause: error });
	return new Failure("input-unreadable", `${join(folder, path)} could not be read (${code || String(error)}).`, {
		cause: error,
	});
}
