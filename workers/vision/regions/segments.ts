/** Cuts a picture into segments that differ more from each other than inside (Felzenszwalb and Huttenlocher, 2004). */
import type { Size } from "../../../src/core/geometry.ts";
import type { Planes } from "./planes.ts";

/** Neighbouring pixels and how much they differ, smallest difference first. Built once, cut at several scales. */
export interface PixelGraph extends Size {
	/** [edges] the two pixels */
	readonly from: Int32Array;
	readonly to: Int32Array;
	/** [edges] Euclidean distance of their colours */
	readonly weights: Float32Array;
}

export interface Segments extends Size {
	/** [height, width] segment of each pixel, 0…count-1, numbered in reading order */
	readonly labels: Int32Array;
	readonly count: number;
}

export interface SegmentOptions {
	/** k of the paper: the larger, the larger the segments. */
	readonly scale: number;
	/** Smaller segments are merged into their nearest neighbour. Pixels. */
	readonly minSize: number;
}

/** Merging takes time with the square of the number; a photograph has some 50 to 300, noise would have thousands. */
const MAX_SEGMENTS = 500;

/** Differences are sorted in steps of a sixteenth; 444 is the largest. */
const BUCKETS_PER_UNIT = 16;
const BUCKETS = 444 * BUCKETS_PER_UNIT;

/** Right, down, and both diagonals downwards: every pair of 8-neighbours once. */
const NEIGHBOURS = [
	[1, 0],
	[0, 1],
	[1, 1],
	[-1, 1],
] as const;

export function pixelGraph(planes: Planes): PixelGraph {
	const { width, height } = planes;
	const [from, to, weights] = [
		new Int32Array(width * height * 4),
		new Int32Array(width * height * 4),
		new Float32Array(width * height * 4),
	];
	let count = 0;
	for (const [dx, dy] of NEIGHBOURS)
		for (let y = 0; y < height - dy; y++)
			for (let x = Math.max(0, -dx); x < Math.min(width, width - dx); x++) {
				const a = y * width + x;
				const b = a + dy * width + dx;
				from[count] = a;
				to[count] = b;
				weights[count++] = difference(planes, a, b);
			}
	return sorted({ width, height, from, to, weights }, count);
}

function difference({ luma, blue, red }: Planes, a: number, b: number): number {
	const [y, u, v] = [luma[a]! - luma[b]!, blue[a]! - blue[b]!, red[a]! - red[b]!];
	return Math.sqrt(y * y + u * u + v * v);
}

/** Counting sort: stable, so equal differences keep their order and the result is the same everywhere. */
function sorted(graph: PixelGraph, count: number): PixelGraph {
	const starts = new Int32Array(BUCKETS + 1);
	const bucket = (i: number) => Math.min(BUCKETS - 1, Math.floor(graph.weights[i]! * BUCKETS_PER_UNIT));
	for (let i = 0; i < count; i++) starts[bucket(i) + 1]!++;
	for (let i = 0; i < BUCKETS; i++) starts[i + 1]! += starts[i]!;
	const [from, to, weights] = [new Int32Array(count), new Int32Array(count), new Float32Array(count)];
	for (let i = 0; i < count; i++) {
		const at = starts[bucket(i)]!++;
		from[at] = graph.from[i]!;
		to[at] = graph.to[i]!;
		weights[at] = graph.weights[i]!;
	}
	return { width: graph.width, height: graph.height, from, to, weights };
}

/** At most {@link MAX_SEGMENTS} segments: noise is cut more coarsely until it fits. */
export function segment(graph: PixelGraph, options: SegmentOptions): Segments {
	const forest = growForest(graph, options.scale);
	for (let minSize = options.minSize; ; minSize *= 2) {
		absorbSmall(graph, forest, minSize);
		const count = forest.parent.reduce((roots, parent, pixel) => (parent === pixel ? roots + 1 : roots), 0);
		if (count <= MAX_SEGMENTS) return { width: graph.width, height: graph.height, ...numbered(forest.parent) };
	}
}

/** Segments as trees of pixels; only a root's size means something. */
interface Forest {
	readonly parent: Int32Array;
	readonly size: Int32Array;
}

/**
 * Joins two segments if the edge between them is at most as strong as the strongest edge inside either, plus
 * scale ÷ size.
 */
function growForest({ width, height, from, to, weights }: PixelGraph, scale: number): Forest {
	const pixels = width * height;
	const forest = { parent: new Int32Array(pixels).map((_, i) => i), size: new Int32Array(pixels).fill(1) };
	const limit = new Float32Array(pixels).fill(scale);
	for (let i = 0; i < weights.length; i++) {
		const a = find(forest.parent, from[i]!);
		const b = find(forest.parent, to[i]!);
		const weight = weights[i]!;
		if (a === b || weight > limit[a]! || weight > limit[b]!) continue;
		const root = join(forest, a, b);
		limit[root] = weight + scale / forest.size[root]!;
	}
	return forest;
}

function absorbSmall({ from, to, weights }: PixelGraph, forest: Forest, minSize: number): void {
	for (let i = 0; i < weights.length; i++) {
		const a = find(forest.parent, from[i]!);
		const b = find(forest.parent, to[i]!);
		if (a !== b && (forest.size[a]! < minSize || forest.size[b]! < minSize)) join(forest, a, b);
	}
}

function join({ parent, size }: Forest, a: number, b: number): number {
	const [root, child] = size[a]! >= size[b]! ? [a, b] : [b, a];
	parent[child] = root;
	size[root]! += size[child]!;
	return root;
}

/** Root of a pixel's tree; paths are halved on the way. */
function find(parent: Int32Array, pixel: number): number {
	let at = pixel;
	while (parent[at] !== at) {
		parent[at] = parent[parent[at]!]!;
		at = parent[at]!;
	}
	return at;
}

function numbered(parent: Int32Array): { labels: Int32Array; count: number } {
	const labels = new Int32Array(parent.length);
	const names = new Int32Array(parent.length).fill(-1);
	let count = 0;
	for (let i = 0; i < parent.length; i++) {
		const root = find(parent, i);
		if (names[root] === -1) names[root] = count++;
		labels[i] = names[root]!;
	}
	return { labels, count };
}
