/** Fields to change events: their triggers, types and arguments. */
import { useState } from "react";
import type { EventArgument, ExtractedEvent, ExtractionResult } from "../core/result.ts";
import type { Edit } from "../corrections/correction.ts";
import type { Filler } from "../corrections/correction-events.ts";
import { CERTAIN } from "../corrections/correction-parts.ts";
import { nameOf } from "../messages/names.ts";
import { pieces, t } from "../messages/ui.ts";
import { TypeField } from "./correct-fields.tsx";
import { type KnownTypes, origin } from "./correct-records.tsx";
import type { Selected } from "./correct-text.tsx";
import { Verdict } from "./correct-verdict.tsx";
import { Icon } from "./icons.tsx";
import { rich } from "./rich.ts";

interface EventsProps {
	readonly result: ExtractionResult;
	readonly known: KnownTypes;
	/** Boxes that may play a role. */
	readonly regions: ExtractionResult["regions"];
	readonly selected: Selected | null;
	readonly onEdit: (edit: Edit) => void;
}

type EventProps = EventsProps & { readonly event: ExtractedEvent };

/** "meet “met”". */
const eventName = ({ type, trigger }: ExtractedEvent): string =>
	t("edit.eventName", { type: nameOf("event", type), text: trigger.text });

const wordsOf = ({ span, region }: EventArgument): string => span?.text ?? region?.object ?? "";

/** The value of an option: "selection", "entity e1" or "object O2". */
function fillerOf(value: string, selected: Selected | null): Filler | null {
	if (value === "selection") return selected;
	const [kind, name] = value.split(/ (.*)/s);
	if (name === undefined) return null;
	return kind === "entity" ? { entity: name } : { object: name };
}

/** Adds an argument: the selected words, an entity or a box. */
function AddArgument({ event, result, known, regions, selected, onEdit }: EventProps) {
	const [role, setRole] = useState("");
	const [value, setValue] = useState("");
	const name = eventName(event);
	const filler = fillerOf(value, selected);
	return (
		<div className="correct-add">
			<TypeField
				label={t("edit.role")}
				value={role}
				known={known.roles(event.type)}
				onChange={setRole}
				of={t("edit.roleOfAnother", { event: name })}
			/>
			<select
				aria-label={t("edit.rolePlayer", { event: name })}
				value={value}
				onChange={({ target }) => setValue(target.value)}
			>
				<option value="">{t("edit.choose")}</option>
				{selected && (
					<option value="selection">
						{t("edit.selected", { text: result.text.slice(selected.start, selected.end) })}
					</option>
				)}
				{result.entities.map(({ id, text, type }) => (
					<option key={id} value={`entity ${id}`}>
						{t("edit.option", { text, type: nameOf("entity", type) })}
					</option>
				))}
				{regions.map(({ object, label }) => (
					<option key={object} value={`object ${object}`}>
						{t("edit.box", { text: label === undefined ? object : `${object} ${label}` })}
					</option>
				))}
			</select>
			<button
				type="button"
				className="button small"
				disabled={role === "" || filler === null}
				onClick={() => {
					if (filler) onEdit({ edit: "add-argument", id: event.id, role, filler });
					setValue("");
				}}
			>
				{t("edit.add")} <span className="sr-only">{t("edit.addTo", { event: name })}</span>
			</button>
		</div>
	);
}

function Argument({
	part,
	index,
	event,
	known,
	onEdit,
}: Pick<EventProps, "event" | "known" | "onEdit"> & { readonly part: EventArgument; readonly index: number }) {
	const { id, type } = event;
	const name = eventName(event);
	return (
		<li>
			<TypeField
				quiet
				label={t("edit.roleOf", { text: wordsOf(part), event: name })}
				value={part.role}
				known={known.roles(type)}
				onChange={(role) => onEdit({ edit: "retype-argument", id, index, role })}
			/>
			<bdi>{wordsOf(part)}</bdi>
			<button
				type="button"
				className="icon-button small"
				aria-label={t("edit.removeRole", { text: wordsOf(part), role: nameOf("role", part.role), event: name })}
				onClick={() => onEdit({ edit: "delete-argument", id, index })}
			>
				<Icon name="close" />
			</button>
		</li>
	);
}

function EventEditor(props: EventProps) {
	const { event, result, known, selected, onEdit } = props;
	const { id, type, trigger, score } = event;
	const other = selected && (selected.start !== trigger.start || selected.end !== trigger.end) ? selected : null;
	return (
		<li className="correct-event">
			<div className="correct-add">
				<span>{rich(pieces("quote", { text: <bdi>{trigger.text}</bdi> }))}</span>
				<TypeField
					quiet
					label={t("edit.eventType", { text: trigger.text })}
					value={type}
					known={known.event}
					onChange={(next) => onEdit({ edit: "retype-event", id, type: next })}
				/>
				<span className="quiet small">{origin(result, "event", id, score)}</span>
				{other && (
					<button
						type="button"
						className="button small"
						onClick={() => onEdit({ edit: "move-event", id, start: other.start, end: other.end })}
					>
						<span>
							{rich(pieces("edit.moveTrigger", { text: <bdi>{result.text.slice(other.start, other.end)}</bdi> }))}
						</span>
						<span className="sr-only"> {t("edit.moveFrom", { text: trigger.text })}</span>
					</button>
				)}
				<Verdict
					accept={t("edit.acceptEvent", { text: trigger.text })}
					reject={t("edit.deleteEvent", { text: trigger.text })}
					accepted={[event, ...event.arguments].every((one) => one.score === CERTAIN)}
					onAccept={() => onEdit({ edit: "accept", record: "event", id })}
					onReject={() => onEdit({ edit: "delete-event", id })}
				/>
			</div>
			{event.arguments.length > 0 && (
				<ul className="correct-list" aria-label={t("edit.roles", { event: eventName(event) })}>
					{event.arguments.map((part, index) => (
						// biome-ignore lint/suspicious/noArrayIndexKey: arguments have no id, and their fields follow their values
						<Argument key={index} part={part} index={index} event={event} known={known} onEdit={onEdit} />
					))}
				</ul>
			)}
			<AddArgument {...props} />
		</li>
	);
}

/** Makes the selected words the trigger of a new event. */
export function MarkTrigger({ result, known, selected, onEdit }: Omit<EventsProps, "regions">) {
	const [type, setType] = useState(known.event[0] ?? "event");
	return (
		<div className="correct-add">
			<TypeField label={t("edit.event")} value={type} known={known.event} onChange={setType} />
			<button
				type="button"
				className="button small"
				disabled={selected === null}
				onClick={() => selected && onEdit({ edit: "add-event", type, ...selected })}
			>
				{selected ? (
					<span>
						{rich(
							pieces("edit.markTrigger", {
								text: <bdi>{result.text.slice(selected.start, selected.end)}</bdi>,
								type: nameOf("event", type),
							}),
						)}
					</span>
				) : (
					t("edit.selectTrigger")
				)}
			</button>
		</div>
	);
}

/** The events, each with its type, trigger and arguments to change. */
export function EventsEditor(props: EventsProps) {
	return (
		<ul className="correct-list">
			{props.result.events.map((event) => (
				<EventEditor key={event.id} event={event} {...props} />
			))}
		</ul>
	);
}
