/** Reads a request from the attributes that a page wrote. A failure names the attribute. */
import * as z from "zod/mini";
import { Failure } from "../core/failure.ts";
import type { AllowedTypes } from "../core/sensitive.ts";
import { REQUESTABLE, type RequestableTask } from "../core/tasks.ts";
import { checkLabelLists } from "../tasks/labels.ts";
import { type ExtractRequest, type Labels, LabelsSchema, parseOption } from "../tasks/request.ts";
import type { ElementAttributes } from "./contract.ts";

const DEFAULT_TASKS: readonly RequestableTask[] = ["mner", "mre"];
const LABEL_LISTS = Object.keys(LabelsSchema.shape);

type RequestAttributes = Pick<ElementAttributes, "tasks" | "labels" | "beams">;

/** @throws Failure `usage` for unknown tasks or beams, `labels-invalid` for labels that cannot be read */
export function requestFrom({ tasks, labels, beams }: RequestAttributes): ExtractRequest {
	return {
		tasks: readTasks(tasks),
		...(labels?.trim() && { labels: readLabels(labels) }),
		...(beams?.trim() && { beams: parseOption("beams", beams, "beams") }),
	};
}

/** The sensitive types that are shown: all with the attribute `sensitive`, else those that the labels name. */
export function allowedTypes({ labels, sensitive }: Pick<ElementAttributes, "labels" | "sensitive">): AllowedTypes {
	if (sensitive) return "all";
	const { relationTypes = [], eventTypes = [], objectRelationTypes = [] } = labels?.trim() ? readLabels(labels) : {};
	return [...relationTypes, ...eventTypes, ...objectRelationTypes];
}

const splitList = (text: string): string[] => text.split(",").flatMap((item) => item.trim() || []);

function readTasks(text: string | null): readonly RequestableTask[] {
	const names = splitList(text ?? "");
	if (names.length === 0) return DEFAULT_TASKS;
	const wrong = names.find((name) => !(REQUESTABLE as readonly string[]).includes(name));
	if (wrong !== undefined)
		throw new Failure("usage", `tasks must be some of ${REQUESTABLE.join(", ")}, not "${wrong.slice(0, 60)}".`);
	return names as RequestableTask[];
}

function readLabels(text: string): Labels {
	return checkLabelLists(text.trim().startsWith("{") ? readLabelLists(text) : { entityTypes: splitList(text) });
}

function readLabelLists(text: string): Labels {
	try {
		return z.strictObject(LabelsSchema.shape).parse(JSON.parse(text));
	} catch (cause) {
		throw new Failure(
			"labels-invalid",
			`labels: expected a list with commas, or JSON with some of ${LABEL_LISTS.join(", ")}.`,
			{ cause },
		);
	}
}
