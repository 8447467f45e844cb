/** Lists the files of a drop, including those in folders, however deep. */

/** Files that are read of a drop; a larger folder was probably dropped by mistake. */
const MAX_FILES = 50_000;

/**
 * Must be called while the drop event is being handled: entries are gone afterwards. A file in a folder has its path in
 * `webkitRelativePath`.
 */
export async function droppedFiles({ items, files }: DataTransfer): Promise<File[]> {
	const plain = [...files];
	const entries = [...items].flatMap((item) => item.webkitGetAsEntry() ?? []);
	if (!entries.some(({ isDirectory }) => isDirectory)) return plain;
	const found: File[] = [];
	for (const pending = entries; pending.length > 0 && found.length < MAX_FILES; ) {
		const entry = pending.shift()!;
		if (entry.isFile) found.push(withPath(await fileOf(entry as FileSystemFileEntry), entry.fullPath));
		else pending.push(...(await childrenOf(entry as FileSystemDirectoryEntry)));
	}
	return found;
}

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
	new Promise((resolve, reject) => entry.file(resolve, reject));

/** Browsers return a hundred entries at a time. */
async function childrenOf(entry: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
	const reader = entry.createReader();
	const all: FileSystemEntry[] = [];
	for (;;) {
		const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
		if (some.length === 0 || all.length > MAX_FILES) return all;
		all.push(...some);
	}
}

function withPath(file: File, path: string): File {
	Object.defineProperty(file, "webkitRelativePath", { value: path.replace(/^\//, "") });
	return file;
}
