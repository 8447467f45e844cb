/**
 * Writes the regions that a bundle's proposer finds as JSON lines, for the trainer's `crops --found`: `npx tsx
 * tools/evaluator/propose.ts --regions FILE --images DIR --model BUNDLE --output FILE [--split train]`.
 */

import { writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { Failure, toFailureData } from "../../src/core/failure.ts";
import { MAX_OBJECTS } from "../../src/core/limits.ts";
import { needed, options, progressLine } from "../cli/command.ts";
import { openImageFolder } from "../cli/extract/images.ts";
import { openNodeEngine } from "../node/engine/node-engine.ts";
import { nodeDecoder } from "../node/image/decode-node.ts";
import { readRegionRecords } from "./region-recall.ts";

/**
 * One line per picture of the split: {"image_id", "boxes": [[x1, y1, x2, y2] as fractions, …]}, best first.
 * @returns pictures
 * @throws Failure
 */
export async function writeProposals(
	regions: string,
	images: string,
	model: string,
	output: string,
	split: string,
): Promise<number> {
	const records = await readRegionRecords(regions, split, Number.POSITIVE_INFINITY);
	const folder = await openImageFolder(images);
	const engine = await openNodeEngine(model);
	const line = progressLine();
	const lines: string[] = [];
	try {
		const { proposer } = engine.model();
		if (proposer === null) throw new Failure("usage", `${model} has no region proposer.`);
		for (const [index, { image_id, file: name }] of records.entries()) {
			line.show(`${index}/${records.length} pictures`);
			const found = await proposer.propose(await nodeDecoder(await folder.read(name)), MAX_OBJECTS);
			const boxes = found.map(({ box }) => box.map((edge) => Math.round(edge * 1e4) / 1e4));
			lines.push(`${JSON.stringify({ image_id, boxes })}\n`);
		}
	} finally {
		line.clear();
		await engine.close();
	}
	await writeFile(output, lines.join(""));
	return records.length;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
	try {
		const text = { type: "string" } as const;
		const { values } = options(process.argv.slice(2), {
			regions: text,
			images: text,
			model: text,
			output: text,
			split: { type: "string", default: "train" },
		});
		const [regions, images, model, output] = (["regions", "images", "model", "output"] as const).map((name) =>
			needed(values[name], name),
		);
		console.log(`${await writeProposals(regions!, images!, model!, output!, values.split)} pictures`);
	} catch (error) {
		const { what, remedy } = toFailureData(error, "cli");
		console.error(`${what} ${remedy}`);
		process.exitCode = 1;
	}
}
