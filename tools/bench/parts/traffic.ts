/**
 * Measures how near a decoding step is to its lower limit: the bytes of weights it reads ÷ the bytes a second that WASM
 * copies here ÷ the milliseconds it takes.
 */
import type { GraphRole } from "../../../src/bundle/manifest.ts";
import { askModel } from "../page/ask.ts";
import { copyRates } from "../page/copy-rates.ts";
import { withFlanT5 } from "../peer/flan-t5.ts";
import { feedsOf, floorOf, profileRole } from "../profile.ts";
import type { Row } from "../report.ts";
import { askOf, USUAL } from "./cost.ts";
import { SHARE, stepCase, TRAFFIC_STEPS } from "./names.ts";
import { NODE, type Part } from "./part.ts";

const STEPS = [
	{ role: "decoder", beams: 1, name: TRAFFIC_STEPS[0] },
	{ role: "decoder", beams: 4, name: TRAFFIC_STEPS[1] },
	{ role: "decoder_extractive", beams: 1, name: TRAFFIC_STEPS[2] },
	{ role: "decoder_extractive", beams: 4, name: TRAFFIC_STEPS[3] },
] as const satisfies ReadonlyArray<{ readonly role: GraphRole; readonly beams: number; readonly name: string }>;

interface MeasuredStep {
	readonly name: string;
	/** undefined: the bundle of the run. */
	readonly bundle: string | undefined;
	readonly milliseconds: number;
	/** Bytes. */
	readonly weights: number;
}

/**
 * The bundle as it is, and float32 weights of FLAN-T5-small, which no cache holds. In Node: the profiler's lines are
 * read from the standard output. The fastest of all copies stands for the machine: what else it does can only slow a
 * copy down. A share above 1 means that weights came from a cache.
 */
export const trafficPart: Part = async ({ model, note }) => {
	const rates: number[] = [];
	const own = await measureSteps(model, undefined, rates, note);
	const small = await withFlanT5("small", ({ bundle }) =>
		measureSteps(bundle, "flan-t5-small random fp32", rates, note),
	);
	const bandwidth = Math.max(...rates);
	const at = { device: "node", threads: 1, n: 1 } as const;
	const rows = [...own, ...small].flatMap(({ name, bundle, milliseconds, weights }): Row[] => {
		const row = (what: string, value: number, unit: string) => ({
			...at,
			case: stepCase(bundle, name, what),
			value,
			unit,
			...(bundle === undefined ? {} : { bundle }),
		});
		return [
			row("ms", milliseconds, "ms"),
			row("weights read", weights, "bytes"),
			row(SHARE, floorOf({ weights, bandwidth }) / milliseconds, ""),
		];
	});
	return {
		rows: [...rows, { ...at, case: "copy bandwidth of WASM", value: bandwidth / 1e9, unit: "GB/s", n: rates.length }],
		where: NODE,
	};
};

async function measureSteps(
	folder: string,
	bundle: string | undefined,
	rates: number[],
	note: (line: string) => void,
): Promise<MeasuredStep[]> {
	const steps: MeasuredStep[] = [];
	for (const { role, beams, name } of STEPS) {
		note(`${bundle ?? "the bundle"}: ${name}`);
		const feeds = await feedsOf(folder, role, async (engine) => {
			const opened = engine.model();
			const request = askOf({ ...USUAL, beams }, opened.sessions.manifest.config.vocab_size);
			await askModel(opened, { ...request, candidates: role === "decoder" ? null : request.candidates });
		});
		rates.push(...copyRates());
		const { wall, weights } = await profileRole(folder, role, feeds);
		steps.push({ name, bundle, milliseconds: wall, weights });
	}
	return steps;
}
