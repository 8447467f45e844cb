/** Goes in: a bundle and a JSONL file of annotated posts. Comes out: scores, with the rule they were counted by. */

import { openNodeEngine } from "../../engine/node-engine.ts";
import { EVALUATED, type Evaluation, evaluate } from "../../evaluate/evaluate.ts";
import { type Command, needed, oneOf, options, progressLine, wholeNumber } from "../command.ts";

const RULES = {
	mner: "strict span + type micro-F1 over the data's own tokens",
	mre: "micro-F1 over relations that are not none",
	med: "event type + exact trigger span micro-F1",
	meae: "role + exact span micro-F1, gold event types",
	mee: "role + exact span micro-F1, event types found by med",
} as const satisfies Record<Evaluation["task"], string>;

export const DECODINGS = ["extractive", "full", "constrained"] as const;

export const evaluateCommand: Command = {
	summary: "scores a bundle on annotated posts",
	help: `Usage: umie evaluate --model DIR --task ${EVALUATED.join("|")} --data FILE.jsonl [options]

  --beams     1 to 16 (default 4)
  --decoding  ${DECODINGS.join(" | ")} (default extractive)
  --labels    comma-separated entity, relation or event types; default: the model's own
  --limit     only so many records, spread evenly over the file
  --json      prints the scores as JSON`,
	async run(argv) {
		const { values } = options(argv, {
			model: { type: "string" },
			task: { type: "string" },
			data: { type: "string" },
			beams: { type: "string", default: "4" },
			decoding: { type: "string", default: "extractive" },
			labels: { type: "string" },
			limit: { type: "string", default: "0" },
		});
		const task = oneOf(needed(values.task, "task"), EVALUATED, "task");
		const decoding = oneOf(values.decoding, DECODINGS, "decoding");
		const beams = wholeNumber(values.beams, "beams", 1, 16);
		const labels = values.labels?.split(",");
		const kind = { mner: "entityTypes", mre: "relationTypes", med: "eventTypes", meae: "eventTypes", mee: "eventTypes" } as const;
		const data = needed(values.data, "data");
		const limit = wholeNumber(values.limit, "limit", 0, Number.MAX_SAFE_INTEGER);
		const engine = await openNodeEngine(needed(values.model, "model"));
		const line = progressLine();
		const request = { beams, decoding, ...(labels === undefined ? {} : { labels: { [kind[task]]: labels } }) };
		const result = await evaluate(engine.model(), task, { data, limit, request, onProgress: (done, total) => line.show(`${done}/${total}`) });
		line.clear();
		await engine.close();
		if (values.json) return console.log(JSON.stringify({ rule: RULES[task], beams, decoding, ...result }));
		console.log(describe(result, beams, decoding));
	},
};

function describe(result: Evaluation, beams: number, decoding: string): string {
	const row = (name: string, { precision, recall, f1 }: { precision: number; recall: number; f1: number }) =>
		`${name.padEnd(24)} P ${precision.toFixed(2).padStart(6)}  R ${recall.toFixed(2).padStart(6)}  F1 ${f1.toFixed(2).padStart(6)}`;
	return [
		`${result.task}: ${RULES[result.task]}; ${decoding} decoding, ${beams} ${beams === 1 ? "beam" : "beams"}`,
		row("all", result),
		...Object.entries(result.byType).map(([type, score]) => row(`  ${type}`, score)),
		...(result.accuracy === null ? [] : [`accuracy ${result.accuracy.toFixed(2)}`]),
		`malformed outputs ${result.malformed.toFixed(2)} %; ${result.records} records in ${result.seconds.toFixed(1)} s`,
	].join("\n");
}
