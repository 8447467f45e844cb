/**
 * Reads the entries of a ZIP archive of any size by name, and their bytes, whole or in part, in bounded memory.
 *
 * Own code: PyTorch stores entries uncompressed so that parts of them can be read in place, which the libraries
 * (streams, asynchronous) do not offer; none of them looks for overlapping or repeated entries. Format: APPNOTE 6.3.10,
 * the parts PyTorch writes (ZIP64 included).
 */

import { crc32, inflateRawSync } from "node:zlib";
import { Failure } from "../../../src/core/failure.ts";
import { byteCount } from "./byte-count.ts";
import type { ByteSource } from "./byte-source.ts";
import { quote } from "./strict-json.ts";

/** FLAN-T5-XXL has 560 entries; 46 bytes and a name each. */
const MAX_ENTRIES = 100_000;
const MAX_DIRECTORY_BYTES = 32 * 1024 * 1024;
/** PyTorch never compresses. An entry someone else compressed is unpacked whole, so it may not be large. */
const MAX_INFLATED_BYTES = 128 * 1024 * 1024;
/** Deflate can do no better than 1032 : 1. */
const DEFLATE_RATIO = 1032;

const [END, END64_LOCATOR, END64, DIRECTORY_ENTRY, LOCAL_ENTRY] = [
	0x06054b50, 0x07064b50, 0x06064b50, 0x02014b50, 0x04034b50,
];
const [STORED, DEFLATED] = [0, 8];
const ENCRYPTED = 1;

export interface ZipEntry {
	readonly name: string;
	/** Bytes, unpacked. */
	readonly size: number;
	readonly compressed: boolean;
	/** Of the local header in the file. */
	readonly start: number;
	/** Of the packed bytes in the file. */
	readonly position: number;
	readonly packedSize: number;
	readonly crc: number;
}

export interface ZipArchive {
	readonly entries: ReadonlyMap<string, ZipEntry>;
	/**
	 * A part of an entry, a fresh buffer. The checksum is compared when the whole entry is read, at once or part after
	 * part.
	 * @throws Failure `checkpoint-format`
	 */
	read(entry: ZipEntry, begin?: number, end?: number): Uint8Array<ArrayBuffer>;
}

/** @throws Failure `checkpoint-format` naming the entry and what is wrong with it */
export function openZip(source: ByteSource): ZipArchive {
	const bad = (what: string) => new Failure("checkpoint-format", `${source.name}: ${what}.`);
	const directory = findDirectory(source, bad);
	const entries = readDirectory(source, directory, bad);
	refuseOverlaps(entries, directory.position, bad);
	const sums: Sums = new Map();
	return {
		entries: new Map(entries.map((entry) => [entry.name, entry])),
		read: (entry, begin = 0, end = entry.size) => readEntry(source, entry, begin, end, sums, bad),
	};
}

type Bad = (what: string) => Failure;

/** How far entries were read from their beginning without a gap, and the checksum so far. */
type Sums = Map<ZipEntry, { readonly end: number; readonly crc: number }>;

interface Directory {
	readonly position: number;
	readonly size: number;
	readonly count: number;
}

function view(bytes: Uint8Array): DataView {
	return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The end record lies in the last 64 KiB and 22 bytes, before a comment of its own stated length. */
function findDirectory(source: ByteSource, bad: Bad): Directory {
	const start = Math.max(0, source.size - 22 - 0xffff);
	const tail = view(source.read(start, source.size - start));
	for (let at = tail.byteLength - 22; at >= 0; at--) {
		if (tail.getUint32(at, true) !== END || tail.getUint16(at + 20, true) !== tail.byteLength - at - 22) continue;
		const directory = {
			count: tail.getUint16(at + 10, true),
			size: tail.getUint32(at + 12, true),
			position: tail.getUint32(at + 16, true),
		};
		const end = start + at;
		return checkDirectory(findDirectory64(source, end, bad) ?? directory, end, bad);
	}
	throw bad("the ZIP archive has no directory: the file is incomplete");
}

function findDirectory64(source: ByteSource, end: number, bad: Bad): Directory | null {
	if (end < 20) return null;
	const locator = view(source.read(end - 20, 20));
	if (locator.getUint32(0, true) !== END64_LOCATOR) return null;
	const position = natural(locator, 8);
	if (position + 56 > end - 20) throw bad("the ZIP64 directory lies outside the file");
	const record = view(source.read(position, 56));
	if (record.getUint32(0, true) !== END64) throw bad("the ZIP64 directory is not where the file places it");
	return { count: natural(record, 32), size: natural(record, 40), position: natural(record, 48) };
}

function checkDirectory(directory: Directory, end: number, bad: Bad): Directory {
	const { position, size, count } = directory;
	if (!(position + size <= end))
		throw bad(`the ZIP directory claims ${size} bytes at ${position}, past its own end at ${end}`);
	if (count > MAX_ENTRIES || size > MAX_DIRECTORY_BYTES || count * 46 > size)
		throw bad(`the ZIP directory claims ${count} entries in ${size} bytes`);
	return directory;
}

/** An unsigned 64-bit number; past 2^53 it is inexact and larger than any file. */
function natural(bytes: DataView, at: number): number {
	return Number(bytes.getBigUint64(at, true));
}

function readDirectory(source: ByteSource, { position, size, count }: Directory, bad: Bad): ZipEntry[] {
	const bytes = source.read(position, size);
	const names = new Set<string>();
	const entries: ZipEntry[] = [];
	let at = 0;
	for (let index = 0; index < count; index++) {
		const head = view(bytes.subarray(at));
		if (head.byteLength < 46 || head.getUint32(0, true) !== DIRECTORY_ENTRY)
			throw bad(`entry ${index} of the ZIP directory is broken`);
		const [nameLength, extraLength, commentLength] = [
			head.getUint16(28, true),
			head.getUint16(30, true),
			head.getUint16(32, true),
		];
		const length = 46 + nameLength + extraLength + commentLength;
		if (length > head.byteLength) throw bad(`entry ${index} of the ZIP directory is longer than the directory`);
		const name = decodeName(bytes.subarray(at + 46, at + 46 + nameLength), index, bad);
		if (names.has(name)) throw bad(`the ZIP archive holds ${quote(name)} twice`);
		names.add(name);
		entries.push(
			readHead(
				source,
				position,
				name,
				head,
				view(bytes.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength)),
				bad,
			),
		);
		at += length;
	}
	return entries;
}

function decodeName(bytes: Uint8Array, index: number, bad: Bad): string {
	let name: string;
	try {
		name = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch {
		throw bad(`the name of entry ${index} of the ZIP archive is not UTF-8`);
	}
	// Nothing is ever written under these names; a file that has them is made to break readers.
	if (name === "" || /[\p{Cc}\\]|^\/|^[a-z]:|(^|\/)\.\.(\/|$)/iu.test(name))
		throw bad(`the ZIP archive holds the path ${quote(name)}`);
	return name;
}

function readHead(
	source: ByteSource,
	directory: number,
	name: string,
	head: DataView,
	extra: DataView,
	bad: Bad,
): ZipEntry {
	const [flags, method, crc] = [head.getUint16(8, true), head.getUint16(10, true), head.getUint32(16, true)];
	if (flags & ENCRYPTED) throw bad(`"${name}" is encrypted`);
	if (method !== STORED && method !== DEFLATED) throw bad(`"${name}" is packed by method ${method}; 0 and 8 are known`);
	const wide = wideNumbers(extra);
	const read = (at: number) => (head.getUint32(at, true) === 0xffffffff ? wide(name, bad) : head.getUint32(at, true));
	const [size, packedSize, local] = [read(24), read(20), read(42)];
	if (method === STORED && size !== packedSize)
		throw bad(`"${name}" is stored, but has ${packedSize} bytes for ${size}`);
	if (method === DEFLATED && size > packedSize * DEFLATE_RATIO)
		throw bad(`"${name}" claims ${size} bytes out of ${packedSize}: more than Deflate can do`);
	const position = dataPosition(source, directory, name, local, bad);
	if (!(position + packedSize <= directory))
		throw bad(`"${name}" claims ${packedSize} bytes at ${position}, past the end of the data at ${directory}`);
	return { name, size, compressed: method === DEFLATED, start: local, position, packedSize, crc };
}

/** The ZIP64 field holds, in this order, those of size, packed size and position that do not fit into 32 bits. */
function wideNumbers(extra: DataView): (name: string, bad: Bad) => number {
	let [at, end] = [0, 0];
	for (let field = 0; field + 4 <= extra.byteLength; field += 4 + extra.getUint16(field + 2, true)) {
		if (extra.getUint16(field, true) !== 1) continue;
		[at, end] = [field + 4, Math.min(extra.byteLength, field + 4 + extra.getUint16(field + 2, true))];
		break;
	}
	return (name, bad) => {
		if (at + 8 > end) throw bad(`"${name}" lacks its ZIP64 size`);
		at += 8;
		return natural(extra, at - 8);
	};
}

/** The bytes follow the local header, whose extra field has a length of its own (PyTorch pads with it). */
function dataPosition(source: ByteSource, directory: number, name: string, local: number, bad: Bad): number {
	if (!(local + 30 <= directory)) throw bad(`"${name}" lies at ${local}, outside the data`);
	const head = view(source.read(local, 30));
	if (head.getUint32(0, true) !== LOCAL_ENTRY) throw bad(`"${name}" is not where the ZIP directory places it`);
	return local + 30 + head.getUint16(26, true) + head.getUint16(28, true);
}

function refuseOverlaps(entries: readonly ZipEntry[], directory: number, bad: Bad): void {
	const sorted = [...entries].sort((a, b) => a.start - b.start);
	for (const [index, entry] of sorted.entries()) {
		const end = sorted[index + 1]?.start ?? directory;
		if (entry.position + entry.packedSize > end)
			throw bad(`"${entry.name}" and "${sorted[index + 1]?.name}" overlap in the ZIP archive`);
	}
}

function readEntry(
	source: ByteSource,
	entry: ZipEntry,
	begin: number,
	end: number,
	sums: Sums,
	bad: Bad,
): Uint8Array<ArrayBuffer> {
	if (!(begin >= 0 && begin <= end && end <= entry.size))
		throw bad(`bytes ${begin} to ${end} of "${entry.name}" were requested, which has ${entry.size}`);
	if (entry.compressed) return new Uint8Array(inflate(source, entry, bad).subarray(begin, end));
	const bytes = source.read(entry.position + begin, end - begin);
	const before = begin === 0 ? { end: 0, crc: 0 } : sums.get(entry);
	if (before?.end !== begin) return bytes;
	const crc = crc32(bytes, before.crc);
	sums.set(entry, { end, crc });
	if (end === entry.size) checkSum(crc, entry, bad);
	return bytes;
}

function inflate(source: ByteSource, entry: ZipEntry, bad: Bad): Uint8Array {
	if (entry.size > MAX_INFLATED_BYTES)
		throw bad(
			`"${entry.name}" is compressed and unpacks to ${byteCount(entry.size)}; ` +
				`up to ${byteCount(MAX_INFLATED_BYTES)} are read`,
		);
	let bytes: Uint8Array;
	try {
		// One byte more than promised is enough to notice that there is more.
		bytes = inflateRawSync(source.read(entry.position, entry.packedSize), { maxOutputLength: entry.size + 1 });
	} catch (cause) {
		throw new Failure(
			"checkpoint-format",
			`${source.name}: "${entry.name}" cannot be unpacked to the ${entry.size} bytes it claims.`,
			{ cause },
		);
	}
	if (bytes.length !== entry.size)
		throw bad(`"${entry.name}" unpacks to ${bytes.length} bytes and claims ${entry.size}`);
	checkSum(crc32(bytes), entry, bad);
	return bytes;
}

function checkSum(crc: number, entry: ZipEntry, bad: Bad): void {
	if (crc !== entry.crc)
		throw bad(`the checksum of "${entry.name}" does not match: the file is damaged, or was saved without checksums`);
}
