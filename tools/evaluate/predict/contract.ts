/** Goes in: nothing. Comes out: annotated posts and what a model answers for them, as plain data that crosses from a page to Node. */
import * as z from "zod/mini";
import type { Device } from "../../../src/core/result.ts";
import type { OpenOptions } from "../../../src/engine/protocol.ts";
import type { ExtractRequest } from "../../../src/tasks/types.ts";

/** Code-point offsets, as data sets made with Python count. */
const offsets = { start: z.int(), end: z.int() };
const mention = z.object({ text: z.string(), ...offsets });
const box = z.tuple([z.number(), z.number(), z.number(), z.number()]);
const post = { id: z.string(), text: z.string(), image_id: z.optional(z.string()) };
const typedMention = z.object({ type: z.string(), ...offsets });

/** An argument in the text, or a region of the picture: `box` in pixels. */
const argument = z.union([z.object({ role: z.string(), ...offsets }), z.object({ role: z.string(), box })]);

export const SCHEMAS = {
	/** `boxes`: fractions of the picture; absent: the entity is not to be seen. */
	mner: z.object({ ...post, entities: z.array(z.object({ type: z.string(), ...offsets, boxes: z.optional(z.array(box)) })) }),
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
} as const;

export type RecordKind = keyof typeof SCHEMAS;
export type RecordOf<K extends RecordKind> = z.infer<(typeof SCHEMAS)[K]>;

export const EVALUATED = ["mner", "mre", "med", "meae", "mee", "gmner", "jmere"] as const;
export type EvaluatedTask = (typeof EVALUATED)[number];

/** What the records of a task hold. */
export const KINDS = {
	mner: "mner",
	mre: "mre",
	med: "events",
	meae: "events",
	mee: "events",
	gmner: "mner",
	jmere: "jmere",
} as const satisfies Record<EvaluatedTask, RecordKind>;

export type AnnotatedRecord = RecordOf<RecordKind>;

/** [x1, y1, x2, y2]; fractions for entities, pixels for arguments, as in the records. */
export type Box = readonly [number, number, number, number];

/** UTF-16 offsets of the record's text. */
export interface TextSpan {
	readonly start: number;
	readonly end: number;
}

export interface FoundSpan extends TextSpan {
	readonly type: string;
	readonly score: number;
}

export interface FoundEntity extends FoundSpan {
	/** Fractions of the picture; none: not to be seen. */
	readonly boxes: readonly Box[];
}

export interface FoundArgument {
	readonly event: string;
	readonly role: string;
	/** Exactly one of the two; the box in pixels. */
	readonly span: TextSpan | null;
	readonly box: Box | null;
	readonly score: number;
}

export interface FoundRelation {
	readonly relation: string;
	readonly head: FoundSpan;
	readonly tail: FoundSpan;
	readonly score: number;
}

/** What a model says about one record; lists that the task does not ask for are empty. */
export interface Prediction {
	readonly id: string;
	readonly entities: readonly FoundEntity[];
	/** mre: null when the output is no relation of the list. */
	readonly relation: { readonly name: string | null; readonly score: number } | null;
	readonly events: readonly FoundSpan[];
	readonly arguments: readonly FoundArgument[];
	readonly relations: readonly FoundRelation[];
	/** Outputs with a piece that is no record. */
	readonly malformed: number;
	/** Whether the model looked at the record's picture. */
	readonly looked: boolean;
}

export type EvaluationRequest = Omit<ExtractRequest, "tasks" | "words">;

export interface Asked {
	readonly task: EvaluatedTask;
	readonly records: readonly AnnotatedRecord[];
	/** Bytes of each record's picture file; null: there is none. */
	readonly images: ReadonlyArray<Uint8Array | null>;
	readonly request: EvaluationRequest;
}

/** What was opened. */
export interface OpenedBundle {
	readonly name: string;
	readonly dtype: string;
	readonly device: Device;
	readonly trainedOn: readonly string[];
	readonly vision: string;
	/** SHA-256 of each weight file's entry in the manifest, so that a resumed run is of the same model. */
	readonly fingerprint: string;
}

/** The same in a page's worker and in Node. */
export interface Predictor {
	readonly opened: OpenedBundle;
	/** Predictions in the order of the records. @throws Failure */
	predict(asked: Asked): Promise<Prediction[]>;
	close(): Promise<void>;
}

/** The worker's side; pictures travel as base64, because Playwright's messages are JSON. */
export interface PredictWorker {
	open(model: string, options: OpenOptions): Promise<OpenedBundle>;
	predict(asked: Omit<Asked, "images"> & { readonly images: ReadonlyArray<string | null> }): Promise<Prediction[]>;
}
