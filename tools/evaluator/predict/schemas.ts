/** Schemas of annotated records: the fields that all records share, and the records of the paper's tasks. */
import * as z from "zod/mini";

/** [x1, y1, x2, y2]; fractions of the picture, pixels where an argument of an event says so. */
export type Box = readonly [number, number, number, number];

/** Code-point offsets, as data sets made with Python count. */
export const offsets = { start: z.int(), end: z.int() };
export const span = z.object(offsets);
export type Span = z.infer<typeof span>;
export const box = z.tuple([z.number(), z.number(), z.number(), z.number()]);
/** Fractions of the picture; absent: not to be seen. */
export const boxes = z.optional(z.array(box));

/**
 * What a record's picture is to its text: it decides what a name is, it fits, it has nothing to do with it, or there is
 * none.
 */
export const PICTURE_KINDS = ["deciding", "fitting", "unrelated", "none"] as const;
export type PictureKind = (typeof PICTURE_KINDS)[number];

/** The vocabulary has names for O1…O36. */
const MAX_REGIONS = 36;

/** The fields that every record has or may have. */
export const post = {
	id: z.string(),
	text: z.string(),
	image_id: z.optional(z.string()),
	/** What is to be seen in the picture, O1 first: fractions. */
	regions: z.optional(z.array(box).check(z.maxLength(MAX_REGIONS))),
	picture: z.optional(z.enum(PICTURE_KINDS)),
	/** The text alone does not say what the name is. */
	ambiguous: z.optional(z.boolean()),
};
const anyRecord = z.object(post);
/** A record of any task. Each task's schema adds fields to it. */
export type AnnotatedRecord = z.infer<typeof anyRecord>;

/** A rule over several fields of a record: where it is broken and what is wrong; null: it holds. */
export type Check<T> = (record: T) => { readonly path: readonly (string | number)[]; readonly what: string } | null;

/** The rule as a check of a schema. */
export function checked<T>(check: Check<T>): z.core.CheckFn<T> {
	return (context) => {
		const found = check(context.value);
		if (found !== null)
			context.issues.push({ code: "custom", input: context.value, path: [...found.path], message: found.what });
	};
}

/** The first of some spans that is empty or leaves the text. */
export function spanFault(text: string, list: string, spans: readonly Span[]): ReturnType<Check<unknown>> {
	const length = [...text].length;
	const at = spans.findIndex(({ start, end }) => start < 0 || start >= end || end > length);
	if (at < 0) return null;
	const { start, end } = spans[at]!;
	const what =
		start >= end
			? `the span ${start}–${end} is empty`
			: `the span ${start}–${end} lies outside the text (${length} characters)`;
	return { path: [list, at], what };
}

/** mner and gmner. */
export const entitiesRecord = z.object({
	...post,
	entities: z.array(z.object({ type: z.string(), ...offsets, boxes })),
});
export type EntitiesRecord = z.infer<typeof entitiesRecord>;

const mention = z.object({ text: z.string(), ...offsets });
/** mre: a given pair. */
export const pairRecord = z.object({ ...post, head: mention, tail: mention, relation: z.string() });
export type PairRecord = z.infer<typeof pairRecord>;

/**
 * An argument in the text, or a region of the picture: `box` in pixels, or `object`, the number of one of the picture's
 * regions (1 is O1).
 */
const argument = z.union([
	z.object({ role: z.string(), ...offsets }),
	z.object({ role: z.string(), box }),
	z.object({ role: z.string(), object: z.int().check(z.gte(1), z.lte(MAX_REGIONS)) }),
]);
/** med, meae and mee. */
export const eventsRecord = z.object({
	...post,
	events: z.array(z.object({ type: z.string(), trigger: span, arguments: z.array(argument) })),
});
export type EventsRecord = z.infer<typeof eventsRecord>;
