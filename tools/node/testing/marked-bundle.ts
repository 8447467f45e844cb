/**
 * Writes the committed bundle with a pair classifier of random weights to .cache/marked, where browser tests fetch
 * it.
 */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { nanoWithPairs } from "./marked-nano.ts";

export default function setup(): void {
	const folder = join(import.meta.dirname, "../../../.cache/marked");
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	nanoWithPairs(folder, { relations: ["none", "knows", "visits"], vote: 0.7 });
}
