/** Fields to change entities and relations. */
import { useState } from "react";
import type { Entity, ExtractionResult } from "../core/result.ts";
import { authorOf, type Edit } from "../corrections/correction.ts";
import { TypeField } from "./correct-fields.tsx";
import type { Selected } from "./correct-text.tsx";
import { percent } from "./format.ts";
import { Icon } from "./icons.tsx";
import { lookClass, lookOfType } from "./palette.ts";

/** Types to choose from. */
export interface KnownTypes {
	readonly entity: readonly string[];
	readonly relation: readonly string[];
	readonly event: readonly string[];
	/** Roles of an event type. */
	roles(event: string): readonly string[];
}

interface RecordsProps {
	readonly result: ExtractionResult;
	readonly known: KnownTypes;
	readonly onEdit: (edit: Edit) => void;
}

/** "From the model, 93%" or "By Grace, 2 January 2026, 03:04". */
export function origin(
	result: ExtractionResult,
	kind: "entity" | "relation" | "event",
	id: string,
	score: number,
): string {
	const author = authorOf(result, kind, id);
	if (author === null) return result.model === "imported" ? "From the file" : `From the model, ${percent(score)}`;
	const when = new Date(author.at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
	return `By ${author.by}, ${when}`;
}

interface EntityEditorProps extends RecordsProps {
	readonly entity: Entity;
	/** Boxes that it may be seen in. */
	readonly regions: ExtractionResult["regions"];
	readonly selected: Selected | null;
}

/** Everything that can be changed about one entity. */
export function EntityEditor({ entity, regions, result, known, selected, onEdit }: EntityEditorProps) {
	const { id, type, regions: own } = entity;
	const other = selected && (selected.start !== entity.start || selected.end !== entity.end) ? selected : null;
	return (
		<section className={`correct-entity ${lookClass(lookOfType(type))}`} aria-label={`Change ${entity.text}`}>
			<p>
				<strong>
					<bdi>{entity.text}</bdi>
				</strong>{" "}
				<span className="quiet small">{origin(result, "entity", id, entity.score)}</span>
			</p>
			<TypeField
				label="Type"
				value={type}
				known={known.entity}
				onChange={(next) => onEdit({ edit: "retype-entity", id, type: next })}
			/>
			{regions.length > 0 && (
				<fieldset className="correct-seen">
					<legend>Seen in</legend>
					{regions.map(({ object }) => (
						<label key={object} className="switch">
							<input
								type="checkbox"
								checked={own.some((region) => region.object === object)}
								onChange={(event) => onEdit({ edit: "set-seen", id, object, seen: event.target.checked })}
							/>{" "}
							{object}
						</label>
					))}
				</fieldset>
			)}
			<div className="row">
				<button
					type="button"
					className="button small"
					disabled={other === null}
					onClick={() => other && onEdit({ edit: "move-entity", id, start: other.start, end: other.end })}
				>
					{other ? (
						<span>
							Use “<bdi>{result.text.slice(other.start, other.end)}</bdi>” instead
						</span>
					) : (
						"Select other words to move it"
					)}
				</button>
				<button type="button" className="button small" onClick={() => onEdit({ edit: "delete-entity", id })}>
					Delete <span className="sr-only">{entity.text}</span>
				</button>
			</div>
		</section>
	);
}

function EntitySelect({
	label,
	value,
	result,
	onChange,
}: {
	readonly label: string;
	readonly value: string;
	readonly result: ExtractionResult;
	readonly onChange: (id: string) => void;
}) {
	return (
		<select aria-label={label} value={value} onChange={(event) => onChange(event.target.value)}>
			<option value="">Choose…</option>
			{result.entities.map(({ id, text, type }) => (
				<option key={id} value={id}>
					{text} ({type})
				</option>
			))}
		</select>
	);
}

/** The relations, each with its type to change, and a row to add one. */
export function RelationsEditor({ result, known, onEdit }: RecordsProps) {
	const [head, setHead] = useState("");
	const [tail, setTail] = useState("");
	const [type, setType] = useState("");
	const nameOf = (end: string) => result.entities.find(({ id }) => id === end)?.text ?? end;
	const ready =
		[head, tail].every((end) => result.entities.some(({ id }) => id === end)) && head !== tail && type !== "";
	return (
		<>
			<ul className="correct-list">
				{result.relations.map(({ id, type: current, head: from, tail: to, score }) => (
					<li key={id}>
						<bdi>{nameOf(from)}</bdi>
						<TypeField
							quiet
							label={`Relation from ${nameOf(from)} to ${nameOf(to)}`}
							value={current}
							known={known.relation}
							onChange={(next) => onEdit({ edit: "retype-relation", id, type: next })}
						/>
						<Icon name="arrow" />
						<bdi>{nameOf(to)}</bdi>
						<span className="quiet small">{origin(result, "relation", id, score)}</span>
						<button
							type="button"
							className="icon-button small"
							aria-label={`Delete the relation from ${nameOf(from)} to ${nameOf(to)}`}
							onClick={() => onEdit({ edit: "delete-relation", id })}
						>
							<Icon name="close" />
						</button>
					</li>
				))}
			</ul>
			{result.entities.length > 1 && (
				<div className="correct-add">
					<EntitySelect label="From" value={head} result={result} onChange={setHead} />
					<TypeField quiet label="Type of the new relation" value={type} known={known.relation} onChange={setType} />
					<EntitySelect label="To" value={tail} result={result} onChange={setTail} />
					<button
						type="button"
						className="button small"
						disabled={!ready}
						onClick={() => {
							onEdit({ edit: "add-relation", type, head, tail });
							setTail("");
						}}
					>
						Add relation
					</button>
				</div>
			)}
		</>
	);
}
