/** The right half of the page: empty, working, failed, or a result. */
import { type Dispatch, lazy, Suspense, useMemo, useState } from "react";
import type { Detector } from "../../client/detector.ts";
import type { ExtractionResult } from "../../core/result.ts";
import type { ExportItem } from "../../exports/types.ts";
import { t } from "../../messages/app.ts";
import { t as tUi } from "../../messages/ui.ts";
import { Icon } from "../../ui/icons.tsx";
import { ResultView } from "../../ui/result-view.tsx";
import { isStale } from "../ask/request.ts";
import { FailureAlert } from "../shell/failure-alert.tsx";
import { ProgressBar } from "../shell/progress-bar.tsx";
import { usePictureUrl, usePictureUrls } from "../state/hooks.ts";
import type { Action, AppState, Shown } from "../state/state.ts";
import { judged } from "./judged.ts";
import { NO_STEP_PICTURES } from "./step-pictures.ts";
import { Sureness } from "./sureness.tsx";

interface ResultPanelProps {
	readonly state: AppState;
	readonly detector: Detector;
	readonly dispatch: Dispatch<Action>;
	/** Posts of a dropped file, of which one is to be chosen. */
	readonly brought: readonly ExportItem[];
	readonly onChosen: () => void;
	readonly onExtract: () => void;
	readonly onOpen: () => void;
	readonly onCancel: () => void;
}

const ExportDialog = lazy(() => import("./export-dialog.tsx").then(({ ExportDialog }) => ({ default: ExportDialog })));
const CorrectPanel = lazy(() => import("./correct-panel.tsx").then(({ CorrectPanel }) => ({ default: CorrectPanel })));
const FindPanel = lazy(() => import("../detectors/find-panel.tsx").then(({ FindPanel }) => ({ default: FindPanel })));

/** Whether there are entities to look for, and one picture to look in. */
const canFind = ({ result, picture }: Shown): boolean =>
	picture !== null && result.image !== null && !result.pictures && result.entities.length > 0;

/** Copying JSON takes one click; every other format is behind "Export", and so is opening a file. */
function Take({
	result,
	onCorrect,
	onFind,
	onExport,
}: {
	readonly result: ExtractionResult;
	readonly onCorrect: (() => void) | null;
	readonly onFind: (() => void) | null;
	readonly onExport: () => void;
}) {
	const [report, setReport] = useState("");
	const copy = () => {
		navigator.clipboard.writeText(`${JSON.stringify(result, null, "\t")}\n`).then(
			() => setReport(t("take.copied")),
			() => setReport(t("take.notCopied")),
		);
	};
	return (
		<div className="take">
			<span role="status" className="quiet small">
				{report}
			</span>
			{onCorrect && (
				<button type="button" className="button small" onClick={onCorrect}>
					{t("take.correct")}
				</button>
			)}
			{onFind && (
				<button type="button" className="button small" onClick={onFind}>
					{t("take.find")}
				</button>
			)}
			<button type="button" className="button small" onClick={copy}>
				<Icon name="copy" /> {t("take.copyJson")}
			</button>
			<button type="button" className="button small" onClick={onExport}>
				<Icon name="download" /> {t("take.export")}
			</button>
		</div>
	);
}

function Empty({ onOpenFile }: { readonly onOpenFile: () => void }) {
	return (
		<div className="empty">
			<svg viewBox="0 0 320 150" aria-hidden="true" focusable="false">
				<rect className="empty-picture" x="20" y="20" width="110" height="110" rx="10" />
				<path className="empty-hill" d="M28 118l30-42 22 26 16-18 26 34z" />
				<circle className="empty-sun" cx="100" cy="48" r="10" />
				<rect className="empty-box" x="44" y="66" width="44" height="56" rx="3" />
				<path className="empty-text" d="M160 44h60M160 70h130M160 96h40M160 122h96" />
				<path className="empty-mark-a" d="M228 44h58M228 52h58" />
				<path className="empty-mark-b" d="M208 96h64M208 104h64" />
				<path className="empty-link" d="M90 76C150 60 200 26 256 34" />
			</svg>
			<h2>{t("empty.title")}</h2>
			<p>{t("empty.how")}</p>
			<button type="button" className="button small quiet-button" onClick={onOpenFile}>
				{t("empty.open")}
			</button>
		</div>
	);
}

function Working({ state, onCancel }: Pick<ResultPanelProps, "state" | "onCancel">) {
	const opening = state.model.status === "opening" ? state.model : null;
	return (
		<div className="card working">
			<ProgressBar
				progress={opening ? opening.progress : state.run.progress}
				label={opening ? t("run.loadingModel") : t("run.running")}
			/>
			<button type="button" className="button" onClick={onCancel}>
				{t("run.cancel")} <kbd>Esc</kbd>
			</button>
		</div>
	);
}

/** The failure to show: of the run, else of loading a model. */
function Failed({
	state,
	dispatch,
	onExtract,
	onOpen,
}: Omit<ResultPanelProps, "onCancel" | "detector" | "brought" | "onChosen">) {
	const ofModel = state.model.status === "failed" ? state.model.failure : null;
	const failure = state.run.failure ?? ofModel;
	if (!failure) return null;
	return (
		<FailureAlert
			title={ofModel ? t("run.modelFailed") : t("run.failed")}
			failure={failure}
			onRetry={state.run.failure ? onExtract : onOpen}
			onDismiss={() => dispatch({ type: "failure-dismissed" })}
		/>
	);
}

type Mode = "view" | "correct" | "find";

interface ShownResultProps extends Pick<ResultPanelProps, "state" | "detector" | "dispatch"> {
	readonly shown: Shown;
	readonly onExport: () => void;
}

/** The result in one of three ways: to look at, to correct, or to find its entities in the picture. */
function ShownResult({ state, shown, detector, dispatch, onExport }: ShownResultProps) {
	const url = usePictureUrl(shown.picture);
	// biome-ignore lint/correctness/useExhaustiveDependencies: only the parts that judge
	const result = useMemo(() => judged(state, shown.result), [state.manifest, state.thresholds, shown.result]);
	const stepUrls = usePictureUrls(shown.stepPictures ?? NO_STEP_PICTURES);
	const [finding, setFinding] = useState<number | null>(null);
	const running = state.run.status === "running";
	const mode: Mode =
		state.correcting === shown.job && !running ? "correct" : finding === shown.job && !running ? "find" : "view";
	if (mode === "correct")
		return (
			<Suspense fallback={<p role="status">{t("page.loading")}</p>}>
				<CorrectPanel
					state={state}
					shown={shown}
					dispatch={dispatch}
					onDone={() => dispatch({ type: "correcting", job: null })}
				/>
			</Suspense>
		);
	return (
		<>
			{mode === "find" && (
				<Suspense fallback={<p role="status">{t("page.loading")}</p>}>
					<FindPanel shown={shown} detector={detector} dispatch={dispatch} onDone={() => setFinding(null)} />
				</Suspense>
			)}
			<div className="card">
				<ResultView
					key={shown.job}
					result={result}
					below={<Sureness state={state} result={result} dispatch={dispatch} />}
					// Steps show their own pictures.
					pictureUrl={stepUrls.length > 0 ? null : url}
					pictureUrls={
						shown.result.pictures?.map(({ step }) => (step === undefined ? null : (stepUrls[step - 1] ?? null))) ?? []
					}
					actions={
						<Take
							result={result}
							onCorrect={running ? null : () => dispatch({ type: "correcting", job: shown.job })}
							onFind={running || !canFind(shown) ? null : () => setFinding(shown.job)}
							onExport={onExport}
						/>
					}
				/>
			</div>
		</>
	);
}

export function ResultPanel(props: ResultPanelProps) {
	const { state, detector, dispatch, brought, onChosen, onCancel } = props;
	const { run, model, shown } = state;
	const [exporting, setExporting] = useState(false);
	const running = run.status === "running";
	return (
		<section className="results" id="results" aria-label={tUi("result.title")} tabIndex={-1}>
			{(running || model.status === "opening") && <Working state={state} onCancel={onCancel} />}
			<Failed {...props} />
			{run.status === "cancelled" && <p className="note">{t("run.cancelledNote")}</p>}
			{isStale(state) && <p className="note">{t("run.stale")}</p>}
			{shown?.stored && <p className="note">{t("samples.stored", { model: shown.result.model })}</p>}
			{shown && (
				<ShownResult
					state={state}
					shown={shown}
					detector={detector}
					dispatch={dispatch}
					onExport={() => setExporting(true)}
				/>
			)}
			{!shown && !running && run.status !== "failed" && model.status !== "failed" && (
				<Empty onOpenFile={() => setExporting(true)} />
			)}
			{(exporting || brought.length > 0) && (
				<Suspense fallback={<p role="status">{t("page.loading")}</p>}>
					<ExportDialog
						items={
							shown ? [{ id: "post", image: shown.picture?.name ?? null, result: judged(state, shown.result) }] : []
						}
						text={state.post.text}
						found={brought}
						onOpen={(result) => dispatch({ type: "result-opened", result, correct: brought.length > 0 })}
						onClose={() => {
							setExporting(false);
							onChosen();
						}}
					/>
				</Suspense>
			)}
		</section>
	);
}
