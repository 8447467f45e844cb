/** Shows a whole result: its text, picture, relations and events, and behind "Details" how they came about. */
import { type ReactNode, useMemo, useState } from "react";
import { countUnsure, onlySure } from "../core/calibration.ts";
import type { ExtractionResult, Relation } from "../core/result.ts";
import { t } from "../messages/ui.ts";
import { EventCards } from "./events.tsx";
import { duration, scoreMeaning } from "./format.ts";
import { Gates } from "./gates.tsx";
import { type FocusProps, linked, usePointing } from "./links.ts";
import { MarkedText } from "./marked-text.tsx";
import { groupOf, groupsOf, type MarkGroup, marksOf } from "./marks.ts";
import { lookClass } from "./palette.ts";
import { AllRegions, Picture } from "./picture.tsx";
import { RawOutputs } from "./raw-outputs.tsx";
import { RelationArcs } from "./relation-arcs.tsx";
import { EntityDetails, RelationList } from "./relations.tsx";
import { useSensitive } from "./sensitive.tsx";
import { FieldTable, fieldsOf, StepList } from "./steps.tsx";
import { Timings } from "./timings.tsx";
import { notesWithoutLanguage, unsupportedText } from "./unsupported-language.ts";
import { useLanguage } from "./use-language.ts";

interface ResultViewProps {
	readonly result: ExtractionResult;
	/** The address of the picture; null when there is none. */
	readonly pictureUrl: string | null;
	/** The address of each of several pictures (`result.pictures`). */
	readonly pictureUrls?: readonly (string | null)[];
	/** Buttons of the page beside the heading: copy, download. */
	readonly actions?: ReactNode;
	/** Shown under the heading. */
	readonly below?: ReactNode;
}

interface LegendProps {
	readonly groups: readonly MarkGroup[];
	readonly hidden: ReadonlySet<string>;
	readonly onToggle: (key: string) => void;
}

/** Every type with its count. A type can be hidden where the text gets crowded. */
function Legend({ groups, hidden, onToggle }: LegendProps) {
	return (
		<ul className="legend" aria-label={t("result.shown")}>
			{groups.map(({ key, label, look, count }) => (
				<li key={key}>
					<button
						type="button"
						className={`legend-item ${lookClass(look)}`}
						aria-pressed={!hidden.has(key)}
						onClick={() => onToggle(key)}
					>
						<span className="legend-line" aria-hidden="true" />
						{label} <span className="quiet">{count}</span>
					</button>
				</li>
			))}
		</ul>
	);
}

function Section({
	title,
	count,
	children,
}: {
	readonly title: string;
	readonly count: number;
	readonly children: ReactNode;
}) {
	return (
		<section className="part">
			<h3>
				{title} <span className="quiet">{count}</span>
			</h3>
			{children}
		</section>
	);
}

/** A copy of the set with `key` added, or removed where it is in. */
function toggled(set: ReadonlySet<string>, key: string): Set<string> {
	const next = new Set(set);
	if (!next.delete(key)) next.add(key);
	return next;
}

/** What is pointed at and chosen, and what belongs to it. */
function useFocus(result: ExtractionResult, root: HTMLElement | null) {
	const { active, selected } = usePointing(root);
	const lit = useMemo(
		() => new Set([...linked(result, selected), ...linked(result, active)]),
		[result, active, selected],
	);
	/** Relations to draw over the text: the chosen one, or those of the chosen entity. */
	const arcs = useMemo(
		() =>
			result.relations.filter(
				({ id, head, tail }) =>
					selected === `relation:${id}` || [head, tail].some((end) => selected === `entity:${end}`),
			),
		[result, selected],
	);
	return { selected, lit, arcs };
}

/** The text with its marks, a legend above it, and the chosen entity below. */
function Reading({
	result,
	lit,
	selected,
	arcs,
	unsure,
}: FocusProps & { readonly arcs: readonly Relation[]; readonly unsure: number }) {
	const [frame, setFrame] = useState<HTMLElement | null>(null);
	const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
	const language = useLanguage();
	// biome-ignore lint/correctness/useExhaustiveDependencies: marks have labels in the language
	const marks = useMemo(
		() => marksOf(result, selected?.startsWith("event:") ? selected.slice(6) : null),
		[result, selected, language],
	);
	const shown = useMemo(() => marks.filter((mark) => !hidden.has(groupOf(mark))), [marks, hidden]);
	const chosen = result.entities.find(({ id }) => selected === `entity:${id}`);
	const found = result.entities.length + result.relations.length + result.events.length;
	return (
		<div className="reading-text">
			<Legend
				groups={groupsOf(marks)}
				hidden={hidden}
				onToggle={(key) => setHidden((before) => toggled(before, key))}
			/>
			<div className="text-frame" ref={setFrame}>
				<MarkedText text={result.text} marks={shown} lit={lit} selected={selected} />
				<RelationArcs relations={arcs} frame={frame} />
			</div>
			<div aria-live="polite">
				{chosen && <EntityDetails entity={chosen} result={result} lit={lit} selected={selected} />}
				{!chosen && result.entities.length > 0 && <p className="quiet small">{t("result.choose")}</p>}
				{found === 0 && (
					<p className="quiet">
						{unsure > 0 ? t("result.noneSure") : t(result.unsupportedLanguage ? "language.nothing" : "result.nothing")}
					</p>
				)}
			</div>
		</div>
	);
}

/** Steps, fields, relations and events, each with its count; absent where there are none. */
function Records({ pictureUrls, ...focus }: FocusProps & { readonly pictureUrls: readonly (string | null)[] }) {
	const { result } = focus;
	const fields = fieldsOf(result);
	const others = result.relations.filter((relation) => !fields.includes(relation));
	return (
		<>
			{(result.steps?.length ?? 0) > 0 && (
				<Section title={t("result.steps")} count={result.steps?.length ?? 0}>
					<StepList {...focus} pictureUrls={pictureUrls} />
				</Section>
			)}
			{fields.length > 0 && (
				<Section title={t("result.fields")} count={fields.length}>
					<FieldTable {...focus} />
				</Section>
			)}
			{others.length > 0 && (
				<Section title={t("result.relations")} count={others.length}>
					<RelationList {...focus} result={{ ...result, relations: others }} />
				</Section>
			)}
			{result.events.length > 0 && (
				<Section title={t("result.events")} count={result.events.length}>
					<EventCards {...focus} />
				</Section>
			)}
		</>
	);
}

interface DetailsProps {
	readonly result: ExtractionResult;
	/** Switches for the picture, where it is shown. */
	readonly regions: ReactNode;
}

/** How the result came about, folded: how much the picture counted, its regions, the model's own output, times. */
function Details({ result, regions }: DetailsProps) {
	const { raw, unread, timings, model, device } = result;
	const total = timings.total ?? Object.values(timings).reduce((sum, time) => sum + time, 0);
	return (
		<details className="fold diagnostics">
			<summary>{t("result.details")}</summary>
			<p className="quiet small">{scoreMeaning(result.scores)}</p>
			{result.image && <Gates result={result} />}
			{regions}
			<section>
				<h3>{t("result.output")}</h3>
				<RawOutputs raw={raw} unread={unread} />
			</section>
			<section>
				<h3>
					{t("result.time")} {total > 0 && <span className="quiet">{duration(total)}</span>}
				</h3>
				<p>
					<strong>{model}</strong>. {device.reason.replace(/\.$/, "")}.
				</p>
				<Timings timings={timings} />
			</section>
		</details>
	);
}

export function ResultView({ result: found, pictureUrl, pictureUrls = [], actions, below }: ResultViewProps) {
	useLanguage();
	const [root, setRoot] = useState<HTMLElement | null>(null);
	const [showsUnsure, setShowsUnsure] = useState(false);
	const [all, setAll] = useState(false);
	const { result: whole, note: hidden } = useSensitive(found);
	const unsure = useMemo(() => countUnsure(whole), [whole]);
	const result = useMemo(() => (showsUnsure ? whole : onlySure(whole)), [whole, showsUnsure]);
	const { selected, lit, arcs } = useFocus(result, root);
	const focus = { result, lit, selected };
	return (
		<div className="result" ref={setRoot}>
			<div className="result-head">
				<h2>{t("result.title")}</h2>
				{unsure > 0 && (
					<button
						type="button"
						className="button small"
						aria-pressed={showsUnsure}
						title={t("result.lessSureHint")}
						onClick={() => setShowsUnsure(!showsUnsure)}
					>
						{t("result.lessSure", { count: unsure })}
					</button>
				)}
				{actions}
			</div>
			{below}
			{result.unsupportedLanguage && (
				<p className="note" role="status">
					{unsupportedText(result.unsupportedLanguage)}
				</p>
			)}
			{hidden}
			{notesWithoutLanguage(result).map((note) => (
				<p key={note} className="note">
					{note}
				</p>
			))}
			<div className={pictureUrl && result.image ? "reading has-picture" : "reading"}>
				<Reading {...focus} arcs={arcs} unsure={unsure} />
				{pictureUrl && <Picture url={pictureUrl} all={all} {...focus} />}
			</div>
			<Records {...focus} pictureUrls={pictureUrls} />
			{result.scores !== "calibrated" && <p className="quiet small">{t("result.relative")}</p>}
			<Details result={result} regions={pictureUrl && <AllRegions result={result} all={all} onAll={setAll} />} />
		</div>
	);
}
