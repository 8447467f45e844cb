/**
 * Writes the committed bundle with a prefilter of random weights that lets every question pass to .cache/prefiltered,
 * where browser tests fetch it.
 */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { nanoWithPrefilter } from "./prefiltered-nano.ts";

export default function setup(): void {
	const folder = join(import.meta.dirname, "../../../.cache/prefiltered");
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	nanoWithPrefilter(folder, { related: 0, eventful: 0 });
}
