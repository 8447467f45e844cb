/**
 * Reads what the browser kept from an earlier visit, which may be old or broken: a part that is wrong takes its
 * default.
 */

import * as z from "zod/mini";
import { BUILT_IN_MODELS } from "../../bundle/built-in.ts";
import { DEVICE_CHOICES } from "../../core/devices.ts";
import { CorrectionSchema, ResultSchema } from "../../core/result.ts";
import { RECORD_TASK_NAMES } from "../../core/tasks.ts";
import { ThresholdsSchema } from "../../core/thresholds.ts";
import { checkResult } from "../../exports/check-result.ts";
import { MAX_STEPS } from "../../tasks/catalog/gmper.ts";
import { wordsOfJson } from "../../tasks/layout/layout-file.ts";
import { LabelListSchema, OPTION_SHAPE, withoutFormerNames } from "../../tasks/request.ts";
import { REGION_CHOICES } from "../detectors/detectors.ts";
import {
	type AppState,
	INITIAL,
	NO_EXTRAS,
	OWN_LABELS,
	type Picture,
	type PostParts,
	type Settings,
	type Shown,
} from "./state.ts";

const { instructor, beams, decoding, gate, ...otherOptions } = OPTION_SHAPE;
const PARTS = {
	text: z.string(),
	tasks: z.object({ entities: z.boolean(), relations: z.boolean(), events: z.boolean() }),
	labels: z.object({
		entityTypes: z.nullable(LabelListSchema),
		relationTypes: z.nullable(LabelListSchema),
		eventTypes: z.nullable(LabelListSchema),
		argumentRoles: z.record(z.string(), LabelListSchema),
		// Later than the others: what was stored before has none.
		objectRelationTypes: z._default(z.nullable(LabelListSchema), null),
		fineTypes: z._default(z.record(z.string(), LabelListSchema), {}),
	}),
	thresholds: ThresholdsSchema,
	// An option of a request that was not stored yet is its default.
	extras: z.object({ ...otherOptions, tasks: z.readonly(z.array(z.enum(RECORD_TASK_NAMES))) }),
	options: z.object({
		instructor,
		beams,
		decoding,
		gate,
		device: z.enum(DEVICE_CHOICES),
		regions: z._default(z.enum(REGION_CHOICES), "built-in"),
		sensitive: z._default(z.boolean(), false),
	}),
	choice: z.union([
		// The name is later than the others: who had no choice has made none.
		z.object({
			kind: z.literal("built-in"),
			name: z._default(z.nullable(z.enum(BUILT_IN_MODELS.map(({ name }) => name))), null),
		}),
		z.object({ kind: z.literal("url"), url: z.string() }),
	]),
};

/** The value where it fits the schema, else `fallback`. */
function part<T>(schema: z.ZodMiniType<T>, value: unknown, fallback: T): T {
	const parsed = schema.safeParse(value);
	return parsed.success ? parsed.data : fallback;
}

export function parseSettings(stored: unknown): Settings {
	const found: Record<string, unknown> = typeof stored === "object" && stored !== null ? { ...stored } : {};
	return {
		text: part(PARTS.text, found.text, ""),
		tasks: part(PARTS.tasks, found.tasks, INITIAL.tasks),
		extras: { ...part(PARTS.extras, withoutFormerNames(found.extras), NO_EXTRAS), gazetteer: null },
		labels: part(PARTS.labels, found.labels, OWN_LABELS),
		thresholds: part(PARTS.thresholds, found.thresholds, INITIAL.thresholds),
		options: part(PARTS.options, found.options, INITIAL.options),
		choice: part(PARTS.choice, found.choice, INITIAL.choice),
	};
}

/** Files cannot be kept: after a reload a built-in model is taken instead. */
export function settingsOf({ post, tasks, extras, labels: edits, thresholds, options, choice }: AppState): Settings {
	// A gazetteer may be long, and is a file of the person's: it is chosen again after a reload.
	return {
		text: post.text,
		tasks,
		extras: { ...extras, gazetteer: null },
		labels: edits,
		thresholds,
		options,
		choice: choice.kind === "files" ? INITIAL.choice : choice,
	};
}

const PictureSchema = z.nullable(z.object({ name: z.string(), bytes: z.instanceof(ArrayBuffer) }));
const StepPicturesSchema = z.array(PictureSchema).check(z.maxLength(MAX_STEPS));

const ShownSchema = z.object({
	result: ResultSchema,
	undone: z.array(CorrectionSchema),
	picture: PictureSchema,
	stepPictures: z.optional(StepPicturesSchema),
	stored: z.optional(z.boolean()),
});

const PartsSchema = z.object({
	stepPictures: z.optional(StepPicturesSchema),
	layout: z.optional(z.object({ name: z.string(), words: z.unknown() })),
});

const pictureOf = (kept: z.infer<typeof PictureSchema>): Picture | null =>
	kept && { name: kept.name, bytes: new Uint8Array(kept.bytes) };

/** Pictures of steps and a form from an earlier visit; nothing where they are none. */
export function parseParts(stored: unknown): PostParts {
	const parsed = PartsSchema.safeParse(stored);
	if (!parsed.success) return {};
	const { stepPictures, layout } = parsed.data;
	try {
		return {
			...(stepPictures && { stepPictures: stepPictures.map(pictureOf) }),
			...(layout && { layout: { name: layout.name, words: wordsOfJson(layout.words, "the kept form") } }),
		};
	} catch {
		return {};
	}
}

/** The result of an earlier visit; null where it is not one, or of an older version. */
export function parseShown(stored: unknown): Omit<Shown, "job"> | null {
	const parsed = ShownSchema.safeParse(stored);
	if (!parsed.success) return null;
	try {
		const { result, undone, picture, stepPictures, stored } = parsed.data;
		const steps = stepPictures && { stepPictures: stepPictures.map(pictureOf) };
		const rest = { ...steps, ...(stored && { stored }) };
		return { result: checkResult(result, "the kept result"), undone, picture: pictureOf(picture), ...rest };
	} catch {
		return null;
	}
}
