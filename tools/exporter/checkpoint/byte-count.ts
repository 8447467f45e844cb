/** Writes a number of bytes for a person: 200 bytes, 1.5 KiB, 130 MiB, 4 GiB. */
const UNITS = ["bytes", "KiB", "MiB", "GiB"] as const;

export function byteCount(bytes: number): string {
	const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
	return `${Number((bytes / 1024 ** power).toFixed(1))} ${UNITS[power]}`;
}
