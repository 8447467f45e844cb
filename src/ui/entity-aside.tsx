/** Shows details of an entity that only some tasks find: coarse type, step, times, list entry, other mentions. */
import type { Entity, ExtractionResult, Sight, TimeRange } from "../core/result.ts";
import { nameOf } from "../messages/names.ts";
import { pieces, t } from "../messages/ui.ts";
import { percent, seconds } from "./format.ts";
import { rich } from "./rich.ts";

interface EntityAsideProps {
	readonly entity: Entity;
	readonly result: ExtractionResult;
}

/** Links come from a person's own file and may be anything: only web addresses become links on the page. */
const isWeb = (link: string): boolean => /^https?:\/\//i.test(link) && URL.canParse(link);

const range = ({ start, end }: TimeRange): string => `${seconds(start)}–${seconds(end)}`;

/** "O3 (41% of the attention, 6.2 times an equal share)"; only the first is written in full. */
const lookedAt = ({ object, share, lift }: Sight, index: number): string =>
	index === 0
		? t("aside.sight", { region: object, share: percent(share), lift: Math.round(10 * lift) / 10 })
		: `${object} (${percent(share)})`;

/** Whether there are any details. */
export const hasAside = ({ entity, result }: EntityAsideProps): boolean =>
	sentencesOf({ entity, result }).length > 0 || entity.entry !== undefined;

function sentencesOf({ entity, result }: EntityAsideProps): string[] {
	const { coarse, step, times, grounded, thing, sight } = entity;
	const same = result.things?.find(({ id, entities }) => id === thing && entities.length > 1);
	return [
		...(coarse === undefined || coarse === entity.type ? [] : [t("aside.kind", { type: nameOf("entity", coarse) })]),
		...(step === undefined ? [] : [t("aside.step", { step })]),
		...(grounded === false ? [t("aside.absent")] : []),
		...(sight === undefined || sight.length === 0
			? []
			: [t("aside.looked", { regions: sight.map(lookedAt).join(", ") })]),
		...(times === undefined || times.length === 0 ? [] : [t("aside.times", { times: times.map(range).join(", ") })]),
		...(same ? [t("aside.mentions", { count: same.entities.length, name: same.name }), ...same.why] : []),
	];
}

function Entry({ entry: { name, link, type } }: { readonly entry: NonNullable<Entity["entry"]> }) {
	return (
		<>
			{link !== null && isWeb(link) ? (
				<a href={link} rel="noopener noreferrer" target="_blank">
					<bdi>{name}</bdi>
				</a>
			) : (
				<strong>
					<bdi>{name}</bdi>
				</strong>
			)}
			{type !== null && (
				<>
					, <bdi>{type}</bdi>
				</>
			)}
		</>
	);
}

export function EntityAside({ entity, result }: EntityAsideProps) {
	const { entry } = entity;
	const sentences = sentencesOf({ entity, result });
	return (
		<>
			{sentences.length > 0 && (
				<p>
					<bdi>{sentences.join(" ")}</bdi>
				</p>
			)}
			{entry && (
				<p>
					{rich(pieces("aside.listed", { entry: <Entry entry={entry} /> }))} <bdi className="quiet">{entry.why}</bdi>
				</p>
			)}
		</>
	);
}
