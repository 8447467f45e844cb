/** `umie extract`: finds entities, relations and events in a post or a JSONL file of posts, as text or as JSON. */
import { basename } from "node:path";
import { Failure } from "../../../src/core/failure.ts";
import { MAX_TEXT } from "../../../src/core/limits.ts";
import { REQUESTABLE, TASKS } from "../../../src/core/tasks.ts";
import { FORMAT_NAMES, FORMATS, save } from "../../../src/exports/formats.ts";
import { encodingOf } from "../../../src/inputs/text/encoding.ts";
import type { ReadOptions } from "../../../src/inputs/types.ts";
import { BIAS, OPTION_NAMES, settleRequest } from "../../../src/tasks/request.ts";
import { openNodeEngine } from "../../node/engine/node-engine.ts";
import { type Command, needed, oneOf, options, progressLine, ReportedFailure, wholeNumber } from "../command.ts";
import { askPosts } from "../extract/ask-posts.ts";
import { TensorDump } from "../extract/dump.ts";
import { singlePost, splitSteps } from "../extract/engine-input.ts";
import { readImage } from "../extract/images.ts";
import { readGazetteer, readLayout, readStepImages } from "../extract/inputs.ts";
import { LABELS_HELP, parseLabels } from "../extract/labels.ts";
import { renderResult } from "../extract/render.ts";
import { type RunSummary, runPosts } from "../extract/run-posts.ts";
import { describeFlags, REQUEST_FLAGS, readFlags, wrapLine } from "../request-options.ts";

const DEFAULT_BATCH = "8";
/** Formats of one file; brat and training records have several and are written by `convert`. */
const PRINTABLE = FORMAT_NAMES.filter((name) => FORMATS[name].files === "one");
const formatHelp = `print the result in another format: ${PRINTABLE.join(", ")}`.split(" ");
/** A character has at most four bytes. */
const MAX_STDIN_BYTES = 4 * MAX_TEXT;

const OPTIONS = {
	...REQUEST_FLAGS,
	model: { type: "string" },
	tasks: { type: "string", default: "mner,mre,mee" },
	labels: { type: "string" },
	gazetteer: { type: "string" },
	bias: { type: "string" },
	text: { type: "string" },
	layout: { type: "string" },
	image: { type: "string" },
	"step-images": { type: "string" },
	dump: { type: "string" },
	format: { type: "string" },
	unsure: { type: "boolean" },
	input: { type: "string" },
	output: { type: "string" },
	images: { type: "string" },
	encoding: { type: "string" },
	"text-column": { type: "string" },
	"id-column": { type: "string" },
	"image-column": { type: "string" },
	resume: { type: "boolean" },
	force: { type: "boolean" },
	shard: { type: "string" },
	batch: { type: "string" },
} as const;

/** Column at which the help describes an option. */
const HELP_COLUMN = 22;

/** Options for one post only, and for a file of posts only. */
const ONLY_POST = ["image", "step-images", "dump", "format", "unsure"] as const;
const COLUMN_FLAGS = { text: "text-column", id: "id-column", picture: "image-column" } as const;
const ONLY_FILE = [
	...["output", "images", "encoding", ...Object.values(COLUMN_FLAGS), "resume", "force", "shard", "batch"],
] as const;

export const extractCommand: Command = {
	summary: "extracts entities, relations and events from a post, or from a file of posts",
	help: `Usage: umie extract --model DIR --text TEXT [--image FILE] [options]
       umie extract --model DIR --input FILE|FOLDER|- --output results.jsonl [options]

  --model             folder of a bundle
  --tasks             one or more of these, separated by commas (default mner,mre,mee):
${Object.entries(TASKS)
	.map(([name, { hint }]) => wrapLine(`${" ".repeat(HELP_COLUMN)}${name.padEnd(7)}`, hint.split(" "), HELP_COLUMN + 8))
	.join("\n")}
  --labels            ${LABELS_HELP}
                      (default: the model's own labels)
  --gazetteer         a .csv (name, type, link) or .json file of names to look entities up in
  --bias              ${BIAS.min} to ${BIAS.max}: how strongly the search prefers names of the gazetteer
                      (default 0: they are only looked up)
${describeFlags(OPTION_NAMES, HELP_COLUMN)}
  --json              print the result as JSON (src/core/result.schema.json)

One post:
  --text              the post, of up to ${MAX_TEXT.toLocaleString("en")} characters; - reads standard input. Long
                      texts are read part by part; Ctrl+C prints what was found so far
  --layout            instead of --text: a .json file of words with boxes,
                      [{"text": "Name", "box": [x1, y1, x2, y2]}, …], or a table with tabs between its columns: text,
                      x1, y1, x2, y2, or columns named by a header (as Tesseract writes)
  --image             a JPEG, PNG or WebP file
  --step-images       instead of --image: a picture for each step (line) of the text, separated by commas; an empty
                      place is a step without a picture. Each step is read with its own picture, and the results are
                      joined
  --dump              write every tensor that enters or leaves a graph to a safetensors file of at most 1 GiB. Names are
                      GRAPH.RUN/NAME, such as text_encoder.0/encoder_hidden_states or decoder_extractive.3/logits; the
                      runs of each graph count from 0, inputs and outputs have the names of the graph
${wrapLine("  --format           ", formatHelp, HELP_COLUMN)}
  --unsure            with --format: write less sure records, too (json and jsonl always do)

A file of posts:
  --input             a table (.csv, .tsv, .xlsx), JSON or JSON lines, an archive (.zip, .gz, .zst, .car), a folder, or
                      - for standard input. Archives and dumps of X, Mastodon, Bluesky, Reddit, YouTube comments and
                      Zeeschuimer are read as they are, of any size. Records of your own:
                      {"id": "7", "text": "…", "image": "7.jpg"}, or "image_id": "7" (a .jpg, .jpeg, .png or .webp
                      file). Instead of "text" a form, "layout": [{"text", "box"}, …], or a procedure,
                      "steps": [{"text", "image"}, …]. Other fields are ignored
  --text-column       the column or field of the texts (default: recognised by name and content); --id-column and
                      --image-column likewise
  --encoding          of a text file, such as windows-1252 or shift_jis (default: detected)
  --output            one line for each post, in the same order: {"id": …, and the result} or
                      {"id": …, "failure": {"code", "what", "remedy"}}
  --images            folder of the pictures, where they are not in the archive or folder of --input; without it
                      pictures are left out, and a note says so
  --resume            continue an output after its last complete line
  --force             replace an existing output
  --shard             2/8 takes every 8th post, beginning with the 2nd
  --batch             posts per batch, 1 to 64 (default ${DEFAULT_BATCH})

  "umie convert" turns the results into other formats.
  Ctrl+C finishes the running batch. A post that fails does not stop the run, which then says how many failed and why,
  and exits with 1.`,
	async run(argv) {
		const { values } = options(argv, OPTIONS);
		const request = settleRequest({
			tasks: values.tasks.split(",").map((task) => oneOf(task.trim(), REQUESTABLE, "tasks")),
			...readFlags(values),
			...readGazetteer(values.gazetteer, values.bias),
			...(values.labels === undefined ? {} : { labels: parseLabels(values.labels) }),
		});
		const given = { ...values, model: needed(values.model, "model"), request };
		const one = values.text !== undefined || values.layout !== undefined;
		if (one === (values.input !== undefined)) throw new Failure("usage", "Give either --text or --input.");
		const foreign = (one ? ONLY_FILE : ONLY_POST).find((name) => values[name as keyof typeof values] !== undefined);
		if (foreign !== undefined)
			throw new Failure("usage", `--${foreign} can only be used with ${one ? "--input" : "--text"}.`);
		if (values["step-images"] !== undefined && (values.image !== undefined || values.layout !== undefined))
			throw new Failure("usage", "--step-images needs --text, and cannot be used with --image or --layout.");
		await (one ? extractPost(given) : extractFile(given));
	},
};

type Values = ReturnType<typeof options<typeof OPTIONS>>["values"];
type Given = Omit<Values, "model"> & { readonly model: string; readonly request: ReturnType<typeof settleRequest> };

async function extractPost({
	model,
	request,
	text = "",
	layout,
	image,
	"step-images": stepImages,
	dump: dumpTo,
	format: wanted,
	unsure,
	json,
}: Given): Promise<void> {
	const format = wanted === undefined ? null : oneOf(wanted, PRINTABLE, "format");
	const picture = image === undefined ? null : await readImage(image);
	const words = text === "-" ? await readStdin() : text;
	const input =
		stepImages === undefined
			? singlePost({ text: words, image: picture, ...(layout === undefined ? {} : { layout: readLayout(layout) }) })
			: splitSteps(words, await readStepImages(stepImages));
	const dump = dumpTo === undefined ? null : new TensorDump();
	const line = progressLine();
	const engine = await openNodeEngine(model, {
		onProgress: ({ stage }) => line.show(stage),
		...(dump === null ? {} : { observe: dump.observe }),
	});
	try {
		const { results, stopped } = await askPosts(engine, input.posts, request, line.show);
		line.clear();
		const result = input.merge(results);
		if (dumpTo !== undefined)
			dump?.save(dumpTo, { text: words, request: JSON.stringify(request), model: result.model });
		if (stopped !== null && json) throw new ReportedFailure(stopped, { result });
		if (format !== null)
			process.stdout.write(
				save([{ id: "post", image: image === undefined ? null : basename(image), result }], format, { unsure }).text ??
					"",
			);
		else console.log(json ? JSON.stringify(result, null, "\t") : renderResult(result));
		if (stopped !== null) throw stopped;
	} finally {
		line.clear();
		await engine.close();
	}
}

/** Reads the post without the line break that `echo` puts at its end. */
async function readStdin(): Promise<string> {
	const pieces: Uint8Array[] = [];
	let length = 0;
	for await (const piece of process.stdin) {
		pieces.push(piece as Uint8Array);
		length += (piece as Uint8Array).length;
		if (length > MAX_STDIN_BYTES)
			throw new Failure("text-too-long", `Standard input has more than ${MAX_STDIN_BYTES / 1e6} MB.`);
	}
	return new TextDecoder().decode(Buffer.concat(pieces)).replace(/\r?\n$/, "");
}

function parseShard(value: string): { index: number; count: number } {
	const [, index = 0, count = 0] = /^(\d{1,6})\/(\d{1,6})$/.exec(value)?.map(Number) ?? [];
	if (index >= 1 && index <= count) return { index, count };
	throw new Failure("usage", `--shard must be i/n with i from 1 to n, such as 2/8, not "${value}".`);
}

/** What was chosen of a table; what was not is recognised. */
function readOptions(values: Omit<Given, "model" | "request" | "json">): ReadOptions {
	const columns = Object.fromEntries(
		Object.entries(COLUMN_FLAGS).flatMap(([role, flag]) => (values[flag] === undefined ? [] : [[role, values[flag]]])),
	);
	return { columns, ...(values.encoding === undefined ? {} : { encoding: encodingOf(values.encoding) }) };
}

async function extractFile({ model, request, json, ...values }: Given): Promise<void> {
	if (values.resume && values.force) throw new Failure("usage", "Use either --resume or --force, not both.");
	const output = needed(values.output, "output");
	const stop = new AbortController();
	const line = progressLine();
	// The second Ctrl+C ends the process as usual.
	const onSignal = () => stop.abort();
	process.once("SIGINT", onSignal);
	const started = performance.now();
	let close = async () => {};
	const openEngine = async () => {
		const engine = await openNodeEngine(model, { onProgress: ({ stage }) => line.show(stage) });
		close = () => engine.close();
		return engine;
	};
	try {
		const summary = await runPosts(openEngine, {
			input: needed(values.input, "input"),
			output,
			images: values.images ?? null,
			read: readOptions(values),
			existing: values.resume ? "resume" : values.force ? "replace" : "refuse",
			shard: parseShard(values.shard ?? "1/1"),
			batch: wholeNumber(values.batch ?? DEFAULT_BATCH, "batch", 1, 64),
			request,
			signal: stop.signal,
			onProgress: ({ posts, failed }) => line.show(`${posts} posts, ${failed} failed`),
		});
		line.clear();
		if (summary.stopped)
			throw new Failure(
				"cancelled",
				`Stopped after ${summary.skipped + summary.posts} posts; run the same command with --resume to continue.`,
			);
		const seconds = Math.round(performance.now() - started) / 1000;
		if (!json) for (const note of summary.notes) console.error(note);
		const report = { output, ...summary, seconds };
		if (!json) console.log(describe(output, summary, seconds));
		if (summary.failed > 0) throw new ReportedFailure(failedPosts(summary), report);
		if (json) console.log(JSON.stringify(report));
	} finally {
		line.clear();
		process.off("SIGINT", onSignal);
		await close();
	}
}

/** "2 of 9 posts failed: 1 text-empty (…), 1 image-unreadable (…)." */
function failedPosts({ posts, failed, reasons }: RunSummary): Failure {
	const why = Object.entries(reasons)
		.sort(([, a], [, b]) => b.posts - a.posts)
		.map(([code, { posts: count, first }]) => `${count} ${code} (${first.replace(/\.$/, "")})`);
	return new Failure(
		"posts-failed",
		`${failed} of ${posts} ${posts === 1 ? "post" : "posts"} failed: ${why.join(", ")}.`,
	);
}

function describe(output: string, { posts, failed, skipped }: RunSummary, seconds: number): string {
	const before = skipped === 0 ? "" : `, after ${skipped} of an earlier run`;
	return `${output}: ${posts} posts${before}, ${failed} failed, ${seconds.toFixed(1)} s`;
}
