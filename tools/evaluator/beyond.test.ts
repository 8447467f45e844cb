/**
 * Tests the scores of tasks beyond the paper from the file on, with the built-in model, which was trained for hardly
 * any of them.
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCommand } from "../cli/run-command.test-helper.ts";
import { NANO, temporaryFolder } from "../node/testing/nano.ts";
import { BEYOND, beyond, writePictures } from "./beyond.test-helper.ts";
import { evaluateWith } from "./evaluate.ts";
import { openNodePredictor } from "./node-predictor.ts";
import type { Batch, EvaluatedTask, EvaluationRequest, Prediction, Predictor } from "./predict/contract.ts";
import { readRecords } from "./records.ts";
import { reportHtml } from "./report-html.ts";
import { score } from "./score.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());
writePictures(folder.path);
const TASKS = Object.keys(BEYOND) as (keyof typeof BEYOND)[];
const file = (name: string, records: readonly object[]): string => {
	const path = join(folder.path, `${name}.jsonl`);
	writeFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join(""));
	return path;
};
const FILES = Object.fromEntries(TASKS.map((task) => [task, file(task, BEYOND[task])])) as Record<
	keyof typeof BEYOND,
	string
>;

let node: Predictor;
beforeAll(async () => {
	node = await openNodePredictor(NANO);
});
afterAll(() => node.close());

/** The vision of the built-in model is untrained: it looks only when told to. */
const LOOKING: EvaluationRequest = { beams: 2, gate: "model", untrained: "ask" };
const IMAGES = { images: folder.path, limit: 0, onProgress: () => {} };

/** A predictor that keeps what it was asked and what it answered. */
function spied(): { readonly predictor: Predictor; readonly batches: Batch[]; readonly predictions: Prediction[] } {
	const [batches, predictions]: [Batch[], Prediction[]] = [[], []];
	const predict: Predictor["predict"] = async (ask) => {
		const answers = await node.predict(ask);
		batches.push(ask);
		predictions.push(...answers);
		return answers;
	};
	return { predictor: { ...node, predict }, batches, predictions };
}

describe.each(TASKS)("%s", (task) => {
	test.each([
		"substitute",
		"ask",
	] as const)("scores what the model says, pictures looked at (untrained: %s)", async (untrained) => {
		const spy = spied();
		const result = await evaluateWith(spy.predictor, task, {
			data: FILES[task],
			request: { ...LOOKING, untrained },
			...IMAGES,
		});
		const direct = score(task, beyond(task), spy.predictions);
		expect(result).toMatchObject(direct);
		expect(result.records).toBe(BEYOND[task].length);
		for (const { f1, interval, counts } of result.metrics) {
			expect(f1 >= 0 && f1 <= 100 && interval.low <= f1 && f1 <= interval.high).toBe(true);
			expect(counts.right <= Math.min(counts.predicted, counts.gold)).toBe(true);
		}
		expect(spy.predictions.map(({ looked, gate }) => looked === (gate !== null))).toEqual(
			spy.predictions.map(() => true),
		);
		expect(spy.predictions.some(({ looked }) => looked)).toBe(task !== "re2");
		expect(reportHtml(result, LOOKING, FILES[task])).toContain(`<h2>Scores</h2>`);
	});
	test("the command prints every number with its rule, and the same as JSON", async () => {
		const argv = ["evaluate", "--model", NANO, "--task", task, "--data", FILES[task], "--beams", "1"];
		const [shown, json] = [await runCommand(...argv), await runCommand(...argv, "--json")];
		expect([shown.code, shown.err, json.code]).toEqual([0, "", 0]);
		const { metrics, shares } = JSON.parse(json.out);
		for (const { name, rule, f1 } of metrics)
			expect(shown.out).toMatch(new RegExp(`${escaped(name)} .*F1 +${f1.toFixed(2)}.*\\n  right: ${escaped(rule)}`));
		for (const { name, rule } of shares)
			expect(shown.out).toMatch(new RegExp(`${escaped(name)} .*\\n  right: ${escaped(rule)}`));
	});
	test("a record that breaks is refused with its line, before anything is asked", async () => {
		const [first] = BEYOND[task];
		const path = file(`${task}-broken`, [first, { id: "x", text: "no lists" }]);
		await expect(evaluateWith(node, task, { data: path, request: LOOKING, ...IMAGES })).rejects.toThrow(/line 2: /);
	});
});

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

test("a model that was not trained for a task is asked for its substitute, and the scores say so", async () => {
	const { out } = await runCommand(
		"evaluate",
		"--model",
		NANO,
		"--task",
		"fmnerg",
		"--data",
		FILES.fmnerg,
		"--beams",
		"1",
	);
	expect(out).toContain(
		"umie-nano was not trained for fmnerg: mner was run instead (use --untrained ask to run it anyway).",
	);
	const forced = await runCommand(
		"evaluate",
		"--model",
		NANO,
		"--task",
		"fmnerg",
		"--data",
		FILES.fmnerg,
		"--beams",
		"1",
		"--untrained",
		"ask",
	);
	expect(forced.out).not.toContain("instead");
});

describe("multiple choice", () => {
	const text = "Police arrested two men in Paris";
	const posts = {
		mner: { entities: [{ type: "location", start: 27, end: 32 }] },
		mre: { head: { text: "Police", start: 0, end: 6 }, tail: { text: "Paris", start: 27, end: 32 }, relation: "none" },
		events: {
			events: [
				{ type: "arrest jail", trigger: { start: 7, end: 15 }, arguments: [{ role: "person", start: 16, end: 23 }] },
			],
		},
	};
	const KIND = { mner: "mner", mre: "mre", med: "events", meae: "events", mee: "events" } as const;

	test.each(
		Object.entries(KIND),
	)("%s: annotated places are asked about, but only what the model named counts as found", async (task, kind) => {
		const data = file(`mqa-${task}`, [{ id: "q", text, ...posts[kind] }]);
		const spy = spied();
		const request: EvaluationRequest = { beams: 1, style: "mqa" };
		const result = await evaluateWith(spy.predictor, task as EvaluatedTask, {
			data,
			request,
			limit: 0,
			onProgress: () => {},
		});
		const [predictions] = spy.predictions as [Prediction];
		expect(predictions.questions.length).toBeGreaterThan(0);
		const chosen = predictions.questions.filter(
			({ answer }) => answer !== null && answer !== "none of the above",
		).length;
		expect(predictions.entities.length + predictions.events.length + predictions.arguments.length).toBeLessThanOrEqual(
			chosen,
		);
		const all = result.shares.find(({ id }) => id === "questions-all")!;
		expect(all.counts).toEqual({
			right: predictions.questions.filter(({ right, answer }) => right === answer).length,
			of: predictions.questions.length,
		});
		const ends = ["questions-option", "questions-none"].map(
			(id) => result.shares.find((share) => share.id === id)?.counts.of ?? 0,
		);
		expect(ends[0]! + ends[1]!).toBe(predictions.questions.length);
		expect(result).toMatchObject(
			score(task as EvaluatedTask, readRecords(data, task as EvaluatedTask), spy.predictions),
		);
	});
});

describe("what is shown", () => {
	const GATES = ["--gate", "0,0.5,model"];
	const gmner = (...more: string[]) =>
		runCommand(
			"evaluate",
			"--model",
			NANO,
			"--task",
			"gmner",
			"--data",
			FILES.gmner,
			"--images",
			folder.path,
			"--beams",
			"1",
			...more,
		);

	test("annotated regions and the picture that decides otherwise reach the model", async () => {
		const spy = spied();
		const showing = { pictures: "wrong", regions: "gold" } as const;
		const result = await evaluateWith(spy.predictor, "gmner", {
			data: FILES.gmner,
			request: LOOKING,
			showing,
			...IMAGES,
		});
		// Only g0 decides; g2 is shown its picture, g0 finds no other that decides.
		expect(spy.batches[0]!.regions).toEqual([null, [[0, 0.25, 0.5, 0.75]], [[0, 0.25, 0.5, 0.75]]]);
		expect(spy.batches[0]!.images.map((image) => image?.length)).toEqual([
			undefined,
			readFileSync(join(folder.path, "a.png")).length,
			readFileSync(join(folder.path, "a.png")).length,
		]);
		expect(result.gates.map(({ kind, records }) => [kind, records])).toEqual([["wrong", 2]]);
	});
	test("the largest region is every entity's, and nothing is looked at", async () => {
		const batch: Batch = {
			task: "gmner",
			records: beyond("gmner").slice(0, 1),
			images: [readFileSync(join(folder.path, "a.png"))],
			request: { beams: 1 },
		};
		const [largest] = await node.predict({ ...batch, grounding: "largest" });
		const [own] = await node.predict(batch);
		expect(largest!.looked).toBe(false);
		expect(largest!.entities.length).toBeGreaterThan(0);
		expect(largest!.entities.map(({ type, start, end }) => [type, start, end])).toEqual(
			own!.entities.map(({ type, start, end }) => [type, start, end]),
		);
		const boxes = largest!.entities.map((entity) => JSON.stringify(entity.boxes));
		expect([new Set(boxes).size, largest!.entities[0]!.boxes.length]).toEqual([1, 1]);
	});
	test("a list of gates is one table, its columns the kinds of pictures", async () => {
		const { code, out } = await gmner(...GATES);
		expect(code).toBe(0);
		expect(out).toMatch(/^ +span \+ type \+ region .*ambiguous names.*deciding picture.*unrelated picture/m);
		expect(out).toMatch(/^gate 0 .*\ngate 0.5 .*\ngate model /m);
		expect(out).toMatch(/^gate 0 − gate 0.5, ambiguous names: -?\d+\.\d\d points of F1, 95 %/m);
		const { variants } = JSON.parse((await gmner(...GATES, "--json")).out);
		expect(variants.map(({ gate, looked }: { gate: unknown; looked: number }) => [gate, looked])).toEqual([
			[0, 0],
			[0.5, 2],
			["model", 2],
		]);
		expect(variants[1].gates.map(({ kind, mean }: { kind: string; mean: number }) => [kind, mean])).toEqual([
			["deciding", 0.5],
			["unrelated", 0.5],
		]);
	});
	test("fixed gates of the paper's figure are measured with the pictures of a folder", async () => {
		const data = join(folder.path, "data");
		mkdirSync(join(data, "mner/twitter2017"), { recursive: true });
		copyFileSync(FILES.gmner, join(data, "mner/twitter2017/dev.jsonl"));
		const argv = ["--figure", "4", "--data", data, "--split", "dev", "--images", folder.path, "--beams", "1", "--json"];
		const { code, out } = await runCommand("evaluate", "--model", NANO, ...argv);
		const { ours, differs } = JSON.parse(out);
		expect(code).toBe(0);
		expect(ours.map(({ cells }: { cells: unknown[] }) => typeof cells[0])).toEqual(
			Array.from({ length: 8 }, () => "number"),
		);
		expect(differs).toContain("pictures: the model looked at those that were found");
	});
	test.each([
		[["--pictures", "wrong"], /--pictures needs --images/],
		[["--regions", "gold"], /--regions needs --images/],
		[["--pictures", "left", "--images", "."], /--pictures must be one of right, wrong, unrelated, none/],
		[["--gate", "0,1", "--report", "x"], /--report holds a single run/],
		[["--gate", "0,much"], /--gate must be auto, model or a number/],
		[["--labels", "a,b"], /--labels for fmnerg must name their list/],
		[["--style", "quiz"], /--style must be one of instruct, mqa/],
	])("%j is wrong usage", async (more, message) => {
		const { code, err } = await runCommand(
			"evaluate",
			"--model",
			NANO,
			"--task",
			"fmnerg",
			"--data",
			FILES.fmnerg,
			...more,
		);
		expect([code, err]).toEqual([2, expect.stringMatching(message)]);
	});
	test("a baseline of regions is for tasks that have them", async () => {
		const { code, err } = await runCommand(
			"evaluate",
			"--model",
			NANO,
			"--task",
			"mner",
			"--data",
			FILES.gmner,
			"--images",
			".",
			"--regions",
			"largest",
		);
		expect([code, err]).toEqual([
			2,
			expect.stringMatching(/--regions largest can only be used with --task gmner, fmnerg, gmper/),
		]);
	});
});
