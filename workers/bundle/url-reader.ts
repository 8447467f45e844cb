/** Reads a bundle from the address of its folder. */
import { Failure } from "../../src/core/failure.ts";
import { fetchBytes } from "./fetch-bytes.ts";
import { type BundleReader, MANIFEST_FILE } from "./reader.ts";
import type { BundleStore } from "./store.ts";

export interface UrlReaderOptions {
	readonly store?: BundleStore | null;
	/**
	 * What a relative address is relative to, and whose own addresses are allowed whatever their protocol (extension
	 * pages).
	 */
	readonly page?: string | undefined;
}

/** @throws Failure `fetch-failed` for what is not an address, or not one of the web */
export function urlReader(
	address: string,
	{ store = null, page = globalThis.location?.href }: UrlReaderOptions = {},
): BundleReader {
	const folder = folderUrl(address, page);
	return { name: folder.href, store, read: (path, options) => fetchBytes(new URL(path, folder), path, options) };
}

/** The folder's address with its last "/"; the address of the folder's umie.json is understood too. */
export function folderUrl(address: string, page: string | undefined): URL {
	const url = URL.canParse(address, page) ? new URL(address, page) : null;
	if (!url) throw new Failure("fetch-failed", `“${address}” is not an address.`);
	const own =
		page !== undefined && url.host !== "" && url.protocol === new URL(page).protocol && url.host === new URL(page).host;
	if (url.protocol !== "https:" && url.protocol !== "http:" && !own)
		throw new Failure(
			"fetch-failed",
			`“${address}” is not a web address: expected https: or http:, found ${url.protocol}`,
		);
	if (url.username || url.password)
		throw new Failure("fetch-failed", "An address must not contain a user name or a password.");
	url.search = "";
	url.hash = "";
	if (url.pathname.endsWith(`/${MANIFEST_FILE}`)) url.pathname = url.pathname.slice(0, -MANIFEST_FILE.length);
	if (!url.pathname.endsWith("/")) url.pathname += "/";
	return url;
}
