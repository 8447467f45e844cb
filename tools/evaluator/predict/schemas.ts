/** Goes in: a line of an annotated data set, parsed. Comes out: whether it is a record of its kind: every kind has one schema. */

import * as z from "zod/mini";
import { Failure } from "../../../src/core/failure.ts";
import { MAX_OBJECTS } from "../../../src/core/limits.ts";
import { layOutWords } from "../../../src/tasks/layout/layout.ts";

/** [x1, y1, x2, y2]; fractions of the picture, pixels where an argument of an event says so. */
export type Box = readonly [number, number, number, number];

/** Code-point offsets, as data sets made with Python count. */
const offsets = { start: z.int(), end: z.int() };
const span = z.object(offsets);
const mention = z.object({ text: z.string(), ...offsets });
const box = z.tuple([z.number(), z.number(), z.number(), z.number()]);
const boxes = z.optional(z.array(box));
const typedMention = z.object({ type: z.string(), ...offsets });

/** What a record's picture is to its text: it decides what a name is, it fits, it has nothing to do with it, or there is none. */
export const PICTURE_KINDS = ["deciding", "fitting", "unrelated", "none"] as const;
export type PictureKind = (typeof PICTURE_KINDS)[number];

const post = {
	id: z.string(),
	text: z.string(),
	image_id: z.optional(z.string()),
	/** What is to be seen in the picture, O1 first: fractions. */
	regions: z.optional(z.array(box).check(z.maxLength(MAX_OBJECTS))),
	picture: z.optional(z.enum(PICTURE_KINDS)),
	/** The text alone does not say what the name is. */
	ambiguous: z.optional(z.boolean()),
};

/** An argument in the text, or a region of the picture: `box` in pixels, or `object`, the number of one of the picture's regions (1 is O1). */
const argument = z.union([
	z.object({ role: z.string(), ...offsets }),
	z.object({ role: z.string(), box }),
	z.object({ role: z.string(), object: z.int().check(z.gte(1), z.lte(MAX_OBJECTS)) }),
]);

/** The object is a box, or the number of one of the record's `regions`: 1 is O1. */
const objectRelation = z.object({
	relation: z.string(),
	entity: span,
	box: z.optional(box),
	object: z.optional(z.int()),
});
const fineEntity = z.object({ type: z.string(), coarse: z.optional(z.string()), ...offsets, boxes });
const stepEntity = z.object({ ...offsets, boxes, thing: z.optional(z.string()) });
const field = z.object({ type: z.enum(["key", "value"]), ...offsets });
const positionedWord = z.object({ text: z.string(), box });

type Check<T> = (record: T) => { readonly path: readonly (string | number)[]; readonly what: string } | null;

/** A rule over several fields; what it says is told with its place. */
function checked<T>(check: Check<T>): z.core.CheckFn<T> {
	return (context) => {
		const found = check(context.value);
		if (found !== null)
			context.issues.push({ code: "custom", input: context.value, path: [...found.path], message: found.what });
	};
}

type Span = z.infer<typeof span>;

/** The first of some spans that is empty or leaves the text. */
function spanFault(text: string, list: string, spans: readonly Span[]): ReturnType<Check<unknown>> {
	const length = [...text].length;
	const at = spans.findIndex(({ start, end }) => start < 0 || start >= end || end > length);
	return at < 0
		? null
		: {
				path: [list, at],
				what: `${spans[at]!.start} to ${spans[at]!.end} is no piece of a text of ${length} characters`,
			};
}

const more = z.object({ ...post, relations: z.array(objectRelation) }).check(
	checked(({ text, regions = [], relations }) => {
		const at = relations.findIndex(({ box, object }) => box === undefined && regions[(object ?? 0) - 1] === undefined);
		if (at >= 0)
			return { path: ["relations", at], what: "expected a box, or an object that is one of the record's regions" };
		return spanFault(
			text,
			"relations",
			relations.map(({ entity }) => entity),
		);
	}),
);

const gmper = z.object({ ...post, steps: z.array(span), entities: z.array(stepEntity) }).check(
	checked(({ text, steps, entities }) => {
		const outside = entities.findIndex(
			({ start, end }) => !steps.some((step) => step.start <= start && end <= step.end),
		);
		const fault = spanFault(text, "steps", steps) ?? spanFault(text, "entities", entities);
		return fault ?? (outside < 0 ? null : { path: ["entities", outside], what: "it lies in no step" });
	}),
);

const link = z.object({ key: span, value: span });

const re2 = z
	.object({ ...post, layout: z.optional(z.array(positionedWord)), entities: z.array(field), links: z.array(link) })
	.check(
		checked(({ text, layout, entities, links }) => {
			const fault = spanFault(text, "entities", entities);
			if (fault !== null) return fault;
			const known = ({ start, end }: Span, type: string) =>
				entities.some((one) => one.type === type && one.start === start && one.end === end);
			const loose = links.findIndex(({ key, value }) => !known(key, "key") || !known(value, "value"));
			if (loose >= 0) return { path: ["links", loose], what: "its key or its value is none of the entities" };
			return layout === undefined ? null : layoutFault(text, layout);
		}),
	);

/** Offsets count in the text that the model reads: the words of the layout in reading order. */
function layoutFault(text: string, words: z.infer<typeof positionedWord>[]): ReturnType<Check<unknown>> {
	try {
		return layOutWords(words).text === text
			? null
			: { path: ["layout"], what: "its words in reading order are not the text" };
	} catch (error) {
		if (error instanceof Failure) return { path: ["layout"], what: error.what };
		throw error;
	}
}

export const SCHEMAS = {
	/** `boxes`: fractions of the picture; absent: the entity is not to be seen. */
	mner: z.object({ ...post, entities: z.array(z.object({ type: z.string(), ...offsets, boxes })) }),
	mre: z.object({ ...post, head: mention, tail: mention, relation: z.string() }),
	events: z.object({
		...post,
		events: z.array(z.object({ type: z.string(), trigger: z.object(offsets), arguments: z.array(argument) })),
	}),
	jmere: z.object({
		...post,
		entities: z.array(typedMention),
		relations: z.array(z.object({ relation: z.string(), head: typedMention, tail: typedMention })),
	}),
	/** `type` is the fine one; `coarse` absent: the one above it in FMNERG's hierarchy. */
	fmnerg: z.object({ ...post, entities: z.array(fineEntity) }),
	more,
	/** Steps in the order of the procedure; entities with the same `thing` are one thing. */
	gmper,
	re2,
} as const;

export type RecordKind = keyof typeof SCHEMAS;
export type RecordOf<K extends RecordKind> = z.infer<(typeof SCHEMAS)[K]>;
export type AnnotatedRecord = RecordOf<RecordKind>;

export const EVALUATED = [
	"mner",
	"mre",
	"med",
	"meae",
	"mee",
	"gmner",
	"fmnerg",
	"jmere",
	"more",
	"gmper",
	"re2",
] as const;
export type EvaluatedTask = (typeof EVALUATED)[number];

/** What the records of a task hold. */
export const KINDS = {
	mner: "mner",
	mre: "mre",
	med: "events",
	meae: "events",
	mee: "events",
	gmner: "mner",
	fmnerg: "fmnerg",
	jmere: "jmere",
	more: "more",
	gmper: "gmper",
	re2: "re2",
} as const satisfies Record<EvaluatedTask, RecordKind>;
