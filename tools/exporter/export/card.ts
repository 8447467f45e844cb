/** Checks a model card: JSON with the facts that a checkpoint does not hold itself. */
import * as z from "zod/mini";
import { ManifestSchema } from "../../../src/bundle/manifest.ts";
import { Failure } from "../../../src/core/failure.ts";

const fields = ManifestSchema.def.shape;

const CardSchema = z.object({
	name: z.optional(fields.name),
	description: z.optional(z.string()),
	languages: z._default(fields.languages, []),
	license: z._default(fields.license, "unknown"),
	trained_on: z._default(fields.trained_on, []),
	metrics: z._default(fields.metrics, []),
	instructors: z.optional(fields.instructors),
	tasks: fields.tasks,
});

export type Card = z.infer<typeof CardSchema>;

/** @throws Failure `usage` naming the field */
export function parseCard(json: unknown): Card {
	const parsed = CardSchema.safeParse(json);
	if (parsed.success) return parsed.data;
	const issue = parsed.error.issues[0];
	throw new Failure("usage", `The card: "${issue?.path.join(".")}": ${issue?.message}.`);
}
