/** Goes in: bundles. Comes out: how near a decoding step is to the least it can take: the bytes of weights it reads ÷ the bytes a second that WASM copies here ÷ the milliseconds it takes. */
import type { GraphRole } from "../../../src/bundle/manifest.ts";
import { askModel } from "../page/ask.ts";
import { withFlanT5 } from "../peer/flan-t5.ts";
import { feedsOf, floorOf, profileRole } from "../profile.ts";
import type { Row } from "../report.ts";
import { askOf, USUAL } from "./cost.ts";
import { NODE, type Part } from "./part.ts";

const STEPS: ReadonlyArray<{ readonly role: GraphRole; readonly beams: number; readonly name: string }> = [
	{ role: "decoder", beams: 1, name: "full, 1 beam" },
	{ role: "decoder", beams: 4, name: "full, 4 beams" },
	{ role: "decoder_extractive", beams: 1, name: "extractive, 1 beam" },
	{ role: "decoder_extractive", beams: 4, name: "extractive, 4 beams" },
];

/** The bundle as it is, and float32 weights of FLAN-T5-small, which no cache holds. In Node: the profiler's lines are read from the standard output. */
export const trafficPart: Part = async ({ model, note }) => {
	const own = await rowsOf(model, undefined, note);
	const small = await withFlanT5("small", ({ bundle }) => rowsOf(bundle, "flan-t5-small random fp32", note));
	return { rows: [...own, ...small], where: NODE };
};

async function rowsOf(folder: string, bundle: string | undefined, note: (line: string) => void): Promise<Row[]> {
	const rows: Row[] = [];
	for (const { role, beams, name } of STEPS) {
		note(`${bundle ?? "the bundle"}: ${name}`);
		const feeds = await feedsOf(folder, role, async (engine) => {
			const opened = engine.model();
			const asked = askOf({ ...USUAL, beams }, opened.sessions.manifest.config.vocab_size);
			await askModel(opened, { ...asked, candidates: role === "decoder" ? null : asked.candidates });
		});
		const { wall, weights, bandwidth } = await profileRole(folder, role, feeds);
		const row = (what: string, value: number, unit: string): Row => {
			return { device: "node", threads: 1, case: `step alone, ${name}: ${what}`, value, unit, n: 1, ...(bundle === undefined ? {} : { bundle }) };
		};
		rows.push(
			row("ms", wall, "ms"),
			row("weights read", weights, "bytes"),
			row("copy bandwidth", bandwidth / 1e9, "GB/s"),
			row("share bound by memory traffic", floorOf({ weights, bandwidth }) / wall, ""),
		);
	}
	return rows;
}
