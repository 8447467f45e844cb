/**
 * Measures how long finding the regions of a sample picture takes: with the bundle's trained proposer (its graph alone,
 * and all of it) and with the one without weights, in turn.
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { MAX_OBJECTS } from "../../../src/core/limits.ts";
import { proposeRegions } from "../../../workers/model/model.ts";
import { fitSide, shrink } from "../../../workers/vision/pixels.ts";
import { createLearnedProposer, squarePixels } from "../../../workers/vision/regions/learned-proposer.ts";
import { createSegmentationProposer } from "../../../workers/vision/regions/segmentation-proposer.ts";
import type { RegionProposer } from "../../../workers/vision/types.ts";
import { openNodeEngine } from "../../node/engine/node-engine.ts";
import { nodeDecoder } from "../../node/image/decode-node.ts";
import { median, type Row } from "../report.ts";
import { PROPOSER_GRAPH } from "./names.ts";
import { NODE, type Part } from "./part.ts";

const SAMPLES = join(import.meta.dirname, "../../../public/samples");
const REPETITIONS = 20;
/** Instead of the other proposer: the trained one alone is timed. */
const NOTHING: RegionProposer = { name: "nothing", propose: async () => [] };

export const proposerPart: Part = async ({ model, repetitions, note }) => {
	const engine = await openNodeEngine(model);
	const { sessions } = engine.model();
	const { proposer: config } = sessions.manifest.config;
	const images = await Promise.all(
		readdirSync(SAMPLES)
			.filter((name) => name.endsWith(".jpg"))
			.map((name) => nodeDecoder(readFileSync(join(SAMPLES, name)))),
	);
	const segmentation = createSegmentationProposer();
	const timed: Record<string, (index: number) => Promise<unknown>> = {
		"regions without weights": (index) => segmentation.propose(images[index]!, MAX_OBJECTS),
	};
	if (config === undefined) note("the bundle has no region proposer of its own");
	else {
		const run = (pixels: Float32Array) => proposeRegions(sessions, pixels, config.image_size);
		const squares = images.map((image) => squarePixels(shrink(image, fitSide(image, config.image_size)), config));
		const learned = createLearnedProposer({ config, run, fallback: NOTHING });
		timed[PROPOSER_GRAPH] = (index) => run(squares[index]!);
		timed["regions by the trained proposer"] = (index) => learned.propose(images[index]!, MAX_OBJECTS);
	}
	const rows = await measure(timed, images.length, repetitions ?? REPETITIONS);
	await engine.close();
	return { rows, where: NODE };
};

/** Everything is run in turn, so that what else the machine does meets all alike. One round is not counted. */
async function measure(
	timed: Readonly<Record<string, (index: number) => Promise<unknown>>>,
	images: number,
	repetitions: number,
): Promise<Row[]> {
	const spent = new Map(Object.keys(timed).map((name) => [name, [] as number[]]));
	for (let round = 0; round <= repetitions; round++)
		for (let image = 0; image < images; image++)
			for (const [name, work] of Object.entries(timed)) {
				const started = performance.now();
				await work(image);
				if (round > 0) spent.get(name)!.push(performance.now() - started);
			}
	return [...spent].map(([name, times]) => ({
		device: "node",
		threads: 1,
		case: name,
		value: median(times),
		unit: "ms",
		n: times.length,
	}));
}
