/** Shows that what the trainer learns from 20 posts survives its export and the engine, and that both score alike. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCommand } from "../cli/run-command.test-helper.ts";
import { exportBundle } from "../exporter/export/export-bundle.ts";
import { readBack } from "../exporter/read-back/read-back.ts";
import { findPython, runTrainer, runTrainerTests } from "./find-python.ts";

const python = findPython();
if (python === null) console.warn("skipped: no python3 with torch was found (UMIE_PYTHON names one)");

const PEOPLE = ["Ada", "Bo Lind", "Cy Marsh", "Dora", "Eve Stone", "Finn", "Gus Hart", "Hana", "Ivo Kern", "Jo"];
const PLACES = ["Oslo", "New York", "Paris", "Lima", "Kyoto"];

function post(number: number): object {
	const person = PEOPLE[number % 10]!;
	const place = PLACES[(3 * number + Math.floor(number / 10)) % 5]!;
	const text = number < 10 ? `${person} flies to ${place} today !` : `In ${place} we met ${person} again .`;
	const entity = (type: string, name: string) => ({
		type,
		text: name,
		start: text.indexOf(name),
		end: text.indexOf(name) + name.length,
	});
	return { id: `${number}`, text, entities: [entity("person", person), entity("location", place)] };
}

describe.skipIf(python === null)("the trainer", () => {
	const folder = mkdtempSync(join(tmpdir(), "umie-train-"));
	const data = join(folder, "data/mner/twitter2017/train.jsonl");
	const run = join(folder, "run");
	const bundle = join(folder, "bundle");
	afterAll(() => rmSync(folder, { recursive: true }));

	beforeAll(() => {
		mkdirSync(join(data, ".."), { recursive: true });
		writeFileSync(data, Array.from({ length: 20 }, (_, number) => `${JSON.stringify(post(number))}\n`).join(""));
		const config = join(folder, "config.json");
		const tiny = join(import.meta.dirname, "configs/tiny.json");
		const tokenizer = join(import.meta.dirname, "../../models/umie-nano/tokenizer.json");
		writeFileSync(
			config,
			JSON.stringify({ extends: tiny, run: { out: run, tokenizer }, data: { root: join(folder, "data") } }),
		);
		runTrainer(python!, ["train", config]);
		exportBundle(join(run, "checkpoint"), bundle, { dtype: "fp32" });
	});

	test("passes its own tests", () => {
		expect(runTrainerTests(python!)).toMatch(/Ran \d+ tests[\s\S]*OK/);
	});

	test("learns 20 posts by heart: F1 100 in the trainer", () => {
		const scores = runTrainer(python!, [
			"evaluate",
			"--checkpoint",
			join(run, "checkpoint"),
			"--task",
			"mner",
			"--data",
			data,
			"--threads",
			"1",
		]);
		expect(JSON.parse(scores)).toMatchObject({ f1: 100, malformed: 0, records: 20 });
	});

	test.each([
		["Node", "full", []],
		["Node", "extractive", []],
		["Chromium", "extractive", ["--browser", "wasm"]],
	])("and F1 100 in the engine after the export, in %s, %s decoding", async (_, decoding, where) => {
		const ran = await runCommand(
			"evaluate",
			"--model",
			bundle,
			"--task",
			"mner",
			"--data",
			data,
			"--decoding",
			decoding,
			...where,
			"--json",
		);
		expect(ran.code, ran.err).toBe(0);
		expect(JSON.parse(ran.out)).toMatchObject({ f1: 100, records: 20 });
	});

	test("a bundle read back says the same in the trainer before any step, and training goes on from it", async () => {
		const [small, back, config] = [join(folder, "int8"), join(folder, "back"), join(folder, "continue.json")];
		exportBundle(join(run, "checkpoint"), small, { dtype: "int8" });
		await readBack(small, back);
		const scores = (checkpoint: string) =>
			JSON.parse(
				runTrainer(python!, [
					"evaluate",
					"--checkpoint",
					checkpoint,
					"--task",
					"mner",
					"--data",
					data,
					"--threads",
					"1",
				]),
			) as object;
		expect(scores(back)).toMatchObject({ f1: 100, malformed: 0, records: 20 });
		const further = {
			out: join(folder, "further"),
			tokenizer: join(back, "tokenizer.json"),
			init: back,
			copy_circuit: false,
		};
		const schedule = { max_steps: 2, warmup_steps: 1 };
		writeFileSync(
			config,
			JSON.stringify({ extends: join(folder, "config.json"), run: further, schedule, optimizer: { lr: 1e-5 } }),
		);
		runTrainer(python!, ["train", config]);
		expect(scores(join(folder, "further/checkpoint"))).toMatchObject({ f1: 100, records: 20 });
	});
});
