/** Turns what was found in the input into entries of a run: posts for the engine, and failures in their place. */
import { Failure, shownOn } from "../../../src/core/failure.ts";
import { MAX_IMAGE_BYTES, MIB } from "../../../src/core/limits.ts";
import { wholeFile } from "../../../src/inputs/files.ts";
import type { Input, InputPost, Inputs } from "../../../src/inputs/inputs.ts";
import { PICTURE_MISSING } from "../../../src/inputs/notes.ts";
import type { InputFile, JsonRecord, ReadOptions } from "../../../src/inputs/types.ts";
import { singlePost } from "./engine-input.ts";
import type { ImageFolder } from "./images.ts";
import { type Entry, entryOf, idOf, PICTURE_LEFT_OUT, type PostId, readRecord } from "./record.ts";

/** An entry that is not read yet: one that has its result already never is. */
export interface PendingEntry {
	/** Place among the entries of the input; the first is 1. */
	readonly number: number;
	readonly id: PostId;
	read(): Promise<Entry>;
}

/** Sentences about the input, each with how often it holds; 1 for those that are said once. */
export type InputNotes = Map<string, number>;

/** A record of ours may hold steps, a layout and pictures; platforms have records of their own. */
const isOwn = (record: JsonRecord): boolean =>
	["text", "steps", "layout"].some((field) => Object.hasOwn(record, field) && record[field] !== null);

/** @param notes is added to */
export async function* pendingEntries(
	inputs: Inputs,
	images: ImageFolder | null,
	options: ReadOptions,
	notes: InputNotes,
): AsyncGenerator<PendingEntry, void> {
	const note = (text: string) => notes.set(text, (notes.get(text) ?? 0) + 1);
	let number = 0;
	for await (const found of inputs.posts(options.columns?.text === undefined ? { ...options, isOwn } : options)) {
		if (found.kind === "note") notes.set(found.text, 1);
		else if (found.kind === "left-out") note(found.why);
		else {
			number++;
			yield pendingEntry(found, number, { inputs, images, note });
		}
	}
}

interface Around {
	readonly inputs: Inputs;
	/** Folder of --images. */
	readonly images: ImageFolder | null;
	readonly note: (text: string) => void;
}

function pendingEntry(
	found: Exclude<Input, { readonly kind: "note" | "left-out" }>,
	number: number,
	around: Around,
): PendingEntry {
	if (found.kind === "failed")
		return {
			number,
			id: found.id,
			read: async () => ({ id: found.id, input: shownOn(found.failure, "cli"), notes: [] }),
		};
	if (found.kind === "record")
		return {
			number,
			id: idOf(found.record, number),
			read: () => readRecord(found, idOf(found.record, number), picturesFor(around)),
		};
	return { number, id: found.id, read: () => readFound(found, around) };
}

/** Pictures of the input itself, then those of the folder; null: there are none. */
function picturesFor({ inputs, images }: Around): Pick<ImageFolder, "read" | "readId"> | null {
	if (inputs.pictures === 0) return images;
	const find = async (name: string, otherwise: ImageFolder["read"] | undefined) => {
		const file = inputs.findPicture([name], "");
		if (file) return readPicture(file);
		if (otherwise) return otherwise(name);
		throw new Failure("input-unreadable", `The picture ${JSON.stringify(name)} is not among the files.`);
	};
	return { read: (name) => find(name, images?.read), readId: (name) => find(name, images?.readId) };
}

function readFound({ id, text, picture, pictures, source }: InputPost, { images, note }: Around): Promise<Entry> {
	return entryOf(id, source.line ?? 0, async () => {
		const image = picture ? await readPicture(picture) : await namedPicture(pictures, images);
		if (image === null && pictures.length > 0 && images !== null) note(PICTURE_MISSING);
		const notes = image === null && pictures.length > 0 && images === null ? [PICTURE_LEFT_OUT] : [];
		return { input: singlePost({ text, image }), notes, source };
	});
}

async function readPicture(file: InputFile): Promise<Uint8Array> {
	if (file.size > MAX_IMAGE_BYTES)
		throw new Failure("image-too-large", `${file.path} has ${Math.round(file.size / MIB)} MiB.`);
	return wholeFile(file, MAX_IMAGE_BYTES);
}

/** The first of the names that the folder of pictures has. */
async function namedPicture(names: readonly string[], images: ImageFolder | null): Promise<Uint8Array | null> {
	for (const name of images === null ? [] : names) {
		try {
			return await images!.readId(name);
		} catch (error) {
			// Names are guesses: one that leads nowhere is passed over, a picture that cannot be read is not.
			if (!(error instanceof Failure) || error.code !== "input-unreadable") throw error;
		}
	}
	return null;
}
