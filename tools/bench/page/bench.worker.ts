/**
 * Measures the engine of workers/engine.worker.ts: how long posts or token ids take, and each of their decoding steps.
 */
import * as Comlink from "comlink";
import { unwrap } from "../../../src/core/failure.ts";
import { browserPlatform } from "../../../workers/browser-platform.ts";
import { createEngineApi } from "../../../workers/engine.ts";
import type { ObservedRun } from "../../../workers/model/sessions.ts";
import { askModel } from "./ask.ts";
import type { BenchWorker, MeasuredGraphs, MeasuredPost, MeasuredRun } from "./contract.ts";
import { copyRates } from "./copy-rates.ts";
import { drawPicture, drawRegions } from "./picture.ts";

type TimedRun = Pick<ObservedRun, "role" | "milliseconds"> & { readonly ended: number; readonly tokens: number };

let observed: TimedRun[] = [];
let job = 0;

const engine = createEngineApi({
	...browserPlatform,
	observe: ({ role, milliseconds, feeds }) =>
		observed.push({ role, milliseconds, ended: performance.now(), tokens: feeds.decoder_input_ids?.dims[1] ?? 0 }),
});

const isDecoder = ({ tokens }: TimedRun) => tokens > 0;

/**
 * From the end of one decoder run to the end of the next, of the same batch: the first run of a batch has none before
 * it.
 */
function runsOf(runs: readonly TimedRun[]): MeasuredRun[] {
	return runs.flatMap((run, index) => {
		const before = runs[index - 1];
		const follows = before !== undefined && isDecoder(before) && isDecoder(run);
		return follows ? [{ milliseconds: run.ended - before.ended, inside: run.milliseconds, tokens: run.tokens }] : [];
	});
}

function graphsOf(runs: readonly TimedRun[]): MeasuredGraphs {
	const roles = [...new Set(runs.map(({ role }) => role))];
	return Object.fromEntries(
		roles.map((role) => {
			const own = runs.filter((run) => run.role === role);
			return [role, { runs: own.length, milliseconds: own.reduce((sum, { milliseconds }) => sum + milliseconds, 0) }];
		}),
	);
}

/** Milliseconds, and the runs observed meanwhile. */
async function timed<T>(work: () => Promise<T>) {
	observed = [];
	const started = performance.now();
	const value = await work();
	const milliseconds = performance.now() - started;
	return {
		value,
		milliseconds,
		runs: runsOf(observed),
		tokens: observed.reduce((sum, { tokens }) => sum + tokens, 0),
		graphs: graphsOf(observed),
	};
}

const worker: BenchWorker = {
	async open(model, options) {
		const { value, milliseconds } = await timed(() =>
			engine.open(++job, { kind: "url", url: model }, options, () => {}),
		);
		const { manifest, device } = unwrap(value);
		return { bundle: `${manifest.name} ${manifest.dtype}`, device, milliseconds };
	},
	async measure({ texts, pictures, regions: count, request }) {
		const regions = count === undefined ? null : drawRegions(count);
		const measured: MeasuredPost[] = [];
		for (const text of texts) {
			const image = pictures ? await drawPicture(++job) : null;
			const { value, ...rest } = await timed(() => engine.extract(++job, { text, image, regions }, request, () => {}));
			measured.push({ ...rest, timings: unwrap(value).timings });
		}
		return measured;
	},
	async ask(request) {
		const { value: ids, ...rest } = await timed(() => askModel(engine.model(), request));
		return { ids, ...rest };
	},
	copyRates,
};

Comlink.expose(worker);
