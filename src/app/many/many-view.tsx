/** Goes in: an engine and the chosen tasks. Comes out: the view of many posts: bring them, run, pause, go on after a reload, filter, look, take. */
import { useEffect, useEffectEvent, useId, useMemo, useRef, useState } from "react";
import { duration } from "../../ui/format.ts";
import { Icon } from "../../ui/icons.tsx";
import { FailureAlert } from "../shell/failure-alert.tsx";
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
};

const STATES = { all: "All", done: "Done", failed: "Failed", waiting: "Waiting" } as const;
type StateFilter = keyof typeof STATES;

interface Filter {
	readonly text: string;
	readonly state: StateFilter;
	/** The thing that posts must name. */
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
				<strong>{many.collection ? "Other posts" : "Drop a table or a folder"}</strong>
			</p>
			<p className="quiet small">
				CSV or JSONL with a column <code>text</code>, and <code>image</code> if there are pictures among the files; or
				texts and pictures of the same names. They stay in this browser.
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
							{over === 0 ? "Extract from all" : "Go on"}
						</button>
					)
				)}
				{!running && failed > 0 && (
					<button type="button" className="button" onClick={calls.retry}>
						Try the failed ones again
					</button>
				)}
				{!running && over > 0 && (
					<button type="button" className="button" disabled={!wanted} onClick={calls.restart}>
						Start over
					</button>
				)}
				<ManyTake many={many} calls={calls} onFailure={calls.fail} />
			</div>
			{collection?.request && (
				<p className="quiet small">
					Asked of every post: {collection.request.tasks.join(", ")}. Other tasks or labels take effect when you start
					over.
				</p>
			)}
		</div>
	);
}

interface FiltersProps {
	readonly filter: Filter;
	readonly onFilter: (filter: Filter) => void;
	/** Of the thing that is filtered by. */
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
					naming “{name}” <Icon name="close" />
				</button>
			)}
			<span className="quiet small" role="status">
				{count === of ? `${of} posts` : `${count} of ${of} posts`}
			</span>
		</div>
	);
}

export function ManyView({ wanted, dropped, ...engine }: ManyViewProps) {
	const { many, calls } = useMany(engine);
	const onDropped = useEffectEvent((files: readonly File[]) => files.length > 0 && calls.load(files));
	useEffect(() => void onDropped(dropped), [dropped]);
	const [filter, setFilter] = useState<Filter>({ text: "", state: "all", thing: null });
	const [open, setOpen] = useState<number | null>(null);
	const { rows, ledger, version, totals, collection, status, failure } = many;
	const asked = useMemo(() => ({ ...filter, text: filter.text.trim().toLowerCase() }), [filter]);
	// biome-ignore lint/correctness/useExhaustiveDependencies: the ledger changes in place, the version says so
	const shown = useMemo(() => {
		// A thing that nothing names any more is named by no post.
		const thing = asked.thing === null ? null : (totals.things.get(asked.thing)?.number ?? Number.NaN);
		return rows.flatMap((row, place) => (matches(row, place, ledger, asked, thing) ? [place] : []));
	}, [rows, version, asked]);
	const step = (by: number) =>
		setOpen((place) => {
			if (place === null) return null;
			const at = shown.indexOf(place) + by;
			return shown[Math.min(shown.length - 1, Math.max(0, at))] ?? place;
		});
	return (
		<section className="results many" id="results" aria-label="Many posts" tabIndex={-1}>
			{failure && (
				<FailureAlert title="It stopped." failure={failure} onRetry={calls.start} onDismiss={calls.dismiss} />
			)}
			{!many.lasting && (
				<p className="note">This browser keeps nothing for this page: posts and results are gone after a reload.</p>
			)}
			{collection && (
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
						onFilter={setFilter}
						name={totals.things.get(filter.thing ?? "")?.name}
						count={shown.length}
						of={rows.length}
					/>
					<ManyTable rows={rows} ledger={ledger} shown={shown} onOpen={setOpen} />
				</div>
			)}
			{collection && ledger.done > 0 && (
				<div className="card">
					<h2>Over all posts</h2>
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
