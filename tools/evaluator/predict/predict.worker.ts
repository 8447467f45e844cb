/** Predicts in a page's worker, with the engine of workers/engine.worker.ts and the same queries as in Node. */
import * as Comlink from "comlink";
import { toFailureData, unwrap } from "../../../src/core/failure.ts";
import { browserPlatform } from "../../../workers/browser-platform.ts";
import { createEngineApi } from "../../../workers/engine.ts";
import type { PredictWorker } from "./contract.ts";
import { describeModel, predictRecords } from "./predict.ts";

const engine = createEngineApi(browserPlatform);
const { decodeImage: decode, proposer, turn } = browserPlatform;

function bytesOf(base64: string): Uint8Array {
	return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** Thrown errors lose their class between threads: what happened travels in the message. */
async function told<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		const { code, what } = toFailureData(error);
		throw new Error(`umie:${code}:${what}`);
	}
}

const worker: PredictWorker = {
	open: (model, options) =>
		told(async () => {
			unwrap(await engine.open(1, { kind: "url", url: model }, options, () => {}));
			return describeModel(engine.model());
		}),
	predict: (asked) =>
		told(() => {
			const images = asked.images.map((image) => (image === null ? null : bytesOf(image)));
			return predictRecords({ model: engine.model(), decode, proposer, turn }, { ...asked, images });
		}),
};

Comlink.expose(worker);
