/** `umie evaluate --joined N`: what reading in windows costs, on documents of N posts. */
import { Failure } from "../../../src/core/failure.ts";
import { describeJoined, JOINABLE, measureJoined } from "../../evaluator/joined.ts";
import type { EvaluationRequest } from "../../evaluator/predict/contract.ts";
import { openNodeEngine } from "../../node/engine/node-engine.ts";
import { oneOf, progressLine, wholeNumber } from "../command.ts";

/** Posts of a document, at most: longer ones are as long as a text may be. */
const MAX_JOINED = 1_000;

interface JoinedInput {
	readonly model: string;
	readonly task?: string;
	readonly data: string;
	/** As it was given. */
	readonly joined: string;
	readonly limit: number;
	readonly request: EvaluationRequest;
	readonly signal: AbortSignal;
	readonly json: boolean;
}

/** @throws Failure `usage` for a task that is not measured this way */
export async function evaluateJoined({ model, task = "", joined, json, ...given }: JoinedInput): Promise<void> {
	const size = wholeNumber(joined, "joined", 2, MAX_JOINED);
	const chosen = oneOf(task, JOINABLE, "task");
	const line = progressLine();
	const engine = await openNodeEngine(model);
	try {
		const report = await measureJoined(engine.model(), chosen, {
			...given,
			size,
			onProgress: (done, total) => line.show(`${done}/${total}`),
		}).catch((error: unknown) => {
			throw given.signal.aborted ? new Failure("cancelled", "Stopped; nothing was kept.", { cause: error }) : error;
		});
		line.clear();
		console.log(json ? JSON.stringify(report) : describeJoined(report));
	} finally {
		line.clear();
		await engine.close();
	}
}
