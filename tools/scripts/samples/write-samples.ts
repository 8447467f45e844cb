/**
 * Computes the stored results of the app's samples with the built-in model that the app takes by default. Run it after
 * changing the model, the samples or the engine's answers: `npx tsx tools/scripts/samples/write-samples.ts`.
 */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { requestOf } from "../../../src/app/ask/request.ts";
import { SAMPLES, type Sample } from "../../../src/app/post/samples.ts";
import { INITIAL } from "../../../src/app/state/state.ts";
import { builtInFolder, DEFAULT_MODEL } from "../../../src/bundle/built-in.ts";
import { unwrap } from "../../../src/core/failure.ts";
import type { ExtractionResult } from "../../../src/core/result.ts";
import { openNodeEngine } from "../../node/engine/node-engine.ts";

const ROOT = join(import.meta.dirname, "../../..");
const MODEL = join(ROOT, builtInFolder(DEFAULT_MODEL));
/** The page's own decoder and threads would give the same records, other times, and digits past the sixth. */
const DEVICE: ExtractionResult["device"] = { name: "wasm", threads: 1, reason: "Stored with the page" };

export const storedFile = ({ name }: Sample): string => join(ROOT, `public/samples/${name}.json`);
const pictureOf = ({ picture }: Sample): Uint8Array | null =>
	picture === null ? null : new Uint8Array(readFileSync(join(ROOT, "public/samples", picture)));
const hashOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** What a visitor's page would send with the sample's tasks and no other changes. */
const requestFor = ({ tasks }: Sample) => requestOf({ ...INITIAL, tasks });

/** What a stored result depends on, beside the sample's own text. */
export function sourcesOf(sample: Sample) {
	const picture = pictureOf(sample);
	return {
		manifest: hashOf(readFileSync(join(MODEL, "umie.json"))),
		picture: picture && hashOf(picture),
		request: requestFor(sample),
	};
}

async function writeSamples(): Promise<void> {
	const engine = await openNodeEngine(MODEL);
	for (const [at, sample] of SAMPLES.entries()) {
		const post = { text: sample.text, image: pictureOf(sample) };
		const result = unwrap(await engine.extract(at + 2, post, requestFor(sample), () => {}));
		const stored = { ...result, device: DEVICE, timings: {} };
		const file = { format: "umie-sample/1", ...sourcesOf(sample), result: stored };
		writeFileSync(storedFile(sample), `${JSON.stringify(file)}\n`);
	}
	await engine.close();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await writeSamples();
