/** The page: a post becomes a result. Puts the parts together; each part does its own work. */
import { type Dispatch, lazy, Suspense, useReducer, useRef } from "react";
import { onlySure } from "../../core/calibration.ts";
import { withoutSensitive } from "../../core/sensitive.ts";
import { t } from "../../messages/app.ts";
import { AllowedContext } from "../../ui/sensitive.tsx";
import { useLanguage } from "../../ui/use-language.ts";
import { allowedTypes, requestOf, wantsAnything } from "../ask/request.ts";
import { withRegions } from "../detectors/propose.ts";
import { fetchSample, type Sample } from "../post/samples.ts";
import { judged } from "../result/judged.ts";
import { ResultPanel } from "../result/result-panel.tsx";
import { useKeeping, useKeepingResult, useTheme } from "../state/hooks.ts";
import { type Action, type AppState, INITIAL, reduce } from "../state/state.ts";
import { loadSettings } from "../state/storage.ts";
import { type EngineCalls, type Threads, useEngine } from "../state/use-engine.ts";
import { Header } from "./header.tsx";
import { PostInputs, Settings } from "./inputs.tsx";
import { stageText } from "./progress-bar.tsx";
import { Toast } from "./toast.tsx";
import { useDrops, wantsSteps } from "./use-drops.ts";
import { useShortcuts } from "./use-shortcuts.ts";
import { useWarmUp } from "./use-warm-up.ts";
import { useView, type ViewName } from "./views.ts";

/** Tables, storage and the graph are loaded only for many posts. */
const ManyView = lazy(() => import("../many/many-view.tsx").then(({ ManyView }) => ({ default: ManyView })));

const DocsView = lazy(() => import("../docs/docs-view.tsx").then(({ DocsView }) => ({ default: DocsView })));

const AboutView = lazy(() => import("./about-view.tsx").then(({ AboutView }) => ({ default: AboutView })));

/** Where the result lies under the post. */
const BELOW_THE_FOLD = "(max-width: 899px)";

function scrollTo(result: HTMLElement | null): void {
	if (matchMedia(BELOW_THE_FOLD).matches) result?.scrollIntoView({ block: "start" });
}

const start = (): AppState => reduce(INITIAL, { type: "restored", settings: loadSettings() });

/** One sentence for screen readers; the progress bar has the numbers. */
function spoken(state: AppState): string {
	const { run, model, shown } = state;
	if (run.status === "running") {
		const progress = model.status === "opening" ? model.progress : run.progress;
		return progress ? t("run.stage", { stage: stageText(progress) }) : t("run.extracting");
	}
	if (run.status === "cancelled") return t("run.cancelled");
	const isStored = run.status === "idle" && shown?.stored === true;
	if (!shown || (run.status !== "done" && !isStored)) return "";
	const { entities, relations, events } = onlySure(withoutSensitive(judged(state, shown.result), allowedTypes(state)));
	const counts = { entities: entities.length, relations: relations.length, events: events.length };
	return isStored ? t("run.stored", counts) : t("run.done", counts);
}

interface AnnouncementsProps {
	readonly state: AppState;
	readonly dispatch: Dispatch<Action>;
	readonly view: ViewName;
	readonly dragging: boolean;
}

/** Messages above the page: for screen readers, to undo, and while files are dragged over it. */
function Announcements({ state, dispatch, view, dragging }: AnnouncementsProps) {
	return (
		<>
			<p className="sr-only" role="status">
				{spoken(state)}
			</p>
			<Toast undo={state.undo} notice={state.notice} dispatch={dispatch} />
			{dragging && (
				<div className="dragging" aria-hidden="true">
					{view === "many" ? t("drop.posts") : wantsSteps(state) ? t("drop.pictures") : t("drop.picture")}
				</div>
			)}
		</>
	);
}

interface ManyPostsProps extends Threads {
	readonly state: AppState;
	readonly calls: EngineCalls;
	readonly dropped: readonly File[];
}

/** The view of many posts, fed by the same engine and settings as the view of one. */
function ManyPosts({ engine, detector, state, calls, dropped }: ManyPostsProps) {
	return (
		<Suspense fallback={<p role="status">{t("page.loading")}</p>}>
			<ManyView
				// Its counts are made once: they begin anew with what may be shown.
				key={String(state.options.sensitive)}
				allowed={allowedTypes(state)}
				wanted={wantsAnything(state)}
				dropped={dropped}
				ready={() => calls.ready(state)}
				request={() => requestOf(state)}
				judge={(result) => judged(state, result)}
				extract={async (post, request, signal) => {
					const ready = await withRegions(detector, state.options.regions, post, { signal });
					return engine.extract(ready, request, { signal });
				}}
			/>
		</Suspense>
	);
}

export function App({ engine, detector }: Threads) {
	const [state, dispatch] = useReducer(reduce, undefined, start);
	const [theme, setTheme] = useTheme();
	useLanguage();
	const calls = useEngine({ engine, detector }, state.choice, dispatch);
	const results = useRef<HTMLDivElement>(null);
	const view = useView();
	const drops = useDrops(state, view, dispatch);
	useKeeping(state, dispatch);
	useKeepingResult(state, dispatch);
	useWarmUp(state, calls.open);

	const extract = () => {
		if (!wantsAnything(state) || view !== "post") return;
		calls.extract(state);
		if (state.post.text.trim() === "") document.querySelector<HTMLElement>("[data-post-text]")?.focus();
		else scrollTo(results.current);
	};
	const cancel = () => calls.cancel(state);
	useShortcuts(extract, cancel);

	const onSample = async (sample: Sample) => {
		if (state.run.status === "running") cancel();
		dispatch({ type: "sample-shown", text: sample.text, ...(await fetchSample(sample)) });
		scrollTo(results.current);
	};
	const shared = { state, dispatch, onExtract: extract };
	return (
		<AllowedContext value={allowedTypes(state)}>
			<Header state={state} view={view} theme={theme} onTheme={setTheme} dispatch={dispatch} />
			{view === "docs" || view === "about" ? (
				<Suspense fallback={<p role="status">{t("page.loading")}</p>}>
					{view === "docs" ? <DocsView /> : <AboutView />}
				</Suspense>
			) : (
				<main className={view === "post" ? "main" : "main is-many"}>
					{view === "post" && <PostInputs {...shared} drops={drops} onSample={onSample} />}
					<div className="main-result" ref={results}>
						{view === "post" ? (
							<ResultPanel
								{...shared}
								onOpen={() => calls.open(state)}
								detector={detector}
								brought={drops.annotated}
								onChosen={drops.clearAnnotated}
								onCancel={cancel}
							/>
						) : (
							<ManyPosts engine={engine} detector={detector} state={state} calls={calls} dropped={drops.manyFiles} />
						)}
					</div>
					<Settings state={state} dispatch={dispatch} onOpen={calls.open} />
				</main>
			)}
			<Announcements state={state} dispatch={dispatch} view={view} dragging={drops.dragging} />
		</AllowedContext>
	);
}
