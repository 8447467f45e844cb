/**
 * Keeps a picture's regions and visual states by its hash and by who proposed the regions: a second task costs no
 * vision.
 */

import { Failure } from "../src/core/failure.ts";
import { toPixels, type UnitBox, WHOLE_IMAGE } from "../src/core/geometry.ts";
import type { Picture } from "../src/tasks/result/assemble.ts";
import { sha256 } from "./bundle/sha256.ts";
import type { Clock } from "./clock.ts";
import { type EncodedImage, encodeImage } from "./model/model.ts";
import { free, type GraphSessions } from "./model/sessions.ts";
import type { ImageDecoder, ProposedRegion, RegionProposer, RgbImage } from "./vision/types.ts";

/** Pictures whose states are kept: a post is looked at several times in a row, then never again. */
const KEPT = 4;

export interface SeenPicture {
	readonly picture: Picture;
	readonly boxes: readonly UnitBox[];
	readonly decoded: RgbImage;
	encoded: EncodedImage | null;
}

export interface PictureOptions {
	readonly decode: ImageDecoder;
	readonly proposer: RegionProposer;
	readonly limit: number;
	readonly signal: AbortSignal;
	readonly clock: Pick<Clock, "start">;
}

export class PictureCache {
	readonly #seen = new Map<string, SeenPicture>();

	/**
	 * Decodes and finds regions, or remembers. Nothing is forgotten before `trim`: a batch may have more pictures than
	 * are kept.
	 * @throws Failure image-* | cancelled
	 */
	async look(bytes: Uint8Array, { decode, proposer, limit, signal, clock }: PictureOptions): Promise<SeenPicture> {
		const key = `${await sha256(bytes as Uint8Array<ArrayBuffer>)} ${proposer.name}`;
		const known = this.#seen.get(key);
		if (known !== undefined) {
			// The most recent one goes last, so the first is the one to forget.
			this.#seen.delete(key);
			this.#seen.set(key, known);
			return known;
		}
		const readIn = clock.start("decode_image");
		const decoded = await decode(bytes);
		readIn();
		const found = clock.start("regions");
		const proposed = await cancellable(() => proposer.propose(decoded, limit, signal));
		found();
		const seen = { ...describe(decoded, proposed.slice(0, limit)), decoded, encoded: null };
		this.#seen.set(key, seen);
		return seen;
	}

	/** The picture's visual states, computed once. */
	async encode(
		sessions: GraphSessions,
		seen: SeenPicture,
		{ signal, clock }: Pick<PictureOptions, "signal" | "clock">,
	): Promise<EncodedImage> {
		const { visual } = sessions.manifest.config;
		if (visual === null)
			throw new Failure("bundle-format", `The bundle "${sessions.manifest.name}" has no visual encoder.`);
		if (seen.encoded !== null) return seen.encoded;
		const { image_size: size, image_mean: mean, image_std: std } = visual;
		const boxes = [WHOLE_IMAGE, ...seen.boxes];
		// Loaded with the first picture, as what decodes it.
		const { pixelValues } = await import("./vision/resize.ts");
		const resized = clock.start("resize");
		const pixels = await cancellable(async () => pixelValues(seen.decoded, boxes, { size, mean, std }, signal));
		resized();
		seen.encoded = await encodeImage(sessions, pixels, Float32Array.from(boxes.flat()), size);
		return seen.encoded;
	}

	/** Forgets all but the most recent pictures; for the end of a job. */
	trim(): void {
		for (const old of [...this.#seen.keys()].slice(0, -KEPT)) this.#forget(old);
	}

	/** Forgets everything; states of a closed session are gone anyway. */
	clear(): void {
		for (const key of [...this.#seen.keys()]) this.#forget(key);
	}

	#forget(key: string): void {
		const encoded = this.#seen.get(key)?.encoded;
		if (encoded) free(encoded.states, encoded.mask);
		this.#seen.delete(key);
	}
}

/** Boxes are in pixels of the file's picture, also where decoding scaled it down. */
function describe(
	decoded: RgbImage,
	proposed: readonly ProposedRegion[],
): { picture: Picture; boxes: readonly UnitBox[] } {
	const { width, height } = decoded.original ?? decoded;
	const regions = proposed.map(({ box, score, kind }, index) => {
		const [x1, y1, x2, y2] = toPixels(box, { width, height });
		return {
			object: `O${index + 1}`,
			box: [x1, y1, x2, y2] as [number, number, number, number],
			score,
			...(kind !== undefined && { label: kind }),
		};
	});
	return { picture: { image: { width, height }, regions }, boxes: proposed.map(({ box }) => box) };
}

/** `signal.throwIfAborted()` throws a DOMException: callers know failures only. */
async function cancellable<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (error instanceof DOMException && error.name === "AbortError")
			throw new Failure("cancelled", "It was cancelled.", { cause: error });
		throw error;
	}
}
