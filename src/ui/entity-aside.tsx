/** Shows details of an entity that only some tasks find: coarse type, step, times, list entry, other mentions. */
import type { Entity, ExtractionResult, Sight, TimeRange } from "../core/result.ts";
import { percent, seconds } from "./format.ts";

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
		? `${object} (${percent(share)} of the attention, ${lift.toFixed(1)} times an equal share)`
		: `${object} (${percent(share)})`;

/** Whether there are any details. */
export const hasAside = ({ entity, result }: EntityAsideProps): boolean =>
	sentencesOf({ entity, result }).length > 0 || entity.entry !== undefined;

function sentencesOf({ entity, result }: EntityAsideProps): string[] {
	const { coarse, step, times, grounded, thing, sight } = entity;
	const same = result.things?.find(({ id, entities }) => id === thing && entities.length > 1);
	return [
		...(coarse === undefined || coarse === entity.type ? [] : [`A kind of ${coarse}.`]),
		...(step === undefined ? [] : [`In step ${step}.`]),
		...(grounded === false ? ["Not in the picture."] : []),
		...(sight === undefined || sight.length === 0
			? []
			: [`For this entity, the model looked at ${sight.map(lookedAt).join(", ")}.`]),
		...(times === undefined || times.length === 0 ? [] : [`Seen at ${times.map(range).join(", ")}.`]),
		...(same ? [`One of ${same.entities.length} mentions of ${same.name}.`, ...same.why] : []),
	];
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
					In your list:{" "}
					{entry.link !== null && isWeb(entry.link) ? (
						<a href={entry.link} rel="noopener noreferrer" target="_blank">
							<bdi>{entry.name}</bdi>
						</a>
					) : (
						<strong>
							<bdi>{entry.name}</bdi>
						</strong>
					)}
					{entry.type !== null && (
						<>
							, <bdi>{entry.type}</bdi>
						</>
					)}
					. <bdi className="quiet">{entry.why}</bdi>
				</p>
			)}
		</>
	);
}
