/**
 * Lists the convolutions of a ResNet in order, by name and shape: torchvision's with basic blocks or bottlenecks, and
 * CLIP's.
 */

/** torchvision's ResNet: the stride of a bottleneck sits on its 3×3. */
export interface ResNet {
	readonly block: "basic" | "bottleneck";
	readonly depths: readonly number[];
	readonly width: number;
	/** 1 of basic blocks. */
	readonly expansion: number;
	readonly stem_kernel: number;
	readonly stem_stride: number;
	readonly stem_pool: boolean;
}

/** CLIP's: three convolutions at the start, pooling before every strided one, attention instead of the last average. */
export interface ClipResNet {
	readonly depths: readonly number[];
	readonly width: number;
	/** Rows of the table of positions: one for the mean, one for each place of the last grid. */
	readonly positions: number;
}

export interface Convolution {
	readonly name: { readonly conv: string; readonly norm: string };
	/** [out, in, k, k] */
	readonly shape: readonly [number, number, number, number];
	readonly stride: number;
}

/**
 * Convolutions one after the other, and one on the residual where shapes differ. `pool`: side of the average pooling
 * before the last one and the residual's.
 */
export interface BlockPlan {
	readonly convolutions: readonly Convolution[];
	readonly downsample: Convolution | null;
	readonly pool: number;
}

/** Where a checkpoint of ours keeps its backbone, and where the graphs look for any. */
export const BACKBONE = "visual.backbone";

/** CLIP's bottlenecks widen fourfold, and its attention has heads of 64. */
export const CLIP_EXPANSION = 4;
export const CLIP_HEAD = 64;

/** Features that come out of the last stage. */
export function pooledFeatures({ depths, width, expansion }: Pick<ResNet, "depths" | "width" | "expansion">): number {
	return width * 2 ** (depths.length - 1) * expansion;
}

function convolution(at: string, n: number, shape: Convolution["shape"], stride = 1): Convolution {
	return { name: { conv: `${at}.conv${n}`, norm: `${at}.bn${n}` }, shape, stride };
}

function downsample(at: string, channels: number, out: number, stride: number): Convolution {
	return { name: { conv: `${at}.downsample.0`, norm: `${at}.downsample.1` }, shape: [out, channels, 1, 1], stride };
}

/** The first convolution of a ResNet. */
export function stem({ width, stem_kernel: kernel, stem_stride: stride }: ResNet): Convolution {
	return convolution(BACKBONE, 1, [width, 3, kernel, kernel], stride);
}

/** Convolutions of one block: [in, inner, out] channels. */
const BLOCKS = {
	basic: (at, [channels, inner], stride) => [
		convolution(at, 1, [inner, channels, 3, 3], stride),
		convolution(at, 2, [inner, inner, 3, 3]),
	],
	bottleneck: (at, [channels, inner, out], stride) => [
		convolution(at, 1, [inner, channels, 1, 1]),
		convolution(at, 2, [inner, inner, 3, 3], stride),
		convolution(at, 3, [out, inner, 1, 1]),
	],
} as const satisfies Record<
	ResNet["block"],
	(at: string, channels: readonly [number, number, number], stride: number) => Convolution[]
>;

/** The residual blocks of a ResNet in order. */
export function residualBlocks({ block, depths, width, expansion }: ResNet): BlockPlan[] {
	return stages(depths, width, expansion, (at, channels, stride) => ({
		convolutions: BLOCKS[block](at, channels, stride),
		downsample: stride !== 1 || channels[0] !== channels[2] ? downsample(at, channels[0], channels[2], stride) : null,
		pool: 1,
	}));
}

/** CLIP's three convolutions at the start. */
export function clipStem({ width }: ClipResNet): Convolution[] {
	const half = width / 2;
	return [
		convolution(BACKBONE, 1, [half, 3, 3, 3], 2),
		convolution(BACKBONE, 2, [half, half, 3, 3]),
		convolution(BACKBONE, 3, [width, half, 3, 3]),
	];
}

/** CLIP's bottlenecks: no convolution strides, an average over `pool` × `pool` does. */
export function clipBlocks({ depths, width }: ClipResNet): BlockPlan[] {
	return stages(depths, width, CLIP_EXPANSION, (at, channels, stride) => ({
		convolutions: BLOCKS.bottleneck(at, channels, 1),
		downsample: stride !== 1 || channels[0] !== channels[2] ? downsample(at, channels[0], channels[2], 1) : null,
		pool: stride,
	}));
}

function stages(
	depths: readonly number[],
	width: number,
	expansion: number,
	plan: (at: string, channels: readonly [number, number, number], stride: number) => BlockPlan,
): BlockPlan[] {
	let channels = width;
	return depths.flatMap((depth, stage) =>
		Array.from({ length: depth }, (_, index) => {
			const inner = width * 2 ** stage;
			const before = channels;
			channels = inner * expansion;
			return plan(
				`${BACKBONE}.layer${stage + 1}.${index}`,
				[before, inner, channels],
				stage > 0 && index === 0 ? 2 : 1,
			);
		}),
	);
}

/** Every convolution of a plan. */
export function convolutionsOf(blocks: readonly BlockPlan[]): Convolution[] {
	return blocks.flatMap(({ convolutions, downsample }) => [...convolutions, ...(downsample ? [downsample] : [])]);
}
