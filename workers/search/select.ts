/** Selects the best continuations of a query from the scores of all columns, without sorting a row. */

/**
 * exp(-37) is under half the last digit of 1, so beside the largest term, which is 1, it changes nothing: its 11 ns
 * are saved.
 */
export const NEGLIGIBLE = 37;

/**
 * log Σ exp(logits[offset … offset + width - 1]) in one pass; -Infinity if there is nothing to sum, not finite either
 * if a logit is NaN or +Infinity.
 */
export function logSumExp(logits: Float32Array, offset: number, width: number): number {
	let max = Number.NEGATIVE_INFINITY;
	let floor = max;
	let sum = 0;
	for (let i = offset; i < offset + width; i++) {
		const x = logits[i]!;
		if (x > max) {
			sum = sum * Math.exp(max - x) + 1;
			max = x;
			floor = max - NEGLIGIBLE;
		} else if (!(x <= floor)) sum += Math.exp(x - max);
	}
	return max + Math.log(sum);
}

/**
 * The next place from `from` on whose logit is not under `least`: as large, or no number; `end` if there is none. Four
 * at once take two thirds of the time.
 */
function nextAbove(logits: Float32Array, from: number, end: number, least: number): number {
	let at = from;
	while (
		at + 4 <= end &&
		logits[at]! < least &&
		logits[at + 1]! < least &&
		logits[at + 2]! < least &&
		logits[at + 3]! < least
	)
		at += 4;
	while (at < end && logits[at]! < least) at++;
	return at;
}

/** The column of a token id, or -1. `tokenOf` must ascend: the search is binary. */
export function findColumn(token: number, columns: number, tokenOf: (column: number) => number): number {
	let low = 0;
	let high = columns - 1;
	while (low <= high) {
		const middle = (low + high) >> 1;
		const found = tokenOf(middle);
		if (found === token) return middle;
		if (found < token) low = middle + 1;
		else high = middle - 1;
	}
	return -1;
}

/**
 * The best `capacity` continuations seen so far, best first. Equal sums: the lower beam first, then the lower column,
 * whatever the order they come in. Holds parallel arrays, so that looking at a column allocates nothing.
 */
export class TopCandidates {
	/** How many there are; entries past it mean nothing. */
	size = 0;
	/** Log-probability of the whole hypothesis. */
	readonly sums: Float64Array;
	/** Log-probability of the last token. */
	readonly logProbs: Float64Array;
	readonly beams: Int32Array;
	readonly columns: Int32Array;
	readonly #capacity: number;

	constructor(capacity: number) {
		this.#capacity = capacity;
		this.sums = new Float64Array(capacity);
		this.logProbs = new Float64Array(capacity);
		this.beams = new Int32Array(capacity);
		this.columns = new Int32Array(capacity);
	}

	/**
	 * Looks at every column of one beam. After the first hundreds of columns hardly one is as good as the worst that is
	 * held, so what most of them cost is one comparison with the least logit that could be: 4 µs for 8,000 columns.
	 * @param logits columns of the beam are `offset … offset + width - 1`
	 * @param normaliser subtracted from every logit
	 * @param before log-probability of the beam so far
	 * @returns false where a logit is NaN or Infinity
	 */
	offerAll(
		beam: number,
		before: number,
		logits: Float32Array,
		offset: number,
		width: number,
		normaliser: number,
	): boolean {
		const end = offset + width;
		let least = this.#leastLogit(before, normaliser);
		let sound = true;
		for (let at = nextAbove(logits, offset, end, least); at < end; at = nextAbove(logits, at + 1, end, least)) {
			const logit = logits[at]!;
			if (!(logit < Number.POSITIVE_INFINITY)) sound = false;
			const logProb = logit - normaliser;
			const sum = before + logProb;
			if (sum >= this.#threshold() && this.#insert(sum, logProb, beam, at - offset))
				least = this.#leastLogit(before, normaliser);
		}
		return sound;
	}

	/** Looks at one column. */
	offer(beam: number, before: number, column: number, logProb: number): void {
		const sum = before + logProb;
		if (sum >= this.#threshold()) this.#insert(sum, logProb, beam, column);
	}

	/** The lowest sum worth inserting. -Infinity never is, so an impossible token takes no place. */
	#threshold(): number {
		return this.size < this.#capacity ? -Number.MAX_VALUE : this.sums[this.#capacity - 1]!;
	}

	/**
	 * No logit under it reaches the threshold: 2⁻⁵⁰ of all that is added is more than the five roundings on the way can
	 * lose, 2⁻⁵³ each.
	 */
	#leastLogit(before: number, normaliser: number): number {
		const threshold = this.#threshold();
		return threshold - before + normaliser - 2 ** -50 * (Math.abs(threshold) + Math.abs(before) + Math.abs(normaliser));
	}

	#insert(sum: number, logProb: number, beam: number, column: number): boolean {
		let at = this.size;
		while (at > 0 && this.#precedes(sum, beam, column, at - 1)) at--;
		const twin = at > 0 && this.beams[at - 1] === beam && this.columns[at - 1] === column;
		if (at === this.#capacity || twin) return false;
		if (this.size < this.#capacity) this.size++;
		for (let to = this.size - 1; to > at; to--) {
			this.sums[to] = this.sums[to - 1]!;
			this.logProbs[to] = this.logProbs[to - 1]!;
			this.beams[to] = this.beams[to - 1]!;
			this.columns[to] = this.columns[to - 1]!;
		}
		this.sums[at] = sum;
		this.logProbs[at] = logProb;
		this.beams[at] = beam;
		this.columns[at] = column;
		return true;
	}

	#precedes(sum: number, beam: number, column: number, other: number): boolean {
		if (sum !== this.sums[other]) return sum > this.sums[other]!;
		if (beam !== this.beams[other]) return beam < this.beams[other]!;
		return column < this.columns[other]!;
	}
}
