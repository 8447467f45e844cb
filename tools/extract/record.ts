/** Goes in: a line of posts.jsonl. Comes out: a post to extract from, or the failure that takes its place. */
import { Failure, type FailureData, toFailureData } from "../../src/core/failure.ts";
import type { Post } from "../../src/engine/protocol.ts";
import type { ImageFolder } from "./images.ts";
import type { Line } from "./lines.ts";

/** As the record has it; null: it could not be read. */
export type PostId = string | number | null;

export interface Entry {
	readonly id: PostId;
	readonly post: Post | FailureData;
	readonly notes: readonly string[];
}

/** Longest line in bytes: a text of 20,000 units is at most 240,000 bytes as JSON, and other fields are welcome. */
export const LONGEST_RECORD = 4 << 20;

export const PICTURE_LEFT_OUT = "The picture was not read: --images was not given.";

/** @param images null: pictures are left out, with a note */
export async function readEntry({ number, text }: Pick<Line, "number" | "text">, images: ImageFolder | null): Promise<Entry> {
	let id: PostId = null;
	try {
		const record = parseLine(text, number);
		id = idOf(record, number);
		const [name, imageId] = [stringOf(record, "image", number), stringOf(record, "image_id", number)];
		const words = stringOf(record, "text", number);
		if (words === null) throw wrong(number, 'has no "text"');
		const picture = name ?? imageId;
		if (picture === null) return { id, post: { text: words, image: null }, notes: [] };
		if (images === null) return { id, post: { text: words, image: null }, notes: [PICTURE_LEFT_OUT] };
		return { id, post: { text: words, image: await (name === null ? images.readId(picture) : images.read(picture)) }, notes: [] };
	} catch (error) {
		return { id, post: toFailureData(error), notes: [] };
	}
}

/** The id only, null where there is none: what is wrong with the line is not of interest here. */
export function idOfLine(text: string | null): PostId {
	try {
		return idOf(parseLine(text, 0), 0);
	} catch {
		return null;
	}
}

type JsonRecord = Readonly<Record<string, unknown>>;

function parseLine(text: string | null, number: number): JsonRecord {
	if (text === null) throw wrong(number, `is longer than ${LONGEST_RECORD >> 20} MiB`);
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch (cause) {
		throw wrong(number, "is no JSON", cause);
	}
	if (typeof json !== "object" || json === null || Array.isArray(json)) throw wrong(number, "is no JSON object");
	return json as JsonRecord;
}

function idOf({ id }: JsonRecord, number: number): string | number {
	if (typeof id === "string" || typeof id === "number") return id;
	throw wrong(number, 'has no "id" that is a string or a number');
}

/** null: absent. */
function stringOf(record: JsonRecord, field: "text" | "image" | "image_id", number: number): string | null {
	const value = record[field] ?? null;
	if (value === null || typeof value === "string") return value;
	if (field === "image_id" && typeof value === "number") return String(value);
	throw wrong(number, `has a "${field}" that is no string`);
}

function wrong(number: number, what: string, cause?: unknown): Failure {
	return new Failure("input-unreadable", `Line ${number} ${what}.`, { cause });
}
