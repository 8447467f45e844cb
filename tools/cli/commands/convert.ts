/** `umie convert`: writes annotated posts of one format in another. */
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { countUnsure } from "../../../src/core/calibration.ts";
import { Failure } from "../../../src/core/failure.ts";
import { FORMAT_NAMES, FORMATS, type FormatName, load, READABLE, writtenItems } from "../../../src/exports/formats.ts";
import { readJsonLine } from "../../../src/exports/json.ts";
import { type ExportItem, type Format, IMPORT_LIMITS, type InFile, type OutFile } from "../../../src/exports/types.ts";
import { pack } from "../../../src/exports/zip.ts";
import { unreadable } from "../../node/files/unreadable.ts";
import { cannotWrite, refuseInputs, writeWhole } from "../../node/files/write-whole.ts";
import { type Command, needed, oneOf, options } from "../command.ts";
import { readLines } from "../extract/lines.ts";

/** Results carry their n-best lists. */
const MAX_LINE_BYTES = 64 << 20;

/** The formats with their one-line descriptions, for `--help`. */
const formatsHelp = (names: readonly FormatName[]): string =>
	names.map((name) => `                ${name.padEnd(20)} ${FORMATS[name].about}`).join("\n");

export const convertCommand: Command = {
	summary: "converts results and annotations from one format to another",
	help: `Usage: umie convert --input FILE|FOLDER [--from FORMAT] --to FORMAT [--output FILE|FOLDER] [options]

  --input      a file, a folder of brat files, or a .zip of such a folder
  --from       one of ${READABLE.join(", ")}
               (default: recognised by the content)
  --to
${formatsHelp(FORMAT_NAMES)}
  --output     the output file; for formats of several files a folder or a .zip. Without it the text is printed
  --text-file  the post that Web Annotations of another tool refer to
  --force      replace an existing file
  --unsure     write less sure records, too (json and jsonl always do)
  --json       print a summary as JSON

  "umie extract --output" writes jsonl, so results of a run over many posts are converted from that.`,
	async run(argv) {
		const { values } = options(argv, {
			input: { type: "string" },
			from: { type: "string" },
			to: { type: "string" },
			output: { type: "string" },
			"text-file": { type: "string" },
			force: { type: "boolean" },
			unsure: { type: "boolean" },
		});
		const from = values.from === undefined ? undefined : oneOf(values.from, READABLE, "from");
		const to = oneOf(needed(values.to, "to"), FORMAT_NAMES, "to");
		const input = needed(values.input, "input");
		const text =
			values["text-file"] === undefined ? {} : { text: (await readBytes(values["text-file"])).toString("utf8") };
		const all = await readItems(input, from, text);
		const items = writtenItems(all, to, { unsure: values.unsure });
		const left = countAll(all) - countAll(items);
		if (left > 0) console.error(`Left out, as less sure: ${left} records. --unsure writes them.`);
		const files = (FORMATS[to] as Format).write(items);
		if (values.output === undefined) {
			if (files.length > 1)
				throw new Failure("usage", `${to} has ${files.length} files: give --output a folder or a .zip.`);
			process.stdout.write(files[0]?.text ?? "");
			return;
		}
		const written = await writeFiles(values.output, FORMATS[to], files, {
			force: values.force === true,
			inputs: await inputFiles(input, values["text-file"]),
		});
		const summary = { from: from ?? null, to, posts: items.length, files: written };
		const count = items.length === 1 ? "1 post" : `${items.length} posts`;
		const where = written.length === 1 ? written[0] : values.output;
		console.log(values.json ? JSON.stringify(summary) : `${count} as ${FORMATS[to].title}: ${where}`);
	},
};

async function readBytes(path: string): Promise<Buffer> {
	try {
		const { size } = await stat(path);
		if (size > IMPORT_LIMITS.bytes)
			throw new Failure(
				"import-too-large",
				`${path} has ${Math.ceil(size / 2 ** 20)} MiB; at most ${IMPORT_LIMITS.bytes >> 20} can be read.`,
			);
		return await readFile(path);
	} catch (cause) {
		if (cause instanceof Failure) throw cause;
		throw unreadable(path, cause);
	}
}

/** JSON lines of any size are read line by line; everything else is one document and has a limit. @throws Failure */
async function readItems(
	input: string,
	from: FormatName | undefined,
	text: { readonly text?: string },
): Promise<readonly ExportItem[]> {
	if (!existsSync(input)) throw unreadable(input);
	if ((from ?? (/\.(jsonl|ndjson)$/i.test(input) ? "jsonl" : null)) === "jsonl") return readLongJsonLines(input);
	return load(await readInput(input), { ...text, ...(from !== undefined && { format: from }) });
}

async function readLongJsonLines(input: string): Promise<ExportItem[]> {
	const items: ExportItem[] = [];
	for await (const { text, number } of readLines(input, MAX_LINE_BYTES)) {
		if (text === null)
			throw new Failure("import-too-large", `${input}, line ${number} is longer than ${MAX_LINE_BYTES >> 20} MiB.`);
		const item = readJsonLine(text, `${input}, line ${number}`);
		if (item) items.push(item);
	}
	return items;
}

const annotationFiles = async (folder: string): Promise<string[]> =>
	(await readdir(folder)).filter((name) => /\.(txt|ann)$/i.test(name)).sort();

async function readInput(input: string): Promise<InFile[]> {
	if (!(await stat(input)).isDirectory()) return [{ name: basename(input), bytes: await readBytes(input) }];
	const files: InFile[] = [];
	for (const name of await annotationFiles(input)) files.push({ name, bytes: await readBytes(join(input, name)) });
	return files;
}

/** Every file that is read: none of them may be an output. */
async function inputFiles(input: string, text: string | undefined): Promise<string[]> {
	const own = (await stat(input)).isDirectory()
		? (await annotationFiles(input)).map((name) => join(input, name))
		: [input];
	return [...own, ...(text === undefined ? [] : [text])];
}

/** @returns the paths that were written */
async function writeFiles(
	output: string,
	{ files: kind, extension }: Format,
	files: readonly OutFile[],
	{ force, inputs }: { readonly force: boolean; readonly inputs: readonly string[] },
): Promise<string[]> {
	const isFile = kind === "one" || (files.length === 1 && output.toLowerCase().endsWith(`.${extension}`));
	const single = isFile && files[0] ? [{ path: output, bytes: files[0].text }] : null;
	const zipped = /\.zip$/i.test(output) ? [{ path: output, bytes: pack(files) }] : null;
	const targets = single ?? zipped ?? files.map(({ path, text }) => ({ path: join(output, path), bytes: text }));
	const there = force ? undefined : targets.find(({ path }) => existsSync(path));
	if (there) throw new Failure("usage", `${there.path} already exists; use --force to replace it.`);
	refuseInputs(
		targets.map(({ path }) => path),
		inputs,
	);
	try {
		for (const { path } of targets) await mkdir(dirname(path), { recursive: true });
	} catch (cause) {
		throw cannotWrite(output, cause);
	}
	for (const { path, bytes } of targets) writeWhole(path, bytes);
	return targets.map(({ path }) => path);
}

const countAll = (items: readonly ExportItem[]): number =>
	items.reduce((sum, { result }) => sum + countUnsure(result), 0);
