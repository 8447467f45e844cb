/** Goes in: a result, and the address of its picture. Comes out: all of it on the page: text, picture, relations, events, gates, outputs, timings. */
import { type ReactNode, useMemo, useState } from "react";
import type { ExtractionResult } from "../core/result.ts";
import { EventCards } from "./events.tsx";
import { duration, SCORE_MEANING } from "./format.ts";
import { Gates } from "./gates.tsx";
import { linked, usePointing } from "./links.ts";
import { MarkedText } from "./marked-text.tsx";
import { groupOf, groupsOf, type MarkGroup, marksOf } from "./marks.ts";
import { lookClass } from "./palette.ts";
import { Picture } from "./picture.tsx";
import { RawOutputs } from "./raw-outputs.tsx";
import { RelationArcs } from "./relation-arcs.tsx";
import { EntityDetails, RelationList } from "./relations.tsx";
import { FieldTable, fieldsOf, StepList } from "./steps.tsx";
import { Timings } from "./timings.tsx";

interface ResultViewProps {
	readonly result: ExtractionResult;
	/** Where the picture can be shown from; null when there is none. */
	readonly pictureUrl: string | null;
	/** Where each of several pictures can be shown from (`result.pictures`). */
	readonly pictureUrls?: readonly (string | null)[];
	/** Buttons of the page beside the heading: copy, download. */
	readonly actions?: ReactNode;
}

interface LegendProps {
	readonly groups: readonly MarkGroup[];
	readonly hidden: ReadonlySet<string>;
	readonly onToggle: (key: string) => void;
}

/** Every type with its count; a type can be hidden where the text gets crowded. */
function Legend({ groups, hidden, onToggle }: LegendProps) {
	return (
		<ul className="legend" aria-label="Shown in the text">
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

/** A copy of the set with `key` put in or taken out. */
function toggled(set: ReadonlySet<string>, key: string): Set<string> {
	const next = new Set(set);
	if (!next.delete(key)) next.add(key);
	return next;
}

export function ResultView({ result, pictureUrl, pictureUrls = [], actions }: ResultViewProps) {
	const [root, setRoot] = useState<HTMLElement | null>(null);
	const [frame, setFrame] = useState<HTMLElement | null>(null);
	const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
	const { active, selected } = usePointing(root);
	const lit = useMemo(
		() => new Set([...linked(result, selected), ...linked(result, active)]),
		[result, active, selected],
	);
	const marks = useMemo(
		() => marksOf(result, selected?.startsWith("event:") ? selected.slice(6) : null),
		[result, selected],
	);
	const shown = useMemo(() => marks.filter((mark) => !hidden.has(groupOf(mark))), [marks, hidden]);
	const chosen = result.entities.find(({ id }) => selected === `entity:${id}`);
	const arcs = useMemo(
		() =>
			result.relations.filter(
				({ id, head, tail }) =>
					selected === `relation:${id}` || [head, tail].some((end) => selected === `entity:${end}`),
			),
		[result, selected],
	);
	const linkedFields = fieldsOf(result);
	const fields = linkedFields.length;
	const others = result.relations.filter((relation) => !linkedFields.includes(relation));
	const found = result.entities.length + result.relations.length + result.events.length;
	return (
		<div className="result" ref={setRoot}>
			<div className="result-head">
				<h2>Result</h2>
				{actions}
			</div>
			{result.notes.map((note) => (
				<p key={note} className="note">
					{note}
				</p>
			))}
			<div className={pictureUrl && result.image ? "reading has-picture" : "reading"}>
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
						{!chosen && result.entities.length > 0 && (
							<p className="quiet small">Choose an entity to see what is said about it.</p>
						)}
						{found === 0 && (
							<p className="quiet">Nothing was found for these tasks and labels. Other labels may help.</p>
						)}
					</div>
				</div>
				{pictureUrl && <Picture url={pictureUrl} result={result} lit={lit} selected={selected} />}
			</div>
			{(result.steps?.length ?? 0) > 0 && (
				<Section title="Steps" count={result.steps?.length ?? 0}>
					<StepList result={result} lit={lit} selected={selected} pictureUrls={pictureUrls} />
				</Section>
			)}
			{fields > 0 && (
				<Section title="Fields" count={fields}>
					<FieldTable result={result} lit={lit} selected={selected} />
				</Section>
			)}
			{others.length > 0 && (
				<Section title="Relations" count={others.length}>
					<RelationList result={{ ...result, relations: others }} lit={lit} selected={selected} />
				</Section>
			)}
			{result.events.length > 0 && (
				<Section title="Events" count={result.events.length}>
					<EventCards result={result} lit={lit} selected={selected} />
				</Section>
			)}
			{result.image && <Gates result={result} />}
			<details className="fold">
				<summary>Model output and alternatives</summary>
				<RawOutputs raw={result.raw} unread={result.unread} />
			</details>
			<details className="fold">
				<summary>
					Time and device{" "}
					<span className="quiet">
						{duration(result.timings.total ?? Object.values(result.timings).reduce((a, b) => a + b, 0))}
					</span>
				</summary>
				<p>
					<strong>{result.model}</strong>. {result.device.reason.replace(/\.$/, "")}.
				</p>
				<Timings timings={result.timings} />
			</details>
			<p className="quiet small">{SCORE_MEANING[result.scores]}</p>
		</div>
	);
}
