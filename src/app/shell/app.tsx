/** Goes in: an engine. Comes out: the page, on which a post becomes a result. */
import { lazy, Suspense, useEffect, useEffectEvent, useReducer, useRef, useState } from "react";
import { toFailureData } from "../../core/failure.ts";
import type { ExportItem } from "../../exports/types.ts";
import { Icon } from "../../ui/icons.tsx";
import { OptionsPanel } from "../ask/options-panel.tsx";
import { requestOf, wantsAnything } from "../ask/request.ts";
import { TaskPanel } from "../ask/task-panel.tsx";
import { withRegions } from "../detectors/propose.ts";
import { ModelPanel } from "../model/model-panel.tsx";
import { bringIn, isPicture, pictureOf } from "../post/incoming.ts";
import { LayoutPanel } from "../post/layout-panel.tsx";
import { PostPanel } from "../post/post-panel.tsx";
import type { Sample } from "../post/samples.ts";
import { ResultPanel } from "../result/result-panel.tsx";
import { NO_STEP_PICTURES, placed } from "../result/step-pictures.ts";
import { droppedOn, StepsPanel } from "../result/steps-panel.tsx";
import { useIncoming, useKeeping, useKeepingCorrections, useTheme } from "../state/hooks.ts";
import { type Action, type AppState, INITIAL, type Picture, reduce } from "../state/state.ts";
import { loadSettings } from "../state/storage.ts";
import { type Threads, useEngine } from "../state/use-engine.ts";
import { Header } from "./header.tsx";
import { stageText } from "./progress-bar.tsx";
import { Toast } from "./toast.tsx";
import { useView } from "./views.ts";

/** Tables, storage and the graph are loaded when somebody has many posts. */
const ManyView = lazy(() => import("../many/many-view.tsx").then(({ ManyView }) => ({ default: ManyView })));

const DocsView = lazy(() => import("../docs/docs-view.tsx").then(({ DocsView }) => ({ default: DocsView })));

const start = (): AppState => reduce(INITIAL, { type: "restored", settings: loadSettings() });

/** One sentence for screen readers; progress in numbers stays with the bar. */
function spoken({ run, model, shown }: AppState): string {
	if (run.status === "running") {
		const progress = model.status === "opening" ? model.progress : run.progress;
		return progress ? `${stageText(progress)}…` : "Extracting…";
	}
	if (run.status === "cancelled") return "Cancelled.";
	if (run.status !== "done" || !shown) return "";
	const { entities, relations, events } = shown.result;
	return `Done. Entities: ${entities.length}, relations: ${relations.length}, events: ${events.length}.`;
}

/** What is wrong with the text, to be said beside it. */
const textProblem = ({ run: { failure } }: AppState): string | null =>
	failure?.code === "text-empty" || failure?.code === "text-too-long" ? `${failure.what} ${failure.remedy}` : null;

/** A sample's picture; null when it cannot be fetched: the text alone is still a sample. */
async function samplePicture(name: string): Promise<Picture | null> {
	try {
		const answer = await fetch(new URL(`samples/${name}`, document.baseURI));
		return answer.ok ? { name, bytes: new Uint8Array(await answer.arrayBuffer()) } : null;
	} catch {
		return null;
	}
}

/** Loads the model while the post is still being written, once, unless the person asked for saving data. */
function useWarmUp(state: AppState, open: (state: AppState) => void): void {
	const first = useRef(state.post);
	const warm = useRef(false);
	const warmUp = useEffectEvent(() => {
		if (warm.current || state.post === first.current || state.model.status !== "closed") return;
		warm.current = true;
		const saving = "connection" in navigator && (navigator.connection as { saveData?: boolean }).saveData === true;
		if (!saving) open(state);
	});
	// biome-ignore lint/correctness/useExhaustiveDependencies: a changed post is the sign that someone is at work
	useEffect(() => warmUp(), [state.post]);
}

/** Ctrl or Cmd with Enter extracts, Escape cancels, wherever the focus is. */
function useShortcuts(extract: () => void, cancel: () => void): void {
	const onKey = useEffectEvent((event: KeyboardEvent) => {
		if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
			event.preventDefault();
			extract();
		} else if (event.key === "Escape") cancel();
	});
	useEffect(() => {
		const listen = (event: KeyboardEvent) => onKey(event);
		document.addEventListener("keydown", listen);
		return () => document.removeEventListener("keydown", listen);
	}, []);
}

export function App({ engine, detector }: Threads) {
	const [state, dispatch] = useReducer(reduce, undefined, start);
	const [theme, setTheme] = useTheme();
	const calls = useEngine({ engine, detector }, state.choice, dispatch);
	const results = useRef<HTMLDivElement>(null);
	const view = useView();
	const [dropped, setDropped] = useState<readonly File[]>([]);
	const [unfolded, setUnfolded] = useState(false);
	const [brought, setBrought] = useState<readonly ExportItem[]>([]);
	useKeeping(state, dispatch);
	useKeepingCorrections(state, dispatch);
	useWarmUp(state, calls.open);

	const wanted = wantsAnything(state);
	const extract = (from = state) => {
		if (!wanted || view !== "post") return;
		calls.extract(from);
		if (from.post.text.trim() === "") document.querySelector<HTMLElement>("[data-post-text]")?.focus();
		// On a phone the result lies below the fold.
		else if (matchMedia("(max-width: 899px)").matches) results.current?.scrollIntoView({ block: "start" });
	};
	const cancel = () => calls.cancel(state);
	useShortcuts(extract, cancel);

	const said = (error: unknown) => {
		const { what, remedy } = toFailureData(error);
		dispatch({ type: "notice", text: `${what} ${remedy}` });
	};
	const steps = state.extras.tasks.includes("gmper");
	const { stepPictures = NO_STEP_PICTURES } = state.post;
	/** @param step the step that they are for; without one they fill those that have no picture yet */
	const onStepFiles = (files: readonly File[], step?: number) => {
		Promise.all(files.filter(isPicture).map(pictureOf)).then((pictures) => {
			const undo = step !== undefined && stepPictures[step] ? { said: `Picture of step ${step + 1} replaced.` } : {};
			if (pictures.length > 0)
				dispatch({ type: "step-pictures", pictures: placed(stepPictures, pictures, step), ...undo });
		}, said);
	};
	const onFiles = (files: readonly File[], target: EventTarget | null = null) => {
		if (view === "many" && !files.some(({ name }) => name === "umie.json")) return setDropped(files);
		const step = droppedOn(target);
		const forSteps = step !== undefined || files.length > 1 || stepPictures.length > 0;
		if (steps && forSteps && files.length > 0 && files.every(isPicture)) return onStepFiles(files, step);
		bringIn(files, state.post.text).then(({ actions, annotations }) => {
			for (const action of actions) dispatch(action);
			const [only] = annotations;
			if (annotations.length === 1 && only) dispatch({ type: "result-opened", result: only.result, correct: true });
			else if (annotations.length > 1) setBrought(annotations);
		}, said);
	};
	const onSample = async ({ text, picture, tasks }: Sample) => {
		const action: Action = { type: "post-replaced", post: { text, picture: await samplePicture(picture) }, tasks };
		dispatch(action);
		extract(reduce(state, action));
	};
	const dragging = useIncoming({ onFiles, onText: (text) => view === "post" && dispatch({ type: "text", text }) });

	return (
		<>
			<a className="skip" href="#results">
				Skip to the result
			</a>
			<Header model={state.model} manifest={state.manifest} view={view} theme={theme} onTheme={setTheme} />
			{view === "docs" ? (
				<Suspense fallback={<p role="status">Loading…</p>}>
					<DocsView />
				</Suspense>
			) : (
				<main className="main">
					<div className="inputs">
						{view === "post" && (
							<PostPanel
								post={state.post}
								textProblem={textProblem(state)}
								dispatch={dispatch}
								onFiles={onFiles}
								onSample={onSample}
								below={
									<>
										{steps && !state.post.layout && (
											<StepsPanel post={state.post} dispatch={dispatch} onFiles={onStepFiles} />
										)}
										{state.extras.tasks.includes("re2") && <LayoutPanel post={state.post} dispatch={dispatch} />}
									</>
								}
							>
								<button type="button" className="button primary" disabled={!wanted} onClick={() => extract()}>
									<Icon name="spark" /> Extract <kbd>Ctrl Enter</kbd>
								</button>
							</PostPanel>
						)}
						<TaskPanel state={state} dispatch={dispatch} />
						<details className="card fold-card" onToggle={({ currentTarget }) => setUnfolded(currentTarget.open)}>
							<summary>Model and options</summary>
							<OptionsPanel options={state.options} dispatch={dispatch} />
							<ModelPanel state={state} seen={unfolded} dispatch={dispatch} onOpen={() => calls.open(state)} />
						</details>
					</div>
					{view === "post" ? (
						<div ref={results}>
							<ResultPanel
								state={state}
								detector={detector}
								dispatch={dispatch}
								brought={brought}
								onChosen={() => setBrought([])}
								onExtract={() => extract()}
								onOpen={() => calls.open(state)}
								onCancel={cancel}
							/>
						</div>
					) : (
						<Suspense fallback={<p role="status">Loading…</p>}>
							<ManyView
								wanted={wanted}
								dropped={dropped}
								ready={() => calls.ready(state)}
								request={() => requestOf(state)}
								extract={async (post, request, signal) =>
									engine.extract(await withRegions(detector, state.options.regions, post, { signal }), request, {
										signal,
									})
								}
							/>
						</Suspense>
					)}
				</main>
			)}
			<p className="sr-only" role="status">
				{spoken(state)}
			</p>
			<Toast undo={state.undo} notice={state.notice} dispatch={dispatch} />
			{dragging && (
				<div className="dragging" aria-hidden="true">
					{view === "many" ? "Drop the posts" : steps ? "Drop the pictures" : "Drop the picture"}
				</div>
			)}
		</>
	);
}
