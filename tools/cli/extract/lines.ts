/** Reads a text file of any size line by line; only one line is in memory at a time. */
import { createReadStream } from "node:fs";
import { unreadable } from "../../node/files/unreadable.ts";

export interface Line {
	/** The first is 1. */
	readonly number: number;
	/** Without its line break; null: longer than the limit, and left out. */
	readonly text: string | null;
	/** Bytes of the file up to here, the line break included. */
	readonly end: number;
	/** It has a line break: a file that broke off ends with a line that has none. */
	readonly whole: boolean;
}

/** @param limit longest line in bytes @throws Failure `input-unreadable` */
export async function* readLines(path: string, limit: number): AsyncGenerator<Line, void> {
	const decoder = new TextDecoder();
	let pieces: Uint8Array[] = [];
	let length = 0;
	let number = 0;
	const keep = (piece: Uint8Array) => {
		length += piece.length;
		if (length > limit) pieces = [];
		else if (piece.length > 0) pieces.push(piece);
	};
	const finish = (end: number, whole: boolean): Line => {
		const text = length > limit ? null : decoder.decode(Buffer.concat(pieces));
		pieces = [];
		length = 0;
		return { number: ++number, text, end, whole };
	};
	let at = 0;
	for await (const chunk of readChunks(path)) {
		let from = 0;
		for (let to = chunk.indexOf(10); to >= 0; to = chunk.indexOf(10, from)) {
			keep(chunk.subarray(from, to));
			from = to + 1;
			yield finish(at + from, true);
		}
		keep(chunk.subarray(from));
		at += chunk.length;
	}
	if (length > 0) yield finish(at, false);
}

async function* readChunks(path: string): AsyncGenerator<Uint8Array, void> {
	const stream = createReadStream(path);
	try {
		for await (const chunk of stream) yield chunk as Uint8Array;
	} catch (cause) {
		throw unreadable(path, cause);
	} finally {
		stream.destroy();
	}
}
