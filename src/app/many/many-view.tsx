/** The view of many posts: load them, run, pause, continue after a reload, filter, look at results, export them. */
import { useEffect, useEffectEvent, useId, useMemo, useRef, useState } from "react";
import type { ExtractionResult } from "../../core/result.ts";
import { t } from "../../messages/ui.ts";
import { duration } from "../../ui/format.ts";
import { Icon } from "../../ui/icons.tsx";
import { FailureAlert } from "../shell/failure-alert.tsx";
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

const STATES = { all: "All", done: "Done", failed: "Failed", waiting: "Waiting" } as const;
type StateFilter = keyof typeof STATES;

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
				aria-label="Files with posts"
				onChange={(event) => take(event.target)}
			/>
			<input
				ref={folder}
				type="file"
				className="sr-only"
				tabIndex={-1}
				aria-label="Folder with posts"
				{...{ webkitdirectory: "" }}
				onChange={(event) => take(event.target)}
			/>
			<p>
				<strong>{many.collection ? "Load other posts" : "Drop a table or a folder"}</strong>
			</p>
			<p className="quiet small">
				A CSV or JSONL file with a column <code>text</code>, and a column <code>image</code> if there are pictures; or
				text files and pictures with matching names. Your files stay in this browser.
			</p>
			<div className="row">
				<button type="button" className="button small" onClick={() => files.current?.click()}>
					Choose files
				</button>
				<button type="button" className="button small" onClick={() => folder.current?.click()}>
					Choose a folder
				</button>
			</div>
		</div>
	);
}

function remaining({ rows, ledger: { done, failed }, pace }: Many): string {
	const left = rows.length - done - failed;
	return pace === null || left === 0
		? ""
		: `, about ${left * pace < 60_000 ? duration(left * pace) : `${Math.ceil((left * pace) / 60_000)} min`} left`;
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
				<progress max={rows.length} value={over} aria-label="Posts extracted" />
				<span>
					{over} of {rows.length} posts{failed > 0 && `, ${failed} failed`}
					{running && remaining(many)}
				</span>
			</div>
			<div className="row">
				{running ? (
					<button type="button" className="button" onClick={calls.pause}>
						Pause
					</button>
				) : (
					over < rows.length && (
						<button type="button" className="button is-primary" disabled={!wanted} onClick={calls.start}>
							{over === 0 ? "Extract from all" : "Continue"}
						</button>
					)
				)}
				{!running && failed > 0 && (
					<button type="button" className="button" onClick={calls.retry}>
						Retry failed posts
					</button>
				)}
				{!running && over > 0 && (
					<button type="button" className="button" disabled={!wanted} onClick={calls.restart}>
						Start over
					</button>
				)}
				<ManyTake many={many} calls={calls} onFailure={calls.fail} />
			</div>
			{many.unsupported > 0 && <p className="note">{t("language.posts", { count: many.unsupported })}</p>}
			{collection?.request && (
				<p className="quiet small">
					Tasks for every post: {collection.request.tasks.join(", ")}. Changed tasks or labels take effect when you
					start over.
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
				aria-label="Search posts"
				placeholder="Search the beginning of posts"
				value={filter.text}
				onChange={(event) => onFilter({ ...filter, text: event.target.value })}
			/>
			<label htmlFor={id} className="sr-only">
				State
			</label>
			<select
				id={id}
				value={filter.state}
				onChange={(event) => onFilter({ ...filter, state: event.target.value as StateFilter })}
			>
				{Object.entries(STATES).map(([state, name]) => (
					<option key={state} value={state}>
						{name}
					</option>
				))}
			</select>
			{filter.thing !== null && (
				<button type="button" className="button small" onClick={() => onFilter({ ...filter, thing: null })}>
					with “{name}” <Icon name="close" />
				</button>
			)}
			<span className="quiet small" role="status">
				{count === of ? `${of} posts` : `${count} of ${of} posts`}
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
					Remove
				</button>
			</div>
			{collection.notes.map((note) => (
				<p key={note} className="note">
					{note}
				</p>
			))}
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
		<section className="results many" id="results" aria-label="Many posts" tabIndex={-1}>
			{failure && (
				<FailureAlert title="The run stopped." failure={failure} onRetry={calls.start} onDismiss={calls.dismiss} />
			)}
			{!many.lasting && (
				<p className="note">This browser does not let the page store data, so reloading loses the posts and results.</p>
			)}
			<CollectionCard {...posts} />
			{collection && ledger.done > 0 && (
				<div className="card">
					<h2>Across all posts</h2>
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
					<p role="status">Reading…</p>
				) : (
					<Bring many={many} calls={calls} />
				)}
			</div>
			{open !== null && <ManyDetail place={open} calls={calls} onStep={step} onClose={() => setOpen(null)} />}
		</section>
	);
}
