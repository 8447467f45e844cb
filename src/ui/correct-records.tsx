/** Fields to change entities and relations. */
import { useEffect, useRef, useState } from "react";
import type { Entity, ExtractionResult, Relation } from "../core/result.ts";
import { authorOf, type Edit } from "../corrections/correction.ts";
import { CERTAIN } from "../corrections/correction-parts.ts";
import { formatTime } from "../messages/messages.ts";
import { nameOf } from "../messages/names.ts";
import { pieces, t } from "../messages/ui.ts";
import { TypeField } from "./correct-fields.tsx";
import type { Selected } from "./correct-text.tsx";
import { Verdict } from "./correct-verdict.tsx";
import { percent } from "./format.ts";
import { Icon } from "./icons.tsx";
import { lookClass, lookOfType } from "./palette.ts";
import { rich } from "./rich.ts";

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
	if (author === null)
		return result.model === "imported" ? t("edit.fromFile") : t("edit.fromModel", { score: percent(score) });
	return t("edit.by", { name: author.by, time: formatTime(author.at) });
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
		<section
			className={`correct-entity ${lookClass(lookOfType(type))}`}
			aria-label={t("edit.change", { text: entity.text })}
		>
			<p>
				<strong>
					<bdi>{entity.text}</bdi>
				</strong>{" "}
				<span className="quiet small">{origin(result, "entity", id, entity.score)}</span>
			</p>
			<TypeField
				label={t("edit.type")}
				value={type}
				known={known.entity}
				onChange={(next) => onEdit({ edit: "retype-entity", id, type: next })}
			/>
			{regions.length > 0 && (
				<fieldset className="correct-seen">
					<legend>{t("edit.seenIn")}</legend>
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
							{rich(pieces("edit.useInstead", { text: <bdi>{result.text.slice(other.start, other.end)}</bdi> }))}
						</span>
					) : (
						t("edit.selectToMove")
					)}
				</button>
				<button type="button" className="button small" onClick={() => onEdit({ edit: "delete-entity", id })}>
					{t("edit.delete")} <span className="sr-only">{entity.text}</span>
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
			<option value="">{t("edit.choose")}</option>
			{result.entities.map(({ id, text, type }) => (
				<option key={id} value={id}>
					{t("edit.option", { text, type: nameOf("entity", type) })}
				</option>
			))}
		</select>
	);
}

/** The ends of the relation to be added, empty where none is chosen. */
export interface RelationEnds {
	readonly head: string;
	readonly tail: string;
	/** They come from dragging: only the type is missing, and its field takes the focus. */
	readonly dropped: boolean;
}
export const NO_ENDS: RelationEnds = { head: "", tail: "", dropped: false };

interface RelationsEditorProps extends RecordsProps {
	readonly ends: RelationEnds;
	readonly onEnds: (ends: RelationEnds) => void;
}

function RelationRow({ relation, result, known, onEdit }: RecordsProps & { readonly relation: Relation }) {
	const { id, type, score } = relation;
	const textOf = (end: string) => result.entities.find((entity) => entity.id === end)?.text ?? end;
	const ends = { head: textOf(relation.head), tail: textOf(relation.tail) };
	return (
		<li>
			<bdi>{ends.head}</bdi>
			<TypeField
				quiet
				label={t("edit.relationOf", ends)}
				value={type}
				known={known.relation}
				onChange={(next) => onEdit({ edit: "retype-relation", id, type: next })}
			/>
			<Icon name="arrow" />
			<bdi>{ends.tail}</bdi>
			<span className="quiet small">{origin(result, "relation", id, score)}</span>
			<Verdict
				accept={t("edit.acceptRelation", ends)}
				reject={t("edit.deleteRelation", ends)}
				accepted={score === CERTAIN}
				onAccept={() => onEdit({ edit: "accept", record: "relation", id })}
				onReject={() => onEdit({ edit: "delete-relation", id })}
			/>
		</li>
	);
}

/** The relations, each with its type to change, and a row to add one. */
export function RelationsEditor({ result, known, onEdit, ends, onEnds }: RelationsEditorProps) {
	const { head, tail } = ends;
	const [type, setType] = useState("");
	const row = useRef<HTMLDivElement>(null);
	useEffect(() => {
		if (ends.dropped) row.current?.querySelector("input")?.focus();
	}, [ends]);
	const ready =
		[head, tail].every((end) => result.entities.some(({ id }) => id === end)) && head !== tail && type !== "";
	return (
		<>
			<ul className="correct-list">
				{result.relations.map((relation) => (
					<RelationRow key={relation.id} relation={relation} result={result} known={known} onEdit={onEdit} />
				))}
			</ul>
			{result.entities.length > 1 && (
				<div className="correct-add" ref={row}>
					<EntitySelect
						label={t("edit.from")}
						value={head}
						result={result}
						onChange={(next) => onEnds({ head: next, tail, dropped: false })}
					/>
					<TypeField quiet label={t("edit.newRelation")} value={type} known={known.relation} onChange={setType} />
					<EntitySelect
						label={t("edit.to")}
						value={tail}
						result={result}
						onChange={(next) => onEnds({ head, tail: next, dropped: false })}
					/>
					<button
						type="button"
						className="button small"
						disabled={!ready}
						onClick={() => {
							onEdit({ edit: "add-relation", type, head, tail });
							onEnds({ head, tail: "", dropped: false });
						}}
					>
						{t("edit.addRelation")}
					</button>
				</div>
			)}
		</>
	);
}
