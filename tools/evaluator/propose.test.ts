/** Tests that the regions of the bundled model are written line by line, as the trainer reads them. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeProposals } from "./propose.ts";

const root = join(import.meta.dirname, "../..");
let folder: string;

beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "proposals-"));
	for (const name of ["astronaut.jpg", "flag.jpg"])
		copyFileSync(join(root, "public/samples", name), join(folder, name));
	const lines = [
		{ image_id: "a", file: "astronaut.jpg", split: "train", boxes: [], kinds: [] },
		{ image_id: "b", file: "flag.jpg", split: "train", boxes: [], kinds: [] },
		{ image_id: "c", file: "missing.jpg", split: "dev", boxes: [], kinds: [] },
	];
	writeFileSync(join(folder, "regions.jsonl"), lines.map((line) => JSON.stringify(line)).join("\n"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("every picture of the split has a line with its regions, best first, as fractions", async () => {
	const output = join(folder, "found.jsonl");
	expect(
		await writeProposals(join(folder, "regions.jsonl"), folder, join(root, "models/umie-nano"), output, "train"),
	).toBe(2);
	const found = readFileSync(output, "utf8")
		.trim()
		.split("\n")
		.map((line) => JSON.parse(line) as { image_id: string; boxes: number[][] });
	expect(found.map(({ image_id }) => image_id)).toEqual(["a", "b"]);
	for (const { boxes } of found) {
		expect(boxes.length).toBeGreaterThan(0);
		expect(boxes.length).toBeLessThanOrEqual(36);
		for (const [x1, y1, x2, y2] of boxes)
			expect(0 <= x1! && x1! < x2! && x2! <= 1 && 0 <= y1! && y1! < y2! && y2! <= 1).toBe(true);
	}
});

test("a picture that is missing is a failure that names it", async () => {
	const proposing = writeProposals(
		join(folder, "regions.jsonl"),
		folder,
		join(root, "models/umie-nano"),
		join(folder, "none.jsonl"),
		"dev",
	);
	await expect(proposing).rejects.toThrow("missing.jpg");
});
