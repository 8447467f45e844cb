/** Goes in: attributes as a page wrote them. Comes out: a request for the engine, or a failure that names the attribute. */
import * as z from "zod/mini";
import { Failure } from "../core/failure.ts";
import { type ExtractRequest, type Labels, REQUESTABLE, type RequestableTask } from "../tasks/types.ts";
import type { ElementAttributes } from "./contract.ts";

const list = z.array(z.string().check(z.maxLength(200))).check(z.maxLength(500));
const LabelsSchema = z.strictObject({
	entityTypes: z.optional(list),
	relationTypes: z.optional(list),
	eventTypes: z.optional(list),
	argumentRoles: z.optional(z.record(z.string(), list)),
});

const DEFAULT_TASKS: readonly RequestableTask[] = ["mner", "mre"];
export const MAX_BEAMS = 16;

type RequestAttributes = Pick<ElementAttributes, "tasks" | "labels" | "beams">;

/** @throws Failure `usage` for unknown tasks or beams, `labels-invalid` for labels that cannot be read */
export function requestFrom({ tasks, labels, beams }: RequestAttributes): ExtractRequest {
	return {
		tasks: tasksFrom(tasks),
		...(labels?.trim() && { labels: labelsFrom(labels) }),
		...(beams?.trim() && { beams: beamsFrom(beams) }),
	};
}

const itemsOf = (text: string): string[] => text.split(",").flatMap((item) => item.trim() || []);

function tasksFrom(text: string | null): readonly RequestableTask[] {
	const names = itemsOf(text ?? "");
	if (names.length === 0) return DEFAULT_TASKS;
	const wrong = names.find((name) => !(REQUESTABLE as readonly string[]).includes(name));
	if (wrong !== undefined)
		throw new Failure("usage", `tasks: "${wrong.slice(0, 60)}" is none of ${REQUESTABLE.join(", ")}.`);
	return names as RequestableTask[];
}

function beamsFrom(text: string): number {
	const beams = Number(text);
	if (!Number.isInteger(beams) || beams < 1 || beams > MAX_BEAMS)
		throw new Failure("usage", `beams: "${text.slice(0, 60)}" is no whole number from 1 to ${MAX_BEAMS}.`);
	return beams;
}

function labelsFrom(text: string): Labels {
	if (!text.trim().startsWith("{")) return { entityTypes: itemsOf(text) };
	try {
		return LabelsSchema.parse(JSON.parse(text)) as Labels;
	} catch (cause) {
		throw new Failure(
			"labels-invalid",
			"labels: this is neither a list with commas nor JSON with entityTypes, relationTypes, eventTypes or argumentRoles.",
			{ cause },
		);
	}
}
