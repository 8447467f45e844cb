/** Goes in: the steps of a procedure, or the fields of a form. Comes out: a numbered list with what each step works on; a table of keys and values. */
import type { ExtractionResult, Relation } from "../core/result.ts";
import type { Link } from "./links.ts";
import { EntityButton, Score } from "./relations.tsx";

interface SectionProps {
	readonly result: ExtractionResult;
	readonly lit: ReadonlySet<Link>;
	readonly selected: Link | null;
}

export function StepList({ result, lit, selected }: SectionProps) {
	return (
		<ol className="steps">
			{(result.steps ?? []).map(({ number, text }) => (
				<li key={number} value={number}>
					<bdi>{text}</bdi>
					<p className="steps-entities">
						{result.entities.flatMap((entity) =>
							entity.step === number
								? [<EntityButton key={entity.id} entity={entity} lit={lit.has(`entity:${entity.id}`)} pressed={selected === `entity:${entity.id}`} />]
								: [],
						)}
					</p>
				</li>
			))}
		</ol>
	);
}

/** Links of a form: the relation `value` from an entity of type `key`. */
export function fieldsOf({ relations, entities }: ExtractionResult): Relation[] {
	const keys = new Set(entities.flatMap(({ id, type }) => (type === "key" ? [id] : [])));
	return relations.filter(({ type, head }) => type === "value" && keys.has(head));
}

export function FieldTable({ result, lit, selected }: SectionProps) {
	const button = (id: string) => {
		const entity = result.entities.find((one) => one.id === id);
		return entity ? <EntityButton entity={entity} lit={lit.has(`entity:${id}`)} pressed={selected === `entity:${id}`} /> : id;
	};
	return (
		<table className="fields">
			<thead>
				<tr>
					<th scope="col">Field</th>
					<th scope="col">Value</th>
					<th scope="col">Score</th>
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
