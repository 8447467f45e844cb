/** Reads files into the store of posts, in batches, with progress and a way to stop. */
import { Failure, toFacts } from "../../core/failure.ts";
import { MAX_IMAGE_BYTES } from "../../core/limits.ts";
import { fileOfBlob, nameOf, wholeFile } from "../../inputs/files.ts";
import { type InputPost, type Inputs, openInputs, previewInputs, unreadSentences } from "../../inputs/inputs.ts";
import { Notes, PICTURE_MISSING } from "../../inputs/notes.ts";
import type { InputFile, Preview, ReadOptions } from "../../inputs/types.ts";
import { findPdfWorker } from "../post/pdf-worker.ts";
import type { NewPost, PostStore } from "./store.ts";

/** Posts that are stored at once. */
const BATCH = 256;

/** Files that were opened, and what may be chosen of them. */
export interface OpenedFiles {
	readonly inputs: Inputs;
	/** Null: they have no columns. */
	readonly preview: Preview | null;
	readonly name: string;
	readonly progress: ReadProgress;
}

/** Bytes read of the files with posts; a file may be read again, so it may reach its end early. */
interface ReadProgress {
	read: number;
	readonly total: number;
}

/** @throws Failure where no file holds posts */
export async function openFiles(files: readonly File[], options: ReadOptions): Promise<OpenedFiles> {
	findPdfWorker();
	const progress = { read: 0, total: files.reduce((sum, { size }) => sum + size, 0) };
	const inputs = await openInputs(files.map((file) => counted(fileOfBlob(file), progress)));
	const first = inputs.sources[0]?.file.path.split("/")[0] ?? "";
	const name = files.length > 1 ? `${nameOf(first)} and ${files.length - 1} more` : (files[0]?.name ?? first);
	return { inputs, preview: await previewInputs(inputs, options), name, progress };
}

function counted(file: InputFile, progress: ReadProgress): InputFile {
	let furthest = 0;
	return {
		...file,
		async *stream() {
			for (let at = 0; at < file.size; at += 1 << 20) yield await this.read(at, at + (1 << 20));
		},
		async read(from, to) {
			const bytes = await file.read(from, to);
			const reached = Math.min(to, file.size);
			if (reached > furthest) {
				progress.read += reached - furthest;
				furthest = reached;
			}
			return bytes;
		},
	};
}

export interface StoreOptions extends ReadOptions {
	readonly signal: AbortSignal;
	/** @param posts stored so far @param share of the bytes, 0 to 1 */
	readonly onProgress: (posts: number, share: number) => void;
}

/**
 * Takes the posts in as the new collection. What was there stays until all are stored, and if it fails.
 * @throws Failure `cancelled`, or where a file cannot be read
 */
export async function storePosts(store: PostStore, opened: OpenedFiles, options: StoreOptions): Promise<void> {
	const replacement = await store.begin();
	const notes = new Notes();
	let batch: NewPost[] = [];
	let total = 0;
	const flush = async () => {
		await replacement.add(batch);
		total += batch.length;
		batch = [];
		options.onProgress(total, Math.min(1, opened.progress.read / Math.max(1, opened.progress.total)));
	};
	try {
		for await (const found of opened.inputs.posts(options)) {
			if (options.signal.aborted) throw new Failure("cancelled", "Reading was stopped.");
			if (found.kind === "post") batch.push(await newPost(found, notes));
			else if (found.kind === "failed") notes.fail(found.failure.what);
			else if (found.kind === "left-out") notes.count(found.why);
			else if (found.kind === "note") notes.say(found.text);
			if (batch.length >= BATCH) await flush();
		}
		await flush();
		if (total === 0)
			throw new Failure("input-format", `${opened.name} contains no posts. ${notes.sentences().join(" ")}`.trim());
		const sentences = [...notes.sentences(), ...unreadSentences(opened.inputs)];
		await replacement.commit({ name: opened.name, total, notes: sentences, request: null });
	} catch (error) {
		await replacement.discard().catch(() => undefined);
		throw error;
	}
}

/** A picture that cannot be read does not cost its post. */
async function newPost({ id, text, picture, pictures, source }: InputPost, notes: Notes): Promise<NewPost> {
	if (picture === null && pictures.length > 0) notes.count(PICTURE_MISSING);
	try {
		return { id: String(id), text, picture: picture && (await blobOf(picture)), source };
	} catch (error) {
		notes.failPicture(toFacts(error).what);
		return { id: String(id), text, picture: null, source };
	}
}

async function blobOf(file: InputFile): Promise<Blob> {
	if (file.blob) return file.blob;
	const bytes = await wholeFile(file, MAX_IMAGE_BYTES);
	return new File([bytes as Uint8Array<ArrayBuffer>], nameOf(file.path));
}
