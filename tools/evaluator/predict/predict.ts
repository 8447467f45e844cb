/** Predicts for annotated posts with an open model; the same code in Node and in a page. */
import type { Manifest } from "../../../src/bundle/manifest.ts";
import { TRAINED_BY_DEFAULT } from "../../../src/tasks/defaults.ts";
import type { OpenModel } from "../../../workers/open-model.ts";
import { CLASSIC, isClassic, type Runner } from "./classic.ts";
import { type Batch, EMPTY_PREDICTION, type OpenedBundle, type Prediction } from "./contract.ts";
import { extracted } from "./extracted.ts";
import { type Item, mean, type PredictPlatform, prepare } from "./prepare.ts";
import { QUESTIONED } from "./questions.ts";

/** @throws Failure */
export async function predictRecords(platform: PredictPlatform, batch: Batch): Promise<Prediction[]> {
	const { task } = batch;
	const context = { platform, batch };
	try {
		if (!isClassic(task)) return await extracted(context, task);
		const items: Item[] = [];
		for (const index of batch.records.keys()) items.push(await prepare(context, index));
		const runners: Readonly<Record<keyof typeof CLASSIC, Runner>> =
			batch.request.style === "mqa" ? QUESTIONED : CLASSIC;
		const runner = runners[task];
		const outputs = await runner(context, items);
		return outputs.map((answer, index) => {
			const { record, image, gates } = items[index]!;
			return { ...EMPTY_PREDICTION, id: record.id, ...answer, looked: image !== null, gate: mean(gates) };
		});
	} finally {
		platform.model.pictures.trim();
	}
}

export function describeModel({ sessions, device }: OpenModel): OpenedBundle {
	const { manifest } = sessions;
	return {
		name: manifest.name,
		dtype: manifest.dtype,
		device: { ...device },
		trainedOn: manifest.trained_on,
		tasks: manifest.tasks ?? TRAINED_BY_DEFAULT,
		vision: manifest.vision,
		fingerprint: fingerprint(manifest),
		...(manifest.calibration && { calibration: manifest.calibration }),
	};
}

function fingerprint({ files }: Manifest): string {
	return Object.entries(files)
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([, { sha256 }]) => sha256.slice(0, 8))
		.join("");
}
