/** Reads the pictures that records name, from inside one folder and from nowhere else. */

import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { isAbsolute, join, relative, win32 } from "node:path";
import { Failure } from "../../../src/core/failure.ts";
import { MAX_IMAGE_BYTES, MIB } from "../../../src/core/limits.ts";
import { unreadable } from "../../node/files/unreadable.ts";

/** What an `image_id` may end with on the disk. */
const ENDINGS = ["", ".jpg", ".jpeg", ".png", ".webp"] as const;

export interface ImageFolder {
	/** @param name path inside the folder @throws Failure `input-unreadable` | `image-too-large` */
	read(name: string): Promise<Uint8Array>;
	/** @param id a picture's name, with or without its ending */
	readId(id: string): Promise<Uint8Array>;
	/**
	 * Names of the files that end as pictures do, in the order of their UTF-16 units: the same everywhere. Folders inside
	 * are not entered.
	 */
	list(): Promise<string[]>;
}

/** @throws Failure `input-unreadable` when there is no such folder */
export async function openImageFolder(folder: string): Promise<ImageFolder> {
	const root = await realpath(folder).catch((cause: unknown) => {
		throw unreadable(folder, cause);
	});
	if (!(await stat(root)).isDirectory()) throw new Failure("input-unreadable", `${folder} is not a folder.`);
	/** Where it really is; null: nowhere. */
	const find = async (name: string): Promise<string | null> => {
		const steps = name.split(/[\\/]/);
		if (name === "" || name.includes("\0") || isAbsolute(name) || win32.isAbsolute(name) || steps.includes(".."))
			throw outside(name);
		const path = await realpath(join(root, name)).catch(() => null);
		// A link inside the folder may lead out of it.
		if (path !== null && (relative(root, path).startsWith("..") || isAbsolute(relative(root, path))))
			throw outside(name);
		return path;
	};
	const readFirst = async (names: readonly string[]): Promise<Uint8Array> => {
		for (const name of names) {
			const path = await find(name);
			if (path !== null && (await stat(path)).isFile()) return readImage(path);
		}
		throw new Failure("input-unreadable", `The picture ${JSON.stringify(names[0])} is not in ${folder}.`);
	};
	return {
		read: (name) => readFirst([name]),
		readId: (id) => readFirst(ENDINGS.map((ending) => `${id}${ending}`)),
		async list() {
			const entries = await readdir(root, { withFileTypes: true });
			return entries
				.flatMap((entry) => (!entry.isDirectory() && stemOf(entry.name) !== entry.name ? [entry.name] : []))
				.sort();
		},
	};
}

/** A picture's name without its ending, and as it is where it has none. */
export function stemOf(name: string): string {
	const ending = ENDINGS.find((one) => one !== "" && name.toLowerCase().endsWith(one)) ?? "";
	return name.slice(0, name.length - ending.length);
}

/** @throws Failure `input-unreadable` | `image-too-large` */
export async function readImage(path: string): Promise<Uint8Array> {
	try {
		const { size } = await stat(path);
		if (size > MAX_IMAGE_BYTES)
			throw new Failure(
				"image-too-large",
				`${path} has ${Math.round(size / MIB)} MiB; at most ${MAX_IMAGE_BYTES / MIB} MiB can be read.`,
			);
		return new Uint8Array(await readFile(path));
	} catch (cause) {
		throw cause instanceof Failure ? cause : unreadable(path, cause);
	}
}

function outside(name: string): Failure {
	return new Failure("input-unreadable", `The picture ${JSON.stringify(name)} lies outside the folder of pictures.`);
}
