/** Gives random access to the bytes of a file, never past its end. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { basename } from "node:path";
import { Failure } from "../../../src/core/failure.ts";
import { unreadable } from "../../node/files/unreadable.ts";

/** Node refuses a longer single read. */
const MAX_READ_BYTES = 1 << 30;
/** One tensor of mT5-XXL's embedding is 4.1 GB; an array can hold 4 GiB. */
const MAX_LENGTH = 2 ** 32;

export interface ByteSource {
	/** The file's name without its folder. */
	readonly name: string;
	/** Bytes. */
	readonly size: number;
	/** A fresh buffer. @throws Failure `checkpoint-format` when the range leaves the file */
	read(position: number, length: number): Uint8Array<ArrayBuffer>;
	close(): void;
}

/** @throws Failure `input-unreadable` if the file cannot be opened */
export function openBytes(path: string): ByteSource {
	const name = basename(path);
	let fd: number;
	try {
		fd = openSync(path, "r");
	} catch (cause) {
		throw unreadable(path, cause);
	}
	const stat = fstatSync(fd);
	if (!stat.isFile()) {
		closeSync(fd);
		throw new Failure("input-unreadable", `${name} is not a file.`);
	}
	const { size } = stat;
	const read = (position: number, length: number) => {
		if (!(position >= 0 && length >= 0 && position + length <= size)) {
			throw new Failure(
				"checkpoint-format",
				`${name} ends at byte ${size}, but bytes ${position} to ${position + length} were requested.`,
			);
		}
		return readRange(fd, name, position, length);
	};
	return { name, size, read, close: () => closeSync(fd) };
}

function readRange(fd: number, name: string, position: number, length: number): Uint8Array<ArrayBuffer> {
	if (length > MAX_LENGTH)
		throw new Failure("out-of-memory", `${name}: one piece of ${length} bytes is more than an array can hold.`);
	const out = new Uint8Array(length);
	for (let at = 0; at < length; ) {
		const got = readSync(fd, out, at, Math.min(length - at, MAX_READ_BYTES), position + at);
		if (got === 0) throw new Failure("checkpoint-format", `${name} ends ${length - at} bytes early.`);
		at += got;
	}
	return out;
}
