/** Goes in: nothing. Comes out: the shape of an extraction result (types, and the schema that `result.schema.json` is generated from). */
import * as z from "zod/mini";

const probability = z.number().check(z.gte(0), z.lte(1));
const offset = z.int().check(z.gte(0));
/** `[x1, y1, x2, y2]` in pixels of the original image. */
const pixelBox = z.tuple([z.number(), z.number(), z.number(), z.number()]);

/** One object region of the picture, as proposed: `O1`…`O36`. */
export const RegionSchema = z.object({ object: z.string().check(z.regex(/^O([1-9]|[12]\d|3[0-6])$/)), box: pixelBox, score: z.number() });

/** A piece of the text: `text === post.slice(start, end)`, UTF-16 offsets of the user's own text. */
const span = { text: z.string(), start: offset, end: offset };

export const EntitySchema = z.object({ id: z.string(), type: z.string(), ...span, score: probability, regions: z.array(RegionSchema) });

/** `head` and `tail` are entity ids. */
export const RelationSchema = z.object({ id: z.string(), type: z.string(), head: z.string(), tail: z.string(), score: probability });

/** Exactly one of `span` and `region` is set; `entity` is the id of the entity with the same span, if there is one. */
export const ArgumentSchema = z.object({
	role: z.string(),
	span: z.nullable(z.object(span)),
	entity: z.nullable(z.string()),
	region: z.nullable(RegionSchema),
	score: probability,
});

export const EventSchema = z.object({
	id: z.string(),
	type: z.string(),
	trigger: z.object(span),
	arguments: z.array(ArgumentSchema),
	score: probability,
});

/** What the model wrote for one query; `alternatives` are the other beams, best first. */
export const RawSchema = z.object({
	task: z.enum(["mner", "mre", "med", "meae"]),
	instructor: z.string(),
	output: z.string(),
	/** Length-normalised log-probability of the hypothesis, as Hugging Face `sequences_scores`. */
	score: z.number(),
	alternatives: z.array(z.object({ output: z.string(), score: z.number() })),
	/** How often the gate let the picture in: g of paper, Eq. 7; null when there was no picture or the gate was left at zero. */
	gate: z.nullable(z.number()),
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
	/** What every `score` of entities, relations and events is normalised over: the probability of a record's own tokens, given what precedes them. */
	scores: z.enum(["vocabulary", "candidates"]),
	raw: z.array(RawSchema),
	/** Pieces of model output that could not be read, as they were. */
	unread: z.array(z.string()),
	/** Plain sentences a person should see, such as "this model read the text only". */
	notes: z.array(z.string()),
	model: z.string(),
	device: z.object({ name: z.enum(["webgpu", "wasm"]), threads: z.int(), reason: z.string() }),
	/** Milliseconds by stage (tokenize, decode_image, regions, text_encoder, visual_encoder, gated_attention, decoder_context, decoder, …). */
	timings: z.record(z.string(), z.number()),
});

export type Region = z.infer<typeof RegionSchema>;
export type Entity = z.infer<typeof EntitySchema>;
export type Relation = z.infer<typeof RelationSchema>;
export type EventArgument = z.infer<typeof ArgumentSchema>;
export type ExtractedEvent = z.infer<typeof EventSchema>;
export type RawOutput = z.infer<typeof RawSchema>;
export type ExtractionResult = z.infer<typeof ResultSchema>;
export type Device = ExtractionResult["device"];
