/** Keeps the predictions of a run in a file, so that a later run with the same settings can continue it. */
import { appendFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { Failure } from "../../src/core/failure.ts";
import { withoutFormerNames } from "../../src/tasks/request.ts";
import { cannotWrite } from "../node/files/write-whole.ts";
import type { Prediction } from "./predict/contract.ts";

/** What must be the same for predictions to belong to a run. */
export interface RunFacts {
	readonly model: string;
	readonly fingerprint: string;
	readonly device: string;
	readonly task: string;
	readonly request: object;
	readonly records: number;
}

export interface PredictionsFile {
	/** Of the first records, in their order. */
	readonly done: readonly Prediction[];
	append(predictions: readonly Prediction[]): void;
}

const FORMAT = "umie-predictions/2";

/** Keeps no predictions. */
export const NO_FILE: PredictionsFile = { done: [], append: () => {} };

/**
 * The first line says which run it is, each further line is a prediction. An incomplete last line is dropped.
 * @throws Failure `usage` where the file belongs to another run, or exists and `resume` is false; `input-unreadable`
 */
export function openPredictions(path: string, facts: RunFacts, resume: boolean): PredictionsFile {
	const there = existsSync(path);
	if (there && !resume) throw new Failure("usage", `${path} already exists; use --resume to continue it.`);
	const header = JSON.stringify({ format: FORMAT, ...facts });
	const done = there ? readPredictions(path, header, facts.records) : [];
	const guard = (work: () => void) => {
		try {
			work();
		} catch (cause) {
			throw cannotWrite(path, cause);
		}
	};
	if (!there) guard(() => writeFileSync(path, `${header}\n`));
	return {
		done,
		append: (predictions) => guard(() => appendFileSync(path, predictions.map(toLine).join(""))),
	};
}

/** Whether two headers are of one run. The order of fields does not matter, and former names of options are read. */
function isSameRun(first: string, header: string): boolean {
	const facts = (line: string) => {
		const { request, ...rest } = JSON.parse(line) as Record<string, unknown>;
		return { ...rest, request: withoutFormerNames(request) };
	};
	try {
		return isDeepStrictEqual(facts(first), facts(header));
	} catch {
		return false;
	}
}

/** A prediction as a line of the file. */
function toLine({ prefiltered, ...rest }: Prediction): string {
	// The file says `screened`, the former name.
	return `${JSON.stringify(prefiltered === undefined ? rest : { ...rest, screened: prefiltered })}\n`;
}

type Line = Omit<Prediction, "prefiltered"> & { readonly screened?: "asked" | "left out" };

function parseLine(line: string): Prediction {
	const { screened, ...rest } = JSON.parse(line) as Line;
	return screened === undefined ? rest : { ...rest, prefiltered: screened };
}

function readPredictions(path: string, header: string, most: number): Prediction[] {
	const content = readFileSync(path, "utf8");
	const whole = content.slice(0, content.lastIndexOf("\n") + 1);
	const [first, ...lines] = whole.split("\n").slice(0, -1);
	if (first === undefined || !isSameRun(first, header))
		throw new Failure(
			"usage",
			`${path} belongs to another run: model, task, data and options must be the same to resume.`,
		);
	if (lines.length > most)
		throw new Failure("usage", `${path} has ${lines.length} predictions, more than the ${most} records.`);
	try {
		const predictions = lines.map(parseLine);
		truncateSync(path, Buffer.byteLength(whole));
		return predictions;
	} catch (cause) {
		throw new Failure("usage", `${path} has a line that is not a prediction.`, { cause });
	}
}
