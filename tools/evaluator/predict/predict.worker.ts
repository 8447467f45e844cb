/** Predicts in a page's worker, with the engine of workers/engine.worker.ts and the same queries as in Node. */
import * as Comlink from "comlink";
import { toFacts, unwrap } from "../../../src/core/failure.ts";
import { browserPlatform } from "../../../workers/browser-platform.ts";
import { createEngineApi } from "../../../workers/engine.ts";
import type { PredictWorker } from "./contract.ts";
import { describeModel, predictRecords } from "./predict.ts";

const engine = createEngineApi(browserPlatform);
const { decodeImage: decode, proposer, turn } = browserPlatform;

function decodeBase64(base64: string): Uint8Array {
	return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** An error loses its class between threads, so its code and text travel in the message. */
async function failInMessage<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		const { code, what } = toFacts(error);
		throw new Error(`umie:${code}:${what}`);
	}
}

const worker: PredictWorker = {
	open: (model, options) =>
		failInMessage(async () => {
			unwrap(await engine.open(1, { kind: "url", url: model }, options, () => {}));
			return describeModel(engine.model());
		}),
	predict: (batch) =>
		failInMessage(() => {
			const images = batch.images.map((image) => (image === null ? null : decodeBase64(image)));
			return predictRecords({ model: engine.model(), decode, proposer, turn }, { ...batch, images });
		}),
};

Comlink.expose(worker);
