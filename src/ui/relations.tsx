/** Shows relations as a list, and everything that the result says about a chosen entity. */
import type { Entity, ExtractionResult, Relation } from "../core/result.ts";
import { nameOf } from "../messages/names.ts";
import { pieces, t } from "../messages/ui.ts";
import { EntityAside, hasAside } from "./entity-aside.tsx";
import { percent, scoreMeaning } from "./format.ts";
import { Icon } from "./icons.tsx";
import type { FocusProps, Link } from "./links.ts";
import { lookClass, lookOfType } from "./palette.ts";
import { rich } from "./rich.ts";

/** A percentage; its tooltip explains it. */
export function Score({ value, meaning }: { readonly value: number; readonly meaning: ExtractionResult["scores"] }) {
	return (
		<span className="score" title={scoreMeaning(meaning)}>
			{percent(value)}
		</span>
	);
}

/** An entity as a button that highlights it in the text. */
export function EntityButton({
	entity,
	lit,
	pressed,
}: {
	readonly entity: Entity;
	readonly lit: boolean;
	readonly pressed: boolean;
}) {
	return (
		<button
			type="button"
			className={`entity ${lookClass(lookOfType(entity.type))}${lit ? " is-lit" : ""}`}
			data-link={`entity:${entity.id}`}
			aria-pressed={pressed}
			aria-label={`${entity.text}, ${nameOf("entity", entity.type)}`}
		>
			<bdi>{entity.text}</bdi>
		</button>
	);
}

function RelationRow({ relation, ...props }: FocusProps & { readonly relation: Relation }) {
	const end = (id: string) => {
		const entity = props.result.entities.find((candidate) => candidate.id === id);
		if (!entity && relation.region?.object === id) {
			const link: Link = `region:${id}`;
			return (
				<button
					type="button"
					className={`region${props.lit.has(link) ? " is-lit" : ""}`}
					data-link={link}
					aria-pressed={props.selected === link}
				>
					{id}
				</button>
			);
		}
		if (!entity) return <span>{id}</span>;
		return (
			<EntityButton entity={entity} lit={props.lit.has(`entity:${id}`)} pressed={props.selected === `entity:${id}`} />
		);
	};
	return (
		<li
			className={props.lit.has(`relation:${relation.id}`) ? "relation is-lit" : "relation"}
			data-link={`relation:${relation.id}`}
		>
			{end(relation.head)}
			<span className="relation-type">
				{nameOf("relation", relation.type)} <Icon name="arrow" />
			</span>
			{end(relation.tail)}
			<Score value={relation.score} meaning={props.result.scores} />
		</li>
	);
}

export function RelationList(props: FocusProps) {
	return (
		<ul className="relations">
			{props.result.relations.map((relation) => (
				<RelationRow key={relation.id} relation={relation} {...props} />
			))}
		</ul>
	);
}

/** Which regions show an entity; of those that a person chose nothing is left to doubt. */
function seenIn({ regions, seen }: Entity): string {
	const names = regions.map(({ object }) => object).join(", ");
	return t(seen?.perhaps ? "picture.seenPerhaps" : "picture.seen", { regions: names });
}

/** Everything the result says about the chosen entity. */
export function EntityDetails({ entity, ...props }: FocusProps & { readonly entity: Entity }) {
	const { relations, events } = props.result;
	const own = relations.filter(({ head, tail }) => head === entity.id || tail === entity.id);
	const roles = events.flatMap((event) =>
		event.arguments.filter((part) => part.entity === entity.id).map(({ role }) => ({ role, event })),
	);
	return (
		<section
			className={`details ${lookClass(lookOfType(entity.type))}`}
			aria-label={t("about.title", { text: entity.text })}
		>
			<p className="details-head">
				<strong>
					<bdi>{entity.text}</bdi>
				</strong>{" "}
				<span className="details-type">{nameOf("entity", entity.type)}</span>{" "}
				<Score value={entity.score} meaning={props.result.scores} />
			</p>
			{own.length > 0 && (
				<ul className="relations">
					{own.map((relation) => (
						<RelationRow key={relation.id} relation={relation} {...props} />
					))}
				</ul>
			)}
			{roles.length > 0 && (
				<p>
					{roles.map(({ role, event }, index) => (
						<span key={`${event.id} ${role}`}>
							{index > 0 && ", "}
							{rich(
								pieces("about.role", {
									role: nameOf("role", role),
									event: <em>{nameOf("event", event.type)}</em>,
									trigger: event.trigger.text,
								}),
							)}
						</span>
					))}
				</p>
			)}
			{entity.regions.length > 0 && <p>{seenIn(entity)}</p>}
			<EntityAside entity={entity} result={props.result} />
			{own.length + roles.length + entity.regions.length === 0 && !hasAside({ entity, result: props.result }) && (
				<p className="quiet">{t("about.nothing")}</p>
			)}
		</section>
	);
}
