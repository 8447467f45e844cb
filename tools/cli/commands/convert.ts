/** `umie convert`: writes annotated posts of one format in another. */
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { countUnsure } from "../../../src/core/calibration.ts";
import { Failure } from "../../../src/core/failure.ts";
import { parseJson } from "../../../src/core/json.ts";
import {
	FORMAT_NAMES,
	FORMATS,
	load,
	READABLE,
	READERS,
	type ReadableName,
	writtenItems,
} from "../../../src/exports/formats.ts";
import { readJsonLine } from "../../../src/exports/json.ts";
import {
	type ExportItem,
	type Format,
	IMPORT_LIMITS,
	type InFile,
	type OutFile,
	type Problem,
	type ReadOptions,
} from "../../../src/exports/types.ts";
import { pack } from "../../../src/exports/zip.ts";
import { unreadable } from "../../node/files/unreadable.ts";
import { cannotWrite, refuseInputs, writeWhole } from "../../node/files/write-whole.ts";
import { type Command, needed, oneOf, options } from "../command.ts";
import { readLines } from "../extract/lines.ts";

/** Results carry their n-best lists. */
const MAX_LINE_BYTES = 64 << 20;

/** What was left out, listed one by one on a terminal; --json lists all. */
const SHOWN = 20;

/** Formats with their one-line descriptions, for `--help`. */
const listed = (formats: readonly (readonly [name: string, about: string])[]): string =>
	formats.map(([name, about]) => `                ${name.padEnd(20)} ${about}`).join("\n");

export const convertCommand: Command = {
	summary: "converts results and annotations from one format to another",
	help: `Usage: umie convert --input FILE|FOLDER [--from FORMAT] --to FORMAT [--output FILE|FOLDER] [options]

  --input      a file, a folder of brat files, or a .zip of such a folder
  --from       (default: recognised by the content)
${listed([...READERS].map(([name, { about }]) => [name, about]))}
  --to
${listed(FORMAT_NAMES.map((name) => [name, FORMATS[name].about]))}
  --output     the output file; for formats of several files a folder or a .zip. Without it the text is printed
  --text-file  the post that annotations refer to (Web Annotation of another tool, hypothes.is)
  --force      replace an existing file
  --unsure     write less sure records, too (json and jsonl always do)
  --json       print a summary as JSON, with everything that was left out

  What cannot be read of a file is left out, and printed with its line.
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
		const text = values["text-file"] === undefined ? {} : { text: await readText(values["text-file"]) };
		const problems: Problem[] = [];
		const all = await readItems(input, from, { ...text, report: (problem) => problems.push(problem) });
		if (!values.json) for (const line of problemLines(problems)) console.error(line);
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
		const summary = { from: from ?? null, to, posts: items.length, files: written, problems };
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
	from: ReadableName | undefined,
	options: ReadOptions,
): Promise<readonly ExportItem[]> {
	if (!existsSync(input)) throw unreadable(input);
	if (from === "jsonl" || (from === undefined && (await isOurLines(input)))) return readLongJsonLines(input, options);
	return load(await readInput(input), { ...options, ...(from !== undefined && { format: from }) });
}

/** Whether the first line is one of "umie extract": other tools write JSON lines, too. */
async function isOurLines(input: string): Promise<boolean> {
	if (!/\.(jsonl|ndjson)$/i.test(input)) return false;
	for await (const { text } of readLines(input, MAX_LINE_BYTES)) {
		if (text === null) return true;
		if (text.trim() !== "") return isOurLine(text);
	}
	return true;
}

/** A line that is not JSON counts: its reader names it. */
function isOurLine(text: string): boolean {
	try {
		const json = parseJson(text);
		return typeof json !== "object" || json === null || "format" in json || "failure" in json;
	} catch {
		return true;
	}
}

/** @throws Failure that of the first line when none can be read */
async function readLongJsonLines(input: string, { report }: ReadOptions): Promise<ExportItem[]> {
	const items: ExportItem[] = [];
	let first: Failure | null = null;
	for await (const { text, number } of readLines(input, MAX_LINE_BYTES)) {
		try {
			if (text === null)
				throw new Failure("import-too-large", `${input}, line ${number} is longer than ${MAX_LINE_BYTES >> 20} MiB.`);
			const item = readJsonLine(text, `${input}, line ${number}`);
			if (item) items.push(item);
		} catch (error) {
			if (!(error instanceof Failure)) throw error;
			first ??= error;
			report?.({ file: input, line: number, what: `${error.what} It was left out.` });
		}
	}
	if (items.length === 0 && first !== null) throw first;
	return items;
}

function problemLines(problems: readonly Problem[]): string[] {
	const lines = problems.slice(0, SHOWN).map(({ file, line, what }) => {
		const where = line === undefined ? file : `${file}, line ${line}`;
		return plain(what.startsWith(where) ? what : `${where}: ${what}`);
	});
	const more = problems.length - SHOWN;
	return [...lines, ...(more > 0 ? [`… and ${more} more (--json lists all)`] : [])];
}

/** A file must not move the cursor or colour the terminal. */
const plain = (line: string): string => line.replace(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, " ");

/** Without its byte order mark. */
const readText = async (path: string): Promise<string> => new TextDecoder().decode(await readBytes(path));

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
