/** Goes in: an engine. Comes out: the page, on which a post becomes a result. */
import { lazy, Suspense, useEffect, useEffectEvent, useReducer, useRef, useState } from "react";
import { Failure, toFailureData } from "../core/failure.ts";
import { Icon } from "../ui/icons.tsx";
import { framesOfFile } from "../ui/video-frames.ts";
import { bundleFromFiles } from "./bundle-files.ts";
import { withRegions } from "./detectors/propose.ts";
import { Header } from "./header.tsx";
import { useIncoming, useKeeping, useKeepingCorrections, useTheme } from "./hooks.ts";
import { ModelPanel } from "./model-panel.tsx";
import { OptionsPanel } from "./options-panel.tsx";
import { PostPanel } from "./post-panel.tsx";
import { stageText } from "./progress-bar.tsx";
import { requestOf, wantsAnything } from "./request.ts";
import { ResultPanel } from "./result-panel.tsx";
import type { Sample } from "./samples.ts";
import { type Action, type AppState, INITIAL, type Picture, reduce } from "./state.ts";
import { loadSettings } from "./storage.ts";
import { TaskPanel } from "./task-panel.tsx";
import { Toast } from "./toast.tsx";
import { type Threads, useEngine } from "./use-engine.ts";
import { useView } from "./views.ts";

/** Tables, storage and the graph are loaded when somebody has many posts. */
const ManyView = lazy(() => import("./many/many-view.tsx").then(({ ManyView }) => ({ default: ManyView })));

const DocsView = lazy(() => import("./docs/docs-view.tsx").then(({ DocsView }) => ({ default: DocsView })));

/** Frames of a video that are looked at, spread evenly: each costs as much as a picture. */
const VIDEO_FRAMES = 8;

/** Larger files are not read: the engine would refuse the picture anyway. */
const MAX_PICTURE_BYTES = 64e6;

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

/** The action that brings in dropped, pasted or picked files. @throws Failure */
async function actionOf(files: readonly File[]): Promise<Action | null> {
	const [file] = files;
	if (!file) return null;
	if (files.some(({ name }) => name === "umie.json")) {
		return { type: "model-chosen", choice: { kind: "files", name: `${files.length} files`, source: bundleFromFiles(files) } };
	}
	if (file.type.startsWith("video/")) return { type: "picture", picture: await pictureOfVideo(file) };
	if (file.size > MAX_PICTURE_BYTES)
		throw new Failure("image-too-large", `${file.name} has ${Math.round(file.size / 1e6)} MB; at most 64 MB are read.`);
	return { type: "picture", picture: { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) } };
}

/** A video as its frames. @throws Failure */
async function pictureOfVideo(file: File): Promise<Picture> {
	const frames = await framesOfFile(file, VIDEO_FRAMES);
	return { name: file.name, bytes: frames[0]!.bytes, frames };
}

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

	const onFiles = (files: readonly File[]) => {
		if (view === "many" && !files.some(({ name }) => name === "umie.json")) return setDropped(files);
		actionOf(files).then(
			(action) => action && dispatch(action),
			(error: unknown) => {
				const { what, remedy } = toFailureData(error);
				dispatch({ type: "notice", text: `${what} ${remedy}` });
			},
		);
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
							<PostPanel post={state.post} textProblem={textProblem(state)} dispatch={dispatch} onFiles={onFiles} onSample={onSample}>
								<button type="button" className="button primary" disabled={!wanted} onClick={() => extract()}>
									<Icon name="spark" /> Extract <kbd>Ctrl Enter</kbd>
								</button>
							</PostPanel>
						)}
						<TaskPanel state={state} dispatch={dispatch} />
						<details className="card fold-card">
							<summary>Model and options</summary>
							<OptionsPanel options={state.options} dispatch={dispatch} />
							<ModelPanel state={state} dispatch={dispatch} onOpen={() => calls.open(state)} />
						</details>
					</div>
					{view === "post" ? (
						<div ref={results}>
							<ResultPanel
								state={state}
								detector={detector}
								dispatch={dispatch}
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
									engine.extract(await withRegions(detector, state.options.regions, post, { signal }), request, { signal })
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
					{view === "many" ? "Drop the posts" : "Drop the picture"}
				</div>
			)}
		</>
	);
}
