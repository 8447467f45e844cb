/** Goes in: calls of the runner (../browser.ts), by way of `globalThis.predictor`. Comes out: the answers of the worker. */
import * as Comlink from "comlink";
import type { PredictWorker } from "./contract.ts";

const remote = Comlink.wrap<PredictWorker>(
	new Worker(new URL("./predict.worker.ts", import.meta.url), { type: "module" }),
);

const predictor: PredictWorker = {
	open: (model, options) => remote.open(new URL(model, globalThis.location.href).href, options),
	predict: (asked) => remote.predict(asked),
};

Object.assign(globalThis, { predictor });
