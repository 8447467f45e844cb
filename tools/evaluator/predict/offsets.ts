/** Turns offsets of annotated data, in code points as Python counts, into offsets of JavaScript strings. */

/** UTF-16 offset of a code-point offset. */
export function utf16(text: string, codePoints: number): number {
	let at = 0;
	for (let seen = 0; seen < codePoints && at < text.length; seen++) at += text.codePointAt(at)! > 0xffff ? 2 : 1;
	return at;
}
