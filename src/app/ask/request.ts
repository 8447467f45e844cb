/** Goes in: the state of the page. Comes out: the labels in force, and the request for the engine. */
import { Failure } from "../../core/failure.ts";
import { DEFINITIONS } from "../../tasks/catalog/definitions.ts";
import { FINE_TYPES, OBJECT_RELATION_TYPES, TRAINED_BY_DEFAULT } from "../../tasks/defaults.ts";
import { checkLabels } from "../../tasks/labels.ts";
import { type ExtractRequest, type Labels, REQUEST_DEFAULTS, type RequestableTask } from "../../tasks/types.ts";
import { NO_STEP_PICTURES, type StepPictures, samePlaces } from "../result/step-pictures.ts";
import type { AppState, LabelList, TaskChoice } from "../state/state.ts";

/** What each checkbox asks the engine for. */
export const TASK_OF: Readonly<Record<TaskChoice, RequestableTask>> = {
	entities: "mner",
	relations: "mre",
	events: "mee",
};

/** The label list that belongs to each checkbox. */
export const LIST_OF: Readonly<Record<TaskChoice, LabelList>> = {
	entities: "entityTypes",
	relations: "relationTypes",
	events: "eventTypes",
};

const LIST_NAMES: Readonly<Record<LabelList, string>> = {
	entityTypes: "entity types",
	relationTypes: "relation types",
	eventTypes: "event types",
	objectRelationTypes: "relations between objects and entities",
};

const LIST_IN_MANIFEST = {
	entityTypes: "entity_types",
	relationTypes: "relation_types",
	eventTypes: "event_types",
	objectRelationTypes: "object_relation_types",
} as const;

/** The model's own list; empty while the model is not known yet. */
export function ownLabels({ manifest }: Pick<AppState, "manifest">, list: LabelList): readonly string[] {
	return (
		manifest?.instructors.labels[LIST_IN_MANIFEST[list]] ??
		(list === "objectRelationTypes" ? OBJECT_RELATION_TYPES : [])
	);
}

/** The person's list, or the model's own. */
export function labelsInForce(state: Pick<AppState, "manifest" | "labels">, list: LabelList): readonly string[] {
	return state.labels[list] ?? ownLabels(state, list);
}

/** The roles of an event type: the person's, or the model's own. */
export function rolesInForce(
	{ manifest, labels }: Pick<AppState, "manifest" | "labels">,
	event: string,
): readonly string[] {
	const own = manifest?.instructors.labels.argument_roles ?? {};
	for (const roles of [labels.argumentRoles, own]) if (Object.hasOwn(roles, event)) return roles[event] ?? [];
	return [];
}

/** Fine types by coarse type: the person's, the model's own, or those of FMNERG. */
export function fineTypesInForce({
	manifest,
	labels,
}: Pick<AppState, "manifest" | "labels">): Readonly<Record<string, readonly string[]>> {
	const own = manifest?.instructors.labels.fine_types ?? FINE_TYPES;
	return Object.fromEntries(
		Object.entries(own).map(([coarse, list]) => [
			coarse,
			Object.hasOwn(labels.fineTypes, coarse) ? labels.fineTypes[coarse]! : list,
		]),
	);
}

/** Whether the model says that it was trained for everything a task asks; unknown models are not doubted. */
export function isTrained({ manifest }: Pick<AppState, "manifest">, task: RequestableTask): boolean {
	const trained = manifest?.tasks ?? TRAINED_BY_DEFAULT;
	return manifest === null || DEFINITIONS[task].asks.every((name) => trained.includes(name));
}

/** Only lists that were edited: the engine fills in the model's own. */
function editedLabels(state: AppState): Labels {
	const { labels } = state;
	return {
		...(labels.objectRelationTypes && { objectRelationTypes: labels.objectRelationTypes }),
		...(Object.keys(labels.fineTypes).length > 0 && { fineTypes: fineTypesInForce(state) }),
		...(labels.entityTypes && { entityTypes: labels.entityTypes }),
		...(labels.relationTypes && { relationTypes: labels.relationTypes }),
		...(labels.eventTypes && { eventTypes: labels.eventTypes }),
		...(Object.keys(labels.argumentRoles).length > 0 && { argumentRoles: labels.argumentRoles }),
	};
}

/** Whether anything is to be extracted at all. */
export const wantsAnything = ({ tasks, extras }: Pick<AppState, "tasks" | "extras">): boolean =>
	Object.values(tasks).some(Boolean) || extras.tasks.length > 0;

/** What would fail for certain is said before a model is loaded for it. @throws Failure text-empty | labels-invalid */
export function checkDraft(state: AppState): void {
	if (state.post.text.trim() === "") throw new Failure("text-empty", "The post has no text.");
	for (const [task, list] of Object.entries(LIST_OF) as Array<[TaskChoice, LabelList]>) {
		const edited = state.labels[list];
		if (state.tasks[task] && edited) checkLabels(edited, LIST_NAMES[list]);
	}
	const { objectRelationTypes } = state.labels;
	if (state.extras.tasks.includes("more") && objectRelationTypes)
		checkLabels(objectRelationTypes, LIST_NAMES.objectRelationTypes);
}

export function requestOf(state: AppState): ExtractRequest {
	const { tasks, options, extras } = state;
	const wanted = (Object.keys(TASK_OF) as TaskChoice[]).filter((task) => tasks[task]);
	const { instructor, beams, decoding, gate } = options;
	const { gazetteer, style, untrained, screen } = extras;
	return {
		tasks: [...wanted.map((task) => TASK_OF[task]), ...extras.tasks],
		labels: editedLabels(state),
		instructor,
		beams,
		decoding,
		...(gate !== "auto" && { gate }),
		...(style !== REQUEST_DEFAULTS.style && { style }),
		...(extras.arguments !== REQUEST_DEFAULTS.arguments && { arguments: extras.arguments }),
		...(untrained !== REQUEST_DEFAULTS.untrained && { untrained }),
		...(screen !== REQUEST_DEFAULTS.screen && { screen }),
		...(gazetteer && { gazetteer: { names: gazetteer.names, bias: gazetteer.bias } }),
	};
}

/** The pictures that steps are read with; none where steps are not asked for, or where the text is a form, which is one page. */
export function stepPicturesInForce({ post, extras }: Pick<AppState, "post" | "extras">): StepPictures {
	return extras.tasks.includes("gmper") && !post.layout ? (post.stepPictures ?? NO_STEP_PICTURES) : NO_STEP_PICTURES;
}

/** Whether the post was changed after the shown result was made. */
export function isStale(state: AppState): boolean {
	const { post, shown, run } = state;
	if (shown === null || run.status === "running") return false;
	const inForce = stepPicturesInForce(state);
	// Where steps are not asked for, their pictures change nothing.
	const others = state.extras.tasks.includes("gmper") && !samePlaces(shown.stepPictures ?? NO_STEP_PICTURES, inForce);
	return shown.result.text !== post.text || shown.picture !== post.picture || others;
}
