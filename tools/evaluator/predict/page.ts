/**
 * Passes the runner's calls (../browser-predictor.ts, by `globalThis.predictor`) to the worker, and its answers back.
 */
import * as Comlink from "comlink";
import type { PredictWorker } from "./contract.ts";

const remote = Comlink.wrap<PredictWorker>(
	new Worker(new URL("./predict.worker.ts", import.meta.url), { type: "module" }),
);

const predictor: PredictWorker = {
	open: (model, options) => remote.open(new URL(model, globalThis.location.href).href, options),
	predict: (batch) => remote.predict(batch),
};

Object.assign(globalThis, { predictor });
