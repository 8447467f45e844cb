/** Makes PNG files from a colour for every pixel, for tests that need pictures with something to see. */
import { crc32, deflateSync } from "node:zlib";

/** @param colour [red, green, blue] 0…255 of the pixel at x, y */
export function makePng(
	width: number,
	height: number,
	colour: (x: number, y: number) => readonly [number, number, number],
): Uint8Array {
	// Each row begins with its filter: none.
	const rows = new Uint8Array(height * (1 + 3 * width));
	for (let y = 0; y < height; y++)
		for (let x = 0; x < width; x++) rows.set(colour(x, y), y * (1 + 3 * width) + 1 + 3 * x);
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	header.set([8, 2, 0, 0, 0], 8);
	const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
	return new Uint8Array(
		Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]),
	);
}

/** A red disc on a background that tells pictures apart. */
export function discPng(shade: number): Uint8Array {
	return makePng(64, 48, (x, y) => ((x - 20) ** 2 + (y - 24) ** 2 < 144 ? [220, 30, 30] : [shade, shade, 200]));
}

function chunk(type: string, data: Uint8Array): Buffer {
	const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
	const length = Buffer.alloc(4);
	length.writeUInt32BE(data.length);
	const check = Buffer.alloc(4);
	check.writeUInt32BE(crc32(named));
	return Buffer.concat([length, named, check]);
}
