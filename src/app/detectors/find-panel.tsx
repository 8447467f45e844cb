/** Lets a detector look for each entity in the picture, and links the boxes it found above a threshold. */
import { type Dispatch, useEffect, useId, useRef, useState } from "react";
import type { Detector } from "../../client/detector.ts";
import type { Progress } from "../../client/protocol.ts";
import { type FailureData, toFailureData } from "../../core/failure.ts";
import { t } from "../../messages/app.ts";
import { percent } from "../../ui/format.ts";
import { FailureAlert } from "../shell/failure-alert.tsx";
import { ProgressBar } from "../shell/progress-bar.tsx";
import type { Action, Shown } from "../state/state.ts";
import { DETECTORS, type DetectorName, detectorTitle, GROUNDERS } from "./detectors.ts";
import { FIND_THRESHOLD, type Finding, findingsOf, labelsOf, linksAbove } from "./find.ts";

interface FindPanelProps {
	readonly shown: Shown;
	readonly detector: Detector;
	readonly dispatch: Dispatch<Action>;
	readonly onDone: () => void;
}

type Search =
	| { readonly status: "idle" }
	| { readonly status: "running"; readonly progress: Progress | null }
	| { readonly status: "failed"; readonly failure: FailureData }
	| { readonly status: "found"; readonly findings: readonly Finding[] };

/** One search at a time; closing the panel ends it. */
function useSearch(detector: Detector, { result, picture }: Shown) {
	const [search, setSearch] = useState<Search>({ status: "idle" });
	const running = useRef<AbortController | null>(null);
	useEffect(() => () => running.current?.abort(), []);
	const start = (model: DetectorName) => {
		if (!picture) return;
		const stop = new AbortController();
		running.current = stop;
		const { kind, threshold } = DETECTORS[model];
		const tell = (next: Search) => running.current === stop && !stop.signal.aborted && setSearch(next);
		setSearch({ status: "running", progress: null });
		detector
			.detect(
				{ model, kind, image: picture.bytes, labels: labelsOf(result), threshold },
				{ signal: stop.signal, onProgress: (progress) => tell({ status: "running", progress }) },
			)
			.then(
				(regions) => tell({ status: "found", findings: findingsOf(result, regions) }),
				(error: unknown) => tell({ status: "failed", failure: toFailureData(error, "app") }),
			);
	};
	const reset = () => {
		running.current?.abort();
		setSearch({ status: "idle" });
	};
	return { search, start, reset };
}

function Findings({
	findings,
	onLink,
}: {
	readonly findings: readonly Finding[];
	readonly onLink: (threshold: number) => void;
}) {
	const [threshold, setThreshold] = useState(FIND_THRESHOLD);
	const id = useId();
	const linked = linksAbove(findings, threshold).length;
	const verdict = (best: Finding["best"]): string => {
		if (best === null) return t("find.notFound");
		return t(best.score >= threshold ? "find.found" : "find.below", { score: percent(best.score) });
	};
	return (
		<>
			<div className="field">
				<label htmlFor={id}>{t("find.threshold", { score: percent(threshold) })}</label>
				<input
					id={id}
					type="range"
					min={0.02}
					max={0.9}
					step={0.01}
					value={threshold}
					onChange={({ target }) => setThreshold(target.valueAsNumber)}
				/>
			</div>
			<ul aria-label={t("find.list")}>
				{findings.map(({ entity, best }) => (
					<li key={entity.id}>
						<bdi>{entity.text}</bdi>:{" "}
						<span className={best && best.score >= threshold ? "" : "quiet"}>{verdict(best)}</span>
					</li>
				))}
			</ul>
			<button type="button" className="button" disabled={linked === 0} onClick={() => onLink(threshold)}>
				{t("find.link", { count: linked })}
			</button>
		</>
	);
}

interface DetectorFieldProps {
	readonly model: DetectorName;
	readonly onModel: (model: DetectorName) => void;
	readonly running: boolean;
	readonly onFind: () => void;
	readonly onCancel: () => void;
}

function DetectorField({ model, onModel, running, onFind, onCancel }: DetectorFieldProps) {
	const id = useId();
	return (
		<div className="field">
			<label htmlFor={id}>{t("find.detector")}</label>
			<div className="row">
				<select
					id={id}
					value={model}
					disabled={running}
					onChange={({ target }) => onModel(target.value as DetectorName)}
				>
					{GROUNDERS.map((name) => (
						<option key={name} value={name}>
							{detectorTitle(name)}
						</option>
					))}
				</select>
				{running ? (
					<button type="button" className="button" onClick={onCancel}>
						{t("find.cancel")}
					</button>
				) : (
					<button type="button" className="button" onClick={onFind}>
						{t("find.start")}
					</button>
				)}
			</div>
		</div>
	);
}

export function FindPanel({ shown, detector, dispatch, onDone }: FindPanelProps) {
	const { search, start, reset } = useSearch(detector, shown);
	const [model, setModel] = useState<DetectorName>(GROUNDERS[0]!);
	const link = (findings: readonly Finding[], threshold: number) => {
		const author = { by: model, at: new Date().toISOString() };
		dispatch({ type: "edited", edit: { edit: "link-found", links: linksAbove(findings, threshold) }, author });
		onDone();
	};
	return (
		<section className="card find" aria-label={t("find.title")}>
			<div className="result-head">
				<h2>{t("find.title")}</h2>
				<div className="take">
					<button type="button" className="button small" onClick={onDone}>
						{t("find.close")}
					</button>
				</div>
			</div>
			<p className="quiet small">{t("find.about")}</p>
			<DetectorField
				model={model}
				onModel={setModel}
				running={search.status === "running"}
				onFind={() => start(model)}
				onCancel={reset}
			/>
			{search.status === "running" && <ProgressBar progress={search.progress} label={t("find.running")} />}
			{search.status === "failed" && (
				<FailureAlert
					title={t("find.failed")}
					failure={search.failure}
					onRetry={() => start(model)}
					onDismiss={reset}
				/>
			)}
			{search.status === "found" && (
				<Findings findings={search.findings} onLink={(threshold) => link(search.findings, threshold)} />
			)}
			<p className="sr-only" role="status">
				{search.status === "found" &&
					t("find.done", {
						found: search.findings.filter(({ best }) => best !== null).length,
						total: search.findings.length,
					})}
			</p>
		</section>
	);
}
