/** Shows a result to be corrected: its text, entities, boxes, relations and events. Reports every edit. */
import { useState } from "react";
import type { Entity, ExtractionResult, Region } from "../core/result.ts";
import { authorOf, type Edit } from "../corrections/correction.ts";
import { nameOf } from "../messages/names.ts";
import { pieces, t } from "../messages/ui.ts";
import { CorrectBoxes, seenIn } from "./correct-boxes.tsx";
import { EntityChips, typeOfKey } from "./correct-chips.tsx";
import { EventsEditor, MarkTrigger } from "./correct-events.tsx";
import { TypeField } from "./correct-fields.tsx";
import { EntityEditor, type KnownTypes, NO_ENDS, type RelationEnds, RelationsEditor } from "./correct-records.tsx";
import { CorrectText, type Selected } from "./correct-text.tsx";
import { rich } from "./rich.ts";

interface EditorProps {
	readonly result: ExtractionResult;
	readonly known: KnownTypes;
	readonly onEdit: (edit: Edit) => void;
}

interface CorrectViewProps extends EditorProps {
	readonly pictureUrl: string | null;
}

/** Where a new box starts: in the middle, a third of the picture wide. */
function middleBox({ width, height }: NonNullable<ExtractionResult["image"]>): [number, number, number, number] {
	return [width / 3, height / 3, (2 * width) / 3, (2 * height) / 3].map(Math.round) as [number, number, number, number];
}

/** Whether a record names the box or a person drew it. The other proposals would only be in the way. */
function inUse(result: ExtractionResult, object: string): boolean {
	const inEvent = result.events.some(({ arguments: parts }) => parts.some(({ region }) => region?.object === object));
	const inRelation = result.relations.some(({ region }) => region?.object === object);
	return inEvent || inRelation || seenIn(result, object) !== "" || authorOf(result, "region", object) !== null;
}

/** Marks the selected words as a new entity. */
function MarkEntity({ result, known, selected, onEdit }: EditorProps & { readonly selected: Selected | null }) {
	const [type, setType] = useState(known.entity[0] ?? "person");
	return (
		<div className="correct-add">
			<TypeField label={t("edit.type")} value={type} known={known.entity} onChange={setType} />
			<button
				type="button"
				className="button small"
				disabled={selected === null}
				onClick={() => selected && onEdit({ edit: "add-entity", type, ...selected })}
			>
				{selected ? (
					<span>
						{rich(
							pieces("edit.markAs", {
								text: <bdi>{result.text.slice(selected.start, selected.end)}</bdi>,
								type: nameOf("entity", type),
							}),
						)}
					</span>
				) : (
					t("edit.selectToMark")
				)}
			</button>
		</div>
	);
}

interface PictureEditorProps extends Pick<EditorProps, "result" | "onEdit"> {
	readonly url: string;
	readonly image: NonNullable<ExtractionResult["image"]>;
	/** The boxes that are shown. */
	readonly regions: readonly Region[];
	/** The entity that is being changed: a new box belongs to it. */
	readonly entity: Entity | null;
	/** The chosen box. */
	readonly box: string | null;
	readonly onBox: (object: string) => void;
	readonly all: boolean;
	readonly onAll: (all: boolean) => void;
}

/** The picture with its boxes, and buttons to add and delete one. */
function PictureEditor(props: PictureEditorProps) {
	const { result, onEdit, url, image, regions, entity, box, onBox, all, onAll } = props;
	return (
		<div className="correct-picture">
			<CorrectBoxes
				url={url}
				result={result}
				regions={regions}
				chosen={box}
				onChoose={onBox}
				onMove={(object, to) => onEdit({ edit: "move-box", object, box: to })}
				onDelete={(object) => onEdit({ edit: "delete-box", object })}
			/>
			<div className="row">
				<button
					type="button"
					className="button small"
					onClick={() => onEdit({ edit: "add-box", box: middleBox(image), entity: entity?.id ?? null })}
				>
					{entity ? (
						<span>{rich(pieces("edit.addBoxFor", { text: <bdi>{entity.text}</bdi> }))}</span>
					) : (
						t("edit.addBox")
					)}
				</button>
				{box !== null && result.regions.some(({ object }) => object === box) && (
					<button type="button" className="button small" onClick={() => onEdit({ edit: "delete-box", object: box })}>
						{t("edit.deleteBox", { box })}
						{seenIn(result, box) && (
							<span className="sr-only"> {t("edit.ofEntity", { text: seenIn(result, box) })}</span>
						)}
					</button>
				)}
			</div>
			<label className="switch">
				<input type="checkbox" checked={all} onChange={(event) => onAll(event.target.checked)} />{" "}
				{t("edit.allBoxes", { count: result.regions.length })}
			</label>
			<p className="quiet small">{t("edit.boxHow")}</p>
		</div>
	);
}

export function CorrectView({ pictureUrl, ...editor }: CorrectViewProps) {
	const { result } = editor;
	const { image, entities, text, events, relations } = result;
	const [selected, setSelected] = useState<Selected | null>(null);
	const [chosen, setChosen] = useState<string | null>(null);
	const [box, setBox] = useState<string | null>(null);
	const [all, setAll] = useState(false);
	const [ends, setEnds] = useState<RelationEnds>(NO_ENDS);
	const entity = entities.find(({ id }) => id === chosen) ?? null;
	const regions = (result.pictures ? [] : result.regions).filter(
		({ object }) => all || object === box || inUse(result, object),
	);
	const boxes = { url: pictureUrl ?? "", regions, entity, box, onBox: setBox, all, onAll: setAll };
	return (
		<div className="correct">
			<div className={pictureUrl && image ? "reading has-picture" : "reading"}>
				<div>
					<CorrectText
						text={text}
						entities={entities}
						events={events}
						chosen={chosen}
						onSelect={setSelected}
						onKey={(key, piece) => {
							const type = typeOfKey(key, editor.known);
							if (type !== null && piece) editor.onEdit({ edit: "add-entity", type, ...piece });
						}}
					/>
					<MarkEntity {...editor} selected={selected} />
					<MarkTrigger {...editor} selected={selected} />
					<EntityChips
						{...editor}
						chosen={chosen}
						onChoose={setChosen}
						onJoin={(head, tail) => setEnds({ head, tail, dropped: true })}
					/>
					{entity ? (
						<EntityEditor key={entity.id} {...editor} entity={entity} regions={regions} selected={selected} />
					) : (
						entities.length > 0 && <p className="quiet small">{t("edit.chooseEntity")}</p>
					)}
				</div>
				{pictureUrl && image && <PictureEditor {...editor} {...boxes} image={image} />}
			</div>
			{(relations.length > 0 || entities.length > 1) && (
				<section className="part">
					<h3>{t("result.relations")}</h3>
					<RelationsEditor {...editor} ends={ends} onEnds={setEnds} />
				</section>
			)}
			{events.length > 0 && (
				<section className="part">
					<h3>{t("result.events")}</h3>
					<EventsEditor {...editor} regions={regions} selected={selected} />
				</section>
			)}
		</div>
	);
}
