/** Goes in: bundles and the folder of dev sets. Comes out: the table of the model card: every set × decoding × beams, bundles side by side, as JSON lines on the way and Markdown at the end. */
import { join } from "node:path";
import { openNodeEngine } from "../engine/node-engine.ts";
import { type EvaluatedTask, evaluate } from "./evaluate.ts";

const SETS: readonly { readonly task: EvaluatedTask; readonly name: string; readonly file: string }[] = [
	{ task: "mner", name: "Twitter-2015, span + type F1", file: "mner/twitter2015/dev.jsonl" },
	{ task: "mner", name: "Twitter-2017, span + type F1", file: "mner/twitter2017/dev.jsonl" },
	{ task: "mre", name: "MNRE-V2, F1 without none", file: "mre/mnre_v2/dev.jsonl" },
	{ task: "med", name: "M2E2, trigger F1", file: "mee/m2e2/dev.jsonl" },
	{ task: "meae", name: "M2E2, argument F1, gold event types", file: "mee/m2e2/dev.jsonl" },
	{ task: "mee", name: "M2E2, argument F1, cascaded", file: "mee/m2e2/dev.jsonl" },
];
const DECODINGS = ["full", "constrained", "extractive"] as const;
const BEAMS = [1, 4] as const;

/** `npx tsx tools/evaluate/dev-table.ts DATA BUNDLE [BUNDLE …]` */
async function main([data = "", ...bundles]: readonly string[]): Promise<void> {
	const rows = new Map<string, string[]>();
	for (const bundle of bundles) {
		const engine = await openNodeEngine(bundle);
		for (const { task, name, file } of SETS)
			for (const decoding of DECODINGS)
				for (const beams of BEAMS) {
					const result = await evaluate(engine.model(), task, {
						data: join(data, file),
						limit: 0,
						request: { beams, decoding },
						onProgress: () => {},
					});
					console.error(
						JSON.stringify({
							bundle,
							task,
							file,
							decoding,
							beams,
							f1: result.f1,
							accuracy: result.accuracy,
							malformed: result.malformed,
							seconds: result.seconds,
						}),
					);
					const cells = rows.get(`${name} | ${decoding} | ${beams}`) ?? [];
					cells.push(result.f1.toFixed(2), result.malformed.toFixed(1), ...(result.accuracy === null ? ["–"] : [result.accuracy.toFixed(2)]));
					rows.set(`${name} | ${decoding} | ${beams}`, cells);
				}
		await engine.close();
	}
	const head = bundles.flatMap((bundle) => [`${bundle} F1`, "malformed %", "accuracy"]);
	console.log(`| set | decoding | beams | ${head.join(" | ")} |\n|${"---|".repeat(head.length + 3)}`);
	for (const [key, cells] of rows) console.log(`| ${key} | ${cells.join(" | ")} |`);
}

await main(process.argv.slice(2));
