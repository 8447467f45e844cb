/** Tests region recall on boxes counted by hand, and that wrong files are named. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { settle } from "../../src/core/failure.ts";
import { unitBox } from "../../src/core/geometry.ts";
import type { ProposedRegion } from "../../workers/vision/types.ts";
import { writeRandomCheckpoint } from "../exporter/checkpoint/random-checkpoint.ts";
import { writeRandomProposer } from "../exporter/checkpoint/random-proposer.ts";
import { exportBundle } from "../exporter/export/export-bundle.ts";
import { temporaryFolder } from "../node/testing/nano.ts";
import { discPng } from "../node/testing/png.ts";
import { scoreProposals } from "./proposals.ts";
import { describeScores, type RegionRecord, scorePicture, sumScores } from "./region-recall.ts";

const region = (x1: number, x2: number, kind?: string): ProposedRegion => ({
	box: unitBox(x1, 0, x2, 1),
	score: 1,
	...(kind !== undefined && { kind }),
});

describe("one picture", () => {
	const record: Pick<RegionRecord, "boxes" | "kinds"> = {
		boxes: [
			[0, 0, 0.5, 1],
			[0.5, 0, 0.9, 1],
			[0.9, 0, 1, 1],
		],
		kinds: ["logo", "head", "flag"],
	};

	test("half of the box must be shared; the first region that does names it; heads are people", () => {
		// 0 to 0.25 shares exactly half of 0 to 0.5; 0.5 to 1 shares 0.8 of the second box, and 0.2 of the third.
		const scores = scorePicture(record, [region(0, 0.25, "flag"), region(0, 0.5, "logo"), region(0.5, 1, "person")]);
		expect(scores).toEqual([
			{ kind: "logo", found: true, named: false },
			{ kind: "head", found: true, named: true },
			{ kind: "flag", found: false, named: false },
		]);
		expect(sumScores(scores)).toEqual({
			flag: { boxes: 1, found: 0, named: 0 },
			head: { boxes: 1, found: 1, named: 1 },
			logo: { boxes: 1, found: 1, named: 0 },
			all: { boxes: 3, found: 2, named: 1 },
		});
	});

	test("only the first 36 regions count", () => {
		const many = [...Array.from({ length: 36 }, () => region(0.95, 1)), region(0, 0.5, "logo")];
		expect(scorePicture(record, many)[0]).toEqual({ kind: "logo", found: false, named: false });
	});
});

test("a table has a row a kind, and dashes where there is nothing to divide", () => {
	const kinds = { logo: { boxes: 4, found: 3, named: 2 }, all: { boxes: 4, found: 3, named: 0 } };
	const text = describeScores([{ proposer: "one", kinds, regions: 7.25, milliseconds: 12 }]);
	expect(text.split("\n")).toEqual([
		"| kind | boxes | one |",
		"| --- | --- | --- |",
		"| logo | 4 | 75.0 %, named 66.7 % |",
		"| all | 4 | 75.0 % |",
		"| regions a picture |  | 7.3 |",
		"| ms a picture, median |  | 12.0 |",
	]);
});

describe("a folder", () => {
	const folder = temporaryFolder();
	const at = (name: string) => join(folder.path, name);
	// The disc that discPng draws, in fractions of 64 × 48.
	const line = (file: string, change: object = {}) =>
		JSON.stringify({
			image_id: file,
			file,
			split: "dev",
			boxes: [[8 / 64, 12 / 48, 32 / 64, 36 / 48]],
			kinds: ["logo"],
			...change,
		});
	const options = { images: folder.path, split: "dev", limit: 0 };
	beforeAll(() => {
		mkdirSync(at("images"));
		for (const shade of [40, 200]) writeFileSync(at(`images/${shade}.png`), discPng(shade));
		writeFileSync(
			at("regions.jsonl"),
			[line("images/40.png"), line("images/200.png", { split: "train" }), ""].join("\n"),
		);
		writeRandomCheckpoint(at("tiny"));
		writeRandomProposer(at("tiny/proposer.safetensors"));
		exportBundle(at("tiny"), at("bundle"), { dtype: "int8" });
	});
	afterAll(() => folder.remove());

	test("both proposers see the pictures of the split; the disc is found", async () => {
		const [plain, learned] = await scoreProposals({ ...options, regions: at("regions.jsonl"), model: at("bundle") });
		expect(plain).toMatchObject({
			proposer: "segmentation",
			kinds: { logo: { boxes: 1, found: 1, named: 0 }, all: { boxes: 1, found: 1 } },
		});
		expect(learned).toMatchObject({ proposer: "learned, segmentation", kinds: { logo: { boxes: 1 } } });
		expect(learned!.regions).toBeGreaterThan(0);
	});

	test("a bundle without a proposer is refused", async () => {
		writeRandomCheckpoint(at("bare"));
		exportBundle(at("bare"), at("bare-bundle"), { dtype: "int8" });
		const outcome = await settle(() =>
			scoreProposals({ ...options, regions: at("regions.jsonl"), model: at("bare-bundle") }),
		);
		expect(outcome).toMatchObject({
			ok: false,
			failure: { code: "usage", what: `${at("bare-bundle")} has no region proposer.` },
		});
	});

	test.each([
		["text that is not JSON", "{", "import-format", "line 2: not valid JSON"],
		["a box outside the picture", line("x", { boxes: [[0, 0, 2, 1]] }), "import-format", "line 2: boxes.0.2"],
		["kinds that are missing", line("x", { kinds: [] }), "import-format", "line 2: as many kinds as boxes"],
		["a picture outside the folder", line("../x.png"), "input-unreadable", "outside the folder"],
		["a picture that is not there", line("images/1.png"), "input-unreadable", "is not in"],
	])("%s is named", async (_, bad, code, what) => {
		writeFileSync(at("bad.jsonl"), `${line("images/40.png")}\n${bad}\n`);
		const outcome = await settle(() => scoreProposals({ ...options, regions: at("bad.jsonl") }));
		expect(outcome).toMatchObject({ ok: false, failure: { code, what: expect.stringContaining(what) } });
	});

	test("a split without pictures is named", async () => {
		const outcome = await settle(() => scoreProposals({ ...options, regions: at("regions.jsonl"), split: "test" }));
		expect(outcome).toMatchObject({
			ok: false,
			failure: { what: expect.stringContaining('no picture of the split "test"') },
		});
	});
});
