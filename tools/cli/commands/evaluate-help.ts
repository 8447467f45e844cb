/**
 * The text of `umie evaluate --help`. Tasks, their records and their metrics come from the table of evaluated tasks.
 */
import { DEVICE_NAMES } from "../../../src/core/devices.ts";
import { OPTION_NAMES } from "../../../src/tasks/request.ts";
import { JOINABLE } from "../../evaluator/joined.ts";
import { PICTURES, REGIONS } from "../../evaluator/showing.ts";
import { EVALUATED, EVALUATED_TASKS } from "../../evaluator/tasks/tasks.ts";
import { TRIMMING_RULES, TRIMMINGS } from "../../evaluator/trimming.ts";
import { WORD_CHOICES } from "../../evaluator/word-mode.ts";
import { describeFlags, wrapLine } from "../request-options.ts";

/** --gate is described with the pictures, and --words with the data, where it can also be "auto". */
const SEARCH = OPTION_NAMES.filter((name) => name !== "words" && name !== "gate");

const summaries = EVALUATED.map((task) => `  ${task.padEnd(8)} ${EVALUATED_TASKS[task].summary}`);
const records = EVALUATED.map((task) => {
	const { fields, metrics } = EVALUATED_TASKS[task];
	const indented = fields.replaceAll("\n", `\n${" ".repeat(11)}`);
	const named = `F1: ${metrics.map(({ name }) => name).join("; ")}`;
	return `  ${task.padEnd(8)} ${indented}\n${wrapLine(" ".repeat(10), named.split(" "), 15)}`;
});
const trimmings = TRIMMINGS.map((rule) =>
	wrapLine(`${" ".repeat(21)}${rule.padEnd(8)}`, TRIMMING_RULES[rule].split(" "), 30),
);

export const EVALUATE_HELP = `Usage: umie evaluate --model DIR --task TASK --data FILE.jsonl [options]
       umie evaluate --model DIR --table 4|5|7 --data FOLDER [--split test] [options]
       umie evaluate --model DIR --figure 4 --data FOLDER [--split test] [options]

Tasks:
${summaries.join("\n")}

Pictures:
  --images         folder of the pictures that image_id names; without it only the text is read
  --pictures       ${PICTURES.join(" | ")} (default right): the record's own picture; the picture of the next
                   record whose entities have other types; any other picture of the folder, chosen by the
                   record's id, also for records without a picture; no picture
  --regions        ${REGIONS.join(" | ")} | FILE.jsonl (default proposer): regions found by the built-in proposer;
                   the annotated boxes; the largest proposed region for every entity, without looking; the boxes in
                   a file of lines {"image_id","boxes":[[x1,y1,x2,y2]]}
${describeFlags(["gate"], 19)}
  --pictures, --regions and --gate accept lists: --gate 0,0.1,model measures each and prints one table

Model and search:
${describeFlags(SEARCH, 19)}
  With --style mqa, mner, mre, med, meae and mee become multiple-choice questions.
  --labels         comma-separated entity, relation or event types, or lists by name as in "umie extract";
                   default: the model's own
  --browser        run in Chromium on ${DEVICE_NAMES.join(" or ")} (default wasm) instead of Node

Data and results:
  --words          ${WORD_CHOICES.join(" | ")} (default auto): texts are tokens separated by spaces, or posts as people
                   write them; auto decides by where annotated spans begin and end
  --limit          read only this many records, spread evenly over the file
  --trim           what is compared (default exact):
${trimmings.join("\n")}
  --report         write an HTML report: mistakes on the posts, confusion, intervals
  --joined         join posts to documents of so many, and print what is found in the posts of documents beside
                   what is found in each post alone, and the time by length; for --task ${JOINABLE.join(", ")}
  --predictions    write predictions to this file as they come; --resume continues it
  --json           print the scores as JSON

Records are one JSON object a line with id, text and, beside fields that all tasks share
(tools/evaluator/README.md), these:
${records.join("\n")}

  Tables read DATA/mner/{twitter2015,twitter2017,snap}, DATA/mre/{mnre_v1,mnre_v2} and DATA/mee/m2e2, each with
  SPLIT.jsonl (see "umie import").
  Ctrl+C finishes the running chunk; what was predicted until then is scored, and the exit code is 1.`;
