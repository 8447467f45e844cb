/**
 * Judges a bundle on everyday posts: how many are right, tolerable, annoying, and how many of the relations shown are
 * right.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onlySure } from "../../../src/core/calibration.ts";
import { Failure, unwrap } from "../../../src/core/failure.ts";
import { REQUEST_DEFAULTS, settleRequest } from "../../../src/tasks/request.ts";
import { readEventRecords } from "../../evaluator/everyday/events.ts";
import { type Judged, judge, VERDICTS } from "../../evaluator/everyday/judge.ts";
import { type EverydayPost, HALVES, readPosts } from "../../evaluator/everyday/posts.ts";
import { toRecords } from "../../evaluator/everyday/records.ts";
import { describePost, describeReport, summarize } from "../../evaluator/everyday/report.ts";
import { readSeenNames } from "../../evaluator/everyday/seen.ts";
import { openNodeEngine } from "../../node/engine/node-engine.ts";
import { cannotWrite } from "../../node/files/write-whole.ts";
import { type Command, needed, oneOf, options, progressLine } from "../command.ts";
import { describeFlags, REQUEST_FLAGS, readFlags } from "../request-options.ts";

const CHOICES = [...HALVES, "all"] as const;

export const everydayCommand: Command = {
	summary: "judges a bundle on everyday posts: right, tolerable, annoying, and its relations",
	help: `Usage: umie everyday --model DIR [options]
       umie everyday --records FOLDER [--half train] [--lang en,…] [--posts PATH]

  --model    folder of a bundle; posts are read one by one, as extract reads them
  --half     ${CHOICES.join(" | ")} (default judge; with --records: train)
  --lang     only posts in these languages: en,de
  --posts    a .jsonl file, or a folder of them (default: the built-in posts)
${describeFlags(["beams"], 13)}
  --seen     names the model was trained on, to tell seen from unseen ones: a name a line, or mner records as JSONL
  --show     list these posts with what was expected and found: ${VERDICTS.join(",")}, or relations (posts
             with at least one)
  --records  write training records to this folder instead of judging: mner.jsonl, mre.jsonl and mee.jsonl (our own
             sentences with events)
  --json     print the numbers as JSON

  right: every expected name with an acceptable type, and nothing else. tolerable: one mistake among three or more
  names. annoying: everything else. A relation is right if both ends are acceptable names and its type is acceptable.
  The rules are in tools/evaluator/everyday/README.md.`,
	async run(argv) {
		const { values } = options(argv, {
			model: { type: "string" },
			half: { type: "string" },
			lang: { type: "string" },
			posts: { type: "string" },
			beams: REQUEST_FLAGS.beams,
			seen: { type: "string" },
			show: { type: "string", default: "" },
			records: { type: "string" },
		});
		const half = oneOf(values.half ?? (values.records === undefined ? "judge" : "train"), CHOICES, "half");
		const posts = chosen(readPosts(values.posts), half, values.lang?.split(",") ?? null);
		if (values.records !== undefined) return writeRecords(posts, values.records, values.json);
		const { beams = REQUEST_DEFAULTS.beams } = readFlags({ beams: values.beams });
		const shown = values.show.split(",").filter((one) => one !== "");
		const wanted = shown.map((one) => oneOf(one, [...VERDICTS, "relations"], "show"));
		const seen = values.seen === undefined ? null : await readSeenNames(values.seen);
		const judged = await judgeModel(needed(values.model, "model"), posts, beams);
		const report = summarize(judged, seen);
		const listed = judged.filter(
			({ names, relations }) =>
				wanted.includes(names.verdict) || (wanted.includes("relations") && relations.shown.length > 0),
		);
		if (values.json)
			return console.log(
				JSON.stringify({
					model: values.model,
					half,
					beams,
					...report,
					...(wanted.length > 0 ? { listed: listed.map(plain) } : {}),
				}),
			);
		for (const one of listed) console.log(`${describePost(one)}\n`);
		console.log(describeReport(report));
	},
};

/** @throws Failure `usage` where nothing is left */
function chosen(
	posts: readonly EverydayPost[],
	half: (typeof CHOICES)[number],
	langs: readonly string[] | null,
): EverydayPost[] {
	const left = posts.filter(
		(post) => (half === "all" || post.half === half) && (langs === null || langs.includes(post.lang)),
	);
	if (left.length === 0) throw new Failure("usage", "No post has this half and language.");
	return left;
}

async function judgeModel(model: string, posts: readonly EverydayPost[], beams: number): Promise<Judged[]> {
	const line = progressLine();
	const engine = await openNodeEngine(model, { onProgress: ({ stage }) => line.show(stage) });
	const request = settleRequest({ tasks: ["mner", "mre"], beams });
	try {
		const judged: Judged[] = [];
		for (const post of posts) {
			line.show(`${judged.length}/${posts.length}`);
			// One job a post: cancelling one never reaches the next.
			judged.push(
				judge(
					post,
					// What a person is shown.
					onlySure(
						unwrap(await engine.extract(2 + judged.length, { text: post.text, image: null }, request, () => {})),
					),
				),
			);
		}
		return judged;
	} finally {
		line.clear();
		await engine.close();
	}
}

const plain = ({ post, found: { entities }, names: { verdict, missed, wrong }, relations }: Judged) => ({
	id: post.id,
	text: post.text,
	verdict,
	expected: post.names.map(({ text, types, optional }) => ({ text, types, optional })),
	found: entities.map(({ text, type }) => ({ text, type })),
	missed: missed.map((index) => post.names[index]!.text),
	wrong: wrong.map(({ text, type }) => ({ text, type })),
	relations: relations.shown,
});

/**
 * Names within a word, which no model can say, are left out and reported.
 * @throws Failure `output-unwritable` for a folder that cannot be written
 */
function writeRecords(posts: readonly EverydayPost[], folder: string, json: boolean): void {
	const records = posts.map(toRecords);
	const lost = posts.flatMap(({ id }, index) => records[index]!.unreachable.map((name) => `${id} "${name}"`));
	if (lost.length > 0) console.error(`Left out, because they begin or end within a word: ${lost.join(", ")}`);
	const events = readEventRecords();
	const files = {
		"mner.jsonl": records.map(({ entities }) => entities),
		"mre.jsonl": records.flatMap(({ pairs }) => pairs),
		"mee.jsonl": events,
	};
	try {
		mkdirSync(folder, { recursive: true });
		for (const [name, lines] of Object.entries(files))
			writeFileSync(join(folder, name), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
	} catch (cause) {
		throw cannotWrite(folder, cause);
	}
	const counts = {
		mner: files["mner.jsonl"].length,
		mre: files["mre.jsonl"].length,
		mee: events.length,
		leftOut: lost.length,
	};
	console.log(
		json
			? JSON.stringify(counts)
			: `${folder}: ${counts.mner} posts, ${counts.mre} pairs, ${counts.mee} sentences with and without events`,
	);
}
