/** Answers token ids with token ids by the engine's own path, in the browser and in Node. */
import { settleRequest } from "../../../src/tasks/request.ts";
import type { Generation, Grammar } from "../../../src/tasks/types.ts";
import { answerQueries } from "../../../workers/model/answer.ts";
import { type EncodedImage, encodeImage } from "../../../workers/model/model.ts";
import type { OpenModel } from "../../../workers/open-model.ts";
import type { AskCase } from "./contract.ts";

/** @param candidates the ids that every step chooses from, without an end; null: the whole vocabulary */
function freeQuery(inputIds: readonly number[], candidates: readonly number[] | null = null): Generation {
	const sorted = Int32Array.from(candidates ?? []).sort();
	const allowed = [...sorted];
	const grammar: Grammar<null> = { start: null, allowed: () => allowed, next: () => null };
	return {
		task: "mner",
		instructor: "",
		inputIds,
		text: { begin: 0, end: inputIds.length - 1 },
		candidateIds: sorted,
		grammar,
	};
}

/** @returns [posts][T] ids of the best beam, without the start token */
export async function askModel(
	model: OpenModel,
	{ inputs, beams, candidates, maxNewTokens, regions }: AskCase,
): Promise<number[][]> {
	const image = regions === null ? null : await newPicture(model, regions);
	// Every beam is kept, so that what a beam costs is seen.
	const kept = { beams, beamThreshold: 1000, maxNewTokens };
	const request = settleRequest({
		tasks: ["mner"],
		...kept,
		decoding: candidates === null ? "full" : "extractive",
		gate: "model",
	});
	const answers = await answerQueries(
		model.sessions,
		inputs.map((input) => ({ query: freeQuery(input, candidates), image })),
		{ request, device: model.device.name, yieldPoint: async () => {}, onProgress: () => {} },
	);
	for (const tensor of image === null ? [] : [image.states, image.mask]) tensor.dispose();
	return answers.map(({ hypotheses }) => [...(hypotheses[0]?.ids ?? [])]);
}

/** A grey picture, encoded: its cost does not depend on what is in it. */
async function newPicture({ sessions }: OpenModel, regions: number): Promise<EncodedImage> {
	const size = sessions.manifest.config.visual!.image_size;
	const rows = 1 + regions;
	const pixels = new Float32Array(rows * 3 * size * size).fill(0.5);
	const boxes = Float32Array.from({ length: 4 * rows }, (_, index) => (index % 4 < 2 ? 0 : 1));
	return encodeImage(sessions, pixels, boxes, size);
}
