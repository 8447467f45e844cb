/** Opens a predictions file: what an earlier run of the same kind left there, and a place for new predictions. */
import { appendFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { Failure } from "../../src/core/failure.ts";
import { withoutFormerNames } from "../../src/tasks/request.ts";
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

/** Nothing is kept. */
export const NO_FILE: PredictionsFile = { done: [], append: () => {} };

/**
 * First line: what the run is. Then one prediction a line. A line that broke off is dropped.
 * @throws Failure `usage` where the file is another run's, or is there and is not to be continued; `input-unreadable`
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
			throw new Failure("input-unreadable", `${path} cannot be written.`, { cause });
		}
	};
	if (!there) guard(() => writeFileSync(path, `${header}\n`));
	return {
		done,
		append: (predictions) =>
			guard(() => appendFileSync(path, predictions.map((one) => `${JSON.stringify(one)}\n`).join(""))),
	};
}

/** Whether two headers are of one run, whatever the order of their fields and the names that options had when they were written. */
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
		const predictions = lines.map((line) => JSON.parse(line) as Prediction);
		truncateSync(path, Buffer.byteLength(whole));
		return predictions;
	} catch (cause) {
		throw new Failure("usage", `${path} has a line that is not a prediction.`, { cause });
	}
}
