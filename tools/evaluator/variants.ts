/** Evaluates each combination of gates, pictures and regions, for one table. */
import { type EvaluateOptions, type Evaluation, evaluateWith } from "./evaluate.ts";
import type { EvaluatedTask, EvaluationRequest, Predictor } from "./predict/contract.ts";
import type { Pictures } from "./showing.ts";

export interface Varied {
	readonly gates: readonly NonNullable<EvaluationRequest["gate"]>[];
	readonly pictures: readonly Pictures[];
	readonly regions: readonly string[];
}

export interface Variant {
	/** "pictures right, gate model": what is not the same in all of them. */
	readonly name: string;
	readonly gate: Varied["gates"][number];
	readonly pictures: Pictures;
	readonly regions: string;
}

export interface MeasuredVariant extends Variant {
	readonly evaluation: Evaluation;
}

/** Every combination. */
export function listVariants({ gates, pictures, regions }: Varied): Variant[] {
	const varies = { pictures: pictures.length > 1, regions: regions.length > 1, gate: gates.length > 1 };
	return pictures.flatMap((picture) =>
		regions.flatMap((region) =>
			gates.map((gate): Variant => {
				const values = { pictures: picture, regions: region, gate };
				const names = Object.entries(values).flatMap(([what, value]) =>
					varies[what as keyof typeof varies] ? [`${what} ${value}`] : [],
				);
				return { name: names.join(", "), ...values };
			}),
		),
	);
}

/** One after the other; a stopped run leaves out those it did not finish. @throws Failure */
export async function measureVariants(
	variants: readonly Variant[],
	task: EvaluatedTask,
	predictor: Predictor,
	{
		onProgress,
		...options
	}: Omit<EvaluateOptions, "onProgress" | "predictions"> & { readonly onProgress: (what: string) => void },
): Promise<MeasuredVariant[]> {
	const measured: MeasuredVariant[] = [];
	for (const variant of variants) {
		const { name, gate, pictures, regions } = variant;
		const evaluation = await evaluateWith(predictor, task, {
			...options,
			request: { ...options.request, gate },
			showing: { pictures, regions },
			onProgress: (done, total) => onProgress(`${name}: ${done}/${total}`),
		});
		if (options.signal?.aborted && evaluation.records < evaluation.requested) break;
		measured.push({ ...variant, evaluation });
	}
	return measured;
}
