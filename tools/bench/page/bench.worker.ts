/** Goes in: posts and a request. Comes out: how long each took, and each of its decoding steps. The engine of workers/engine.worker.ts, observed. */
import * as Comlink from "comlink";
import { unwrap } from "../../../src/core/failure.ts";
import { browserPlatform } from "../../../workers/browser-platform.ts";
import { createEngineApi } from "../../../workers/engine.ts";
import type { ObservedRun } from "../../../workers/model/sessions.ts";
import type { BenchWorker, MeasuredPost, MeasuredStep } from "./contract.ts";
import { drawPicture } from "./picture.ts";

type HeardRun = Pick<ObservedRun, "role" | "milliseconds"> & { readonly ended: number };

let heard: HeardRun[] = [];
let job = 0;

const engine = createEngineApi({
	...browserPlatform,
	observe: ({ role, milliseconds }) => heard.push({ role, milliseconds, ended: performance.now() }),
});

const isStep = ({ role }: HeardRun) => role === "decoder" || role === "decoder_extractive";

/** From the end of one decoder run to the end of the next, of the same batch: the first step of a batch has no token before it. */
function stepsOf(runs: readonly HeardRun[]): MeasuredStep[] {
	return runs.flatMap((run, index) => {
		const before = runs[index - 1];
		return before !== undefined && isStep(before) && isStep(run) ? [{ milliseconds: run.ended - before.ended, inside: run.milliseconds }] : [];
	});
}

function graphsOf(runs: readonly HeardRun[]): MeasuredPost["graphs"] {
	const roles = [...new Set(runs.map(({ role }) => role))];
	return Object.fromEntries(
		roles.map((role) => {
			const own = runs.filter((run) => run.role === role);
			return [role, { runs: own.length, milliseconds: own.reduce((sum, { milliseconds }) => sum + milliseconds, 0) }];
		}),
	);
}

const worker: BenchWorker = {
	async open(model, options) {
		const { manifest, device } = unwrap(await engine.open(++job, { kind: "url", url: model }, options, () => {}));
		return { bundle: `${manifest.name} ${manifest.dtype}`, device };
	},
	async measure({ texts, pictures, request }) {
		const measured: MeasuredPost[] = [];
		for (const text of texts) {
			const image = pictures ? await drawPicture(++job) : null;
			heard = [];
			const started = performance.now();
			const { timings } = unwrap(await engine.extract(++job, { text, image }, request, () => {}));
			measured.push({ milliseconds: performance.now() - started, steps: stepsOf(heard), graphs: graphsOf(heard), timings });
		}
		return measured;
	},
};

Comlink.expose(worker);
