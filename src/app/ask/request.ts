/** The labels in force and the request for the engine, from the state of the page. */
import { Failure } from "../../core/failure.ts";
import type { AllowedTypes } from "../../core/sensitive.ts";
import { DEFINITIONS } from "../../tasks/catalog/definitions.ts";
import { TRAINED_BY_DEFAULT } from "../../tasks/defaults.ts";
import {
	checkLabelLists,
	type LabelsInForce,
	labelsInForce,
	PLAIN_LISTS,
	type PlainListName,
} from "../../tasks/labels.ts";
import {
	type ExtractRequest,
	type Labels,
	OPTION_NAMES,
	REQUEST_DEFAULTS,
	type RequestOptions,
} from "../../tasks/request.ts";
import type { RequestableTask } from "../../tasks/types.ts";
import { NO_STEP_PICTURES, type StepPictures, samePlaces } from "../result/step-pictures.ts";
import { type AppState, TASK_CHOICES, type TaskChoice } from "../state/state.ts";

/** What each checkbox asks the engine for. */
export const TASK_OF: Readonly<Record<TaskChoice, RequestableTask>> = {
	entities: "mner",
	relations: "mre",
	events: "mee",
};

/** The label list that belongs to each checkbox. */
export const LIST_OF: Readonly<Record<TaskChoice, PlainListName>> = {
	entities: "entityTypes",
	relations: "relationTypes",
	events: "eventTypes",
};

/** The sensitive types that are shown: those that the person's own lists name, or all where the person asked for it. */
export function allowedTypes({ options, labels }: Pick<AppState, "options" | "labels">): AllowedTypes {
	if (options.sensitive) return "all";
	return [labels.relationTypes, labels.eventTypes, labels.objectRelationTypes].flatMap((list) => list ?? []);
}

type LabelState = Pick<AppState, "manifest" | "labels">;

/** The labels that the engine would be asked with: the edited lists, else the model's own, else the built-in ones. */
export function labelsOf({ manifest, labels }: LabelState): LabelsInForce {
	return labelsInForce(manifest, editedLabels({ manifest, labels }));
}

/** A list as its editor shows it; empty while the model is not known yet, and with it the list that it brings. */
export function shownLabels(state: LabelState, list: PlainListName): readonly string[] {
	const isKnown = state.manifest !== null || list === "objectRelationTypes";
	return isKnown ? labelsOf(state)[list] : (state.labels[list] ?? []);
}

/** Whether the model says that it was trained for everything a task asks; unknown models are not doubted. */
export function isTrained({ manifest }: Pick<AppState, "manifest">, task: RequestableTask): boolean {
	const trained = manifest?.tasks ?? TRAINED_BY_DEFAULT;
	return manifest === null || DEFINITIONS[task].asks.every((name) => trained.includes(name));
}

/** Only the lists that were edited; edited fine types stand among the others of the model. */
function editedLabels({ manifest, labels: { argumentRoles, fineTypes, ...lists } }: LabelState): Labels {
	const edited = Object.entries(lists).filter(([, list]) => list !== null);
	const own = Object.entries(labelsInForce(manifest).fineTypes);
	return {
		...Object.fromEntries(edited),
		...(Object.keys(fineTypes).length > 0 && {
			fineTypes: Object.fromEntries(
				own.map(([coarse, list]) => [coarse, Object.hasOwn(fineTypes, coarse) ? fineTypes[coarse]! : list]),
			),
		}),
		...(Object.keys(argumentRoles).length > 0 && { argumentRoles }),
	};
}

/** Whether anything is to be extracted at all. */
export const wantsAnything = ({ tasks, extras }: Pick<AppState, "tasks" | "extras">): boolean =>
	Object.values(tasks).some(Boolean) || extras.tasks.length > 0;

/** Reports what would fail for certain before a model is loaded for it. @throws Failure text-empty | labels-invalid */
export function checkDraft(state: AppState): void {
	if (state.post.text.trim() === "") throw new Failure("text-empty", "The post has no text.");
	const used = new Set<PlainListName>(state.extras.tasks.includes("more") ? ["objectRelationTypes"] : []);
	for (const task of TASK_CHOICES) if (state.tasks[task]) used.add(LIST_OF[task]);
	const edited = PLAIN_LISTS.flatMap((list) => (used.has(list) ? [[list, state.labels[list]]] : []));
	checkLabelLists(Object.fromEntries(edited.filter(([, labels]) => labels !== null)));
}

/** What the engine is asked; options that are left at their default are not sent. */
export function requestOf(state: AppState): ExtractRequest {
	const { tasks, options, extras } = state;
	const { gazetteer } = extras;
	const chosen: RequestOptions = { ...extras, ...options };
	const changed = OPTION_NAMES.filter((name) => chosen[name] !== REQUEST_DEFAULTS[name]);
	return {
		tasks: [...TASK_CHOICES.filter((task) => tasks[task]).map((task) => TASK_OF[task]), ...extras.tasks],
		labels: editedLabels(state),
		...Object.fromEntries(changed.map((name) => [name, chosen[name]])),
		...(gazetteer && { gazetteer: { names: gazetteer.names, bias: gazetteer.bias } }),
	};
}

/**
 * The pictures that steps are read with; none where steps are not asked for, or where the text is a form, which is one
 * page.
 */
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
