/** Chooses for each record a picture of a folder that has nothing to do with it, the same one everywhere. */
import { Failure } from "../../src/core/failure.ts";
import { type ImageFolder, openImageFolder, stemOf } from "../cli/extract/images.ts";
import type { AnnotatedRecord } from "./predict/contract.ts";

/**
 * @returns names of the folder's pictures, sorted
 * @throws Failure `usage` when the folder cannot be read or has no picture
 */
export async function picturesToChoose(path: string | undefined): Promise<string[]> {
	if (path === undefined)
		throw new Failure("usage", "--pictures unrelated needs --images, the folder of the pictures.");
	let folder: ImageFolder;
	try {
		folder = await openImageFolder(path);
	} catch (cause) {
		throw new Failure("usage", `--pictures unrelated: the folder ${path} cannot be read.`, { cause });
	}
	const names = await folder.list();
	if (names.length === 0)
		throw new Failure("usage", `--pictures unrelated: ${path} has no picture (.jpg, .jpeg, .png, .webp).`);
	return names;
}

/**
 * The name at `hash(id) mod names.length`; where that is the record's own picture (with any ending), the next one that
 * is not, starting again at the first.
 * @param names sorted
 * @throws Failure `usage` where there is no other picture
 */
export function unrelatedTo(
	{ id, image_id }: Pick<AnnotatedRecord, "id" | "image_id">,
	names: readonly string[],
): string {
	const own = image_id === undefined ? null : stemOf(image_id.split(/[\\/]/).at(-1)!);
	const first = hash(id) % names.length;
	for (let step = 0; step < names.length; step++) {
		const name = names[(first + step) % names.length]!;
		if (stemOf(name) !== own) return name;
	}
	throw new Failure("usage", `--pictures unrelated: the folder has only the picture of record ${JSON.stringify(id)}.`);
}

/** FNV-1a in 32 bits over the UTF-8 bytes (Fowler, Noll, Vo; draft-eastlake-fnv): the same on every machine. */
export function hash(text: string): number {
	let value = 0x811c9dc5;
	for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193);
	return value >>> 0;
}
