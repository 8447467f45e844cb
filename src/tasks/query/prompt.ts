/** Words a prompt and puts it before the text, cut to what the model can read. */
import { Failure } from "../../core/failure.ts";
import { type ExtractionContext, plainIds } from "../context.ts";
import { TASK_INSTRUCTORS, type TaskInstructor } from "../defaults.ts";
import type { TextRange } from "../types.ts";
import type { Input } from "./question.ts";

/** Tokens of the text that must fit beside an instructor, or asking is pointless. */
const MIN_ROOM = 8;

/** Puts values into `{name}` places, in one pass: a value is never read as a template. */
export function fill(template: string, values: Readonly<Record<string, string>>): string {
	return template.replace(/\{(\w+)\}/g, (place, name: string) => (Object.hasOwn(values, name) ? values[name]! : place));
}

/** The prompt of a task beyond the paper: the manifest's, else ours. */
export function instructorOf(
	context: ExtractionContext,
	name: TaskInstructor,
	values: Readonly<Record<string, string>>,
): string {
	const { tasks = {} } = context.instructors;
	return fill(Object.hasOwn(tasks, name) ? tasks[name]! : TASK_INSTRUCTORS[name], values);
}

/**
 * `<instructor> <text></s>`, cut from the text's end to the model's limit. A word that is cut in the middle is fed, but
 * counts as not read.
 */
export function buildInput(context: ExtractionContext, instructor: string): Input {
	const { piecesRead, ...input } = cutInput(
		context,
		instructor,
		context.words.map(({ ids }) => ids),
	);
	return { ...input, wordsRead: piecesRead };
}

/** An input whose text is made of `pieces`, and how many of them are whole. */
export function cutInput(
	{ codec, maxInput }: ExtractionContext,
	instructor: string,
	pieces: ReadonlyArray<readonly number[]>,
): Pick<Input, "inputIds" | "text"> & { readonly piecesRead: number } {
	const ids = plainIds(instructor, codec);
	const limit = maxInput - 1;
	const begin = Math.min(ids.length, limit);
	let piecesRead = 0;
	for (const piece of pieces) {
		ids.push(...piece);
		if (ids.length > limit) break;
		piecesRead++;
	}
	const text: TextRange = { begin, end: Math.min(ids.length, limit) };
	return { inputIds: [...ids.slice(0, limit), codec.special.eos], text, piecesRead };
}

/** @throws Failure `labels-invalid` when a label list leaves the text no room in the model's input */
export function checkRoom({ codec, maxInput }: ExtractionContext, instructor: string, what: string): void {
	const { length } = plainIds(instructor, codec);
	if (length + MIN_ROOM < maxInput) return;
	throw new Failure(
		"labels-invalid",
		`The ${what}: with this list the prompt takes ${length} of the model's ${maxInput} tokens, ` +
			"which leaves no room for the text.",
	);
}
