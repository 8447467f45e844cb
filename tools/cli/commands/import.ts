/** `umie import`: turns a public data set into our JSONL and lists what was wrong with the data. */
import { basename } from "node:path";
import { Failure } from "../../../src/core/failure.ts";
import { FORMAT_OPTIONS, type Format, type FormatOption, PARTS } from "../../evaluator/import/format.ts";
import { FORMAT_NAMES, FORMATS, type FormatName, importData } from "../../evaluator/import/import.ts";
import { describeProblem, PROBLEM_KINDS, type Problem, type ProblemKind } from "../../evaluator/import/problems.ts";
import { type Command, needed, oneOf, options, wholeNumber } from "../command.ts";
import { wrapLine } from "../request-options.ts";

/** Problems listed one by one on a terminal; --json lists all. */
const SHOWN = 20;
/** Names of the formats that have an option. */
const formatsWith = (option: FormatOption): string =>
	FORMAT_NAMES.filter((name) => formatOf(name).options?.includes(option)).join(", ");

const formatOf = (name: FormatName): Format => FORMATS[name];

const formatLines = FORMAT_NAMES.map((name) => {
	const { summary, tasks, condition } = formatOf(name);
	const evaluated = `${tasks.join(", ")}${condition === undefined ? "" : ` (${condition})`}`;
	return `${wrapLine(`  ${name.padEnd(8)}`, summary.split(" "), 11)}\n           evaluate as: ${evaluated}`;
});

export const importCommand: Command = {
	summary: "turns public data sets into the JSONL that evaluate and training read",
	help: `Usage: umie import --format FORMAT --input FILE --output FILE.jsonl [options]

${formatLines.join("\n")}

  --name    prefix of the ids (default: the name of the input)
  --boxes   ${formatsWith("boxes")}: folder of the IMGID.xml files
  --images  folder of the pictures; missing ones are reported
  --column  ${formatsWith("column")}: column of the tags, the first is 1 (default: the last)
  --types   other names for labels: PER=someone,LOC=place
  --part    ${formatsWith("part")}: ${PARTS.join(" | ")} (default text)
  --force   replace an existing output
  --json    print counts and every problem as JSON

  Offsets count code points of the words joined by one space. Problems are printed to standard error with their lines.`,
	async run(argv) {
		const { values } = options(argv, {
			format: { type: "string" },
			input: { type: "string" },
			output: { type: "string" },
			name: { type: "string" },
			boxes: { type: "string" },
			images: { type: "string" },
			types: { type: "string", default: "" },
			column: { type: "string" },
			part: { type: "string" },
			force: { type: "boolean", default: false },
		});
		const format = oneOf(needed(values.format, "format"), FORMAT_NAMES, "format");
		const input = needed(values.input, "input");
		const output = needed(values.output, "output");
		const foreign = FORMAT_OPTIONS.find(
			(option) => values[option] !== undefined && !formatOf(format).options?.includes(option),
		);
		if (foreign !== undefined)
			throw new Failure("usage", `--${foreign} can only be used with --format ${formatsWith(foreign)}.`);
		const imported = importData({
			format,
			input,
			output,
			name: values.name ?? basename(input).replace(/\.[^.]*$/, ""),
			boxes: values.boxes ?? null,
			images: values.images ?? null,
			renamed: renamings(values.types),
			column: values.column === undefined ? null : wholeNumber(values.column, "column", 2, 20),
			part: oneOf(values.part ?? "text", PARTS, "part"),
			force: values.force,
		});
		if (values.json) return console.log(JSON.stringify({ output, ...imported }));
		for (const line of problemLines(imported.problems)) console.error(line);
		console.log(
			`${output}: ${imported.records} records, ${imported.pictures} with a picture, ` +
				`${imported.problems.length} problems`,
		);
	},
};

function renamings(value: string): Map<string, string> {
	const pairs = value.split(",").filter((pair) => pair.trim() !== "");
	return new Map(
		pairs.map((pair): [string, string] => {
			const [from = "", to = ""] = pair.split("=").map((side) => side.trim());
			if (from === "" || to === "") throw new Failure("usage", `--types: "${pair}" is not of the form LABEL=name.`);
			return [from, to];
		}),
	);
}

function problemLines(problems: readonly Problem[]): string[] {
	const counts = new Map<ProblemKind, number>();
	for (const { kind } of problems) counts.set(kind, (counts.get(kind) ?? 0) + 1);
	const more = problems.length - SHOWN;
	return [
		...problems.slice(0, SHOWN).map(describeProblem),
		...(more > 0 ? [`… and ${more} more (--json lists all)`] : []),
		...[...counts].map(([kind, count]) => `${kind}: ${count} (${PROBLEM_KINDS[kind]})`),
	];
}
