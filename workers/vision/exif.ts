/** Reads from EXIF data which way up a picture is stored. */

const ORIENTATION_TAG = 0x0112;
const ENTRY_BYTES = 12;

/**
 * The value of tag 274 in the first directory of TIFF data (EXIF 2.3, section 4.6): 1 is upright. Broken data and
 * values that do not exist mean upright, as in browsers.
 */
export function exifOrientation(tiff: Uint8Array): number {
	const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
	if (tiff.length < 8 || (tiff[0] !== 0x49 && tiff[0] !== 0x4d) || tiff[1] !== tiff[0]) return 1;
	const little = tiff[0] === 0x49;
	const directory = view.getUint32(4, little);
	if (directory + 2 > tiff.length) return 1;
	const end = Math.min(directory + 2 + view.getUint16(directory, little) * ENTRY_BYTES, tiff.length);
	for (let at = directory + 2; at + ENTRY_BYTES <= end; at += ENTRY_BYTES) {
		if (view.getUint16(at, little) !== ORIENTATION_TAG) continue;
		const value = view.getUint16(at + 8, little);
		return value >= 1 && value <= 8 ? value : 1;
	}
	return 1;
}
