/** What `everyday` prints and writes, and how it exits. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readEventRecords } from "../../evaluator/everyday/events.ts";
import { CAVS, lineOf } from "../../evaluator/everyday/post.test-helper.ts";
import { NANO, temporaryFolder } from "../../node/testing/nano.ts";
import { runCommand } from "../run-command.test-helper.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());
const posts = join(folder.path, "posts.jsonl");
const at = ["--posts", posts];

beforeAll(() => {
	const lines = [
		lineOf(CAVS),
		lineOf({ ...CAVS, id: "en-002", half: "train" }),
		lineOf({ id: "de-001", lang: "de", text: "kein Name" }),
	];
	writeFileSync(posts, lines.map((line) => JSON.stringify(line)).join("\n"));
});

test("the judged half is judged, in all languages", async () => {
	const { code, out } = await runCommand(
		"everyday",
		"--model",
		NANO,
		...at,
		"--beams",
		"1",
		"--json",
		"--show",
		"right,tolerable,annoying",
	);
	expect(code).toBe(0);
	const report = JSON.parse(out);
	expect(report).toMatchObject({ half: "judge", posts: 2, expectedRelations: { all: 1 } });
	expect(report.listed.map(({ id }: { id: string }) => id)).toEqual(["en-001", "de-001"]);
});

test("records are written without a model, of the train half", async () => {
	const { code, out } = await runCommand("everyday", "--records", join(folder.path, "records"), ...at);
	expect([code, out]).toEqual([
		0,
		`${join(folder.path, "records")}: 1 posts, 3 pairs, ${readEventRecords().length} sentences with and without events`,
	]);
	const [line] = readFileSync(join(folder.path, "records", "mner.jsonl"), "utf8").split("\n");
	expect(JSON.parse(line!)).toMatchObject({ id: "en-002", entities: [{ text: "Kyrie", start: 0, end: 5 }, {}, {}] });
});

test.each([
	["no model", ["everyday", ...at], "--model is missing"],
	["a half that is none", ["everyday", "--half", "test", ...at], "--half must be one of"],
	[
		"a language without posts",
		["everyday", "--model", NANO, "--lang", "fi", ...at],
		"No post has this half and language",
	],
	["something to show that is none", ["everyday", "--model", NANO, "--show", "all", ...at], "--show must be one of"],
])("%s is wrong usage", async (_what, argv, reason) => {
	const { code, err } = await runCommand(...argv);
	expect([code, err]).toEqual([2, expect.stringContaining(reason)]);
});
