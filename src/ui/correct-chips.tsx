/** The entities as chips: to choose, accept, reject, retype by a key, and to drag one onto another for a relation. */
import { type KeyboardEvent, useEffect, useId, useRef } from "react";
import type { Entity, ExtractionResult } from "../core/result.ts";
import type { Edit } from "../corrections/correction.ts";
import { CERTAIN } from "../corrections/correction-parts.ts";
import { nameOf } from "../messages/names.ts";
import { t } from "../messages/ui.ts";
import type { KnownTypes } from "./correct-records.tsx";
import { Verdict } from "./correct-verdict.tsx";
import { lookClass, lookOfType } from "./palette.ts";
import { useDragRelation } from "./use-drag-relation.ts";

/** Types that have a key of their own: 1 to 9. */
const MAX_KEYS = 9;

/** The entity type of a digit key; null for other keys and where there are fewer types. */
export function typeOfKey(key: string, { entity }: Pick<KnownTypes, "entity">): string | null {
	return /^[1-9]$/.test(key) ? (entity[Number(key) - 1] ?? null) : null;
}

interface ChipProps {
	readonly entity: Entity;
	readonly chosen: boolean;
	/** Whether another chip is being dragged over it. */
	readonly target: boolean;
	readonly onChoose: () => void;
	readonly onAccept: () => void;
	readonly onReject: () => void;
}

function Chip({ entity: { id, text, type, score }, chosen, target, onChoose, onAccept, onReject }: ChipProps) {
	return (
		<li>
			<button
				type="button"
				data-mention={id}
				className={`entity ${lookClass(lookOfType(type))}${target ? " is-target" : ""}`}
				aria-pressed={chosen}
				onClick={onChoose}
			>
				<bdi>{text}</bdi> <span className="details-type">{nameOf("entity", type)}</span>
			</button>
			<Verdict
				accept={t("edit.accept", { of: text })}
				reject={t("edit.reject", { of: text })}
				accepted={score === CERTAIN}
				onAccept={onAccept}
				onReject={onReject}
			/>
		</li>
	);
}

/** Deletes an entity of the list; the focus goes on to the next one. */
function useRemoval(entities: readonly Entity[], onEdit: (edit: Edit) => void) {
	const list = useRef<HTMLUListElement>(null);
	const place = useRef<number | null>(null);
	useEffect(() => {
		const chips = list.current?.querySelectorAll<HTMLElement>("[data-mention]") ?? [];
		if (place.current !== null && entities.length > 0) chips[Math.min(place.current, chips.length - 1)]?.focus();
		place.current = null;
	}, [entities]);
	const remove = (id: string) => {
		place.current = entities.findIndex((entity) => entity.id === id);
		onEdit({ edit: "delete-entity", id });
	};
	return { list, remove };
}

interface EntityChipsProps {
	readonly result: ExtractionResult;
	readonly known: KnownTypes;
	readonly chosen: string | null;
	readonly onChoose: (id: string | null) => void;
	readonly onEdit: (edit: Edit) => void;
	/** Called when one chip was dragged onto another. */
	readonly onJoin: (head: string, tail: string) => void;
}

export function EntityChips({ result: { entities }, known, chosen, onChoose, onEdit, onJoin }: EntityChipsProps) {
	const { line, handlers } = useDragRelation(onJoin);
	const id = useId();
	const { list, remove } = useRemoval(entities, onEdit);
	const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
		const mention = (event.target as HTMLElement).dataset.mention;
		if (mention === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
		const type = typeOfKey(event.key, known);
		if (type !== null) onEdit({ edit: "retype-entity", id: mention, type });
		else if (event.key === "Delete" || event.key === "Backspace") remove(mention);
		else if (event.key === "a") onEdit({ edit: "accept", record: "entity", id: mention });
		else return;
		event.preventDefault();
	};
	if (entities.length === 0) return null;
	return (
		<div className={line ? "chips-field is-dragging" : "chips-field"}>
			<ul
				ref={list}
				className="correct-chips"
				aria-label={t("edit.entities")}
				aria-describedby={id}
				onKeyDown={onKeyDown}
				{...handlers}
			>
				{entities.map((entity) => (
					<Chip
						key={entity.id}
						entity={entity}
						chosen={entity.id === chosen}
						target={line?.over === entity.id}
						onChoose={() => onChoose(entity.id === chosen ? null : entity.id)}
						onAccept={() => onEdit({ edit: "accept", record: "entity", id: entity.id })}
						onReject={() => remove(entity.id)}
					/>
				))}
			</ul>
			{line && (
				<svg className="drag-line" aria-hidden="true">
					<line x1={line.from.x} y1={line.from.y} x2={line.to.x} y2={line.to.y} />
				</svg>
			)}
			<p id={id} className="quiet small">
				{t("edit.keys", {
					types: known.entity
						.slice(0, MAX_KEYS)
						.map((type, at) => `${at + 1} ${nameOf("entity", type)}`)
						.join(", "),
				})}
			</p>
		</div>
	);
}
