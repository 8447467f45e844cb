/** Checks that both ways to compute a hash agree, on the examples of FIPS 180-4 and around the end of a block. */
import { expect, test } from "vitest";
import { sha256 } from "./sha256.ts";

const utf8 = (text: string) => new Uint8Array(new TextEncoder().encode(text));
/** Undefined would take the default: a page without `crypto.subtle` is stood in for by null. */
const NONE = null as unknown as undefined;

test.each([undefined, NONE])("the hash of abc is the one of FIPS 180-4 (%s)", async (subtle) => {
	expect(await sha256(utf8("abc"), subtle)).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	expect(await sha256(utf8(""), subtle)).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
});

test.each([55, 56, 63, 64, 65, 119, 120, 128, 1000])("without crypto.subtle %i bytes hash the same", async (length) => {
	const bytes = Uint8Array.from({ length: length + 3 }, (_, i) => (i * 37) & 255).subarray(3);
	expect(await sha256(bytes, NONE)).toBe(await sha256(bytes));
});
