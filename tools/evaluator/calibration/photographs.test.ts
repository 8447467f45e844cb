/** Proves that nobody in a photograph that does not belong to its post is shown as the person named, but perhaps. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { unwrap } from "../../../src/core/failure.ts";
import { settleRequest } from "../../../src/tasks/request.ts";
import { openNodeEngine } from "../../node/engine/node-engine.ts";
import { sharedFolder } from "../../node/testing/shared-folder.ts";
import { readPosts } from "../everyday/posts.ts";

const SMALL = join(import.meta.dirname, "../../../models/umie-small");
const PHOTOGRAPHS = join(sharedFolder() ?? "", "data/images/captioned");
const isThere = existsSync(PHOTOGRAPHS) && existsSync(join(SMALL, "umie.json"));
if (!isThere) console.log("skipped: the photographs are not at hand (set UMIE_SHARED)");

test.skipIf(!isThere)("beside ten unrelated photographs no box is above perhaps", { timeout: 600_000 }, async () => {
	const files = readdirSync(PHOTOGRAPHS).sort();
	const posts = readPosts().filter(({ half, lang, names }) => half === "judge" && lang === "en" && names.length > 0);
	const engine = await openNodeEngine(SMALL);
	const boxes: (boolean | undefined)[] = [];
	for (let at = 0; at < 10; at++) {
		const image = new Uint8Array(readFileSync(join(PHOTOGRAPHS, files[Math.floor((at * files.length) / 10)]!)));
		const { text } = posts[Math.floor((at * posts.length) / 10)]!;
		const request = settleRequest({ tasks: ["mner"] });
		const { entities, regions } = unwrap(await engine.extract(at + 2, { text, image }, request, () => {}));
		expect(regions.length).toBeGreaterThan(0);
		boxes.push(...entities.filter((entity) => entity.regions.length > 0).map(({ seen }) => seen?.perhaps));
	}
	await engine.close();
	expect(boxes.filter((perhaps) => perhaps !== true)).toEqual([]);
});
