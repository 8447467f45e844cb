/** `calibrate` fits on a plan, stores the maps, and results then hold probabilities and what is sure. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { parseManifest } from "../../../src/bundle/manifest.ts";
import { copyNano, temporaryFolder } from "../../node/testing/nano.ts";
import { runCommand } from "../run-command.test-helper.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());
const model = copyNano(folder.path, {});
const manifestOf = () => parseManifest(JSON.parse(readFileSync(join(model, "umie.json"), "utf8")));
const write = (name: string, value: string) => {
	writeFileSync(join(folder.path, name), value);
	return join(folder.path, name);
};

const POST = "Kyrie met Ada in Paris";
const line = (index: number) =>
	JSON.stringify({
		id: `p${index}`,
		text: `${POST} ${index}`,
		// Every second annotation leaves Paris out, so that the model is partly wrong.
		entities: [
			{ type: "person", start: 0, end: 5 },
			...(index % 2 === 0 ? [{ type: "location", start: 17, end: 22 }] : []),
		],
	});
write("posts.jsonl", Array.from({ length: 30 }, (_, index) => line(index)).join("\n"));
const targets = { entities: 0.6, relations: 0.75, events: 0.7, arguments: 0.7 };
const plan = write("plan.json", JSON.stringify({ targets, sets: [{ task: "mner", data: "posts.jsonl" }] }));
const run = (...more: string[]) =>
	runCommand("calibrate", "--model", model, "--plan", plan, "--data", folder.path, "--beams", "1", ...more);

test("a dry run changes nothing", async () => {
	const before = readFileSync(join(model, "umie.json"), "utf8");
	const { code, out } = await run("--dry-run");
	expect(code).toBe(0);
	expect(out).toMatch(/^entities +\d+ /m);
	expect(readFileSync(join(model, "umie.json"), "utf8")).toBe(before);
});

test("the maps are stored, and results hold probabilities and say what is sure", async () => {
	const { calibration: others, ...before } = manifestOf();
	expect((await run()).code).toBe(0);
	const { calibration, ...after } = manifestOf();
	expect(after).toEqual(before);
	// Maps of other kinds stay.
	expect(others).not.toHaveProperty("entities");
	expect(calibration).toEqual({ ...others, entities: expect.objectContaining({ records: expect.any(Number) }) });
	const { out } = await runCommand("extract", "--model", model, "--text", POST, "--tasks", "mner", "--json");
	const result = JSON.parse(out);
	expect(result.scores).toBe("calibrated");
	expect(result.entities.length).toBeGreaterThan(0);
	for (const { score, sure } of result.entities) expect(sure).toBe(score >= calibration!.entities!.threshold);
	const data = join(folder.path, "posts.jsonl");
	const evaluated = await runCommand("evaluate", "--model", model, "--task", "mner", "--data", data, "--json");
	const { calibrated, reliability } = JSON.parse(evaluated.out);
	expect(calibrated.error).toBeLessThan(reliability.error);
});

test.each([
	["is not JSON", "{", /cannot be read as JSON/],
	["names a task without a map", JSON.stringify({ targets, sets: [{ task: "more", data: "x" }] }), /more/],
	[
		"has no target for its records",
		JSON.stringify({ targets: {}, sets: [{ task: "mner", data: "x" }] }),
		/for entities/,
	],
	[
		"has regions without pictures",
		JSON.stringify({ targets: { regions: 0.5 }, sets: [{ task: "gmner", data: "x" }] }),
		/images/,
	],
	["has a target above one", JSON.stringify({ targets: { ...targets, events: 2 }, sets: [] }), /targets\.events/],
])("a plan that %s is refused", async (_, content, message) => {
	const path = write("bad.json", content);
	const { code, err } = await runCommand("calibrate", "--model", model, "--plan", path, "--data", folder.path);
	expect(code).toBe(1);
	expect(err).toMatch(message);
});
