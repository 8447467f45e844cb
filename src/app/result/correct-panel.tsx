/** The place to correct a result: with the person's name, undo and redo, and a list of the corrections so far. */
import { type Dispatch, useEffect, useState } from "react";
import type { ExtractionResult } from "../../core/result.ts";
import { t } from "../../messages/app.ts";
import type { KnownTypes } from "../../ui/correct-records.tsx";
import { CorrectView } from "../../ui/correct-view.tsx";
import { CorrectionLog } from "../../ui/correction-log.tsx";
import { labelsOf, shownLabels } from "../ask/request.ts";
import { usePictureUrl } from "../state/hooks.ts";
import type { Action, AppState, Shown } from "../state/state.ts";
import { loadAuthor, saveAuthor } from "../state/storage.ts";

interface CorrectPanelProps {
	readonly state: AppState;
	readonly shown: Shown;
	readonly dispatch: Dispatch<Action>;
	readonly onDone: () => void;
}

/** Types in force and those in the result, each once. */
const union = (own: readonly string[], used: readonly string[]): string[] => [...new Set([...own, ...used])];

/** The types to choose from: those in force and those in the result. */
function knownTypes(state: AppState, result: ExtractionResult): KnownTypes {
	return {
		entity: union(
			shownLabels(state, "entityTypes"),
			result.entities.map(({ type }) => type),
		),
		relation: union(
			shownLabels(state, "relationTypes"),
			result.relations.map(({ type }) => type),
		),
		event: union(
			shownLabels(state, "eventTypes"),
			result.events.map(({ type }) => type),
		),
		roles: (event: string) =>
			union(
				labelsOf(state).rolesOf(event) ?? [],
				result.events.flatMap(({ type, arguments: parts }) => (type === event ? parts.map(({ role }) => role) : [])),
			),
	};
}

/** The name that corrections carry; it is kept in this browser. */
function AuthorField({ author, onChange }: { readonly author: string; readonly onChange: (author: string) => void }) {
	return (
		<label className="correct-author">
			<span>{t("correct.name")}</span>
			<input
				type="text"
				value={author}
				maxLength={100}
				autoComplete="name"
				onChange={(event) => {
					onChange(event.target.value);
					saveAuthor(event.target.value);
				}}
			/>
		</label>
	);
}

/** Ctrl Z, Ctrl Shift Z and Ctrl Y wherever the focus is; a field that is typed in keeps its own undo. */
function useUndoKeys(undo: () => void, redo: () => void): void {
	useEffect(() => {
		const onKeyDown = (event: KeyboardEvent) => {
			const { target } = event;
			const typing =
				target instanceof HTMLTextAreaElement || (target instanceof HTMLInputElement && target.type === "text");
			if (typing || !(event.ctrlKey || event.metaKey) || !["z", "Z", "y"].includes(event.key)) return;
			event.preventDefault();
			if (event.key === "y" || event.shiftKey) redo();
			else undo();
		};
		document.addEventListener("keydown", onKeyDown);
		return () => document.removeEventListener("keydown", onKeyDown);
	});
}

export function CorrectPanel({ state, shown, dispatch, onDone }: CorrectPanelProps) {
	const [author, setAuthor] = useState(loadAuthor);
	const url = usePictureUrl(shown.picture);
	const { result, undone } = shown;
	const corrections = result.corrections ?? [];
	const undo = () => dispatch({ type: "edit-undone" });
	const redo = () => dispatch({ type: "edit-redone" });
	useUndoKeys(undo, redo);
	return (
		<div className="card">
			<div className="result-head">
				<h2>{t("correct.title")}</h2>
				<AuthorField author={author} onChange={setAuthor} />
				<div className="take">
					<button type="button" className="button small" disabled={corrections.length === 0} onClick={undo}>
						{t("toast.undo")}
					</button>
					<button type="button" className="button small" disabled={undone.length === 0} onClick={redo}>
						{t("correct.redo")}
					</button>
					<button type="button" className="button small" onClick={onDone}>
						{t("correct.done")}
					</button>
				</div>
			</div>
			<CorrectView
				result={result}
				// Boxes of several pictures share their names: only those of one picture can be changed.
				pictureUrl={result.pictures ? null : url}
				known={knownTypes(state, result)}
				onEdit={(edit) =>
					dispatch({ type: "edited", edit, author: { by: author.trim() || "person", at: new Date().toISOString() } })
				}
			/>
			<details className="fold">
				<summary>
					{t("correct.list")} <span className="quiet">{corrections.length}</span>
				</summary>
				<p className="quiet small">{t("correct.about")}</p>
				<CorrectionLog corrections={corrections} />
			</details>
			<p className="sr-only" role="status">
				{corrections.length === 0 ? "" : t("correct.count", { count: corrections.length })}
			</p>
		</div>
	);
}
