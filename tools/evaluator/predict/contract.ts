/** What a model answers for annotated posts, as plain data that crosses from a page to Node. */

import type { OpenOptions } from "../../../src/client/protocol.ts";
import type { Calibration } from "../../../src/core/calibration.ts";
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
	/** How well its region suits it, and whether that is a person's; absent without a region. */
	readonly seen?: { readonly score: number; readonly person: boolean };
	/** Fractions of the picture; empty: not to be seen. */
	readonly boxes: readonly Box[];
	/** fmnerg: the type above; absent where the model named no fine type. */
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
	/** The option that the model named; null: its output is not an option. */
	readonly answer: string | null;
}

/** What a model says about one record; lists that the task does not ask for are empty. */
export interface Prediction {
	readonly id: string;
	readonly entities: readonly FoundEntity[];
	/** mre: null when the output is not a relation of the list. */
	readonly relation: { readonly name: string | null; readonly score: number } | null;
	readonly events: readonly FoundSpan[];
	readonly arguments: readonly FoundArgument[];
	readonly relations: readonly FoundRelation[];
	readonly objectRelations: readonly FoundObjectRelation[];
	readonly steps: readonly FoundStep[];
	readonly questions: readonly AnsweredQuestion[];
	/** Outputs with a part that is not a record. */
	readonly malformed: number;
	/** Whether the model looked at the record's picture. */
	readonly looked: boolean;
	/** Mean g of its generations (paper, Eq. 7); null where no picture was looked at. */
	readonly gate: number | null;
	/** Whether the bundle's prefilter let the model be asked; absent: none was in force. */
	readonly prefiltered?: "asked" | "left out";
}

/** The prediction of a model that found nothing. */
export const EMPTY_PREDICTION: Omit<Prediction, "id"> = {
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

/** Records to predict for, what each is shown with, and the request for all of them. */
export interface Batch {
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
	/**
	 * Maps are to be fitted on the scores: they stay the model's own, and regions are those that the page finds for
	 * entities when no task asks for them.
	 */
	readonly fitting?: boolean;
	readonly request: EvaluationRequest;
}

/** The model that a predictor has open. */
export interface OpenedBundle {
	readonly name: string;
	readonly dtype: string;
	readonly device: Device;
	readonly trainedOn: readonly string[];
	/** Maps of its scores to probabilities; absent: scores are relative. */
	readonly calibration?: Calibration;
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
	predict(batch: Batch): Promise<Prediction[]>;
	close(): Promise<void>;
}

/** The worker's side; pictures travel as base64, because Playwright's messages are JSON. */
export interface PredictWorker {
	open(model: string, options: OpenOptions): Promise<OpenedBundle>;
	predict(batch: Omit<Batch, "images"> & { readonly images: ReadonlyArray<string | null> }): Promise<Prediction[]>;
}
