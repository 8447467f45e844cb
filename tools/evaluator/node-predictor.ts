/** Makes a predictor of an engine that is open in Node. */

import type { OpenModel } from "../../workers/open-model.ts";
import { createSegmentationProposer } from "../../workers/vision/regions/segmentation-proposer.ts";
import { openNodeEngine } from "../node/engine/node-engine.ts";
import { nodeDecoder } from "../node/image/decode-node.ts";
import type { Predictor } from "./predict/contract.ts";
import { describeModel, predictRecords } from "./predict/predict.ts";

/** Closing it leaves the model open: it belongs to the caller. */
export function modelPredictor(model: OpenModel): Predictor {
	const platform = {
		model,
		decode: nodeDecoder,
		proposer: createSegmentationProposer(),
		turn: () => new Promise<void>((resolve) => setImmediate(resolve)),
	};
	return { opened: describeModel(model), predict: (batch) => predictRecords(platform, batch), close: async () => {} };
}

/** @throws Failure */
export async function openNodePredictor(bundle: string): Promise<Predictor> {
	const engine = await openNodeEngine(bundle);
	return { ...modelPredictor(engine.model()), close: () => engine.close() };
}
