/** Fits maps from scores to probabilities on held-out posts, and says what they are worth on posts they did not see. */
import { probabilityOf, type ScoreMap } from "../../../src/core/calibration.ts";
import { costCurve } from "./curve.ts";
import { type Outcome, type Reliability, reliabilityOf } from "./reliability.ts";

/** What was predicted for a post, and how many records were to be found there. */
export interface JudgedPost {
	/** Its text: what is known of a text stays in one fold. */
	readonly text: string;
	readonly outcomes: readonly Outcome[];
	readonly gold: number;
}

/** What a map and its threshold are worth on posts they were not fitted on. */
interface HeldOut {
	/** Of scores as the model gives them. */
	readonly before: Reliability;
	/** Of probabilities. */
	readonly after: Reliability;
	/** Of records from the threshold on, 0…1. */
	readonly precision: number;
	readonly recall: number;
}

export interface Fitted {
	readonly map: ScoreMap;
	readonly heldOut: HeldOut;
}

const FOLDS = 5;
/** Knots stand for at least so many records, so that a map says no more than its records do. */
const MIN_RECORDS = 40;
const MAX_KNOTS = 32;

/**
 * A map fitted on all posts, with what one fitted on four fifths is worth on the fifth, five times, pooled.
 * @param target share of right records that the sure ones are to have, 0…1
 * @param certain regions only: that share of those without "perhaps", which persons never are
 */
export function fitMap(posts: readonly JudgedPost[], target: number, certain?: number): Fitted {
	const all = posts.flatMap(({ outcomes }) => outcomes);
	const tested: Outcome[] = [];
	const shown: Outcome[] = [];
	const place = new Map([...new Set(posts.map(({ text }) => text))].map((text, index) => [text, index]));
	for (let fold = 0; fold < FOLDS; fold++) {
		const [rest, fifth] = [false, true].map((own) =>
			posts.flatMap(({ text, outcomes }) => ((place.get(text)! % FOLDS === fold) === own ? outcomes : [])),
		) as [Outcome[], Outcome[]];
		const knots = isotonic(rest);
		const threshold = thresholdFor(mapped(knots, rest), target);
		const judged = mapped(knots, fifth);
		tested.push(...judged);
		shown.push(...judged.filter(({ score }) => score >= threshold));
	}
	const right = shown.filter((one) => one.right).length;
	const gold = posts.reduce((sum, post) => sum + post.gold, 0);
	const [precision, recall] = [shown.length === 0 ? 0 : right / shown.length, gold === 0 ? 0 : right / gold];
	const knots = isotonic(all);
	const curve = costCurve(tested, gold);
	return {
		map: {
			...knots,
			threshold: rounded(thresholdFor(mapped(knots, all), target)),
			precision: rounded(precision),
			recall: rounded(recall),
			records: all.length,
			...(certain !== undefined && { certain: rounded(thresholdFor(mapped(knots, all.filter(isThing)), certain)) }),
			...(curve && { curve }),
		},
		heldOut: { before: reliabilityOf(all), after: reliabilityOf(tested), precision, recall },
	};
}

const isThing = ({ person }: Outcome) => !person;

type Knots = Pick<ScoreMap, "scores" | "probabilities">;

/** The outcomes with probabilities for scores. */
export const mapped = (knots: Knots, outcomes: readonly Outcome[]): Outcome[] =>
	outcomes.map(({ score, right }) => ({ score: probabilityOf(knots, score), right }));
const rounded = (value: number) => Math.round(value * 1e4) / 1e4;

interface Block {
	records: number;
	right: number;
	scores: number;
}

/** Pools adjacent violators (Ayer et al., 1955) over groups of records of similar score; a knot for each pool. */
export function isotonic(outcomes: readonly Outcome[]): Knots {
	if (outcomes.length === 0) return { scores: [0], probabilities: [0] };
	const size = Math.max(MIN_RECORDS, Math.ceil(outcomes.length / MAX_KNOTS));
	const blocks: Block[] = [];
	for (const block of groups(outcomes, size)) {
		blocks.push(block);
		while (blocks.length > 1 && share(blocks.at(-2)!) >= share(blocks.at(-1)!)) {
			const last = blocks.pop()!;
			const before = blocks.at(-1)!;
			before.records += last.records;
			before.right += last.right;
			before.scores += last.scores;
		}
	}
	const knots = blocks.map((block) => ({ score: rounded(block.scores / block.records), share: rounded(share(block)) }));
	const distinct = knots.filter(({ score }, index) => index === 0 || score > knots[index - 1]!.score);
	return { scores: distinct.map(({ score }) => score), probabilities: distinct.map((knot) => knot.share) };
}

/** Laplace's rule: no block is ever all right or all wrong. */
const share = ({ records, right }: Block) => (right + 1) / (records + 2);

/** At least `size` records each, but for too small a rest, which joins the one before; equal scores stay together. */
function groups(outcomes: readonly Outcome[], size: number): Block[] {
	const sorted = outcomes.toSorted((a, b) => a.score - b.score);
	const made: Block[] = [];
	let open: Block | null = null;
	for (const [index, { score, right }] of sorted.entries()) {
		open ??= { records: 0, right: 0, scores: 0 };
		open.records++;
		open.right += Number(right);
		open.scores += score;
		if (open.records >= size && sorted[index + 1]?.score !== score && sorted.length - index - 1 >= size) {
			made.push(open);
			open = null;
		}
	}
	return open === null ? made : [...made, open];
}

/** The lowest probability from which on the share of right records reaches the target; above all if none does. */
export function thresholdFor(outcomes: readonly Outcome[], target: number): number {
	const sorted = outcomes.toSorted((a, b) => b.score - a.score);
	let threshold = 1;
	let right = 0;
	for (const [index, one] of sorted.entries()) {
		right += Number(one.right);
		const isLast = sorted[index + 1]?.score !== one.score;
		if (isLast && right / (index + 1) >= target) threshold = one.score;
	}
	return threshold;
}
