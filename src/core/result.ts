/** The shape of an extraction result: its types, and the schema that `result.schema.json` is generated from. */
import * as z from "zod/mini";
import { DEVICE_NAMES } from "./devices.ts";
import { GENERATIONS } from "./tasks.ts";

const probability = z.number().check(z.gte(0), z.lte(1));
const offset = z.int().check(z.gte(0));
/** `[x1, y1, x2, y2]` in pixels of the original image. */
const pixelBox = z.tuple([z.number(), z.number(), z.number(), z.number()]);

/** Seconds from the beginning of a video; `end` is never before `start`. */
const TimeRangeSchema = z.object({ start: z.number().check(z.gte(0)), end: z.number().check(z.gte(0)) });
/** When a record was seen, in order and apart; absent where there is no video. */
const times = z.optional(z.array(TimeRangeSchema));

/** Whether the record is probable enough to be shown (`calibration` of the bundle); absent: nothing says so. */
const sure = z.optional(z.boolean());

/** One object region of a picture, as proposed: `O1`…`O36` (`MAX_OBJECTS`; a test compares the two). */
const RegionSchema = z.object({
	object: z.string().check(z.regex(/^O([1-9]|[12]\d|3[0-6])$/)),
	box: pixelBox,
	score: z.number(),
	/** What it is ("person", "car"), where a detector said so. */
	label: z.optional(z.string()),
	/** Index into `pictures`; absent: the one picture of the post. Names repeat from picture to picture. */
	picture: z.optional(offset),
});

/** A piece of the text: `text === post.slice(start, end)`, UTF-16 offsets of the user's own text. */
const span = { text: z.string(), start: offset, end: offset };

/** What a gazetteer of the person says about a mention, and why it is thought to be that entry. */
const EntrySchema = z.object({
	name: z.string(),
	type: z.nullable(z.string()),
	link: z.nullable(z.string()),
	/** How mention and name agree, the weakest step that was needed. */
	match: z.enum(["exact", "case", "hashtag", "handle", "possessive", "spelling"]),
	/** A plain sentence: `"#Cavs" is "Cavs" without its hash sign.` */
	why: z.string(),
});

/**
 * A region a mention looked at: its share of the mention's attention, and that in equal shares (1: no more than any
 * other).
 */
const SightSchema = z.object({ object: z.string(), share: probability, lift: z.number().check(z.gte(0)) });

/**
 * What the picture does to the reading of the text, read from the gate (mean |g|) and from how many mentions look at a
 * region at least `threshold` times an equal share.
 */
const TextPictureSchema = z.object({
	kind: z.enum(["strengthens", "complements", "unrelated"]),
	gate: z.number().check(z.gte(0)),
	looking: z.int().check(z.gte(0)),
	mentions: z.int().check(z.gte(0)),
	threshold: z.number(),
	/** The least and the largest gate that was measured beside held-out pictures. */
	gates: z.optional(z.tuple([z.number(), z.number()])),
});

const EntitySchema = z.object({
	id: z.string(),
	type: z.string(),
	...span,
	score: probability,
	sure,
	regions: z.array(RegionSchema),
	/** Where types form a hierarchy (FMNERG): the coarse type above `type`. */
	coarse: z.optional(z.string()),
	/** Only where it was asked (GMNER, FMNERG, GMPER): whether it is in the picture; if so, `regions` says where. */
	grounded: z.optional(z.boolean()),
	/**
	 * Only where the picture was read: the regions the mention looked at most, best first. One past the threshold stands
	 * in `regions`, if no task said another.
	 */
	sight: z.optional(z.array(SightSchema)),
	/**
	 * How well the region in `regions` suits the mention: with a bundle's map for regions the probability that it shows
	 * it. `perhaps`: that is all one may say; of persons always, for no picture tells who somebody is.
	 */
	seen: z.optional(z.object({ score: probability, perhaps: z.boolean() })),
	/** Id of the thing that is meant (`things`): mentions of one thing share it. */
	thing: z.optional(z.string()),
	/** The gazetteer's entry, if a gazetteer was given and knows it. */
	entry: z.optional(EntrySchema),
	/** Number of the step it stands in (`steps`), from 1. */
	step: z.optional(z.int().check(z.gte(1))),
	/** Where the mention itself is drawn, in pixels of the page; only for text that came with a layout. */
	box: z.optional(pixelBox),
	/**
	 * Only for a discontinuous mention: its pieces in text order, from `start` to `end`; `text` includes what lies
	 * between them.
	 */
	fragments: z.optional(z.array(z.object({ start: offset, end: offset }))),
	times,
});

/**
 * `head` and `tail` are entity ids; between an object and an entity (MORE) one of them is the object's name ("O2"), and
 * `region` is that object. In a form the relation `value` goes from a key to its value.
 */
const RelationSchema = z.object({
	id: z.string(),
	type: z.string(),
	head: z.string(),
	tail: z.string(),
	score: probability,
	sure,
	region: z.optional(RegionSchema),
	times,
});

/** Exactly one of `span` and `region` is set; `entity` is the id of the entity with the same span, if there is one. */
const ArgumentSchema = z.object({
	role: z.string(),
	span: z.nullable(z.object(span)),
	entity: z.nullable(z.string()),
	region: z.nullable(RegionSchema),
	score: probability,
	sure,
});

const EventSchema = z.object({
	id: z.string(),
	type: z.string(),
	trigger: z.object(span),
	arguments: z.array(ArgumentSchema),
	score: probability,
	sure,
	times,
});

/** One thing of the world, named by one or more mentions. */
const ThingSchema = z.object({
	id: z.string(),
	/** Its fullest name in the text. */
	name: z.string(),
	type: z.string(),
	/** Ids of its entities, in text order. */
	entities: z.array(z.string()),
	/** For each mention after the first a plain sentence that says why it is thought to be the same. */
	why: z.array(z.string()),
});

/** One of several pictures: a frame of a video (`time`), or the picture of a step (`step`). */
const PictureSchema = z.object({
	width: z.int(),
	height: z.int(),
	time: z.optional(TimeRangeSchema),
	step: z.optional(z.int().check(z.gte(1))),
});

/** One step of a procedure (GMPER). `picture` is an index into `pictures`. */
const StepSchema = z.object({ number: z.int().check(z.gte(1)), ...span, picture: z.nullable(offset) });

/** A language that the model was not made for. */
const UnsupportedLanguageSchema = z.object({
	/** As BCP 47 writes it ("ja"); null: only the script is known, or that the model does not read it. */
	language: z.nullable(z.string()),
	/** As ISO 15924 writes it ("Jpan", "Latn"). */
	script: z.string(),
});

const changeOf = <K extends string, S extends z.ZodMiniType>(record: K, schema: S) =>
	z.object({
		record: z.literal(record),
		/** Its place in the list of its kind, so that a change can be taken back exactly. */
		index: offset,
		/** Null: it was added. */
		from: z.nullable(schema),
		/** Null: it was deleted. */
		to: z.nullable(schema),
	});

/** One record before and after. */
const ChangeSchema = z.discriminatedUnion("record", [
	changeOf("entity", EntitySchema),
	changeOf("relation", RelationSchema),
	changeOf("event", EventSchema),
	changeOf("region", RegionSchema),
	changeOf("thing", ThingSchema),
]);

/** Who corrected what, and when. The model made everything else. */
export const CorrectionSchema = z.object({
	/** The person's name, or "person". */
	by: z.string(),
	/** ISO 8601, UTC. */
	at: z.string(),
	/** What was done, such as "retype-entity". */
	edit: z.string(),
	changes: z.array(ChangeSchema),
});

/** What the model wrote for one query; `alternatives` are the other beams, best first. */
const RawSchema = z.object({
	task: z.enum(GENERATIONS),
	instructor: z.string(),
	output: z.string(),
	/** Length-normalised log-probability of the hypothesis, as Hugging Face `sequences_scores`. */
	score: z.number(),
	alternatives: z.array(z.object({ output: z.string(), score: z.number() })),
	/**
	 * How often the gate let the picture in: g of paper, Eq. 7; null when there was no picture or the gate was left at
	 * zero.
	 */
	gate: z.nullable(z.number()),
	/**
	 * Only for a pair that a classifier votes on: the relation that holds, "none" for none, then all others by their
	 * share, with what they join as the model reads it. They decide, not `output`, which the decoder wrote (it is empty
	 * where the decoder did not run).
	 */
	votes: z.optional(
		z.array(z.object({ head: z.string(), relation: z.string(), tail: z.string(), share: probability })),
	),
	/**
	 * Only where what a pair has by itself contradicts more probable relations of the post: what it has together with
	 * them instead, "none" for none.
	 */
	together: z.optional(z.object({ head: z.string(), relation: z.string(), tail: z.string() })),
});

export const ResultSchema = z.object({
	format: z.literal("umie-result/1"),
	text: z.string(),
	image: z.nullable(z.object({ width: z.int(), height: z.int() })),
	/** Unit of `start` and `end`. */
	offsets: z.literal("utf-16"),
	regions: z.array(RegionSchema),
	entities: z.array(EntitySchema),
	relations: z.array(RelationSchema),
	events: z.array(EventSchema),
	/** Mean g (paper, Eq. 7) per task; 0 for a model whose vision is untrained or when there is no picture. */
	gate: z.record(z.string(), z.number()),
	/** Only where the picture was read. */
	textPicture: z.optional(TextPictureSchema),
	/**
	 * What every `score` of entities, relations and events is normalised over: the probability of a record's own tokens,
	 * given what precedes them. Of relations asked about on one reading for all pairs: their share among what the pair
	 * might be, "none" included. "calibrated": the probability that the record is right, as measured on held-out posts;
	 * then records say whether they are `sure`. One that does not say so keeps the model's own score.
	 */
	scores: z.enum(["vocabulary", "candidates", "calibrated"]),
	raw: z.array(RawSchema),
	/** Pieces of model output that could not be read, as they were. */
	unread: z.array(z.string()),
	/** Plain sentences a person should see, such as "this model read the text only". */
	notes: z.array(z.string()),
	/** Only where the text is in a language or a script that the model was not made for; a note says so, too. */
	unsupportedLanguage: z.optional(UnsupportedLanguageSchema),
	model: z.string(),
	device: z.object({ name: z.enum(DEVICE_NAMES), threads: z.int(), reason: z.string() }),
	/**
	 * Milliseconds by stage (tokenize, decode_image, regions, text_encoder, visual_encoder, gated_attention,
	 * decoder_context, decoder, …).
	 */
	timings: z.record(z.string(), z.number()),
	/** What the entities are mentions of. */
	things: z.optional(z.array(ThingSchema)),
	/** Frames of a video or pictures of steps, in order; then `image` is the first of them. */
	pictures: z.optional(z.array(PictureSchema)),
	/** Steps of a procedure, in order; they cover the text. */
	steps: z.optional(z.array(StepSchema)),
	/**
	 * Pieces of the text that were not read, or where the answer was longer than it may be: records may be missing there.
	 * Absent: the text was read to its end. A note says so, too.
	 */
	unfinished: z.optional(z.array(z.object({ start: offset, end: offset }))),
	/** Tasks that the model was not trained for; a note says so, too. */
	experimental: z.optional(z.array(z.string())),
	/** What people changed since the model wrote it, in order; the records are as they are after that. */
	corrections: z.optional(z.array(CorrectionSchema)),
});

/** One object region of a picture. */
export type Region = z.infer<typeof RegionSchema>;
export type Sight = z.infer<typeof SightSchema>;
export type TextPicture = z.infer<typeof TextPictureSchema>;
/** A named thing in the text. */
export type Entity = z.infer<typeof EntitySchema>;
/** How two entities, or an object and an entity, belong together. */
export type Relation = z.infer<typeof RelationSchema>;
/** Who or what takes part in an event, and as what. */
export type EventArgument = z.infer<typeof ArgumentSchema>;
/** Something that happens, with the word that says so. */
export type ExtractedEvent = z.infer<typeof EventSchema>;
export type Thing = z.infer<typeof ThingSchema>;
export type GazetteerEntry = z.infer<typeof EntrySchema>;
export type TimeRange = z.infer<typeof TimeRangeSchema>;
export type ResultPicture = z.infer<typeof PictureSchema>;
export type RecordChange = z.infer<typeof ChangeSchema>;
export type UnsupportedLanguage = z.infer<typeof UnsupportedLanguageSchema>;
export type Correction = z.infer<typeof CorrectionSchema>;
export type Step = z.infer<typeof StepSchema>;
export type RawOutput = z.infer<typeof RawSchema>;
/** Everything that was extracted from one post. */
export type ExtractionResult = z.infer<typeof ResultSchema>;
/** The device that a model ran on. */
export type Device = ExtractionResult["device"];
