/**
 * Reads the files that a request names: a gazetteer, the layout of a form, the pictures of steps. Their content is
 * checked where it is used.
 */
import { Failure } from "../../../src/core/failure.ts";
import type { PositionedWord } from "../../../src/tasks/layout/layout.ts";
import { parseLayoutFile } from "../../../src/tasks/layout/layout-file.ts";
import { parseGazetteer } from "../../../src/tasks/names/gazetteer-file.ts";
import { BIAS, type Gazetteer } from "../../../src/tasks/request.ts";
import { readImage } from "./images.ts";
import { readSmall } from "./labels.ts";

/** Names to look up, and how strongly the search prefers them. @throws Failure `usage` | `input-unreadable` */
export function readGazetteer(path: string | undefined, bias: string | undefined): { gazetteer?: Gazetteer } {
	if (path === undefined) {
		if (bias !== undefined) throw new Failure("usage", "--bias can only be used with --gazetteer.");
		return {};
	}
	const number = bias === undefined ? 0 : bias.trim() === "" ? Number.NaN : Number(bias);
	if (!(number >= BIAS.min && number <= BIAS.max))
		throw new Failure("usage", `--bias must be a number from ${BIAS.min} to ${BIAS.max}, not "${bias}".`);
	return { gazetteer: { names: parseGazetteer(readSmall(path, 32 << 20)), bias: number } };
}

/**
 * Words with their boxes, of a .json file or a table parted by tabs.
 * @throws Failure `input-unreadable` | `import-format` | `import-too-large`
 */
export function readLayout(path: string): readonly PositionedWord[] {
	return parseLayoutFile(readSmall(path, 16 << 20), path);
}

/**
 * The pictures of --step-images in order; an empty place is a step without one.
 * @throws Failure `input-unreadable` | `image-too-large`
 */
export function readStepImages(paths: string): Promise<(Uint8Array | null)[]> {
	return Promise.all(paths.split(",").map(async (path) => (path.trim() === "" ? null : readImage(path.trim()))));
}
