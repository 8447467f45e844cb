/** Says which regions each mention looked at while the gate was open, and how text and picture belong together. */
import type { Region, Sight, TextPicture } from "../../core/result.ts";
import type { ExtractionContext } from "../context.ts";
import type { ReadAnswer, WordSpan } from "../query/question.ts";
import type { Answer } from "../types.ts";

/**
 * Below it the picture changes the reading of the text by so little that it does not concern it (paper, Figure 4b:
 * unrelated pictures lie near 0).
 */
const MIN_GATE = 0.1;
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

/**
 * The region that is shown for a mention that no task put into the picture: the one it looked at clearly more than at
 * others, if the picture counted.
 */
export function regionSeen(
	sights: readonly Sight[],
	gate: number,
	threshold: number,
	regions: readonly Region[],
): Region | undefined {
	const [best] = sights;
	if (!best || Math.abs(gate) < MIN_GATE || best.lift < threshold) return undefined;
	return regions.find(({ object }) => object === best.object);
}

/**
 * What the picture does for the text: it strengthens the named things when most mentions look at a region, it
 * complements the text when it counts without being looked at, else it does not concern it. The survey's three cases;
 * here read from gate and attention, not learnt.
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
