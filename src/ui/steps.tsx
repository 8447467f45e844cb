/** Shows the steps of a procedure as a numbered list, and the fields of a form as a table. */
import type { Entity, ExtractionResult, Relation } from "../core/result.ts";
import { t } from "../messages/ui.ts";
import type { FocusProps, Link } from "./links.ts";
import { EntityButton, Score } from "./relations.tsx";

interface StepListProps extends FocusProps {
	/** The address of each of the result's pictures. */
	readonly pictureUrls: readonly (string | null)[];
}

/** The other steps that name the same thing as an entity. */
function otherSteps({ things = [], entities }: ExtractionResult, { id, step }: Entity): number[] {
	const same = things.find((thing) => thing.entities.includes(id))?.entities ?? [];
	const steps = entities.flatMap((entity) =>
		same.includes(entity.id) && entity.step !== undefined && entity.step !== step ? [entity.step] : [],
	);
	return [...new Set(steps)].sort((a, b) => a - b);
}

interface StepPictureProps {
	readonly url: string;
	readonly picture: NonNullable<ExtractionResult["pictures"]>[number];
	readonly number: number;
	/** Entities of the step. */
	readonly entities: readonly Entity[];
	readonly lit: ReadonlySet<Link>;
}

function StepPicture({ url, picture: { width, height }, number, entities, lit }: StepPictureProps) {
	return (
		<span className="steps-picture">
			<img src={url} alt={t("steps.picture", { number })} width={width} height={height} />
			<svg viewBox={`0 0 ${width} ${height}`} aria-hidden="true" focusable="false">
				{entities.flatMap(({ id, regions }) =>
					regions.map(({ object, box: [x1, y1, x2, y2] }) => (
						<g key={`${id} ${object}`} className={lit.has(`entity:${id}`) ? "box is-lit" : "box is-named"}>
							<rect className="box-halo" x={x1} y={y1} width={Math.max(0, x2 - x1)} height={Math.max(0, y2 - y1)} />
							<rect className="box-line" x={x1} y={y1} width={Math.max(0, x2 - x1)} height={Math.max(0, y2 - y1)} />
						</g>
					)),
				)}
			</svg>
		</span>
	);
}

export function StepList({ result, lit, selected, pictureUrls }: StepListProps) {
	return (
		<ol className="steps">
			{(result.steps ?? []).map(({ number, text, picture }) => {
				const entities = result.entities.filter(({ step }) => step === number);
				const shown = picture === null ? undefined : result.pictures?.[picture];
				const url = picture === null ? null : (pictureUrls[picture] ?? null);
				return (
					<li key={number} value={number}>
						<div className="steps-step">
							{shown && url && <StepPicture url={url} picture={shown} number={number} entities={entities} lit={lit} />}
							<div className="steps-words">
								<bdi>{text}</bdi>
								<p className="steps-entities">
									{entities.map((entity) => {
										const others = otherSteps(result, entity);
										return (
											<span key={entity.id}>
												<EntityButton
													entity={entity}
													lit={lit.has(`entity:${entity.id}`)}
													pressed={selected === `entity:${entity.id}`}
												/>
												{others.length > 0 && (
													<span className="quiet small">
														{" "}
														{t("steps.also", { count: others.length, steps: others.join(", ") })}
													</span>
												)}
											</span>
										);
									})}
								</p>
							</div>
						</div>
					</li>
				);
			})}
		</ol>
	);
}

/** Links of a form: the relation `value` from an entity of type `key`. */
export function fieldsOf({ relations, entities }: ExtractionResult): Relation[] {
	const keys = new Set(entities.flatMap(({ id, type }) => (type === "key" ? [id] : [])));
	return relations.filter(({ type, head }) => type === "value" && keys.has(head));
}

export function FieldTable({ result, lit, selected }: FocusProps) {
	const button = (id: string) => {
		const entity = result.entities.find((one) => one.id === id);
		return entity ? (
			<EntityButton entity={entity} lit={lit.has(`entity:${id}`)} pressed={selected === `entity:${id}`} />
		) : (
			id
		);
	};
	return (
		<table className="form-fields">
			<thead>
				<tr>
					<th scope="col">{t("fields.field")}</th>
					<th scope="col">{t("fields.value")}</th>
					<th scope="col">{t("fields.score")}</th>
				</tr>
			</thead>
			<tbody>
				{fieldsOf(result).map(({ id, head, tail, score }) => (
					<tr key={id}>
						<th scope="row">{button(head)}</th>
						<td>{button(tail)}</td>
						<td>
							<Score value={score} meaning={result.scores} />
						</td>
					</tr>
				))}
			</tbody>
		</table>
	);
}
