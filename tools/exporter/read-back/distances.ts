/** Turns a bias by distance back into T5's bias by bucket, and finds the buckets where nobody wrote them down. */
import { Failure } from "../../../src/core/failure.ts";
import { type BucketOptions, bucketOf } from "../graphs/relative-bias.ts";

/** A table by distance: whose distances, in order, and the values of each. */
export interface DistanceTable {
	readonly name: string;
	readonly bidirectional: boolean;
	/** Relative position (key − query) of every entry. */
	readonly distances: readonly number[];
	/** Values of an entry, one a head. */
	readonly values: readonly Float32Array[];
}

export type Buckets = Omit<BucketOptions, "bidirectional">;

/** T5's own, and what almost every checkpoint has. */
export const USUAL: Buckets = { buckets: 32, maxDistance: 128 };
/** Farthest distance that is tried. */
const FARTHEST = 1 << 16;

export interface Undone {
	/** [buckets, N] */
	readonly bias: Float32Array;
	/** Buckets that no distance of the table falls into: zeros. */
	readonly unseen: readonly number[];
}

/** @throws Failure `bundle-format` when distances of one bucket have different values */
export function undoDistances(table: DistanceTable, options: Buckets): Undone {
	const rows = bucketRows(table, options);
	if (rows === null)
		throw new Failure(
			"bundle-format",
			`"${table.name}" is not a table of ${options.buckets} buckets up to distance ${options.maxDistance}.`,
		);
	const heads = table.values[0]?.length ?? 0;
	const bias = new Float32Array(options.buckets * heads);
	const unseen: number[] = [];
	for (const [bucket, row] of rows.entries()) {
		if (row === undefined) unseen.push(bucket);
		else bias.set(row, bucket * heads);
	}
	return { bias, unseen };
}

/**
 * The buckets that explain all tables; the usual ones where they do. Several may: then the tables cannot tell them
 * apart.
 * @returns null if none do
 */
export function findBuckets(tables: readonly DistanceTable[]): Buckets | null {
	const fits = (options: Buckets) => tables.every((table) => bucketRows(table, options) !== null);
	if (fits(USUAL)) return USUAL;
	const counts = new Set(
		tables.flatMap((table) =>
			[runsOf(table), runsOf(table) + 1, runsOf(table) + 2].map((runs) => 4 * Math.ceil(runs / 4)),
		),
	);
	for (const buckets of [...counts].filter((count) => count >= 4)) {
		const powers = Array.from({ length: 17 }, (_, k) => 2 ** k);
		const all = Array.from({ length: 2048 }, (_, distance) => distance);
		const found = [...powers, ...all].find(
			(maxDistance) => maxDistance > buckets / 2 && maxDistance <= FARTHEST && fits({ buckets, maxDistance }),
		);
		if (found !== undefined) return { buckets, maxDistance: found };
	}
	return null;
}

/**
 * The values of each bucket; undefined where no distance falls into it.
 * @returns null where distances of one bucket differ
 */
function bucketRows(
	{ bidirectional, distances, values }: DistanceTable,
	options: Buckets,
): (Float32Array | undefined)[] | null {
	const rows: (Float32Array | undefined)[] = Array(options.buckets).fill(undefined);
	for (const [index, distance] of distances.entries()) {
		const bucket = bucketOf(distance, { ...options, bidirectional });
		const known = rows[bucket];
		const row = values[index]!;
		if (known === undefined) rows[bucket] = row;
		else if (known.some((value, head) => value !== row[head])) return null;
	}
	return rows;
}

/** Neighbouring distances with the same values are one bucket. @returns how many there are */
function runsOf({ values }: DistanceTable): number {
	let runs = 0;
	for (const [index, row] of values.entries())
		if (index === 0 || row.some((value, head) => value !== values[index - 1]![head])) runs++;
	return runs;
}

/** @param data [2·MAX − 1, N]: row MAX − 1 + r is relative position r */
export function bidirectionalTable(name: string, data: Float32Array, rows: number): DistanceTable {
	const heads = data.length / rows;
	const middle = (rows - 1) / 2;
	const at = Array.from({ length: rows }, (_, row) => row);
	return {
		name,
		bidirectional: true,
		distances: at.map((row) => row - middle),
		values: at.map((row) => data.subarray(row * heads, (row + 1) * heads)),
	};
}

/** @param data [N, MAX]: column MAX − 1 − d is the key d positions back */
export function backwardTable(name: string, data: Float32Array, heads: number): DistanceTable {
	const columns = data.length / heads;
	const at = Array.from({ length: columns }, (_, column) => column);
	return {
		name,
		bidirectional: false,
		distances: at.map((column) => column - (columns - 1)),
		values: at.map((column) => Float32Array.from({ length: heads }, (_, head) => data[head * columns + column]!)),
	};
}
