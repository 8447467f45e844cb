/**
 * Measures recall at 36 regions, IoU 0.5, of the proposer without weights and of the bundle's own: `npx tsx
 * tools/evaluator/proposals.ts --regions FILE --images DIR [--model BUNDLE] [--split dev] [--limit N] [--json]`.
 */

import { pathToFileURL } from "node:url";
import { Failure, toFailureData } from "../../src/core/failure.ts";
import { MAX_OBJECTS } from "../../src/core/limits.ts";
import { createSegmentationProposer } from "../../workers/vision/regions/segmentation-proposer.ts";
import type { RegionProposer } from "../../workers/vision/types.ts";
import { needed, options, progressLine, wholeNumber } from "../cli/command.ts";
import { openImageFolder } from "../cli/extract/images.ts";
import { openNodeEngine } from "../node/engine/node-engine.ts";
import { nodeDecoder } from "../node/image/decode-node.ts";
import { describeScores, FOUND, measureProposers, type ProposerScore, readRegionRecords } from "./region-recall.ts";

export interface ProposalsOptions {
	/** JSON lines of {"image_id", "file", "split", "boxes", "kinds"}. */
	readonly regions: string;
	/** The folder of the files that the lines name. */
	readonly images: string;
	/** A bundle with a region proposer. */
	readonly model?: string | undefined;
	readonly split: string;
	/** Most pictures; 0: all. */
	readonly limit: number;
	readonly onProgress?: (done: number, total: number) => void;
}

/** @throws Failure */
export async function scoreProposals({
	regions,
	images,
	model,
	split,
	limit,
	onProgress = () => {},
}: ProposalsOptions): Promise<ProposerScore[]> {
	const records = await readRegionRecords(regions, split, limit === 0 ? Number.POSITIVE_INFINITY : limit);
	if (records.length === 0) throw new Failure("input-unreadable", `${regions} has no picture of the split "${split}".`);
	const folder = await openImageFolder(images);
	const engine = model === undefined ? null : await openNodeEngine(model);
	try {
		const own = engine?.model().proposer ?? null;
		if (engine !== null && own === null) throw new Failure("usage", `${model} has no region proposer.`);
		const proposers: RegionProposer[] = [createSegmentationProposer(), ...(own === null ? [] : [own])];
		return await measureProposers({
			records,
			proposers,
			open: async ({ file }) => nodeDecoder(await folder.read(file)),
			onProgress,
		});
	} finally {
		await engine?.close();
	}
}

async function main(argv: readonly string[]): Promise<void> {
	const { values } = options(argv, {
		regions: { type: "string" },
		images: { type: "string" },
		model: { type: "string" },
		split: { type: "string", default: "dev" },
		limit: { type: "string", default: "0" },
	});
	const line = progressLine();
	const scores = await scoreProposals({
		regions: needed(values.regions, "regions"),
		images: needed(values.images, "images"),
		model: values.model,
		split: values.split,
		limit: wholeNumber(values.limit, "limit", 0, 1_000_000),
		onProgress: (done, total) => line.show(`${done}/${total} pictures`),
	});
	line.clear();
	if (values.json) return console.log(JSON.stringify(scores, null, "\t"));
	console.log(
		`Recall at ${MAX_OBJECTS} regions, IoU ≥ ${FOUND}, split ${values.split}; ` +
			'"named": found boxes whose best region has the right kind.\n',
	);
	console.log(describeScores(scores));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
	try {
		await main(process.argv.slice(2));
	} catch (error) {
		const { what, remedy } = toFailureData(error, "cli");
		console.error(`${what} ${remedy}`);
		process.exitCode = 1;
	}
}
