/** Reads a line of posts.jsonl: a post to extract from, or the failure that takes its place. */

import type { Post } from "../../../src/client/protocol.ts";
import { Failure, type FailureData, shownOn, toFailureData } from "../../../src/core/failure.ts";
import { JsonError, parseJson } from "../../../src/core/json.ts";
import { layOutWords, type PositionedWord } from "../../../src/tasks/layout/layout.ts";
import { wordsOfJson } from "../../../src/tasks/layout/layout-file.ts";
import { type EngineInput, joinSteps, singlePost } from "./engine-input.ts";
import type { ImageFolder } from "./images.ts";
import type { Line } from "./lines.ts";

/** As the record has it; null: it could not be read. */
export type PostId = string | number | null;

export interface Entry {
	readonly id: PostId;
	readonly input: EngineInput | FailureData;
	readonly notes: readonly string[];
}

/** Longest line in bytes: a text of 20,000 units is at most 240,000 bytes as JSON, and other fields are welcome. */
export const MAX_RECORD_BYTES = 4 << 20;

const PICTURE_LEFT_OUT = "The picture was not read: --images was not given.";

/** @param images null: pictures are left out, with a note */
export async function readEntry(
	{ number, text }: Pick<Line, "number" | "text">,
	images: ImageFolder | null,
): Promise<Entry> {
	let id: PostId = null;
	try {
		const record = parseLine(text, number);
		id = readId(record, number);
		const steps = readList(record, "steps", number);
		const parts = steps === null ? [record] : steps.map((step) => asObject(step, number, "step"));
		const posts: Post[] = [];
		for (const part of parts) posts.push(await readPost(part, number, images));
		const notes =
			images === null && parts.some((part) => (part.image ?? part.image_id ?? null) !== null) ? [PICTURE_LEFT_OUT] : [];
		return { id, input: steps === null ? singlePost(posts[0]!) : joinSteps(posts), notes };
	} catch (error) {
		return { id, input: ofLine(toFailureData(error, "cli"), number), notes: [] };
	}
}

/** Words and picture of a record or of one of its steps. */
async function readPost(part: JsonRecord, number: number, images: ImageFolder | null): Promise<Post> {
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
					code: "input-unreadable",
					what: failure.what.startsWith("Line ") ? failure.what : `Line ${number}: ${failure.what}`,
				},
				"cli",
			)
		: failure;
}

/** The id of a line; null where it cannot be read. */
export function readIdOfLine(text: string | null): PostId {
	try {
		return readId(parseLine(text, 0), 0);
	} catch {
		return null;
	}
}

type JsonRecord = Readonly<Record<string, unknown>>;

function parseLine(text: string | null, number: number): JsonRecord {
	if (text === null) throw wrong(number, `is longer than ${MAX_RECORD_BYTES >> 20} MiB`);
	let json: unknown;
	try {
		json = parseJson(text);
	} catch (cause) {
		throw wrong(number, cause instanceof JsonError ? cause.message : "is not valid JSON", cause);
	}
	if (typeof json !== "object" || json === null || Array.isArray(json)) throw wrong(number, "is not a JSON object");
	return json as JsonRecord;
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

function readId({ id }: JsonRecord, number: number): string | number {
	if (typeof id === "string" || typeof id === "number") return id;
	throw wrong(number, 'needs an "id" that is a string or a number');
}

/** null: absent. */
function readString(record: JsonRecord, field: "text" | "image" | "image_id", number: number): string | null {
	const value = record[field] ?? null;
	if (value === null || typeof value === "string") return value;
	if (field === "image_id" && typeof value === "number") return String(value);
	throw wrong(number, `has a "${field}" that is not a string`);
}

function wrong(number: number, what: string, cause?: unknown): Failure {
	return new Failure("input-unreadable", `Line ${number} ${what}.`, { cause });
}
