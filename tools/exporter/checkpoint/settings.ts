/** Checks the settings of a config.json, and says which one is wrong and what was found. */
import * as z from "zod/mini";
import { Failure } from "../../../src/core/failure.ts";

export const count = z.int().check(z.gte(1), z.lte(1_000_000));
export const id = z.int().check(z.gte(0), z.lte(1_000_000));

/** FLAN-T5 XXL has 24 layers, ResNet-152 36 blocks in a stage; every one is a dozen tensors looked for. */
export const layers = count.check(z.lte(256));

/** Settings as a schema has them. @throws Failure `checkpoint-format` naming the setting and what was found */
export function parseSettings<T extends z.ZodMiniType>(schema: T, json: unknown, file = "config.json"): z.infer<T> {
	const parsed = schema.safeParse(json);
	if (parsed.success) return parsed.data;
	const issue = parsed.error.issues[0];
	const found = issue?.path.reduce<unknown>(
		(at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key],
		json,
	);
	throw new Failure(
		"checkpoint-format",
		`${file}: "${issue?.path.join(".")}" is ${JSON.stringify(found) ?? "missing"}: ${issue?.message}.`,
	);
}

/** Settings that are each possible, but not together. */
export function contradiction(what: string): Failure {
	return new Failure("checkpoint-format", `config.json: ${what}.`);
}
