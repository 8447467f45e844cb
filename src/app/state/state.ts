/** The state of the page and its reducer. Nothing here waits, draws or stores. */

import type { BuiltInName } from "../../bundle/built-in.ts";
import type { Manifest } from "../../bundle/manifest.ts";
import type { BundleSource, Progress } from "../../client/protocol.ts";
import type { DeviceChoice } from "../../core/devices.ts";
import { type FailureData, toFailureData } from "../../core/failure.ts";
import type { Correction, Device, ExtractionResult } from "../../core/result.ts";
import type { RecordTaskName } from "../../core/tasks.ts";
import type { Thresholds } from "../../core/thresholds.ts";
import { type Author, correct, type Edit, redo, undo } from "../../corrections/correction.ts";
import { t } from "../../messages/app.ts";
import type { PlainListName } from "../../tasks/labels.ts";
import { layOutWords } from "../../tasks/layout/layout.ts";
import { type Gazetteer, REQUEST_DEFAULTS, REQUEST_OPTIONS, type RequestOptions } from "../../tasks/request.ts";
import type { RegionChoice } from "../detectors/detectors.ts";
import type { LoadProgress } from "../model/load-progress.ts";
import {
	type FormLayout,
	isEmpty,
	type Picture,
	type PostDraft,
	type PostParts,
	samePicture,
	withParts,
	withText,
} from "../post/post.ts";
import type { StepPictures } from "../result/step-pictures.ts";
import { withoutSolved } from "./solved.ts";

export type { FormLayout, Picture, PostDraft, PostParts } from "../post/post.ts";

export const TASK_CHOICES = ["entities", "relations", "events"] as const;
export type TaskChoice = (typeof TASK_CHOICES)[number];

/** Options of a request that are set beside the device; all others are extras. */
type PanelOption = "instructor" | "beams" | "decoding" | "gate";

/** What is extracted beside the three everyday tasks, and how. */
export interface Extras extends Omit<RequestOptions, PanelOption> {
	readonly tasks: readonly RecordTaskName[];
	/** Names of the person's own list; not kept over a reload. */
	readonly gazetteer: (Gazetteer & { readonly file: string }) | null;
}

/** The lists that a person edited; null is the model's own list. */
export type LabelEdits = { readonly [List in PlainListName]: readonly string[] | null } & {
	/** Edited roles by event type; what is absent is the model's own. */
	readonly argumentRoles: Readonly<Record<string, readonly string[]>>;
	/** Edited fine types by coarse type; what is absent is the model's own. */
	readonly fineTypes: Readonly<Record<string, readonly string[]>>;
};

export interface Options extends Pick<RequestOptions, PanelOption> {
	readonly device: DeviceChoice;
	/** Who proposes the regions of a picture. */
	readonly regions: RegionChoice;
	/** Show what models say about race, religion and criminal charges, too. */
	readonly sensitive: boolean;
}

/** Where the model comes from, as far as it can be kept over a reload. */
export type ModelChoice =
	/** `name` null: whichever suits the device (suggested-model.ts). */
	| { readonly kind: "built-in"; readonly name: BuiltInName | null }
	| { readonly kind: "url"; readonly url: string }
	| { readonly kind: "files"; readonly name: string; readonly source: BundleSource };

type ModelState =
	| { readonly status: "closed" }
	| { readonly status: "opening"; readonly progress: LoadProgress | null }
	| { readonly status: "open"; readonly device: Device }
	| { readonly status: "failed"; readonly failure: FailureData };

export interface Shown {
	readonly job: number;
	readonly result: ExtractionResult;
	/** The picture the result was made with, which may have been replaced since. */
	readonly picture: Picture | null;
	/** Those of a procedure whose steps were read with their own. */
	readonly stepPictures?: StepPictures;
	/** Corrections that were taken back, the next to do again last. */
	readonly undone: readonly Correction[];
	/** Whether it came with a sample and no run made it. */
	readonly stored?: boolean;
}

interface Run {
	readonly status: "idle" | "running" | "done" | "cancelled" | "failed";
	/** Messages of other jobs are late and ignored. */
	readonly job: number;
	readonly progress: Progress | null;
	readonly failure: FailureData | null;
}

export interface AppState {
	readonly post: PostDraft;
	/** Whether the person has written or dropped any of the post in this visit. */
	readonly written: boolean;
	readonly tasks: Readonly<Record<TaskChoice, boolean>>;
	readonly extras: Extras;
	readonly labels: LabelEdits;
	/** From which probability on each kind is shown, where the person moved it. */
	readonly thresholds: Thresholds;
	readonly options: Options;
	readonly choice: ModelChoice;
	/** Known before the model is opened, where its umie.json could be read. */
	readonly manifest: Manifest | null;
	readonly model: ModelState;
	readonly run: Run;
	readonly shown: Shown | null;
	/** The job of the result that is being corrected. */
	readonly correcting: number | null;
	/** What the last clearing took away, until it is undone or dismissed. */
	readonly undo: {
		readonly label: string;
		readonly post: PostDraft;
		readonly labels: LabelEdits;
		/** Null: there was none. Absent: the result was left alone. */
		readonly shown?: Shown | null;
	} | null;
	/** One quiet sentence about the page itself, such as that nothing can be stored. */
	readonly notice: string | null;
}

export const OWN_LABELS: LabelEdits = {
	entityTypes: null,
	relationTypes: null,
	eventTypes: null,
	objectRelationTypes: null,
	argumentRoles: {},
	fineTypes: {},
};
const { instructor, beams, decoding, gate, ...otherOptions } = REQUEST_DEFAULTS;
export const NO_EXTRAS: Extras = { ...otherOptions, tasks: [], gazetteer: null };

export const INITIAL: AppState = {
	post: { text: "", picture: null },
	written: false,
	tasks: { entities: true, relations: true, events: false },
	extras: NO_EXTRAS,
	labels: OWN_LABELS,
	thresholds: {},
	options: { instructor, beams, decoding, gate, device: "auto", regions: "built-in", sensitive: false },
	choice: { kind: "built-in", name: null },
	manifest: null,
	model: { status: "closed" },
	run: { status: "idle", job: 0, progress: null, failure: null },
	shown: null,
	correcting: null,
	undo: null,
	notice: null,
};

/** What is kept over a reload, apart from the picture. */
export type Settings = Pick<AppState, "tasks" | "extras" | "labels" | "thresholds" | "options"> & {
	readonly text: string;
	readonly choice: ModelChoice;
};

export type Action =
	| { readonly type: "restored"; readonly settings: Settings }
	| { readonly type: "text"; readonly text: string }
	| { readonly type: "picture"; readonly picture: Picture }
	| { readonly type: "picture-restored"; readonly picture: Picture }
	| { readonly type: "picture-removed" }
	/** `undoText`: what to say where it can be undone. */
	| { readonly type: "step-pictures"; readonly pictures: StepPictures; readonly undoText?: string }
	| ({ readonly type: "parts-restored" } & PostParts)
	| { readonly type: "layout"; readonly layout: FormLayout }
	| { readonly type: "layout-removed" }
	/** `result` null: it could not be fetched. */
	| {
			readonly type: "sample-shown";
			readonly text: string;
			readonly picture: Picture | null;
			readonly result: ExtractionResult | null;
	  }
	| { readonly type: "post-cleared" }
	| { readonly type: "undone" }
	| { readonly type: "undo-dismissed" }
	| { readonly type: "task"; readonly task: TaskChoice; readonly on: boolean }
	| { readonly type: "extras"; readonly extras: Partial<Extras> }
	| { readonly type: "labels"; readonly list: PlainListName; readonly values: readonly string[] | null }
	| { readonly type: "roles"; readonly event: string; readonly values: readonly string[] | null }
	| { readonly type: "fine-types"; readonly coarse: string; readonly values: readonly string[] | null }
	| { readonly type: "thresholds"; readonly thresholds: Thresholds }
	| { readonly type: "options"; readonly options: Partial<Options> }
	| { readonly type: "model-chosen"; readonly choice: ModelChoice }
	| { readonly type: "manifest"; readonly manifest: Manifest | null }
	| { readonly type: "opening"; readonly progress: LoadProgress | null }
	| { readonly type: "opened"; readonly manifest: Manifest; readonly device: Device }
	| { readonly type: "open-ended"; readonly failure: FailureData }
	| { readonly type: "closed" }
	| { readonly type: "run-started"; readonly job: number }
	| { readonly type: "run-progress"; readonly job: number; readonly progress: Progress }
	| {
			readonly type: "run-result";
			readonly job: number;
			readonly result: ExtractionResult;
			readonly picture: Picture | null;
			readonly stepPictures?: StepPictures;
			readonly final: boolean;
	  }
	| { readonly type: "run-failed"; readonly job: number; readonly failure: FailureData }
	| { readonly type: "edited"; readonly edit: Edit; readonly author: Author }
	| { readonly type: "edit-undone" }
	| { readonly type: "edit-redone" }
	| ({ readonly type: "result-restored" } & Omit<Shown, "job">)
	/** `correct`: it is opened to be corrected at once. */
	| { readonly type: "result-opened"; readonly result: ExtractionResult; readonly correct?: boolean }
	| { readonly type: "correcting"; readonly job: number | null }
	| { readonly type: "failure-dismissed" }
	| { readonly type: "notice"; readonly text: string | null };

type Handlers = {
	readonly [Type in Action["type"]]: (state: AppState, action: Extract<Action, { type: Type }>) => AppState;
};

const snapshot = ({ post, labels }: AppState, label: string) => ({ label, post, labels });

/** A copy without `key`. */
function without<T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> {
	return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}

/** A form comes with the task that finds its fields. */
function withLayout(state: AppState, layout: FormLayout): AppState {
	try {
		const { text } = layOutWords(layout.words);
		const { tasks } = state.extras;
		return {
			...state,
			post: { ...withText(state.post, text), layout },
			extras: { ...state.extras, tasks: tasks.includes("re2") ? tasks : [...tasks, "re2"] },
			undo:
				state.post.text === "" || state.post.text === text ? state.undo : snapshot(state, t("undo.formReplacedText")),
		};
	} catch (error) {
		return { ...state, notice: toFailureData(error, "app").what };
	}
}

const HANDLERS: Handlers = {
	restored: (state, { settings: { text, ...kept } }) => ({ ...state, ...kept, post: { ...state.post, text } }),
	text: (state, { text }) => ({ ...state, post: withText(state.post, text) }),
	picture: (state, { picture }) => ({
		...state,
		post: { ...state.post, picture },
		undo: state.post.picture ? snapshot(state, t("undo.pictureReplaced")) : state.undo,
	}),
	// A picture that was dropped while the stored one was still being read stays.
	"picture-restored": (state, { picture }) =>
		state.post.picture ? state : { ...state, post: { ...state.post, picture } },
	"picture-removed": (state) => ({
		...state,
		post: { ...state.post, picture: null },
		undo: snapshot(state, t("undo.pictureRemoved")),
	}),
	"step-pictures": (state, { pictures, undoText }) => ({
		...state,
		post: { ...state.post, stepPictures: pictures },
		undo: undoText === undefined ? state.undo : snapshot(state, undoText),
	}),
	"parts-restored": (state, parts) => {
		const post = withParts(state.post, parts);
		return post === state.post ? state : { ...state, post };
	},
	layout: (state, { layout }) => withLayout(state, layout),
	"layout-removed": (state) => {
		const { layout: _, ...post } = state.post;
		return { ...state, post, undo: snapshot(state, t("undo.formRemoved")) };
	},
	"sample-shown": (state, { text, picture, result }) => ({
		...state,
		post: { text, picture },
		run: state.run.status === "running" ? state.run : { ...state.run, status: "idle", failure: null },
		shown: result && { job: openedJob(state), result, picture, undone: [], stored: true },
		correcting: null,
		undo: isSample(state) ? null : { ...snapshot(state, t("undo.sample")), shown: state.shown },
		notice: result ? state.notice : t("samples.missing"),
	}),
	"post-cleared": (state) => ({
		...state,
		post: { text: "", picture: null },
		undo: snapshot(state, t("undo.postCleared")),
	}),
	undone: (state) => {
		if (!state.undo) return state;
		const { post, labels, shown = state.shown } = state.undo;
		return { ...state, post, labels, shown, undo: null };
	},
	"undo-dismissed": (state) => ({ ...state, undo: null }),
	task: (state, { task, on }) => ({ ...state, tasks: { ...state.tasks, [task]: on } }),
	extras: (state, { extras }) => ({ ...state, extras: { ...state.extras, ...extras } }),
	labels: (state, { list, values }) => ({
		...state,
		labels: { ...state.labels, [list]: values },
		undo: values === null ? snapshot(state, t("undo.labelsReset")) : state.undo,
	}),
	roles: (state, { event, values }) => {
		const rest = without(state.labels.argumentRoles, event);
		const argumentRoles = values === null ? rest : { ...rest, [event]: values };
		return { ...state, labels: { ...state.labels, argumentRoles } };
	},
	"fine-types": (state, { coarse, values }) => {
		const rest = without(state.labels.fineTypes, coarse);
		const fineTypes = values === null ? rest : { ...rest, [coarse]: values };
		return { ...state, labels: { ...state.labels, fineTypes } };
	},
	thresholds: (state, { thresholds }) => ({ ...state, thresholds }),
	options: (state, { options }) => {
		const next = { ...state.options, ...options };
		const { min, max } = REQUEST_OPTIONS.beams;
		const beams = Math.min(max, Math.max(min, Math.round(next.beams) || min));
		// The engine opens for one device: another one means opening again.
		const model: ModelState = next.device === state.options.device ? state.model : { status: "closed" };
		return { ...state, model, options: { ...next, beams } };
	},
	"model-chosen": (state, { choice }) => ({ ...state, choice, manifest: null, model: { status: "closed" } }),
	manifest: (state, { manifest }) => ({ ...state, manifest }),
	opening: (state, { progress }) => ({ ...state, model: { status: "opening", progress } }),
	opened: (state, { manifest, device }) => ({ ...state, manifest, model: { status: "open", device } }),
	"open-ended": (state, { failure }) => ({
		...state,
		model: failure.code === "cancelled" ? { status: "closed" } : { status: "failed", failure },
	}),
	closed: (state) => ({ ...state, model: { status: "closed" } }),
	"run-started": (state, { job }) => ({ ...state, run: { status: "running", job, progress: null, failure: null } }),
	"run-progress": (state, { job, progress }) =>
		isLate(state, job) ? state : { ...state, run: { ...state.run, progress } },
	"run-result": (state, { job, result, picture, stepPictures, final }) => {
		if (isLate(state, job)) return state;
		const run: Run = final ? { status: "done", job, progress: null, failure: null } : state.run;
		return {
			...keepingCorrections(state, job),
			run,
			shown: { job, result, picture, ...(stepPictures && { stepPictures }), undone: [] },
		};
	},
	edited: (state, { edit, author }) => {
		if (!state.shown) return state;
		try {
			return { ...state, shown: { ...state.shown, result: correct(state.shown.result, edit, author), undone: [] } };
		} catch (error) {
			return { ...state, notice: toFailureData(error, "app").what };
		}
	},
	"edit-undone": (state) => {
		const back = state.shown && undo(state.shown.result);
		if (!state.shown || !back) return state;
		return { ...state, shown: { ...state.shown, result: back.result, undone: [...state.shown.undone, back.undone] } };
	},
	"edit-redone": (state) => {
		const next = state.shown?.undone.at(-1);
		if (!state.shown || !next) return state;
		return {
			...state,
			shown: { ...state.shown, result: redo(state.shown.result, next), undone: state.shown.undone.slice(0, -1) },
		};
	},
	// A result that was made while the stored one was still being read stays.
	"result-restored": (state, { result, picture, stepPictures, undone, stored }) => {
		if (state.shown || state.run.status === "running") return state;
		// One object for one picture: that is how the page knows that a result belongs to the post.
		const own = (kept: Picture | null, now: Picture | null) => (samePicture(kept, now) ? now : kept);
		const steps = stepPictures?.map((kept, at) => own(kept, state.post.stepPictures?.[at] ?? null));
		const shown = {
			job: openedJob(state),
			result,
			picture: own(picture, state.post.picture),
			...(steps && { stepPictures: steps }),
			undone,
			...(stored && { stored }),
		};
		return { ...state, shown };
	},
	correcting: (state, { job }) => ({ ...state, correcting: job }),
	"result-opened": (state, { result, correct = false }) => {
		const post = withText(state.post, result.text);
		const { picture, stepPictures } = post;
		const replaced = isCorrected(state) || (state.post.text !== "" && state.post.text !== result.text);
		return {
			...state,
			post,
			run: state.run.status === "running" ? state.run : { ...state.run, status: "idle", failure: null },
			shown: { job: openedJob(state), result, picture, ...(stepPictures && { stepPictures }), undone: [] },
			correcting: correct ? openedJob(state) : null,
			undo: replaced
				? {
						...snapshot(state, t("undo.fileReplaced")),
						...(state.shown && { shown: state.shown }),
					}
				: null,
		};
	},
	"run-failed": (state, { job, failure }) => {
		if (isLate(state, job)) return state;
		const cancelled = failure.code === "cancelled";
		return {
			...state,
			run: { status: cancelled ? "cancelled" : "failed", job, progress: null, failure: cancelled ? null : failure },
		};
	},
	"failure-dismissed": (state) => ({
		...state,
		run: { ...state.run, status: state.run.status === "failed" ? "idle" : state.run.status, failure: null },
		model: state.model.status === "failed" ? { status: "closed" } : state.model,
	}),
	notice: (state, { text }) => ({ ...state, notice: text }),
};

/** Whether the person has no post and no result to lose: there is none, or a sample as it came. */
function isSample(state: AppState): boolean {
	const { post, shown } = state;
	if (!shown) return isEmpty(post);
	return shown.stored === true && !isCorrected(state) && (isEmpty(post) || post.text === shown.result.text);
}

const isCorrected = ({ shown }: AppState): boolean => (shown?.result.corrections?.length ?? 0) > 0;

/** Results that no run made count down, so that none is taken for another. */
const openedJob = ({ shown }: AppState): number => Math.min(0, shown?.job ?? 0) - 1;

/** A new result takes the place of a corrected one: that one can be brought back. */
function keepingCorrections(state: AppState, job: number): AppState {
	if (!state.shown || state.shown.job === job || !isCorrected(state)) return state;
	return {
		...state,
		undo: { ...snapshot(state, t("undo.resultReplaced")), shown: state.shown },
	};
}

const isLate = ({ run }: AppState, job: number): boolean => run.job !== job || run.status !== "running";

/** What a person does who writes a post. */
const WRITING: ReadonlySet<Action["type"]> = new Set<Action["type"]>(["text", "picture", "step-pictures", "layout"]);

export function reduce(state: AppState, action: Action): AppState {
	const handle = HANDLERS[action.type] as (state: AppState, action: Action) => AppState;
	const next = withoutSolved(state, handle(state, action));
	return WRITING.has(action.type) && !next.written ? { ...next, written: true } : next;
}
