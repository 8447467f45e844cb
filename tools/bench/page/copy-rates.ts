/**
 * Measures how fast WebAssembly copies memory here: the floor of anything that reads weights once. It stands in this
 * folder for the types of WebAssembly, which Node's lack.
 */

/**
 * (module (memory (export "m") 1024) (func (export "f") (param i32 i32 i32) local.get 0 local.get 1 local.get 2
 * memory.copy))
 */
const MODULE = Uint8Array.of(
	...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
	...[0x01, 0x07, 0x01, 0x60, 0x03, 0x7f, 0x7f, 0x7f, 0x00],
	...[0x03, 0x02, 0x01, 0x00],
	...[0x05, 0x04, 0x01, 0x00, 0x80, 0x08],
	...[0x07, 0x09, 0x02, 0x01, 0x6d, 0x02, 0x00, 0x01, 0x66, 0x00, 0x00],
	...[0x0a, 0x0e, 0x01, 0x0c, 0x00, 0x20, 0x00, 0x20, 0x01, 0x20, 0x02, 0xfc, 0x0a, 0x00, 0x00, 0x0b],
);

/** Larger than the caches of one core. */
const BLOCK = 24 * 2 ** 20;
const COPIES = 15;

/** @returns bytes a second, of several copies */
export function copyRates(): number[] {
	const { exports } = new WebAssembly.Instance(new WebAssembly.Module(MODULE));
	const copy = exports.f as (to: number, from: number, bytes: number) => void;
	return Array.from({ length: COPIES }, () => {
		const started = performance.now();
		copy(BLOCK, 0, BLOCK);
		return BLOCK / ((performance.now() - started) / 1000);
	});
}
