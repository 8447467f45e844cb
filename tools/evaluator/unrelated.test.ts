/**
 * Tests that every record is shown a picture that is not its own, the same one everywhere and in every task, and that
 * a resumed run keeps it.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCommand } from "../cli/run-command.test-helper.ts";
import { NANO, temporaryFolder } from "../node/testing/nano.ts";
import { BEYOND, writePictures } from "./beyond.test-helper.ts";
import { evaluateWith } from "./evaluate.ts";
import { openNodePredictor } from "./node-predictor.ts";
import type { Batch, EvaluatedTask, Predictor } from "./predict/contract.ts";
import { hash, picturesToChoose, unrelatedTo } from "./unrelated.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());
writePictures(folder.path);

describe("the choice", () => {
	test("hashes as FNV-1a does in its reference", () => {
		expect(["", "a", "foobar"].map(hash)).toEqual([0x811c9dc5, 0xe40c292c, 0xbf9cf968]);
	});
	test("is the name at the hash, modulo their number", () => {
		// 0xe40c292c = 3,826,002,220, which is 1 more than a multiple of 3.
		expect(unrelatedTo({ id: "a" }, ["x.jpg", "y.jpg", "z.jpg"])).toBe("y.jpg");
	});
	test.each([
		"y",
		"y.jpg",
		"y.png",
		"data/y.webp",
	])("passes over the record's own picture %s, and what is under its name with another ending", (own) => {
		expect(unrelatedTo({ id: "a", image_id: own }, ["x.jpg", "y.jpg", "y.PNG"])).toBe("x.jpg");
		expect(unrelatedTo({ id: "a", image_id: own }, ["x.jpg", "y.jpg", "z.jpg"])).toBe("z.jpg");
	});
	test("from nothing but the record's own is wrong usage", () => {
		expect(() => unrelatedTo({ id: "a", image_id: "x" }, ["x.jpg"])).toThrow(/only the picture of record "a"/);
	});
});

describe("the folder", () => {
	test("gives its pictures by name, sorted, and neither other files nor folders", async () => {
		const path = join(folder.path, "mixed");
		mkdirSync(join(path, "folder.png"), { recursive: true });
		for (const name of ["b.webp", "a.jpeg", "C.JPG", "notes.txt", "jpg"]) writeFileSync(join(path, name), "x");
		expect(await picturesToChoose(path)).toEqual(["C.JPG", "a.jpeg", "b.webp"]);
	});
	test("must be there and have a picture", async () => {
		mkdirSync(join(folder.path, "empty"));
		await expect(picturesToChoose(undefined)).rejects.toMatchObject({
			code: "usage",
			what: expect.stringMatching(/needs --images/),
		});
		await expect(picturesToChoose(join(folder.path, "absent"))).rejects.toMatchObject({
			code: "usage",
			what: expect.stringMatching(/the folder .* cannot be read/),
		});
		await expect(picturesToChoose(join(folder.path, "empty"))).rejects.toMatchObject({
			code: "usage",
			what: expect.stringMatching(/has no picture/),
		});
	});
});

const TEXT = "Police arrested two men in Paris";
const EVENTS = [
	{ type: "arrest jail", trigger: { start: 7, end: 15 }, arguments: [{ role: "person", start: 16, end: 23 }] },
];
const OF = {
	mner: { entities: [] },
	mre: { head: { text: "Police", start: 0, end: 6 }, tail: { text: "Paris", start: 27, end: 32 }, relation: "none" },
	...{ med: { events: EVENTS }, meae: { events: EVENTS }, mee: { events: EVENTS } },
	jmere: { entities: [], relations: [] },
} as const;

function file(name: string, records: readonly object[]): string {
	const path = join(folder.path, `${name}.jsonl`);
	writeFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join(""));
	return path;
}
const DATA: readonly (readonly [EvaluatedTask, string])[] = [
	...Object.entries(OF).map(([task, fields]): [EvaluatedTask, string] => [
		task as EvaluatedTask,
		file(task, [
			{ id: "own", text: TEXT, image_id: "a", picture: "deciding", ...fields },
			{ id: "none", text: TEXT, ...fields },
		]),
	]),
	...Object.entries(BEYOND).map(([task, records]): [EvaluatedTask, string] => [
		task as EvaluatedTask,
		file(task, records),
	]),
];

describe("a run", () => {
	let node: Predictor;
	beforeAll(async () => {
		node = await openNodePredictor(NANO);
	});
	afterAll(() => node.close());

	const OPTIONS = {
		limit: 0,
		images: folder.path,
		showing: { pictures: "unrelated", regions: "proposer" },
		onProgress: () => {},
	} as const;
	const REQUEST = { beams: 1, gate: "model", untrained: "ask" } as const;

	test.each(DATA)("of %s shows every record a picture that is not its own", async (task, data) => {
		const batches: Batch[] = [];
		const spy: Predictor = {
			...node,
			predict: (one) => {
				batches.push(one);
				return node.predict(one);
			},
		};
		const result = await evaluateWith(spy, task, { ...OPTIONS, data, request: REQUEST });
		const [a, b] = ["a.png", "b.png"].map((name) => readFileSync(join(folder.path, name)));
		for (const [index, { id, image_id }] of batches[0]!.records.entries()) {
			const shown = unrelatedTo({ id, image_id }, ["a.png", "b.png"]);
			expect(shown).not.toBe(`${image_id}.png`);
			expect(Buffer.from(batches[0]!.images[index]!).equals(shown === "a.png" ? a! : b!)).toBe(true);
		}
		expect(batches[0]!.regions).toEqual(batches[0]!.records.map(() => null));
		expect(result.pictures).toEqual({ named: result.records, found: result.records });
		// Forms are read without their pictures; an answer that was never asked for has no gate.
		if (task !== "re2") expect(result.gates).toMatchObject([{ kind: "unrelated" }]);
	});
	test("goes on where it was stopped, and not with other pictures", async () => {
		const data = file(
			"many",
			Array.from({ length: 18 }, (_, index) => ({ id: `${index}`, text: "Ada in Paris", entities: [] })),
		);
		const path = join(folder.path, "predictions.jsonl");
		const options = { ...OPTIONS, data, request: { beams: 1 }, predictions: { path, resume: true } };
		const stop = new AbortController();
		const first = await evaluateWith(node, "mner", { ...options, signal: stop.signal, onProgress: () => stop.abort() });
		const second = await evaluateWith(node, "mner", options);
		expect([first.records, second.records, second.pictures]).toEqual([16, 18, { named: 2, found: 2 }]);
		const right = { ...options, showing: { pictures: "right", regions: "proposer" } } as const;
		await expect(evaluateWith(node, "mner", right)).rejects.toThrow(/belongs to another run/);
	});
});

describe("umie evaluate", () => {
	const run = (...more: string[]) =>
		runCommand("evaluate", "--model", NANO, "--task", "mner", "--data", DATA[0]![1], "--beams", "1", ...more);

	test("tells a table of unrelated pictures beside none, of some records, in Node and in Chromium alike", async () => {
		const argv = ["--images", folder.path, "--pictures", "unrelated,none", "--gate", "model", "--limit", "1", "--json"];
		const [here, there] = [await run(...argv), await run(...argv, "--browser")].map(
			({ out }) => JSON.parse(out).variants,
		);
		for (const variants of [here, there]) {
			expect(variants.map(({ name, looked, records }: Record<string, unknown>) => [name, looked, records])).toEqual([
				["pictures unrelated", 1, 1],
				["pictures none", 0, 1],
			]);
			expect(variants[0].gates).toMatchObject([{ kind: "unrelated", records: 1 }]);
		}
		expect(there[0].gates[0].mean).toBeCloseTo(here[0].gates[0].mean, 2);
	});
	test("says below the numbers what was shown", async () => {
		const { out } = await run("--images", folder.path, "--pictures", "unrelated", "--regions", "gold");
		expect(out).toContain("Each record was shown a picture of the folder that has nothing to do with it.");
		expect(out).toContain("Regions: the proposer's, as unrelated pictures have no others.");
		expect(out).not.toContain("annotated boxes");
	});
	test.each([
		[[], /--pictures needs --images/],
		[["--images", join(folder.path, "nowhere")], /the folder .* cannot be read/],
		[["--images", join(folder.path, "empty")], /has no picture/],
	])("without pictures to choose from is wrong usage, reported before a question: %j", async (more, message) => {
		const { code, err } = await run("--pictures", "right,unrelated", ...more);
		expect([code, err]).toEqual([2, expect.stringMatching(message)]);
	});
});
