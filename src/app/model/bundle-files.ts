/** Turns picked files or a typed address into a bundle. */

import type { BundleSource } from "../../client/protocol.ts";
import { Failure } from "../../core/failure.ts";

interface PickedFile extends Blob {
	readonly name: string;
	/** "folder/umie.json" where a folder was picked, else empty. */
	readonly webkitRelativePath?: string;
}

/** @throws Failure `bundle-missing-file` when none of the files is a umie.json */
export function bundleFromFiles(files: readonly PickedFile[]): BundleSource & { readonly kind: "files" } {
	const all = files.map((file) => ({ path: file.webkitRelativePath || file.name, file }));
	const manifests = all.map(({ path }) => path).filter((path) => path === "umie.json" || path.endsWith("/umie.json"));
	const [nearest] = manifests.sort((a, b) => a.split("/").length - b.split("/").length);
	if (nearest === undefined) {
		const found = files.length === 1 ? "1 file was" : `${files.length} files were`;
		throw new Failure("bundle-missing-file", `${found} chosen, but umie.json is not among them.`);
	}
	const root = nearest.slice(0, -"umie.json".length);
	const inside = all.filter(({ path }) => path.startsWith(root));
	return { kind: "files", files: inside.map(({ path, file }) => ({ path: path.slice(root.length), file })) };
}

/**
 * The address of a bundle folder, always ending in "/".
 * @throws Failure `fetch-failed` when it is not an http(s) address
 */
export function bundleAddress(typed: string, base: string): string {
	const trimmed = typed.trim().replace(/umie\.json$/, "");
	if (trimmed === "") throw new Failure("fetch-failed", "No address was given.");
	let url: URL;
	try {
		url = new URL(trimmed, base);
	} catch {
		throw new Failure("fetch-failed", `“${trimmed}” is not a valid address.`);
	}
	if (url.protocol !== "https:" && url.protocol !== "http:")
		throw new Failure("fetch-failed", `Addresses begin with https:// or http://, not ${url.protocol}//.`);
	// File names are appended to the address: a query or a fragment would end up in the middle.
	url.hash = "";
	url.search = "";
	if (!url.pathname.endsWith("/")) url.pathname += "/";
	return url.href;
}
