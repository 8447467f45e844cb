/** Cuts a text into segments for drawing spans that may nest and overlap. */

/** A piece of a text, UTF-16 offsets, `end` exclusive. */
export interface TextSpan {
	readonly start: number;
	readonly end: number;
}

/** One span over one segment. */
export interface Cover<S extends TextSpan> {
	readonly span: S;
	/** 0 is closest to the text; a span that contains another lies below it. */
	readonly level: number;
	/** The span begins with this segment. */
	readonly first: boolean;
	/** The span ends with this segment. */
	readonly last: boolean;
}

interface Segment<S extends TextSpan> extends TextSpan {
	readonly text: string;
	/** Highest level first, so that nested elements draw the outer line outside. */
	readonly covers: ReadonlyArray<Cover<S>>;
}

/** Spans that lie inside the text and are not empty; the others cannot be drawn and are left out. */
function drawable<S extends TextSpan>(text: string, spans: readonly S[]): S[] {
	return spans.filter(
		({ start, end }) =>
			Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start < end && end <= text.length,
	);
}

const overlap = (a: TextSpan, b: TextSpan): boolean => a.start < b.end && b.start < a.end;
const contains = (outer: TextSpan, inner: TextSpan): boolean => outer.start <= inner.start && inner.end <= outer.end;

/** A level for each span: no two that overlap share one, and a span lies below everything it contains. */
function assignLevels<S extends TextSpan>(spans: readonly S[]): Map<S, number> {
	const levels = new Map<S, number>();
	const shortestFirst = [...spans].sort((a, b) => a.end - a.start - (b.end - b.start) || a.start - b.start);
	for (const span of shortestFirst) {
		const taken = new Set<number>();
		let level = 0;
		for (const [other, at] of levels) {
			if (!overlap(span, other)) continue;
			taken.add(at);
			if (contains(span, other)) level = Math.max(level, at + 1);
		}
		while (taken.has(level)) level++;
		levels.set(span, level);
	}
	return levels;
}

/** Cuts `text` wherever a span begins or ends; joined together, the segments' texts are the text again. */
export function layoutSpans<S extends TextSpan>(text: string, spans: readonly S[]): Array<Segment<S>> {
	const kept = drawable(text, spans);
	const levels = assignLevels(kept);
	const cuts = [...new Set([0, text.length, ...kept.flatMap(({ start, end }) => [start, end])])].sort((a, b) => a - b);
	return cuts.slice(0, -1).map((start, index) => {
		const end = cuts[index + 1] ?? text.length;
		const covers = kept
			.filter((span) => span.start <= start && end <= span.end)
			.map((span) => ({ span, level: levels.get(span) ?? 0, first: span.start === start, last: span.end === end }))
			.sort((a, b) => b.level - a.level);
		return { start, end, text: text.slice(start, end), covers };
	});
}
