/** What a model answers for annotated posts, as plain data that crosses from a page to Node. */

import type { OpenOptions } from "../../../src/client/protocol.ts";
import type { Device } from "../../../src/core/result.ts";
import type { RequestableTask } from "../../../src/core/tasks.ts";
import type { ExtractRequest } from "../../../src/tasks/request.ts";
import type { AnnotatedRecord, Box } from "./schemas.ts";

export { type AnnotatedRecord, type Box, PICTURE_KINDS, type PictureKind } from "./schemas.ts";

/** What can be evaluated: every task that can be requested, and the arguments of annotated events. */
export type EvaluatedTask = RequestableTask | "meae";

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
	/** fmnerg: the type above; absent where the model said no fine one. */
	readonly coarse?: string;
	/** gmper: number of its step, from 1. */
	readonly step?: number;
	/** Mentions of one thing share it. */
	readonly thing?: string;
}

export interface FoundArgument {
	readonly event: string;
	readonly role: string;
	/** Exactly one of the two; the box in pixels. */
	readonly span: TextSpan | null;
	readonly box: Box | null;
	/** The same box in fractions; absent without one. */
	readonly fractions?: Box;
	readonly score: number;
}

interface FoundRelation {
	readonly relation: string;
	readonly head: FoundSpan;
	readonly tail: FoundSpan;
	readonly score: number;
}

/** Between an object of the picture and an entity. */
export interface FoundObjectRelation {
	readonly relation: string;
	readonly entity: TextSpan;
	/** Fractions of the picture. */
	readonly box: Box;
	readonly score: number;
}

interface FoundStep extends TextSpan {
	/** Its place in the procedure, from 1. */
	readonly number: number;
}

/**
 * A multiple-choice question beside its right answer: the annotated label, or "none of the above" where nothing is
 * annotated.
 */
export interface AnsweredQuestion {
	readonly about: "entity" | "event" | "relation" | "role";
	readonly right: string;
	/** The option that was named; null: what was said is none. */
	readonly answer: string | null;
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
	readonly objectRelations: readonly FoundObjectRelation[];
	readonly steps: readonly FoundStep[];
	readonly questions: readonly AnsweredQuestion[];
	/** Outputs with a piece that is no record. */
	readonly malformed: number;
	/** Whether the model looked at the record's picture. */
	readonly looked: boolean;
	/** Mean g of its generations (paper, Eq. 7); null where no picture was looked at. */
	readonly gate: number | null;
	/** Whether the bundle's screen let it be asked about; absent: none was in force. */
	readonly screened?: "asked" | "left out";
}

/** What is said before anything is said. */
export const SAID_NOTHING: Omit<Prediction, "id"> = {
	entities: [],
	relation: null,
	events: [],
	arguments: [],
	relations: [],
	objectRelations: [],
	steps: [],
	questions: [],
	malformed: 0,
	looked: false,
	gate: null,
};

export type EvaluationRequest = Omit<ExtractRequest, "tasks">;

export interface Asked {
	readonly task: EvaluatedTask;
	readonly records: readonly AnnotatedRecord[];
	/** Bytes of each record's picture file; null: there is none. */
	readonly images: ReadonlyArray<Uint8Array | null>;
	/** Regions of each record's picture, in fractions, O1 first; null, or no list: the built-in proposer finds them. */
	readonly regions?: ReadonlyArray<readonly Box[] | null>;
	/**
	 * "largest": types and spans from the text alone, and the largest region for every entity. Absent: the model says
	 * which.
	 */
	readonly grounding?: "largest";
	readonly request: EvaluationRequest;
}

/** What was opened. */
export interface OpenedBundle {
	readonly name: string;
	readonly dtype: string;
	readonly device: Device;
	readonly trainedOn: readonly string[];
	/** Generations it was trained for. */
	readonly tasks: readonly string[];
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
