/** The interval in which a score would lie on other posts of the same kind, by bootstrap over posts. */
import { seededRandom } from "../exporter/checkpoint/seeded-random.ts";

export interface Interval {
	readonly low: number;
	readonly high: number;
}

export const BOOTSTRAP_DEFAULTS = { rounds: 1000, seed: 2020, level: 0.95 } as const;

/**
 * Percentile bootstrap over posts (Efron & Tibshirani 1993, chapter 13; Berg-Kirkpatrick et al., EMNLP 2012, for NLP
 * scores): posts are drawn with replacement, the score is computed of each draw. The same seed gives the same interval.
 * @param posts [posts] what one post adds @param score of the sums of a draw
 */
export function bootstrap<T>(
	posts: readonly T[],
	score: (drawn: readonly T[]) => number,
	{
		rounds,
		seed,
		level,
	}: { readonly rounds: number; readonly seed: number; readonly level: number } = BOOTSTRAP_DEFAULTS,
): Interval {
	if (posts.length === 0) return { low: 0, high: 0 };
	const random = seededRandom(seed, "bootstrap");
	const scores = new Float64Array(rounds);
	const drawn = new Array<T>(posts.length);
	for (let round = 0; round < rounds; round++) {
		for (let at = 0; at < drawn.length; at++) drawn[at] = posts[Math.floor(random() * posts.length)]!;
		scores[round] = score(drawn);
	}
	scores.sort();
	const tail = (1 - level) / 2;
	const at = (share: number) => scores[Math.min(rounds - 1, Math.max(0, Math.round(share * (rounds - 1))))]!;
	return { low: at(tail), high: at(1 - tail) };
}
