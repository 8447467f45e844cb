/** Packs files into one .zip, and unpacks a .zip from outside within limits. */
import { strToU8, unzipSync, zipSync } from "fflate";
import { Failure } from "../core/failure.ts";
import { wrong } from "./check-result.ts";
import { IMPORT_LIMITS, type InFile, type OutFile } from "./types.ts";

/** The same files give the same bytes: every archive carries this time. */
const NO_TIME = "1980-01-02T00:00:00";

export function pack(files: readonly OutFile[]): Uint8Array<ArrayBuffer> {
	return zipSync(Object.fromEntries(files.map(({ path, text }) => [path, strToU8(text)])), {
		mtime: NO_TIME,
	}) as Uint8Array<ArrayBuffer>;
}

export const utf8 = (text: string): Uint8Array<ArrayBuffer> => strToU8(text) as Uint8Array<ArrayBuffer>;

/**
 * Text files of an archive. Declared sizes are summed before anything is inflated, and an entry never inflates past its
 * declared size.
 * @throws Failure `import-format` | `import-too-large`
 */
export function unpack({ name, bytes }: InFile): InFile[] {
	let [total, count] = [0, 0];
	try {
		const files = unzipSync(bytes, {
			filter: ({ name: path, originalSize }) => {
				if (!/\.(txt|ann|json|jsonl)$/i.test(path) || /(^|\/)(__MACOSX\/|\.)/.test(path)) return false;
				total += originalSize;
				count++;
				if (total > IMPORT_LIMITS.bytes || count > 2 * IMPORT_LIMITS.posts)
					throw new Failure(
						"import-too-large",
						`${name} unpacks to more than ${IMPORT_LIMITS.bytes >> 20} MiB or too many files.`,
					);
				return true;
			},
		});
		return Object.entries(files).map(([path, content]) => ({ name: path, bytes: content }));
	} catch (error) {
		if (error instanceof Failure) throw error;
		throw wrong(`${name} is not a readable .zip archive.`, error);
	}
}
