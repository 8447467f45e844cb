/** Advances all hypotheses by one token: which go on, which rows they continue, and which are finished. Pure. */
import { Failure } from "../../src/core/failure.ts";
import type { Hypothesis } from "../../src/tasks/types.ts";
import { followerOf } from "./places.ts";
import { findColumn, logSumExp, TopCandidates } from "./select.ts";
import type { Beam, QueryState, SearchOptions, SearchQuery, SearchState, StepScores } from "./types.ts";

/** Scores of one position. */
export interface PlacedScores extends StepScores {
	/** [B·W] where a row's scores lie: a row of `logits` */
	readonly rows: Int32Array;
}

export interface Advance {
	readonly state: SearchState;
	/** [B·W] row each row continues; dummy rows continue the first of their query. */
	readonly parents: Int32Array;
}

/** One beam a query, with nothing generated. */
export function startState(queries: readonly SearchQuery[]): SearchState {
	return {
		length: 0,
		width: 1,
		queries: queries.map((query) => ({
			beams: [{ ids: [], logProbs: [], sum: 0, state: followerOf(query)?.start ?? null }],
			finished: [],
		})),
	};
}

export function isRunning(state: SearchState): boolean {
	return state.queries.some(({ beams }) => beams.length > 0);
}

/**
 * One token of every query, each for itself: a query in a batch goes as it goes alone.
 *
 * As Hugging Face's vectorised `_beam_search` (its pull request 35802), step for step. Where the older
 * `BeamSearchScorer` differs, the newer one is followed: a stopping criterion or the length limit finishes a candidate
 * as eos does, only candidates among the best K may finish, and whether the search can improve is read from the best
 * beam that goes on. Two things differ from both: sums are doubles, not floats, and rows that do not exist give no
 * candidates instead of candidates at -1e9, so that a query with fewer than K ways on has fewer beams.
 *
 * @param options complete, from `completeOptions`
 * @throws Failure `checkpoint-values` if a living row cannot be normalised.
 */
export function advance(
	state: SearchState,
	scores: PlacedScores,
	queries: readonly SearchQuery[],
	options: SearchOptions,
): Advance {
	const length = state.length + 1;
	const sorted = state.queries.map((before, index): SortedOut => {
		if (before.beams.length === 0) return { after: before, origins: [] };
		const top = bestContinuations(before.beams, queries[index]!, scores, index * state.width, options);
		return sortOut(before, top, queries[index]!, length, options);
	});
	const width = Math.max(0, ...sorted.map(({ after }) => after.beams.length));
	const parents = Int32Array.from({ length: queries.length * width }, (_, row) => {
		const index = Math.floor(row / width);
		const { after, origins } = sorted[index]!;
		const k = row % width;
		return index * state.width + (k < after.beams.length ? origins[k]! : 0);
	});
	return { state: { length, width, queries: sorted.map(({ after }) => after) }, parents };
}

/** The best 2·K continuations of a query: with K of them the search could be left with nothing but ended ones. */
function bestContinuations(
	beams: readonly Beam[],
	query: SearchQuery,
	scores: PlacedScores,
	firstRow: number,
	options: SearchOptions,
): TopCandidates {
	const top = new TopCandidates(2 * options.num_beams);
	const tokenOf = tokenReader(query);
	const columns = query.candidateIds?.length ?? scores.columns;
	const processors = [...options.logits_processors, ...(query.logits_processors ?? [])];
	const processed = processors.length > 0 ? new Float32Array(columns) : null;
	for (const [k, beam] of beams.entries()) {
		const row = rowOf(scores, scores.rows[firstRow + k]!, columns);
		if (row.normaliser === Number.NEGATIVE_INFINITY) continue;
		let sound = Number.isFinite(row.normaliser);
		if (processed === null) sound = offer(top, k, beam, query, row) && sound;
		else {
			for (let column = 0; column < columns; column++)
				processed[column] = row.logits[row.offset + column]! - row.normaliser;
			sound &&= processed.every((logProb) => logProb < Number.POSITIVE_INFINITY);
			for (const process of processors) process(processed, beam.ids, tokenOf);
			offer(top, k, beam, query, { logits: processed, offset: 0, columns, normaliser: 0 });
		}
		if (!sound)
			throw new Failure(
				"checkpoint-values",
				`The model's scores hold NaN or infinity at generated token ${beam.ids.length + 1}.`,
			);
	}
	return top;
}

/** A beam's logits `offset … offset + columns - 1`, and what turns them into log-probabilities. */
interface Row {
	readonly logits: Float32Array;
	readonly offset: number;
	readonly columns: number;
	readonly normaliser: number;
}

/** A sum that a graph gives and that is not finite is made again: the graph's is NaN for a row of -Infinity too. */
function rowOf({ logits, logSumExp: given, columns: stride }: StepScores, place: number, columns: number): Row {
	const offset = place * stride;
	const sum = given?.[place];
	return {
		logits,
		offset,
		columns,
		normaliser: sum !== undefined && Number.isFinite(sum) ? sum : logSumExp(logits, offset, columns),
	};
}

/**
 * Offers what a beam can go on with.
 * @returns false where a score that is looked at is NaN or Infinity: a device's largest and sum may pass over a NaN
 */
function offer(
	top: TopCandidates,
	k: number,
	beam: Beam,
	query: SearchQuery,
	{ logits, offset, columns, normaliser }: Row,
): boolean {
	if (query.grammar === null) return top.offerAll(k, beam.sum, logits, offset, columns, normaliser);
	let sound = true;
	for (const token of query.grammar.allowed(beam.state)) {
		const column = columnOf(query, token, columns);
		if (column < 0) continue;
		const logProb = logits[offset + column]! - normaliser;
		sound &&= logProb < Number.POSITIVE_INFINITY;
		top.offer(k, beam.sum, column, logProb);
	}
	return sound;
}

/** A query after a step; `origins[k]` is the beam that beam k of `after` continues. */
interface SortedOut {
	readonly after: QueryState;
	readonly origins: readonly number[];
}

/** Which continuations go on, and which are finished hypotheses now. */
function sortOut(
	before: QueryState,
	top: TopCandidates,
	query: SearchQuery,
	length: number,
	options: SearchOptions,
): SortedOut {
	const tokenOf = tokenReader(query);
	const follower = followerOf(query);
	const beams: Beam[] = [];
	const origins: number[] = [];
	const ended: Hypothesis[] = [];
	for (let rank = 0; rank < top.size && beams.length < options.num_beams; rank++) {
		const parent = before.beams[top.beams[rank]!]!;
		const token = tokenOf(top.columns[rank]!);
		const sum = top.sums[rank]!;
		const ids = [...parent.ids, token];
		const logProbs = [...parent.logProbs, top.logProbs[rank]!];
		if (isOver(ids, options)) {
			if (rank < options.num_beams) ended.push({ ids, logProbs, score: sum / length ** options.length_penalty });
		} else {
			beams.push({ ids, logProbs, sum, state: follower?.next(parent.state, token) ?? null });
			origins.push(top.beams[rank]!);
		}
	}
	// The sort is stable: of two equal scores the one that ended first stays first, then the better candidate.
	const finished = [...before.finished, ...ended].sort((a, b) => b.score - a.score).slice(0, options.num_beams);
	const alive = beams.slice(0, countLikely(beams, finished, options));
	return { after: { beams: canImprove(alive, finished, length, options) ? alive : [], finished }, origins };
}

/** How many of the beams, best first, are not hopeless beside the best hypothesis there is. */
function countLikely(
	beams: readonly Beam[],
	finished: readonly Hypothesis[],
	{ beam_threshold }: SearchOptions,
): number {
	if (beam_threshold === Number.POSITIVE_INFINITY) return beams.length;
	const sums = finished.map(({ logProbs }) => logProbs.reduce((sum, logProb) => sum + logProb, 0));
	const least = Math.max(beams[0]?.sum ?? Number.NEGATIVE_INFINITY, ...sums) - beam_threshold;
	return beams.filter(({ sum }) => sum >= least).length;
}

function isOver(ids: readonly number[], options: SearchOptions): boolean {
	if (ids.length >= options.max_new_tokens || ids.at(-1) === options.eos_token_id) return true;
	return options.stopping_criteria.some((stops) => stops(ids));
}

/** Whether a beam may still become one of the best K; `early_stopping` says how that is judged. */
function canImprove(
	beams: readonly Beam[],
	finished: readonly Hypothesis[],
	length: number,
	options: SearchOptions,
): boolean {
	const best = beams[0];
	if (best === undefined) return false;
	if (finished.length < options.num_beams) return true;
	// One beam is greedy search, which ends at its first eos.
	if (options.early_stopping === true || options.num_beams === 1) return false;
	// A beam's sum only sinks; what can raise its score is length, up to the limit. false looks at the length of now: a
	// heuristic.
	const reach = options.early_stopping === "never" && options.length_penalty > 0 ? options.max_new_tokens : length;
	return best.sum / reach ** options.length_penalty > finished[options.num_beams - 1]!.score;
}

/** The column of a token, or -1. @param columns how many there are */
export function columnOf({ candidateIds }: SearchQuery, token: number, columns: number): number {
	if (candidateIds !== null) return findColumn(token, columns, (column) => candidateIds[column]!);
	return token < columns ? token : -1;
}

function tokenReader({ candidateIds }: SearchQuery): (column: number) => number {
	return candidateIds === null ? (column) => column : (column) => candidateIds[column]!;
}
