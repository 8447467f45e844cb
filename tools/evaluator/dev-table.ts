/**
 * Prints the table of the model card: every dev set × decoding × beams, bundles side by side, as JSON lines while it
 * runs and as Markdown at the end.
 */
import { join } from "node:path";
import type { RequestOptions } from "../../src/tasks/request.ts";
import type { OpenModel } from "../../workers/open-model.ts";
import { openNodeEngine } from "../node/engine/node-engine.ts";
import { type Evaluation, evaluate } from "./evaluate.ts";
import type { EvaluatedTask, EvaluationRequest } from "./predict/contract.ts";

interface DevSet {
	readonly task: EvaluatedTask;
	readonly name: string;
	readonly file: string;
	/** A bundle's prefilter may say what is worth asking. */
	readonly prefiltered?: true;
}

const SETS: readonly DevSet[] = [
	{ task: "mner", name: "Twitter-2015, span + type F1", file: "mner/twitter2015/dev.jsonl" },
	{ task: "mner", name: "Twitter-2017, span + type F1", file: "mner/twitter2017/dev.jsonl" },
	{ task: "mre", name: "MNRE-V2, F1 without none", file: "mre/mnre_v2/dev.jsonl", prefiltered: true },
	{ task: "med", name: "M2E2, trigger F1", file: "mee/m2e2/dev.jsonl", prefiltered: true },
	{ task: "meae", name: "M2E2, argument F1, gold event types", file: "mee/m2e2/dev.jsonl" },
	{ task: "mee", name: "M2E2, argument F1, cascaded", file: "mee/m2e2/dev.jsonl", prefiltered: true },
];
const DECODINGS = ["full", "constrained", "extractive"] as const satisfies readonly RequestOptions["decoding"][];
const BEAMS = [1, 4] as const;

type RowRequest = Required<Pick<EvaluationRequest, "beams" | "decoding" | "prefilter">>;

/** Everything is asked about: the model itself. */
const WHOLE = DECODINGS.flatMap((decoding) =>
	BEAMS.map((beams): RowRequest => ({ decoding, beams, prefilter: "off" })),
);
/** As the page asks. */
const PREFILTERED: RowRequest = { decoding: "extractive", beams: 4, prefilter: "auto" };

const HEAD = ["F1", "malformed %", "accuracy", "asked %"] as const;
const NOTHING = HEAD.map(() => "–");

const rowName = ({ name }: DevSet, { decoding, beams, prefilter }: RowRequest) =>
	`${name} | ${decoding}${prefilter === "auto" ? ", prefiltered" : ""} | ${beams}`;

function cellsOf({ f1, malformed, accuracy, prefilter }: Evaluation): string[] {
	const kept = prefilter === null ? "–" : ((100 * prefilter.kept) / prefilter.of).toFixed(1);
	return [f1.toFixed(2), malformed.toFixed(1), accuracy === null ? "–" : accuracy.toFixed(2), kept];
}

interface OpenBundle {
	readonly bundle: string;
	readonly model: OpenModel;
	/** Folder of the dev sets. */
	readonly data: string;
}

/** One row of a bundle. */
async function measure(
	{ bundle, model, data }: OpenBundle,
	{ task, file }: DevSet,
	request: RowRequest,
): Promise<readonly string[]> {
	// A bundle without a prefilter stands beside those that have one. `screen` is its former name, which manifests say.
	if (request.prefilter === "auto" && model.sessions.manifest.config.screen === undefined) return NOTHING;
	const result = await evaluate(model, task, { data: join(data, file), limit: 0, request, onProgress: () => {} });
	const { f1, accuracy, malformed, seconds, prefilter } = result;
	const { decoding, beams } = request;
	console.error(JSON.stringify({ bundle, task, file, decoding, beams, f1, accuracy, malformed, seconds, prefilter }));
	return cellsOf(result);
}

/** `npx tsx tools/evaluator/dev-table.ts DATA BUNDLE [BUNDLE …]` */
async function main([data = "", ...bundles]: readonly string[]): Promise<void> {
	const rows = new Map<string, (readonly string[])[]>();
	for (const bundle of bundles) {
		const engine = await openNodeEngine(bundle);
		const open = { bundle, model: engine.model(), data };
		for (const set of SETS)
			for (const request of [...WHOLE, ...(set.prefiltered ? [PREFILTERED] : [])]) {
				const row = rowName(set, request);
				rows.set(row, [...(rows.get(row) ?? []), await measure(open, set, request)]);
			}
		await engine.close();
	}
	const head = bundles.flatMap((bundle) => HEAD.map((what, at) => (at === 0 ? `${bundle} ${what}` : what)));
	console.log(`| set | decoding | beams | ${head.join(" | ")} |\n|${"---|".repeat(head.length + 3)}`);
	for (const [row, cells] of rows)
		if (cells.some((one) => one !== NOTHING)) console.log(`| ${row} | ${cells.flat().join(" | ")} |`);
}

await main(process.argv.slice(2));
