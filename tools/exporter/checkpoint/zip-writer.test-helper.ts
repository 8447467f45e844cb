/** Writes ZIP archives, with entries as they should be and as they should never be. For tests. */
import { crc32, deflateRawSync } from "node:zlib";

export interface ZipInput {
	readonly name: string;
	readonly data: Uint8Array;
	readonly deflate?: boolean;
	/** What the directory says instead of the truth. */
	readonly claim?: {
		readonly size?: number;
		readonly packedSize?: number;
		readonly start?: number;
		readonly crc?: number;
		readonly method?: number;
		readonly flags?: number;
	};
}

export interface ZipOptions {
	/** Writes sizes and positions as 64-bit fields, and the 64-bit end record. */
	readonly zip64?: boolean;
	/** Pads the data of each entry to this many bytes, as PyTorch does. */
	readonly align?: number;
	readonly comment?: string;
}

export function writeZip(
	inputs: readonly ZipInput[],
	{ zip64 = false, align = 1, comment = "" }: ZipOptions = {},
): Uint8Array<ArrayBuffer> {
	const chunks: Uint8Array[] = [];
	const directory: Uint8Array[] = [];
	let at = 0;
	const add = (bytes: Uint8Array) => {
		chunks.push(bytes);
		at += bytes.length;
	};
	for (const { name, data, deflate = false, claim = {} } of inputs) {
		const packed = deflate ? deflateRawSync(data, { level: 9 }) : data;
		const head = {
			size: data.length,
			packedSize: packed.length,
			start: at,
			crc: crc32(data),
			method: deflate ? 8 : 0,
			flags: 0,
			...claim,
		};
		const label = Buffer.from(name);
		const padding = (align - ((at + 30 + label.length) % align)) % align;
		add(localEntry(label, head, padding));
		add(new Uint8Array(padding));
		add(packed);
		directory.push(directoryEntry(label, head, zip64));
	}
	const start = at;
	for (const entry of directory) add(entry);
	add(endRecords({ entries: inputs.length, start, size: at - start, comment: comment.length }, zip64));
	add(Buffer.from(comment));
	return Uint8Array.from(Buffer.concat(chunks));
}

function localEntry(label: Uint8Array, head: Head, padding: number): Uint8Array {
	const fixed = numbers(
		[4, 0x04034b50],
		[2, 20],
		[2, head.flags],
		[2, head.method],
		[4, 0],
		[4, head.crc],
		[4, head.packedSize],
		[4, head.size],
		[2, label.length],
		[2, padding],
	);
	return Buffer.concat([fixed, label]);
}

interface Directory {
	readonly entries: number;
	readonly start: number;
	readonly size: number;
	/** Bytes of the archive's comment. */
	readonly comment: number;
}

/** The 64-bit end record and its locator, where they are wanted, and the end record. */
function endRecords({ entries, start, size, comment }: Directory, zip64: boolean): Uint8Array {
	const wide = (value: number, largest: number) => (zip64 ? largest : value);
	const end64 = numbers(
		[4, 0x06064b50],
		[8, 44],
		[2, 45],
		[2, 45],
		[4, 0],
		[4, 0],
		[8, entries],
		[8, entries],
		[8, size],
		[8, start],
	);
	const locator = numbers([4, 0x07064b50], [4, 0], [8, start + size], [4, 1]);
	const end = numbers(
		[4, 0x06054b50],
		[2, 0],
		[2, 0],
		[2, wide(entries, 0xffff)],
		[2, wide(entries, 0xffff)],
		[4, wide(size, 0xffffffff)],
		[4, wide(start, 0xffffffff)],
		[2, comment],
	);
	return Buffer.concat(zip64 ? [end64, locator, end] : [end]);
}

interface Head {
	readonly size: number;
	readonly packedSize: number;
	readonly start: number;
	readonly crc: number;
	readonly method: number;
	readonly flags: number;
}

function directoryEntry(
	label: Uint8Array,
	{ size, packedSize, start, crc, method, flags }: Head,
	zip64: boolean,
): Uint8Array {
	const extra = zip64 ? numbers([2, 1], [2, 24], [8, size], [8, packedSize], [8, start]) : new Uint8Array(0);
	const wide = (value: number) => (zip64 ? 0xffffffff : value);
	const fixed = numbers(
		[4, 0x02014b50],
		[2, 20],
		[2, 20],
		[2, flags],
		[2, method],
		[4, 0],
		[4, crc],
		[4, wide(packedSize)],
		[4, wide(size)],
		[2, label.length],
		[2, extra.length],
		[2, 0],
		[2, 0],
		[2, 0],
		[4, 0],
		[4, wide(start)],
	);
	return Buffer.concat([fixed, label, extra]);
}

/** Little-endian numbers, each with its width in bytes. */
export function numbers(...fields: readonly (readonly [width: number, value: number])[]): Uint8Array {
	const out = Buffer.alloc(fields.reduce((sum, [width]) => sum + width, 0));
	let at = 0;
	for (const [width, value] of fields) {
		let rest = BigInt(value);
		for (let i = 0; i < width; i++, rest >>= 8n) out[at++] = Number(rest & 255n);
	}
	return out;
}
