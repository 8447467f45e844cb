/**
 * Evaluates an open model on annotated posts. The rules are those of the checkpoint's own evaluation, so that numbers
 * compare.
 */
import type { Calibration, ScoreMap } from "../../src/core/calibration.ts";
import { Failure } from "../../src/core/failure.ts";
import type { OpenModel } from "../../workers/open-model.ts";
import { openImageFolder } from "../cli/extract/images.ts";
import { type JudgedPost, mapped } from "./calibration/fit.ts";
import { kindOf } from "./calibration/kinds.ts";
import { judgeRegions } from "./calibration/regions.ts";
import { type Reliability, reliabilityOf } from "./calibration/reliability.ts";
import { type GateSummary, summarizeGates } from "./gates.ts";
import { modelPredictor } from "./node-predictor.ts";
import type {
	AnnotatedRecord,
	EvaluatedTask,
	EvaluationRequest,
	OpenedBundle,
	Prediction,
	Predictor,
} from "./predict/contract.ts";
import { type PrefilterShare, prefilterShare } from "./predict/prefiltered.ts";
import { NO_FILE, openPredictions } from "./predictions-file.ts";
import { readRecords } from "./records.ts";
import { type Scores, score } from "./score.ts";
import { chooseShowings, SHOWING_DEFAULTS, type Showing, type ShowingOptions, withRegions } from "./showing.ts";
import type { Trimming } from "./trimming.ts";
import { picturesToChoose } from "./unrelated.ts";
import { detectWordMode } from "./word-mode.ts";

export interface EvaluateOptions {
	/** JSONL of annotated posts. */
	readonly data: string;
	/** At most this many records, spread evenly; 0: all. */
	readonly limit: number;
	readonly request: EvaluationRequest;
	/** Folder of the pictures that `image_id` names; absent: the text alone is read. */
	readonly images?: string;
	/** Which picture and which regions are shown with each record. */
	readonly showing?: ShowingOptions;
	readonly trimming?: Trimming;
	/** Predictions are kept here while they come. */
	readonly predictions?: { readonly path: string; readonly resume: boolean };
	/** Maps are to be fitted on the scores ({@link Batch}). */
	readonly fitting?: boolean;
	/** Checked between chunks: what was predicted until then is scored. */
	readonly signal?: AbortSignal;
	readonly onProgress: (done: number, total: number) => void;
}

export interface Evaluation extends Scores {
	readonly model: OpenedBundle;
	/** Records that were to be read, also those that a stopped run did not reach. */
	readonly requested: number;
	/** Records that name a picture, and those whose picture was there; null: pictures were left out. */
	readonly pictures: { readonly named: number; readonly found: number } | null;
	/** What was shown with the records. */
	readonly showing: ShowingOptions;
	readonly request: EvaluationRequest;
	/** How far the gate opened, by kind of picture; empty where no picture was looked at. */
	readonly gates: readonly GateSummary[];
	/** How many pairs or texts the bundle's prefilter kept; null: none was in force. */
	readonly prefilter: PrefilterShare | null;
	/** Of the probabilities that the bundle's maps make of the scores; null: it has no map for these records. */
	readonly calibrated: Reliability | null;
	/** Every region of a mention with its score and whether it is right; for tasks whose mentions have regions. */
	readonly judgedRegions: readonly JudgedPost[];
	readonly seconds: number;
}

/** Records asked at once: enough for full batches, few enough to show progress. */
const CHUNK = 64;
/** Pictures stay decoded while their chunk is asked. */
const CHUNK_WITH_PICTURES = 16;

/** An evaluation as `--json` prints it, without the posts. */
export function toJson({
	examples,
	judged,
	judgedRegions,
	requested,
	prefilter,
	...scores
}: Evaluation): Readonly<Record<string, unknown>> {
	// Former names, which scripts read.
	return { ...scores, asked: requested, screen: prefilter && { asked: prefilter.kept, of: prefilter.of } };
}

/** @throws Failure as {@link evaluateWith} */
export function evaluate(model: OpenModel, task: EvaluatedTask, options: EvaluateOptions): Promise<Evaluation> {
	return evaluateWith(modelPredictor(model), task, options);
}

/** @throws Failure what ends the run; predictions made before stay in their file */
export async function evaluateWith(
	predictor: Predictor,
	task: EvaluatedTask,
	options: EvaluateOptions,
): Promise<Evaluation> {
	const started = performance.now();
	const showing = options.showing ?? SHOWING_DEFAULTS;
	const records = withRegions(readRecords(options.data, task, options.limit), showing);
	const words = options.request.words ?? detectWordMode(records);
	const request = { ...options.request, words };
	const names = showing.pictures === "unrelated" ? await picturesToChoose(options.images) : [];
	const showings = chooseShowings(task, records, showing, names);
	const pictures = options.images === undefined ? null : await openPictures(options.images);
	const predictions = await predictAll(predictor, task, { records, showings }, pictures, { ...options, request });
	const answered = records.slice(0, predictions.length);
	const scores = score(task, answered, predictions, options.trimming ?? "exact", words);
	const map = mapFor(task, predictor.opened.calibration, options.request.decoding);
	return {
		...scores,
		calibrated:
			map &&
			reliabilityOf(
				mapped(
					map,
					scores.judged.flatMap(({ outcomes }) => outcomes),
				),
			),
		model: predictor.opened,
		requested: records.length,
		pictures: pictures === null ? null : { named: pictures.named, found: pictures.found },
		showing,
		request,
		gates: summarizeGates(answered, predictions, showing.pictures),
		prefilter: prefilterShare(predictions),
		judgedRegions: kindOf(task) === "regions" ? judgeRegions(answered, predictions) : [],
		seconds: (performance.now() - started) / 1000,
	};
}

/** Maps hold for scores among the candidates; null where there is none. */
function mapFor(
	task: EvaluatedTask,
	calibration: Calibration = {},
	decoding?: EvaluationRequest["decoding"],
): ScoreMap | null {
	const kind = kindOf(task);
	return kind === undefined || kind === "regions" || decoding !== "extractive" ? null : (calibration[kind] ?? null);
}

interface Posts {
	readonly records: readonly AnnotatedRecord[];
	/** Of each record. */
	readonly showings: readonly Showing[];
}

async function predictAll(
	predictor: Predictor,
	task: EvaluatedTask,
	{ records, showings }: Posts,
	pictures: Pictures | null,
	{ request, data, images = "", showing = SHOWING_DEFAULTS, fitting, predictions, signal, onProgress }: EvaluateOptions,
): Promise<Prediction[]> {
	const { name, fingerprint, device } = predictor.opened;
	const facts = {
		model: name,
		fingerprint,
		device: device.name,
		task,
		data,
		images,
		showing,
		request,
		records: records.length,
	};
	const file = predictions === undefined ? NO_FILE : openPredictions(predictions.path, facts, predictions.resume);
	if (file.done.some(({ id }, index) => id !== records[index]!.id))
		throw new Failure("usage", `${predictions?.path} belongs to other records: ids differ.`);
	const made = [...file.done];
	const size = pictures === null ? CHUNK : CHUNK_WITH_PICTURES;
	while (made.length < records.length && !signal?.aborted) {
		onProgress(made.length, records.length);
		const [from, to] = [made.length, made.length + size];
		const shown = showings.slice(from, to);
		const answers = await predictor.predict({
			task,
			records: records.slice(from, to),
			images: await Promise.all(shown.map(({ imageId }) => (pictures === null ? null : pictures.read(imageId)))),
			regions: shown.map(({ regions }) => regions),
			...(showing.regions === "largest" && { grounding: "largest" as const }),
			...(fitting && { fitting }),
			request,
		});
		file.append(answers);
		made.push(...answers);
	}
	onProgress(made.length, records.length);
	return made;
}

interface Pictures {
	named: number;
	found: number;
	read(id: string | null): Promise<Uint8Array | null>;
}

/** A missing picture is counted, not fatal: data sets lose pictures. */
async function openPictures(path: string): Promise<Pictures> {
	const folder = await openImageFolder(path);
	const pictures: Pictures = {
		named: 0,
		found: 0,
		async read(id) {
			if (id === null) return null;
			pictures.named++;
			try {
				const bytes = await folder.readId(id);
				pictures.found++;
				return bytes;
			} catch (error) {
				if (error instanceof Failure) return null;
				throw error;
			}
		},
	};
	return pictures;
}
