/** Opens what --input names for the readers of posts: a file, a folder, or standard input. */
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { open, readdir, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { Failure } from "../../../src/core/failure.ts";
import type { InputFile } from "../../../src/inputs/types.ts";
import { unreadable } from "./unreadable.ts";

/** Files of a folder; a larger one was probably named by mistake. */
const MAX_FILES = 100_000;

export interface OpenedInput {
	readonly files: readonly InputFile[];
	/** Where they lie: none of them may be written to. */
	readonly paths: readonly string[];
	/** Removes what was kept of standard input. */
	close(): void;
}

/** @param path "-" reads standard input @throws Failure `input-unreadable` */
export async function openInputPath(path: string): Promise<OpenedInput> {
	if (path === "-") return spoolStandardInput();
	const files = await filesAt(path, basename(resolve(path)));
	return { files: files.map(({ file }) => file), paths: files.map(({ at }) => at), close: () => undefined };
}

interface FileAt {
	readonly at: string;
	readonly file: InputFile;
}

async function filesAt(path: string, name: string): Promise<FileAt[]> {
	const cannotRead = (cause: unknown) => unreadable(path, cause);
	const info = await stat(path).catch((cause: unknown) => {
		throw cannotRead(cause);
	});
	if (!info.isDirectory()) return [{ at: path, file: fileOnDisk(path, name, info.size) }];
	const found: FileAt[] = [];
	for (const entry of await readdir(path, { withFileTypes: true, recursive: true })) {
		if (!entry.isFile() || entry.name.startsWith(".")) continue;
		const at = join(entry.parentPath, entry.name);
		const inside = at.slice(join(path, "/").length).replaceAll("\\", "/");
		found.push({ at, file: fileOnDisk(at, `${name}/${inside}`, (await stat(at)).size) });
		if (found.length > MAX_FILES) throw new Failure("import-too-large", `${path} holds more than ${MAX_FILES} files.`);
	}
	return found.sort((a, b) => (a.at < b.at ? -1 : 1));
}

/** @param name how messages and results call it */
function fileOnDisk(path: string, name: string, size: number): InputFile {
	const cannotRead = (cause: unknown) => unreadable(path, cause);
	return {
		path: name,
		size,
		async *stream() {
			const stream = createReadStream(path);
			try {
				for await (const chunk of stream) yield chunk as Uint8Array;
			} catch (cause) {
				throw cannotRead(cause);
			} finally {
				stream.destroy();
			}
		},
		async read(from, to) {
			try {
				const handle = await open(path);
				try {
					const bytes = new Uint8Array(Math.max(0, Math.min(to, size) - from));
					const { bytesRead } = await handle.read(bytes, 0, bytes.length, from);
					return bytes.subarray(0, bytesRead);
				} finally {
					await handle.close();
				}
			} catch (cause) {
				throw cannotRead(cause);
			}
		},
	};
}

/** Kept in a file while it is read: its end may be needed first, and a run that goes on reads it again. */
async function spoolStandardInput(): Promise<OpenedInput> {
	const folder = mkdtempSync(join(tmpdir(), "umie-input-"));
	const path = join(folder, "stdin");
	const close = () => rmSync(folder, { recursive: true, force: true });
	try {
		await pipeline(process.stdin, createWriteStream(path));
		return { files: [fileOnDisk(path, "stdin", (await stat(path)).size)], paths: [path], close };
	} catch (cause) {
		close();
		throw new Failure("input-unreadable", "Standard input cannot be read.", { cause });
	}
}
