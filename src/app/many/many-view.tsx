/** The view of many posts: load them, run, pause, continue after a reload, filter, look at results, export them. */
import { useEffect, useEffectEvent, useId, useMemo, useRef, useState } from "react";
import type { ExtractionResult } from "../../core/result.ts";
import { t } from "../../messages/app.ts";
import { nameOf } from "../../messages/names.ts";
import { t as tUi } from "../../messages/ui.ts";
import { duration } from "../../ui/format.ts";
import { Icon } from "../../ui/icons.tsx";
import { FailureAlert } from "../shell/failure-alert.tsx";
import { ColumnsPanel } from "./columns-panel.tsx";
import { judging } from "./judging.ts";
import type { Ledger } from "./ledger.ts";
import { ManyDetail } from "./many-detail.tsx";
import type { Row } from "./many-posts.ts";
import { ManyTable } from "./many-table.tsx";
import { ManyTake } from "./many-take.tsx";
import { ManyTotals } from "./many-totals.tsx";
import { type Many, type ManyCalls, useMany } from "./use-many.ts";
import "./many.css";

type ManyViewProps = Parameters<typeof useMany>[0] & {
	/** A task is chosen. */
	readonly wanted: boolean;
	/** Files dropped on the page; a new list is a new drop. */
	readonly dropped: readonly File[];
	/** Says of each record whether it is sure enough for the person. */
	readonly judge: (result: ExtractionResult) => ExtractionResult;
};

const STATES = ["all", "done", "failed", "waiting"] as const;
type StateFilter = (typeof STATES)[number];

interface Filter {
	readonly text: string;
	readonly state: StateFilter;
	/** Key of the name that posts must contain. */
	readonly thing: string | null;
}

/** @param thing number of the thing that the filter names; null: any */
function matches(row: Row, place: number, ledger: Ledger, { text, state }: Filter, thing: number | null): boolean {
	if (state !== "all" && ledger.stateOf(place) !== state) return false;
	if (thing !== null && !ledger.names(place, thing)) return false;
	return text === "" || row.start.toLowerCase().includes(text) || row.id.toLowerCase().includes(text);
}

/** How far the files are read; what was there before stays until they are. */
function Reading({ many, calls }: { readonly many: Many; readonly calls: ManyCalls }) {
	const { posts, share } = many.reading ?? { posts: 0, share: 0 };
	return (
		<div className="many-bring">
			<p role="status">{posts === 0 ? t("many.reading") : t("many.readingPosts", { count: posts })}</p>
			{many.reading && (
				<>
					<progress max={1} value={share} aria-label={t("many.reading")} />
					<div className="row">
						<button type="button" className="button small" onClick={calls.stopReading}>
							{t("many.stopReading")}
						</button>
					</div>
				</>
			)}
		</div>
	);
}

function Bring({ many, calls }: { readonly many: Many; readonly calls: ManyCalls }) {
	const files = useRef<HTMLInputElement>(null);
	const folder = useRef<HTMLInputElement>(null);
	const take = (input: HTMLInputElement) => {
		const list = [...(input.files ?? [])];
		input.value = "";
		if (list.length > 0) calls.load(list);
	};
	return (
		<div className="many-bring">
			<input
				ref={files}
				type="file"
				multiple
				className="sr-only"
				tabIndex={-1}
				aria-label={t("many.files")}
				onChange={(event) => take(event.target)}
			/>
			<input
				ref={folder}
				type="file"
				className="sr-only"
				tabIndex={-1}
				aria-label={t("many.folder")}
				{...{ webkitdirectory: "" }}
				onChange={(event) => take(event.target)}
			/>
			<p>
				<strong>{t(many.collection ? "many.loadOther" : "many.drop")}</strong>
			</p>
			<p className="quiet small">{t("many.how")}</p>
			<div className="row">
				<button type="button" className="button small" onClick={() => files.current?.click()}>
					{t("model.chooseFiles")}
				</button>
				<button type="button" className="button small" onClick={() => folder.current?.click()}>
					{t("model.chooseFolder")}
				</button>
			</div>
		</div>
	);
}

function remaining({ rows, ledger: { done, failed }, pace }: Many): string {
	const left = rows.length - done - failed;
	return pace === null || left === 0
		? ""
		: t("many.left", {
				time:
					left * pace < 60_000
						? duration(left * pace)
						: t("many.minutes", { count: Math.ceil((left * pace) / 60_000) }),
			});
}

function Controls({
	many,
	calls,
	wanted,
}: {
	readonly many: Many;
	readonly calls: ManyCalls;
	readonly wanted: boolean;
}) {
	const { status, rows, collection } = many;
	const { done, failed } = many.ledger;
	const running = status === "running";
	const over = done + failed;
	return (
		<div className="many-controls">
			<div className="many-progress">
				<progress max={rows.length} value={over} aria-label={t("many.extracted")} />
				<span>
					{t("many.progress", { done: over, total: rows.length })}
					{failed > 0 && t("many.failedCount", { count: failed })}
					{running && remaining(many)}
				</span>
			</div>
			<div className="row">
				{running ? (
					<button type="button" className="button" onClick={calls.pause}>
						{t("many.pause")}
					</button>
				) : (
					over < rows.length && (
						<button type="button" className="button is-primary" disabled={!wanted} onClick={calls.start}>
							{t(over === 0 ? "many.start" : "many.continue")}
						</button>
					)
				)}
				{!running && failed > 0 && (
					<button type="button" className="button" onClick={calls.retry}>
						{t("many.retry")}
					</button>
				)}
				{!running && over > 0 && (
					<button type="button" className="button" disabled={!wanted} onClick={calls.restart}>
						{t("many.restart")}
					</button>
				)}
				<ManyTake many={many} calls={calls} onFailure={calls.fail} />
			</div>
			{many.unsupported > 0 && <p className="note">{tUi("language.posts", { count: many.unsupported })}</p>}
			{collection?.request && (
				<p className="quiet small">
					{t("many.tasks", { tasks: collection.request.tasks.map((task) => nameOf("task", task)).join(", ") })}
				</p>
			)}
		</div>
	);
}

interface FiltersProps {
	readonly filter: Filter;
	readonly onFilter: (filter: Filter) => void;
	/** The name that is filtered by. */
	readonly name: string | undefined;
	readonly count: number;
	readonly of: number;
}

function Filters({ filter, onFilter, name, count, of }: FiltersProps) {
	const id = useId();
	return (
		<div className="row many-filters">
			<input
				type="search"
				className="field"
				aria-label={t("many.search")}
				placeholder={t("many.searchHint")}
				value={filter.text}
				onChange={(event) => onFilter({ ...filter, text: event.target.value })}
			/>
			<label htmlFor={id} className="sr-only">
				{t("many.state")}
			</label>
			<select
				id={id}
				value={filter.state}
				onChange={(event) => onFilter({ ...filter, state: event.target.value as StateFilter })}
			>
				{STATES.map((state) => (
					<option key={state} value={state}>
						{t(`filter.${state}`)}
					</option>
				))}
			</select>
			{filter.thing !== null && (
				<button type="button" className="button small" onClick={() => onFilter({ ...filter, thing: null })}>
					{t("many.with", { name: name ?? "" })} <Icon name="close" />
				</button>
			)}
			<span className="quiet small" role="status">
				{count === of ? t("many.count", { count }) : t("many.progress", { done: count, total: of })}
			</span>
		</div>
	);
}

interface CollectionProps {
	readonly many: Many;
	readonly calls: ManyCalls;
	readonly wanted: boolean;
	readonly filter: Filter;
	readonly onFilter: (filter: Filter) => void;
	/** Places of the posts that the filter leaves. */
	readonly shown: readonly number[];
	readonly onOpen: (place: number) => void;
}

/** The collection: its run, its filter and its table. */
function CollectionCard({ many, calls, wanted, filter, onFilter, shown, onOpen }: CollectionProps) {
	const { collection, rows, ledger, totals } = many;
	if (!collection) return null;
	return (
		<div className="card">
			<div className="card-head">
				<h2>{collection.name}</h2>
				<button type="button" className="button quiet-button small" onClick={calls.clear}>
					{t("many.remove")}
				</button>
			</div>
			{collection.notes.map((note) => (
				<p key={note} className="note">
					{note}
				</p>
			))}
			{many.choice?.preview.columns && <ColumnsPanel choice={many.choice} onRead={calls.load} />}
			<Controls many={many} calls={calls} wanted={wanted} />
			<Filters
				filter={filter}
				onFilter={onFilter}
				name={totals.things.get(filter.thing ?? "")?.name}
				count={shown.length}
				of={rows.length}
			/>
			<ManyTable rows={rows} ledger={ledger} shown={shown} onOpen={onOpen} />
		</div>
	);
}

/** Places of the posts that a filter leaves, in order. */
function useShown({ rows, ledger, totals, version }: Many, filter: Filter): readonly number[] {
	const typed = useMemo(() => ({ ...filter, text: filter.text.trim().toLowerCase() }), [filter]);
	// biome-ignore lint/correctness/useExhaustiveDependencies: the ledger changes in place, the version says so
	return useMemo(() => {
		// A name that is in no post any more leaves no post.
		const thing = typed.thing === null ? null : (totals.things.get(typed.thing)?.number ?? Number.NaN);
		return rows.flatMap((row, place) => (matches(row, place, ledger, typed, thing) ? [place] : []));
	}, [rows, version, typed]);
}

export function ManyView({ wanted, dropped, judge, ...engine }: ManyViewProps) {
	const { many, calls: all } = useMany(engine);
	const calls = judging(all, judge);
	const onDropped = useEffectEvent((files: readonly File[]) => files.length > 0 && calls.load(files));
	useEffect(() => void onDropped(dropped), [dropped]);
	const [filter, setFilter] = useState<Filter>({ text: "", state: "all", thing: null });
	const [open, setOpen] = useState<number | null>(null);
	const shown = useShown(many, filter);
	const { ledger, version, totals, collection, status, failure } = many;
	const step = (by: number) =>
		setOpen((place) => {
			if (place === null) return null;
			const at = shown.indexOf(place) + by;
			return shown[Math.min(shown.length - 1, Math.max(0, at))] ?? place;
		});
	const posts = { many, calls, wanted, filter, shown, onFilter: setFilter, onOpen: setOpen };
	return (
		<section className="results many" id="results" aria-label={t("many.title")} tabIndex={-1}>
			{failure && (
				<FailureAlert title={t("many.stopped")} failure={failure} onRetry={calls.start} onDismiss={calls.dismiss} />
			)}
			{!many.lasting && <p className="note">{t("many.notKept")}</p>}
			{failure && many.choice?.preview.columns === null && (
				<div className="card">
					<ColumnsPanel choice={many.choice} onRead={calls.load} />
				</div>
			)}
			<CollectionCard {...posts} />
			{collection && ledger.done > 0 && (
				<div className="card">
					<h2>{t("many.across")}</h2>
					<ManyTotals
						totals={totals}
						version={version}
						chosen={filter.thing}
						onChoose={(thing) => setFilter({ ...filter, thing })}
					/>
				</div>
			)}
			<div className="card">
				{status === "reading" || status === "opening" ? (
					<Reading many={many} calls={calls} />
				) : (
					<Bring many={many} calls={calls} />
				)}
			</div>
			{open !== null && <ManyDetail place={open} calls={calls} onStep={step} onClose={() => setOpen(null)} />}
		</section>
	);
}
