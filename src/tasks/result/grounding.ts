/** Says which regions each mention looked at while the gate was open, and how text and picture belong together. */
import type { Region, Sight, TextPicture } from "../../core/result.ts";
import type { ExtractionContext } from "../context.ts";
import type { ReadAnswer, WordSpan } from "../query/question.ts";
import type { Answer } from "../types.ts";

/** Below it the model hardly uses the picture (paper, Figure 4b: unrelated pictures lie near 0). */
const MIN_GATE = 0.1;
/** Times an equal share of attention that a mention gives a region that it clearly looks at. */
export const CLEAR_LIFT = 2;
/** Regions shown of each mention. */
const MAX_SIGHTS = 3;

/** What an answer says of where its text looked. */
type Looking = Pick<Answer, "query" | "attention">;

/**
 * The regions that each mention looked at most, best first; none where no picture was looked at. `lift` 1 is an equal
 * share of all regions and the whole picture.
 */
export function measureSights(
	context: ExtractionContext,
	answer: Looking | undefined,
	mentions: readonly WordSpan[],
	regions: readonly Region[],
): Sight[][] {
	const options = regions.length + 1;
	return mentions.map((mention) => {
		const shares = answer ? attentionOf(context, answer, mention) : null;
		if (shares === null) return [];
		return regions
			.flatMap(({ object }, index) => {
				const share = Math.min(1, shares[index + 1] ?? 0);
				return Number.isFinite(share) ? [{ object, share, lift: share * options }] : [];
			})
			.sort((a, b) => b.share - a.share)
			.slice(0, MAX_SIGHTS);
	});
}

/**
 * Mean attention of a mention's tokens to each slot: 0 is the whole picture, n is On. [slots]; null where the model did
 * not read all of it with a picture.
 */
export function attentionOf(
	context: ExtractionContext,
	{ query, attention }: Looking,
	{ from, to }: WordSpan,
): Float64Array | null {
	if (!attention) return null;
	const lengths = context.words.slice(0, to).map(({ ids }) => ids.length);
	const before = (words: number) => lengths.slice(0, words).reduce((sum, length) => sum + length, 0);
	const start = query.text.begin;
	const [first, last] = [start + before(from), start + before(to)];
	// The last id is the end of sequence: a word that was cut is not all there.
	if (last > query.inputIds.length - 1 || last <= first) return null;
	const { values, slots } = attention;
	const mean = new Float64Array(slots);
	for (let token = first; token < last; token++)
		for (let slot = 0; slot < slots; slot++) mean[slot]! += values[token * slots + slot]! / (last - first);
	return mean;
}

/** What is shown by the kinds of regions that proposers and detectors tell apart. */
const SHOWS: Readonly<Record<string, string>> = {
	person: "person",
	logo: "organization",
	flag: "location",
	object: "miscellaneous",
};
/** How much less a region counts that is not known to be of the kind that shows such a name. */
const OTHER_KIND = 0.3;

/**
 * How well a region suits a mention that looked at it, 0…1: how sure the proposer is of it, whether things of its kind
 * have such names, and the attention it got (docs/decisions/2026-11-29-regions-of-mentions.md).
 */
export function regionScore({ score, label = "" }: Region, share: number, type: string): number {
	const isKnown = Object.values(SHOWS).includes(type);
	const kind = isKnown && SHOWS[label] !== type ? OTHER_KIND : 1;
	return Math.min(1, Math.max(0, score * kind * Math.sqrt(share)));
}

/** A region of a mention, and how well it suits it. */
export interface SeenRegion {
	readonly region: Region;
	readonly score: number;
}

/**
 * The region that is shown for a mention that no task put into the picture: of those that it looked at more than at
 * others the one that suits it best, if the model used the picture.
 * @param type of the mention, the coarse one
 */
export function regionSeen(
	{ sights, gate }: { readonly sights: readonly Sight[]; readonly gate: number },
	type: string,
	threshold: number,
	regions: readonly Region[],
): SeenRegion | undefined {
	if (Math.abs(gate) < MIN_GATE) return undefined;
	const looked = sights.filter(({ lift }) => lift >= threshold);
	return looked
		.flatMap(({ object, share }): SeenRegion[] => {
			const region = regions.find((one) => one.object === object);
			return region ? [{ region, score: regionScore(region, share, type) }] : [];
		})
		.sort((a, b) => b.score - a.score)[0];
}

/**
 * What the picture does to the reading of the text: it strengthens the named things when most mentions look at a
 * region, it complements the text when it counts without being looked at, else the model did not use it ("unrelated",
 * whatever the picture shows). The survey's three cases; here read from gate and attention, not learnt.
 */
export function judgeTextPicture(
	gates: readonly number[],
	sights: ReadonlyArray<readonly Sight[]>,
	threshold: number,
): TextPicture | null {
	if (gates.length === 0) return null;
	const gate = gates.reduce((sum, one) => sum + Math.abs(one), 0) / gates.length;
	const looking = sights.filter(([best]) => best !== undefined && best.lift >= threshold).length;
	const strengthens = sights.length > 0 && 2 * looking >= sights.length;
	const kind = gate < MIN_GATE ? "unrelated" : strengthens ? "strengthens" : "complements";
	return { kind, gate, looking, mentions: sights.length, threshold };
}

/** Mean g of each task (paper, Eq. 7); 0 where the picture had no say. */
export function meanGates(answers: readonly ReadAnswer[]): Record<string, number> {
	const byTask = new Map<string, number[]>();
	for (const { query, gate } of answers) byTask.set(query.task, [...(byTask.get(query.task) ?? []), gate ?? 0]);
	return Object.fromEntries(
		[...byTask].map(([task, gates]) => [task, gates.reduce((sum, gate) => sum + gate, 0) / gates.length]),
	);
}
