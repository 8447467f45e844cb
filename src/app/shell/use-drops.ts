/**
 * Decides what dropped, pasted and picked files become: a post, a model, pictures of steps, annotations, a collection.
 */
import { type Dispatch, useState } from "react";
import { toFailureData } from "../../core/failure.ts";
import type { ExportItem } from "../../exports/types.ts";
import { t } from "../../messages/app.ts";
import { bringIn, isPicture, pictureOf } from "../post/incoming.ts";
import { NO_STEP_PICTURES, placed } from "../result/step-pictures.ts";
import { droppedOn } from "../result/step-rows.ts";
import { useIncoming } from "../state/hooks.ts";
import type { Action, AppState } from "../state/state.ts";
import type { ViewName } from "./views.ts";

export interface Drops {
	/** @param target what the files were dropped on */
	readonly onFiles: (files: readonly File[], target?: EventTarget | null) => void;
	/** @param step the step that the pictures are for; without one they fill the steps that have no picture yet */
	readonly onStepFiles: (files: readonly File[], step?: number) => void;
	/** Files for the view of many posts: a new list for each drop. */
	readonly manyFiles: readonly File[];
	/** Posts of an annotation file, of which one is to be chosen. */
	readonly annotated: readonly ExportItem[];
	readonly clearAnnotated: () => void;
	/** Whether files are being dragged over the page. */
	readonly dragging: boolean;
}

export const wantsSteps = ({ extras }: Pick<AppState, "extras">): boolean => extras.tasks.includes("gmper");

export function useDrops(state: AppState, view: ViewName, dispatch: Dispatch<Action>): Drops {
	const [manyFiles, setManyFiles] = useState<readonly File[]>([]);
	const [annotated, setAnnotated] = useState<readonly ExportItem[]>([]);
	const { text, stepPictures = NO_STEP_PICTURES } = state.post;

	const fail = (error: unknown) => {
		const { what, remedy } = toFailureData(error, "app");
		dispatch({ type: "notice", text: `${what} ${remedy}` });
	};
	const onStepFiles: Drops["onStepFiles"] = (files, step) => {
		Promise.all(files.filter(isPicture).map(pictureOf)).then((pictures) => {
			const undo =
				step !== undefined && stepPictures[step] ? { undoText: t("steps.replaced", { step: step + 1 }) } : {};
			if (pictures.length > 0)
				dispatch({ type: "step-pictures", pictures: placed(stepPictures, pictures, step), ...undo });
		}, fail);
	};
	const onPostFiles = (files: readonly File[]) => {
		bringIn(files, text).then(({ actions, annotations, areMany }) => {
			for (const action of actions) dispatch(action);
			if (areMany) {
				setManyFiles(files);
				location.hash = "many";
			}
			const [only] = annotations;
			if (annotations.length === 1 && only) dispatch({ type: "result-opened", result: only.result, correct: true });
			else if (annotations.length > 1) setAnnotated(annotations);
		}, fail);
	};
	const onFiles: Drops["onFiles"] = (files, target = null) => {
		if (view === "many" && !files.some(({ name }) => name === "umie.json")) return setManyFiles(files);
		const step = droppedOn(target);
		const forSteps = step !== undefined || files.length > 1 || stepPictures.length > 0;
		if (wantsSteps(state) && forSteps && files.length > 0 && files.every(isPicture)) return onStepFiles(files, step);
		onPostFiles(files);
	};
	const onText = (pasted: string) => view === "post" && dispatch({ type: "text", text: pasted });
	const dragging = useIncoming({ onFiles, onText });
	return { onFiles, onStepFiles, manyFiles, annotated, clearAnnotated: () => setAnnotated([]), dragging };
}
