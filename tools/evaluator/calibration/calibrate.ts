/** Fits the maps of a bundle on a plan of dev sets, and puts them into its umie.json. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as z from "zod/mini";
import { parseManifest } from "../../../src/bundle/manifest.ts";
import { CALIBRATED_KINDS, type CalibratedKind, type Calibration } from "../../../src/core/calibration.ts";
import { Failure } from "../../../src/core/failure.ts";
import { cannotWrite, writeWhole } from "../../node/files/write-whole.ts";
import { evaluateWith } from "../evaluate.ts";
import type { EvaluatedTask, Predictor } from "../predict/contract.ts";
import { EVALUATED } from "../tasks/tasks.ts";
import { type Fitted, fitMap, type JudgedPost } from "./fit.ts";
import { kindOf } from "./kinds.ts";

const MAX_SETS = 100;
const share = z.number().check(z.gte(0), z.lte(1));
const PlanSchema = z.strictObject({
	/** Share of right records that the sure ones of a kind are to have. */
	targets: z.partialRecord(z.enum(CALIBRATED_KINDS), share),
	/** Share of right regions among those without "perhaps". */
	certain: z.optional(share),
	sets: z
		.array(
			z.strictObject({
				task: z.enum(EVALUATED as [EvaluatedTask, ...EvaluatedTask[]]),
				/** JSONL of annotated posts that the model did not learn from, under the folder of the data. */
				data: z.string(),
				/** The entity types of the set, where they are not the model's own. */
				entityTypes: z.optional(z.array(z.string())),
				/** Folder of its pictures, under the folder of the data; regions only. */
				images: z.optional(z.string()),
				/** At most so many records, spread evenly. */
				limit: z.optional(z.int().check(z.gte(1))),
			}),
		)
		.check(z.minLength(1), z.maxLength(MAX_SETS)),
});
export type CalibrationPlan = z.infer<typeof PlanSchema>;

/** @throws Failure `input-unreadable` */
export function readPlan(path: string): CalibrationPlan {
	let json: unknown;
	try {
		json = JSON.parse(readFileSync(path, "utf8"));
	} catch (cause) {
		throw new Failure("input-unreadable", `${path} cannot be read as JSON.`, { cause });
	}
	const parsed = PlanSchema.safeParse(json);
	if (!parsed.success) {
		const issue = parsed.error.issues[0];
		throw new Failure("input-unreadable", `${path}: "${issue?.path.join(".")}": ${issue?.message}.`);
	}
	const odd = parsed.data.sets.find(({ task }) => kindOf(task) === undefined);
	if (odd !== undefined) throw new Failure("input-unreadable", `${path}: records of ${odd.task} have no map.`);
	for (const { task, images, data } of parsed.data.sets) {
		const kind = kindOf(task)!;
		if (parsed.data.targets[kind] === undefined)
			throw new Failure("input-unreadable", `${path}: "targets" needs a share for ${kind}.`);
		if (kind === "regions" && images === undefined)
			throw new Failure("input-unreadable", `${path}: ${data} needs "images", the folder of its pictures.`);
	}
	return parsed.data;
}

export type FittedKinds = Partial<Record<CalibratedKind, Fitted>>;

interface CalibrateOptions {
	readonly root: string;
	readonly beams: number;
	readonly onProgress: (what: string, done: number, total: number) => void;
}

/**
 * The model's own scores on every set of the plan, without pictures but for regions, and a map for each kind.
 * @throws Failure
 */
export async function fitPlan(
	predictor: Predictor,
	plan: CalibrationPlan,
	options: CalibrateOptions,
): Promise<FittedKinds> {
	const posts = new Map<CalibratedKind, JudgedPost[]>();
	const gates: number[] = [];
	for (const { task, data, entityTypes, images, limit = 0 } of plan.sets) {
		const request = { beams: options.beams, decoding: "extractive" as const };
		const kind = kindOf(task)!;
		const evaluation = await evaluateWith(predictor, task, {
			data: resolve(options.root, data),
			limit,
			request: entityTypes === undefined ? request : { ...request, labels: { entityTypes } },
			fitting: true,
			...(images !== undefined && { images: resolve(options.root, images) }),
			onProgress: (done, total) => options.onProgress(`${task} ${data}`, done, total),
		});
		const judged = kind === "regions" ? evaluation.judgedRegions : evaluation.judged;
		posts.set(kind, [...(posts.get(kind) ?? []), ...judged]);
		gates.push(...evaluation.gates.flatMap(({ low, high }) => [low, high]));
	}
	return Object.fromEntries(
		[...posts].map(([kind, judged]) => {
			const target = plan.targets[kind]!;
			return [kind, kind === "regions" ? fitRegions(judged, target, plan.certain, gates) : fitMap(judged, target)];
		}),
	);
}

function fitRegions(
	judged: readonly JudgedPost[],
	target: number,
	certain: number | undefined,
	gates: readonly number[],
): Fitted {
	const { map, heldOut } = fitMap(judged, target, certain);
	const rounded = (gate: number) => Math.round(100 * gate) / 100;
	const range: [number, number] = [rounded(Math.min(0, ...gates)), rounded(Math.max(0, ...gates))];
	return { map: { ...map, gates: range }, heldOut };
}

/**
 * Writes the maps into the bundle; maps of other kinds and its other files stay as they are.
 * @throws Failure `input-unreadable`
 */
export function writeCalibration(bundle: string, fitted: FittedKinds): void {
	const path = join(bundle, "umie.json");
	try {
		const json = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
		const calibration: Calibration = Object.fromEntries(Object.entries(fitted).map(([kind, { map }]) => [kind, map]));
		const next = { ...json, calibration: { ...(json.calibration as Calibration | undefined), ...calibration } };
		parseManifest(next);
		writeWhole(path, `${JSON.stringify(next, null, "\t")}\n`);
	} catch (cause) {
		if (cause instanceof Failure) throw cause;
		throw cannotWrite(path, cause);
	}
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** A line for each kind, as the terminal and the model card show it. */
export function describeFitted(fitted: FittedKinds): string {
	const head = "kind        records  error before  after   Brier  AUC    threshold  precision  recall";
	const rows = Object.entries(fitted).map(
		([
			kind,
			{
				map,
				heldOut: { before, after, precision, recall },
			},
		]) =>
			[
				kind.padEnd(10),
				String(map.records).padStart(8),
				percent(before.error).padStart(13),
				percent(after.error).padStart(6),
				after.brier.toFixed(3).padStart(7),
				(after.auc?.toFixed(3) ?? "–").padStart(6),
				map.threshold.toFixed(2).padStart(9),
				percent(precision).padStart(10),
				percent(recall).padStart(8),
			].join(" "),
	);
	return [head, ...rows].join("\n");
}
