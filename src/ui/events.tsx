/** Shows each event as a card: its trigger, and who or what plays which role. */
import type { EventArgument, ExtractedEvent } from "../core/result.ts";
import { nameOf } from "../messages/names.ts";
import { pieces, t } from "../messages/ui.ts";
import type { FocusProps, Link } from "./links.ts";
import { EntityButton, Score } from "./relations.tsx";
import { rich } from "./rich.ts";

/** The filler of a role: an entity, a piece of the text, or a region of the picture. */
function Filler({ part, result, lit, selected }: FocusProps & { readonly part: EventArgument }) {
	const entity = result.entities.find(({ id }) => id === part.entity);
	if (entity)
		return (
			<EntityButton entity={entity} lit={lit.has(`entity:${entity.id}`)} pressed={selected === `entity:${entity.id}`} />
		);
	if (part.region) {
		const link: Link = `region:${part.region.object}`;
		return (
			<button
				type="button"
				className={`region${lit.has(link) ? " is-lit" : ""}`}
				data-link={link}
				aria-pressed={selected === link}
			>
				{part.region.object}
			</button>
		);
	}
	return <bdi>{part.span?.text ?? ""}</bdi>;
}

function EventCard({ event, ...props }: FocusProps & { readonly event: ExtractedEvent }) {
	const link: Link = `event:${event.id}`;
	return (
		<li className={props.lit.has(link) ? "event is-lit" : "event"}>
			<div className="event-head">
				<button type="button" className="event-type" data-link={link} aria-pressed={props.selected === link}>
					{nameOf("event", event.type)}
				</button>
				<span className="quiet">{rich(pieces("quote", { text: <bdi>{event.trigger.text}</bdi> }))}</span>
				<Score value={event.score} meaning={props.result.scores} />
			</div>
			{event.arguments.length === 0 ? (
				<p className="quiet">{t(props.result.scores === "calibrated" ? "event.unsure" : "event.empty")}</p>
			) : (
				<dl>
					{event.arguments.map((part, index) => (
						// biome-ignore lint/suspicious/noArrayIndexKey: arguments have no id and never change places
						<div key={index}>
							<dt>{nameOf("role", part.role)}</dt>
							<dd>
								<Filler part={part} {...props} /> <Score value={part.score} meaning={props.result.scores} />
							</dd>
						</div>
					))}
				</dl>
			)}
		</li>
	);
}

export function EventCards(props: FocusProps) {
	return (
		<ul className="events">
			{props.result.events.map((event) => (
				<EventCard key={event.id} event={event} {...props} />
			))}
		</ul>
	);
}
