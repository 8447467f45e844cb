/** Fields to change events: their triggers, types and arguments. */
import { useState } from "react";
import type { EventArgument, ExtractedEvent, ExtractionResult } from "../core/result.ts";
import type { Edit } from "../corrections/correction.ts";
import type { Filler } from "../corrections/correction-events.ts";
import { TypeField } from "./correct-fields.tsx";
import { type KnownTypes, origin } from "./correct-records.tsx";
import type { Selected } from "./correct-text.tsx";
import { Icon } from "./icons.tsx";

interface EventsProps {
	readonly result: ExtractionResult;
	readonly known: KnownTypes;
	/** Boxes that may play a role. */
	readonly regions: ExtractionResult["regions"];
	readonly selected: Selected | null;
	readonly onEdit: (edit: Edit) => void;
}

type EventProps = EventsProps & { readonly event: ExtractedEvent };

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
	const name = `${event.type} “${event.trigger.text}”`;
	const filler = fillerOf(value, selected);
	return (
		<div className="correct-add">
			<TypeField
				label="Role"
				value={role}
				known={known.roles(event.type)}
				onChange={setRole}
				of={`of another argument of ${name}`}
			/>
			<select
				aria-label={`Who or what plays the role in ${name}`}
				value={value}
				onChange={({ target }) => setValue(target.value)}
			>
				<option value="">Choose…</option>
				{selected && <option value="selection">“{result.text.slice(selected.start, selected.end)}” (selected)</option>}
				{result.entities.map(({ id, text, type }) => (
					<option key={id} value={`entity ${id}`}>
						{text} ({type})
					</option>
				))}
				{regions.map(({ object, label }) => (
					<option key={object} value={`object ${object}`}>
						{object}
						{label !== undefined && ` ${label}`} (box)
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
				Add <span className="sr-only">to {name}</span>
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
	const { id, type, trigger } = event;
	return (
		<li>
			<TypeField
				quiet
				label={`Role of ${wordsOf(part)} in ${type} “${trigger.text}”`}
				value={part.role}
				known={known.roles(type)}
				onChange={(role) => onEdit({ edit: "retype-argument", id, index, role })}
			/>
			<bdi>{wordsOf(part)}</bdi>
			<button
				type="button"
				className="icon-button small"
				aria-label={`Remove ${wordsOf(part)} as ${part.role} of ${type} “${trigger.text}”`}
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
				<span>
					“<bdi>{trigger.text}</bdi>”
				</span>
				<TypeField
					quiet
					label={`Type of the event ${trigger.text}`}
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
							Change trigger to “<bdi>{result.text.slice(other.start, other.end)}</bdi>”
						</span>
						<span className="sr-only"> from {trigger.text}</span>
					</button>
				)}
				<button
					type="button"
					className="icon-button small"
					aria-label={`Delete the event ${trigger.text}`}
					onClick={() => onEdit({ edit: "delete-event", id })}
				>
					<Icon name="close" />
				</button>
			</div>
			{event.arguments.length > 0 && (
				<ul className="correct-list" aria-label={`Who and what takes part in ${type} “${trigger.text}”`}>
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
			<TypeField label="Event" value={type} known={known.event} onChange={setType} />
			<button
				type="button"
				className="button small"
				disabled={selected === null}
				onClick={() => selected && onEdit({ edit: "add-event", type, ...selected })}
			>
				{selected ? (
					<span>
						Mark “<bdi>{result.text.slice(selected.start, selected.end)}</bdi>” as trigger of {type}
					</span>
				) : (
					"Select the words that say what happens"
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
