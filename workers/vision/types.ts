/** Pictures, regions, and what makes them: the same in a worker and in Node. */
import type { Size, UnitBox } from "../../src/core/geometry.ts";

/** A decoded picture: upright (EXIF orientation applied), alpha flattened on white, sRGB. */
export interface RgbImage {
	readonly width: number;
	readonly height: number;
	/** [height, width, 3] interleaved, 0…255. */
	readonly data: Uint8Array;
	/**
	 * Upright size of the picture in the file, where decoding scaled it down (more than 24 megapixels). Result boxes are
	 * in these pixels.
	 */
	readonly original?: Size;
}

/** Turns a file's bytes into pixels. @throws Failure image-unreadable | image-unsupported | image-too-large */
export type ImageDecoder = (bytes: Uint8Array) => Promise<RgbImage>;

export interface ProposedRegion {
	readonly box: UnitBox;
	/** Higher is more salient; only the order means something. */
	readonly score: number;
	/** What it is, if the proposer knows ("person", "logo"). */
	readonly kind?: string;
}

/** Anything that finds object regions: the built-in one, learned detectors later. Best region first. */
export interface RegionProposer {
	readonly name: string;
	propose(image: RgbImage, limit: number, signal?: AbortSignal): Promise<readonly ProposedRegion[]>;
}
