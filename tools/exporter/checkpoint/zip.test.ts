/** Shows that ZIP archives give their entries, and broken ones a failure that names the entry. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { Failure } from "../../../src/core/failure.ts";
import { openBytes } from "./byte-source.ts";
import { openZip } from "./zip.ts";
import { writeZip, type ZipInput } from "./zip-writer.test-helper.ts";

const folder = mkdtempSync(join(tmpdir(), "umie-zip-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Opens and reads every entry. */
function readAll(bytes: Uint8Array): Record<string, string> {
	writeFileSync(join(folder, "x.zip"), bytes);
	const source = openBytes(join(folder, "x.zip"));
	try {
		const zip = openZip(source);
		return Object.fromEntries([...zip.entries].map(([name, entry]) => [name, Buffer.from(zip.read(entry)).toString()]));
	} finally {
		source.close();
	}
}

const text = (name: string, data: string, more: Partial<ZipInput> = {}): ZipInput => ({
	name,
	data: Buffer.from(data),
	...more,
});

describe("openZip", () => {
	test.each([
		["stored", {}, false],
		["deflated", {}, true],
		["ZIP64", { zip64: true }, false],
		["padded", { align: 64 }, false],
		["commented", { comment: "PK\x05\x06 is not the end" }, false],
	])("entries that are %s are read", (_, options, deflate) => {
		expect(
			readAll(
				writeZip(
					[text("a", "hello", { deflate }), text("b/c", "", { deflate }), text("ä", "x".repeat(1000), { deflate })],
					options,
				),
			),
		).toEqual({ a: "hello", "b/c": "", ä: "x".repeat(1000) });
	});

	test("a part of an entry is read in place", () => {
		writeFileSync(join(folder, "part.zip"), writeZip([text("a", "0123456789")]));
		const source = openBytes(join(folder, "part.zip"));
		const zip = openZip(source);
		expect(Buffer.from(zip.read(zip.entries.get("a")!, 3, 6)).toString()).toBe("345");
		expect(() => zip.read(zip.entries.get("a")!, 3, 11)).toThrow('bytes 3 to 11 of "a"');
		source.close();
	});

	test.each<[string, readonly ZipInput[], string]>([
		["a name that stands twice", [text("a", "1"), text("a", "2")], 'holds "a" twice'],
		["a path out of the folder", [text("a/../../b", "1")], 'the path "a/../../b"'],
		["an absolute path", [text("/etc/passwd", "1")], 'the path "/etc/passwd"'],
		["a stored entry with two sizes", [text("a", "12345", { claim: { size: 6 } })], "is stored, but has 5 bytes for 6"],
		[
			"a compressed entry that claims more",
			[text("a", "x".repeat(100), { deflate: true, claim: { size: 101 } })],
			"unpacks to 100 bytes and claims 101",
		],
		[
			"a compressed entry that claims less",
			[text("a", "x".repeat(100), { deflate: true, claim: { size: 99 } })],
			"unpacks to 100 bytes and claims 99",
		],
		[
			"a compressed entry that claims much less",
			[text("a", "x".repeat(100), { deflate: true, claim: { size: 9 } })],
			"cannot be unpacked to the 9 bytes",
		],
		[
			"a ratio of a million",
			[text("a", "x", { deflate: true, claim: { size: 3_000_000 } })],
			"more than Deflate can do",
		],
		[
			"an entry past the end",
			[text("a", "1", { claim: { packedSize: 4_000_000, size: 4_000_000 } })],
			"past the end of the data",
		],
		["an entry elsewhere", [text("a", "1", { claim: { start: 1 } })], "is not where the ZIP directory places it"],
		["two entries of the same bytes", [text("a", "1"), text("b", "2", { claim: { start: 0 } })], "overlap"],
		["a wrong checksum", [text("a", "1", { claim: { crc: 5 } })], 'the checksum of "a" does not match'],
		["encryption", [text("a", "1", { claim: { flags: 1 } })], "is encrypted"],
		["another method", [text("a", "1", { claim: { method: 93 } })], "packed by method 93"],
	])("%s is a failure", (_, inputs, what) => {
		expect(() => readAll(writeZip(inputs))).toThrow(what);
	});

	test("the checksum of an entry read part after part is compared at its end", () => {
		writeFileSync(join(folder, "sums.zip"), writeZip([text("a", "hello"), text("b", "world", { claim: { crc: 5 } })]));
		const source = openBytes(join(folder, "sums.zip"));
		const zip = openZip(source);
		const read = (name: string, begin: number, end: number) =>
			Buffer.from(zip.read(zip.entries.get(name)!, begin, end)).toString();
		for (const _ of ["once", "twice"])
			expect([read("a", 0, 2), read("a", 2, 4), read("a", 4, 5)]).toEqual(["he", "ll", "o"]);
		expect(read("b", 0, 2)).toBe("wo");
		// A gap: nobody can tell.
		expect(read("b", 3, 5)).toBe("ld");
		expect(() => read("b", 2, 5)).toThrow('the checksum of "b" does not match');
		source.close();
	});

	test("a compressed entry over 128 MiB is not unpacked", () => {
		const zeros = { name: "a", data: new Uint8Array(130 * 1024 * 1024), deflate: true };
		expect(() => readAll(writeZip([zeros]))).toThrow("unpacks to 130 MiB; up to 128 MiB are read");
	});

	test("a file cut anywhere is a failure", () => {
		const whole = writeZip([text("a", "hello"), text("b", "world", { deflate: true })], { zip64: true });
		for (let length = 0; length < whole.length; length++)
			expect(() => readAll(whole.subarray(0, length)), `${length} bytes`).toThrow(Failure);
	});
});
