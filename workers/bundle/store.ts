/** Keeps fetched files for the next visit, offline too. A storage that fails answers "not there". */

/**
 * Keeps bytes by key. Both calls never throw: a full, forbidden or broken storage only costs the next visit a download.
 */
export interface BundleStore {
	get(key: string): Promise<Uint8Array<ArrayBuffer> | null>;
	put(key: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
}

const CACHE_NAME = "umie-bundles";
/** Cache Storage is keyed by addresses; this one exists nowhere (RFC 2606). */
const KEY_BASE = "https://umie-bundle.invalid/";

/** Files by content: the same weights at two addresses are kept once, and a new version never meets an old file. */
export const fileKey = (sha256: string): string => `sha256/${sha256}`;
/** A manifest by the address of its bundle. */
export const manifestKey = (address: string): string => `manifest/${encodeURIComponent(address)}`;

/**
 * @param find Cache Storage; undefined where the browser gives none (insecure context, some private windows). Where
 *   there is no origin, even asking throws.
 */
export function cacheStore(find: () => CacheStorage | undefined = () => globalThis.caches): BundleStore {
	return {
		async get(key) {
			try {
				const response = await (await find()?.open(CACHE_NAME))?.match(KEY_BASE + key);
				return response ? new Uint8Array(await response.arrayBuffer()) : null;
			} catch {
				return null;
			}
		},
		async put(key, bytes) {
			try {
				await (await find()?.open(CACHE_NAME))?.put(KEY_BASE + key, new Response(bytes));
			} catch {
				// No room, or not allowed: the bundle is open anyway.
			}
		},
	};
}
