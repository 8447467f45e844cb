/** Counts the fewest tokens in which a labelled span can still end, so that none is begun that cannot be finished. */
import { childOf } from "./children.ts";
import type { Label, SpanContext, SpanWays } from "./span-ways.ts";

export type SpanCosts = ReturnType<typeof spanCosts>;

export function spanCosts({ ends, endFrom, open, openObjects, openStarts }: SpanWays) {
	/** Fewest tokens from `position` to the end of a span begun at `start` that was not said yet; 0 where it may end. */
	function toSpanEnd(context: SpanContext, type: number, start: number, position: number): number {
		for (let i = endFrom[position]!; i < ends.length; i++) {
			const end = ends[i]!;
			if (end > start && open(context, type, start, end)) return end - position;
		}
		return Number.POSITIVE_INFINITY;
	}

	/** Fewest tokens from a label node to the end of a record. */
	function toRecordEnd(context: SpanContext, label: Label): number {
		return childOf(context.needs, label, () => {
			if (label.none && context.first) return 0;
			let fewest = Number.POSITIVE_INFINITY;
			if (label.type !== null) {
				if (openObjects(context, label.type).length > 0) return 1;
				for (const start of openStarts(context))
					fewest = Math.min(fewest, toSpanEnd(context, label.type, start, start));
			}
			for (const child of label.children.values()) fewest = Math.min(fewest, 1 + toRecordEnd(context, child));
			return fewest;
		});
	}

	return { toSpanEnd, toRecordEnd };
}
