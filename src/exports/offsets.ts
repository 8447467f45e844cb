/** Converts places in a text to code points and back, and makes spans fit formats that allow no overlap. */

/** A piece of a text, `end` exclusive. */
export interface Span {
	readonly start: number;
	readonly end: number;
}

/**
 * Places of one text in UTF-16 units (ours) and in Unicode code points (Python, XML, RDF and the web's annotation
 * standards).
 */
export interface CodePoints {
	/** Code points in the whole text. */
	readonly length: number;
	/** A place inside a surrogate pair counts as the place before it. */
	fromUtf16(unit: number): number;
	/** Places past the end are the end. */
	toUtf16(codePoint: number): number;
}

export function codePoints(text: string): CodePoints {
	const units: number[] = [];
	const points: number[] = [];
	let at = 0;
	for (const character of text) {
		for (let unit = 0; unit < character.length; unit++) points.push(units.length);
		units.push(at);
		at += character.length;
	}
	points.push(units.length);
	units.push(at);
	return {
		length: units.length - 1,
		fromUtf16: (unit) => points[Math.max(0, unit)] ?? units.length - 1,
		toUtf16: (codePoint) => units[Math.max(0, codePoint)] ?? text.length,
	};
}

/** Unpaired surrogates as U+FFFD: what any UTF-8 writer makes of them, one code point each before and after. */
export const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, "\uFFFD");

/** Spans of which no two overlap, in text order: of two that do, the longer stays, of equally long ones the first. */
export function withoutOverlap<S extends Span>(spans: readonly S[]): S[] {
	const kept: S[] = [];
	for (const span of [...spans].sort((a, b) => b.end - b.start - (a.end - a.start) || a.start - b.start)) {
		if (kept.every((other) => span.end <= other.start || other.end <= span.start)) kept.push(span);
	}
	return kept.sort((a, b) => a.start - b.start);
}

/** The pieces of a mention: several where it is discontinuous ("left … arm" in "left and right arm"). */
export function piecesOf<S extends Span & { readonly fragments?: readonly Span[] | undefined }>({
	start,
	end,
	fragments,
}: S): readonly Span[] {
	return fragments !== undefined && fragments.length > 0 ? fragments : [{ start, end }];
}
