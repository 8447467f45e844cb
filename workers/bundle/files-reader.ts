/** Reads a bundle from files that a person picked or dropped, in whatever folder they lie. */

import type { BundleSource } from "../../src/client/protocol.ts";
import { Failure } from "../../src/core/failure.ts";
import { type BundleReader, checkLength, MANIFEST_FILE, throwIfCancelled } from "./reader.ts";

type PickedFiles = Extract<BundleSource, { kind: "files" }>["files"];

/** @throws Failure `bundle-missing-file` when umie.json is not among the files */
export function filesReader(picked: PickedFiles): BundleReader {
	const byPath = new Map(picked.map(({ path, file }) => [cleanPath(path), file]));
	const folder = folderOfManifest([...byPath.keys()]);
	return {
		name: folder === "" ? "the files that you chose" : folder.slice(0, -1),
		store: null,
		async read(path, { expectedBytes, onBytes, signal }) {
			throwIfCancelled(signal);
			const file = byPath.get(folder + path);
			if (!file) throw new Failure("bundle-missing-file", `${path} is not among the ${picked.length} files.`);
			checkLength(path, file.size, expectedBytes);
			const bytes = new Uint8Array(await file.arrayBuffer().catch((error: unknown) => unreadable(path, error)));
			throwIfCancelled(signal);
			checkLength(path, bytes.length, expectedBytes);
			onBytes?.(bytes.length);
			return bytes;
		},
	};
}

function cleanPath(path: string): string {
	return path.replaceAll("\\", "/").replace(/^(\.?\/)+/, "");
}

/** The folder, "" or ending in "/", of the umie.json nearest to the root. */
function folderOfManifest(paths: readonly string[]): string {
	const depth = (path: string) => path.split("/").length;
	const manifests = paths.filter((path) => path === MANIFEST_FILE || path.endsWith(`/${MANIFEST_FILE}`));
	const [nearest] = manifests.sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1));
	if (nearest === undefined)
		throw new Failure("bundle-missing-file", `umie.json is not among the ${paths.length} files.`);
	return nearest.slice(0, -MANIFEST_FILE.length);
}

function unreadable(path: string, error: unknown): never {
	throw new Failure("input-unreadable", `${path} could not be read: it was moved, changed or is not allowed.`, {
		cause: error,
	});
}
