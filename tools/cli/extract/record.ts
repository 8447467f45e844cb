/** Reads a record of posts.jsonl: a post to extract from, or the failure that takes its place. */

import type { Post } from "../../../src/client/protocol.ts";
import { Failure, type FailureData, shownOn, toFailureData } from "../../../src/core/failure.ts";
import type { PostSource } from "../../../src/inputs/types.ts";
import { layOutWords, type PositionedWord } from "../../../src/tasks/layout/layout.ts";
import { wordsOfJson } from "../../../src/tasks/layout/layout-file.ts";
import { type EngineInput, joinSteps, singlePost } from "./engine-input.ts";
import type { ImageFolder } from "./images.ts";

/** As the record has it; null: it could not be read. */
export type PostId = string | number | null;

export interface Entry {
	readonly id: PostId;
	readonly input: EngineInput | FailureData;
	readonly notes: readonly string[];
	/** Where a post came from that is not a record of ours. */
	readonly source?: PostSource;
}

export const PICTURE_LEFT_OUT = "The picture was not read: --images was not given.";

type Pictures = Pick<ImageFolder, "read" | "readId">;

/** A record of ours, at a line of its file. @param pictures null: they are left out, with a note */
export function readRecord(
	{ record, line }: { readonly record: JsonRecord; readonly line: number },
	id: PostId,
	pictures: Pictures | null,
): Promise<Entry> {
	return entryOf(id, line, async () => {
		const steps = readList(record, "steps", line);
		const parts = steps === null ? [record] : steps.map((step) => asObject(step, line, "step"));
		const posts: Post[] = [];
		for (const part of parts) posts.push(await readPost(part, line, pictures));
		const isLeftOut = pictures === null && parts.some((part) => (part.image ?? part.image_id ?? null) !== null);
		return {
			input: steps === null ? singlePost(posts[0]!) : joinSteps(posts),
			notes: isLeftOut ? [PICTURE_LEFT_OUT] : [],
		};
	});
}

/** An entry whose failure takes its place. */
export async function entryOf(id: PostId, line: number, read: () => Promise<Omit<Entry, "id">>): Promise<Entry> {
	try {
		return { id, ...(await read()) };
	} catch (error) {
		return { id, input: ofLine(toFailureData(error, "cli"), line), notes: [] };
	}
}

/** Words and picture of a record or of one of its steps. */
async function readPost(part: JsonRecord, number: number, images: Pictures | null): Promise<Post> {
	const [name, imageId] = [readString(part, "image", number), readString(part, "image_id", number)];
	const layout = readLayout(part, number);
	const text = readString(part, "text", number);
	if (text === null && layout === null) throw wrong(number, 'has no "text"');
	const picture = name ?? imageId;
	const image =
		picture === null || images === null ? null : await (name === null ? images.readId(picture) : images.read(picture));
	return { text: text ?? "", image, ...(layout && { layout }) };
}

/** Checks the layout here, so that a wrong one fails this line only. */
function readLayout(part: JsonRecord, number: number): readonly PositionedWord[] | null {
	const list = readList(part, "layout", number);
	const words = list && wordsOfJson(list, `Line ${number}`);
	if (words) layOutWords(words);
	return words;
}

/** A mistake in a line is not wrong usage of the command. */
function ofLine(failure: FailureData, number: number): FailureData {
	const wrongHere = failure.code === "usage" || failure.code.startsWith("import-");
	return wrongHere
		? shownOn(
				{
					code: "input-record",
					what: failure.what.startsWith("Line ") ? failure.what : `Line ${number}: ${failure.what}`,
				},
				"cli",
			)
		: failure;
}

type JsonRecord = Readonly<Record<string, unknown>>;

/** The id of a record; its place stands in for one that it does not have. */
export function idOf(record: JsonRecord, place: number): string | number {
	const id = record.id ?? null;
	return typeof id === "string" || typeof id === "number" ? id : String(place);
}

function asObject(value: unknown, number: number, what: string): JsonRecord {
	if (typeof value !== "object" || value === null || Array.isArray(value))
		throw wrong(number, `has a ${what} that is not a JSON object`);
	return value as JsonRecord;
}

/** null: absent. */
function readList(record: JsonRecord, field: "steps" | "layout", number: number): readonly unknown[] | null {
	const value = record[field] ?? null;
	if (value === null || Array.isArray(value)) return value;
	throw wrong(number, `has a "${field}" that is not a list`);
}

/** null: absent. */
function readString(record: JsonRecord, field: "text" | "image" | "image_id", number: number): string | null {
	const value = record[field] ?? null;
	if (value === null || typeof value === "string") return value;
	if (field === "image_id" && typeof value === "number") return String(value);
	throw wrong(number, `has a "${field}" that is not a string`);
}

function wrong(number: number, what: string, cause?: unknown): Failure {
	return new Failure("input-record", `Line ${number} ${what}.`, { cause });
}
