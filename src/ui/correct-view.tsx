/** Goes in: a result and its picture. Comes out: the same to be corrected: text, entities, boxes, relations, events; every change is told. */
import { useState } from "react";
import type { Correction, ExtractionResult } from "../core/result.ts";
import { authorOf, type Edit } from "../corrections/correction.ts";
import { CorrectBoxes, seenIn } from "./correct-boxes.tsx";
import { EventsEditor, MarkTrigger } from "./correct-events.tsx";
import { TypeField } from "./correct-fields.tsx";
import { EntityEditor, type KnownTypes, RelationsEditor } from "./correct-records.tsx";
import { CorrectText, type Selected } from "./correct-text.tsx";
import { lookClass, lookOfType } from "./palette.ts";

interface CorrectViewProps {
	readonly result: ExtractionResult;
	readonly pictureUrl: string | null;
	readonly known: KnownTypes;
	readonly onEdit: (edit: Edit) => void;
}

/** Each edit in words. */
const EDIT_NAMES: Readonly<Record<string, string>> = {
	"add-entity": "Entity added",
	"retype-entity": "Type changed",
	"move-entity": "Words changed",
	"delete-entity": "Entity deleted",
	"add-relation": "Relation added",
	"retype-relation": "Relation changed",
	"delete-relation": "Relation deleted",
	"add-event": "Event added",
	"retype-event": "Event changed",
	"move-event": "Trigger changed",
	"delete-event": "Event deleted",
	"add-argument": "Role added",
	"retype-argument": "Role changed",
	"delete-argument": "Role removed",
	"add-box": "Box added",
	"move-box": "Box moved",
	"delete-box": "Box deleted",
	"link-found": "Boxes found by a detector",
	"set-seen": "Box of an entity changed",
};

/** What a record says, in a few words. */
function short(record: Correction["changes"][number]["to"]): string {
	if (record === null) return "nothing";
	if ("name" in record) return record.name;
	if ("object" in record) return `${record.object} at ${record.box.map(Math.round).join(", ")}`;
	if ("head" in record) return record.type;
	if (!("trigger" in record)) return `“${record.text}” ${record.type}`;
	const roles = record.arguments.map(({ role, span, region }) => `${role} ${span?.text ?? region?.object ?? ""}`);
	return `“${record.trigger.text}” ${record.type}${roles.length > 0 ? ` (${roles.join(", ")})` : ""}`;
}

export function CorrectionLog({ corrections }: { readonly corrections: readonly Correction[] }) {
	return (
		<ol className="correct-log">
			{corrections.map(({ by, at, edit, changes }, index) => {
				const main = changes.at(-1);
				return (
					// biome-ignore lint/suspicious/noArrayIndexKey: corrections have no id, and only the last ever goes
					<li key={index}>
						<strong>{EDIT_NAMES[edit] ?? edit}</strong>
						{main && (
							<>
								: <bdi>{short(main.from)}</bdi> → <bdi>{short(main.to)}</bdi>
							</>
						)}{" "}
						<span className="quiet">
							{by}, {new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" })}
						</span>
					</li>
				);
			})}
		</ol>
	);
}

/** A new box stands in the middle, a third of the picture wide. */
function middleBox({ width, height }: NonNullable<ExtractionResult["image"]>): [number, number, number, number] {
	return [width / 3, height / 3, (2 * width) / 3, (2 * height) / 3].map(Math.round) as [number, number, number, number];
}

/** Boxes that a record names or a person drew; the other proposals would only be in the way. */
function inUse(result: ExtractionResult, object: string): boolean {
	const inEvent = result.events.some(({ arguments: parts }) => parts.some(({ region }) => region?.object === object));
	const inRelation = result.relations.some(({ region }) => region?.object === object);
	return inEvent || inRelation || seenIn(result, object) !== "" || authorOf(result, "region", object) !== null;
}

export function CorrectView({ result, pictureUrl, known, onEdit }: CorrectViewProps) {
	const [selected, setSelected] = useState<Selected | null>(null);
	const [chosen, setChosen] = useState<string | null>(null);
	const [box, setBox] = useState<string | null>(null);
	const [type, setType] = useState(known.entity[0] ?? "person");
	const [all, setAll] = useState(false);
	const entity = result.entities.find(({ id }) => id === chosen) ?? null;
	const { image } = result;
	const regions = (result.pictures ? [] : result.regions).filter(
		({ object }) => all || object === box || inUse(result, object),
	);
	return (
		<div className="correct">
			<div className={pictureUrl && image ? "reading has-picture" : "reading"}>
				<div>
					<CorrectText
						text={result.text}
						entities={result.entities}
						events={result.events}
						chosen={chosen}
						onSelect={setSelected}
					/>
					<div className="correct-add">
						<TypeField label="Type" value={type} known={known.entity} onChange={setType} />
						<button
							type="button"
							className="button small"
							disabled={selected === null}
							onClick={() => selected && onEdit({ edit: "add-entity", type, ...selected })}
						>
							{selected ? (
								<span>
									Mark “<bdi>{result.text.slice(selected.start, selected.end)}</bdi>” as {type}
								</span>
							) : (
								"Select words to mark them"
							)}
						</button>
					</div>
					<MarkTrigger result={result} known={known} selected={selected} onEdit={onEdit} />
					<ul className="correct-chips" aria-label="Entities">
						{result.entities.map(({ id, text, type: own }) => (
							<li key={id}>
								<button
									type="button"
									className={`entity ${lookClass(lookOfType(own))}`}
									aria-pressed={id === chosen}
									onClick={() => setChosen(id === chosen ? null : id)}
								>
									<bdi>{text}</bdi> <span className="details-type">{own}</span>
								</button>
							</li>
						))}
					</ul>
					{entity ? (
						<EntityEditor
							key={entity.id}
							entity={entity}
							regions={regions}
							result={result}
							known={known}
							selected={selected}
							onEdit={onEdit}
						/>
					) : (
						result.entities.length > 0 && <p className="quiet small">Choose an entity to change or delete it.</p>
					)}
				</div>
				{pictureUrl && image && (
					<div className="correct-picture">
						<CorrectBoxes
							url={pictureUrl}
							result={result}
							regions={regions}
							chosen={box}
							onChoose={setBox}
							onMove={(object, to) => onEdit({ edit: "move-box", object, box: to })}
							onDelete={(object) => onEdit({ edit: "delete-box", object })}
						/>
						<div className="row">
							<button
								type="button"
								className="button small"
								onClick={() => onEdit({ edit: "add-box", box: middleBox(image), entity: chosen })}
							>
								{entity ? (
									<span>
										Add a box for “<bdi>{entity.text}</bdi>”
									</span>
								) : (
									"Add a box"
								)}
							</button>
							{box !== null && result.regions.some(({ object }) => object === box) && (
								<button
									type="button"
									className="button small"
									onClick={() => onEdit({ edit: "delete-box", object: box })}
								>
									Delete {box}
									{seenIn(result, box) && <span className="sr-only"> of {seenIn(result, box)}</span>}
								</button>
							)}
						</div>
						<label className="switch">
							<input type="checkbox" checked={all} onChange={(event) => setAll(event.target.checked)} /> Show all{" "}
							{result.regions.length} boxes
						</label>
						<p className="quiet small">
							Drag a box to move it, its corner to resize it. By keyboard: arrow keys move, with Shift they resize, with
							Ctrl in small steps.
						</p>
					</div>
				)}
			</div>
			{(result.relations.length > 0 || result.entities.length > 1) && (
				<section className="part">
					<h3>Relations</h3>
					<RelationsEditor result={result} known={known} onEdit={onEdit} />
				</section>
			)}
			{result.events.length > 0 && (
				<section className="part">
					<h3>Events</h3>
					<EventsEditor result={result} known={known} regions={regions} selected={selected} onEdit={onEdit} />
				</section>
			)}
		</div>
	);
}
