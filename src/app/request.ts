/** Goes in: the state of the page. Comes out: the labels in force, and the request for the engine. */
import { Failure } from "../core/failure.ts";
import { checkLabels } from "../tasks/labels.ts";
import type { ExtractRequest, Labels, RequestableTask } from "../tasks/types.ts";
import type { AppState, LabelList, TaskChoice } from "./state.ts";

/** What each checkbox asks the engine for. */
export const TASK_OF: Readonly<Record<TaskChoice, RequestableTask>> = { entities: "mner", relations: "mre", events: "mee" };

/** The label list that belongs to each checkbox. */
export const LIST_OF: Readonly<Record<TaskChoice, LabelList>> = { entities: "entityTypes", relations: "relationTypes", events: "eventTypes" };

const LIST_NAMES: Readonly<Record<LabelList, string>> = { entityTypes: "entity types", relationTypes: "relation types", eventTypes: "event types" };

const LIST_IN_MANIFEST = { entityTypes: "entity_types", relationTypes: "relation_types", eventTypes: "event_types" } as const;

/** The model's own list; empty while the model is not known yet. */
export function ownLabels({ manifest }: Pick<AppState, "manifest">, list: LabelList): readonly string[] {
	return manifest?.instructors.labels[LIST_IN_MANIFEST[list]] ?? [];
}

/** The person's list, or the model's own. */
export function labelsInForce(state: Pick<AppState, "manifest" | "labels">, list: LabelList): readonly string[] {
	return state.labels[list] ?? ownLabels(state, list);
}

/** The roles of an event type: the person's, or the model's own. */
export function rolesInForce({ manifest, labels }: Pick<AppState, "manifest" | "labels">, event: string): readonly string[] {
	const own = manifest?.instructors.labels.argument_roles ?? {};
	for (const roles of [labels.argumentRoles, own]) if (Object.hasOwn(roles, event)) return roles[event] ?? [];
	return [];
}

/** Only lists that were edited: the engine fills in the model's own. */
function editedLabels({ labels }: AppState): Labels {
	return {
		...(labels.entityTypes && { entityTypes: labels.entityTypes }),
		...(labels.relationTypes && { relationTypes: labels.relationTypes }),
		...(labels.eventTypes && { eventTypes: labels.eventTypes }),
		...(Object.keys(labels.argumentRoles).length > 0 && { argumentRoles: labels.argumentRoles }),
	};
}

/** What would fail for certain is said before a model is loaded for it. @throws Failure text-empty | labels-invalid */
export function checkDraft(state: AppState): void {
	if (state.post.text.trim() === "") throw new Failure("text-empty", "The post has no text.");
	for (const [task, list] of Object.entries(LIST_OF) as Array<[TaskChoice, LabelList]>) {
		const edited = state.labels[list];
		if (state.tasks[task] && edited) checkLabels(edited, LIST_NAMES[list]);
	}
}

export function requestOf(state: AppState): ExtractRequest {
	const { tasks, options } = state;
	const wanted = (Object.keys(TASK_OF) as TaskChoice[]).filter((task) => tasks[task]);
	const { instructor, beams, decoding } = options;
	return { tasks: wanted.map((task) => TASK_OF[task]), labels: editedLabels(state), instructor, beams, decoding };
}

/** Whether the post was changed after the shown result was made. */
export function isStale({ post, shown, run }: AppState): boolean {
	return shown !== null && run.status !== "running" && (shown.result.text !== post.text || shown.picture !== post.picture);
}
