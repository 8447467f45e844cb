/** Goes in: what was dropped. Comes out: its files; of folders, the files in them, however deep. */

/** A folder with more is not what somebody meant to drop. */
export const MAX_FILES = 50_000;

/** Must be called while the drop is being handled: entries are gone afterwards. A file of a folder has its path in `webkitRelativePath`. */
export async function droppedFiles({ items, files }: DataTransfer): Promise<File[]> {
	const plain = [...files];
	const entries = [...items].flatMap((item) => item.webkitGetAsEntry() ?? []);
	if (!entries.some(({ isDirectory }) => isDirectory)) return plain;
	const found: File[] = [];
	for (const waiting = entries; waiting.length > 0 && found.length < MAX_FILES; ) {
		const entry = waiting.shift()!;
		if (entry.isFile) found.push(withPath(await fileOf(entry as FileSystemFileEntry), entry.fullPath));
		else waiting.push(...(await childrenOf(entry as FileSystemDirectoryEntry)));
	}
	return found;
}

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
	new Promise((resolve, reject) => entry.file(resolve, reject));

/** Browsers hand out a hundred at a time. */
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
