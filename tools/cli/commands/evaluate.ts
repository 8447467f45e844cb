/** `umie evaluate`: scores a bundle on annotated posts, writes a report, or prints a table beside the paper's. */
import { DEVICE_NAMES } from "../../../src/core/devices.ts";
import { Failure } from "../../../src/core/failure.ts";
import { DEFINITIONS } from "../../../src/tasks/catalog/definitions.ts";
import { type Labels, REQUEST_DEFAULTS } from "../../../src/tasks/request.ts";
import { openBrowserPredictor } from "../../evaluator/browser-predictor.ts";
import { describeEvaluation, describePaper, describeVariants } from "../../evaluator/describe.ts";
import { compareVariants } from "../../evaluator/differences.ts";
import { type Evaluation, evaluateWith, toJson } from "../../evaluator/evaluate.ts";
import { openNodePredictor } from "../../evaluator/node-predictor.ts";
import { comparePaper, PAPER_TABLES, type PaperTable } from "../../evaluator/paper.ts";
import type { EvaluatedTask, EvaluationRequest, Predictor } from "../../evaluator/predict/contract.ts";
import { reportHtml } from "../../evaluator/report-html.ts";
import { PICTURES, SHOWING_DEFAULTS } from "../../evaluator/showing.ts";
import { EVALUATED, EVALUATED_TASKS } from "../../evaluator/tasks/tasks.ts";
import { TRIMMINGS } from "../../evaluator/trimming.ts";
import { picturesToChoose } from "../../evaluator/unrelated.ts";
import { listVariants, measureVariants, type Variant, type Varied } from "../../evaluator/variants.ts";
import { WORD_CHOICES } from "../../evaluator/word-mode.ts";
import { refuseInputs, writeWhole } from "../../node/files/write-whole.ts";
import { type Command, needed, oneOf, options, progressLine, ReportedFailure, wholeNumber } from "../command.ts";
import { parseLabels } from "../extract/labels.ts";
import { REQUEST_FLAGS, readFlag, readFlags } from "../request-options.ts";
import { EVALUATE_HELP } from "./evaluate-help.ts";
import { evaluateJoined } from "./evaluate-joined.ts";

/** Label lists that a plain list of labels can be; roles and fine types must be named. */
type PlainList = Exclude<keyof Labels, "argumentRoles" | "fineTypes">;

/** The list that a plain list of a task's labels is; undefined: it must say which one it is. */
function plainListOf(task: EvaluatedTask): PlainList | undefined {
	const [first] = DEFINITIONS[task === "meae" ? "mee" : task].lists;
	return first === "argumentRoles" || first === "fineTypes" ? undefined : first;
}

const OPTIONS = {
	...REQUEST_FLAGS,
	model: { type: "string" },
	task: { type: "string" },
	data: { type: "string" },
	images: { type: "string" },
	pictures: { type: "string", default: SHOWING_DEFAULTS.pictures },
	regions: { type: "string", default: SHOWING_DEFAULTS.regions },
	labels: { type: "string" },
	limit: { type: "string", default: "0" },
	trim: { type: "string", default: "exact" },
	report: { type: "string" },
	predictions: { type: "string" },
	resume: { type: "boolean", default: false },
	words: { type: "string", default: "auto" },
	browser: { type: "string" },
	table: { type: "string" },
	figure: { type: "string" },
	split: { type: "string", default: "test" },
	joined: { type: "string" },
} as const;

export const evaluateCommand: Command = {
	summary: "scores a bundle on annotated posts, or beside the paper's tables",
	help: EVALUATE_HELP,
	async run(argv) {
		const { values } = options(withBrowserDevice(argv), OPTIONS);
		const target = readTarget(values);
		const given = {
			...values,
			model: needed(values.model, "model"),
			data: needed(values.data, "data"),
			...readRequest(values, target),
		};
		// Fail for a folder without pictures before another run of the list has cost its time.
		if (given.varied.pictures.includes("unrelated")) await picturesToChoose(values.images);
		const stop = new AbortController();
		// The second Ctrl+C ends the process as usual.
		const onSignal = () => stop.abort();
		process.once("SIGINT", onSignal);
		if (values.joined !== undefined) {
			refuseWithJoined(values);
			await evaluateJoined({ ...given, joined: values.joined, signal: stop.signal }).finally(() =>
				process.off("SIGINT", onSignal),
			);
			return;
		}
		const predictor = await openPredictor(given.model, values.browser);
		try {
			await ("table" in target
				? runTable(target.table, predictor, { ...given, signal: stop.signal })
				: runTask(target.task, predictor, { ...given, signal: stop.signal }));
		} finally {
			process.off("SIGINT", onSignal);
			await predictor.close();
		}
	},
};

/** @throws Failure `usage` */
function refuseWithJoined({ browser, images, report, predictions }: Values): void {
	const foreign = Object.entries({ browser, images, report, predictions }).find(([, value]) => value !== undefined);
	if (foreign !== undefined) throw new Failure("usage", `--${foreign[0]} cannot be used with --joined.`);
}

type Values = ReturnType<typeof options<typeof OPTIONS>>["values"];
type Requested = ReturnType<typeof readRequest>;
type Given = Omit<Values, "model" | "data" | "limit"> &
	Requested & { readonly model: string; readonly data: string; readonly signal: AbortSignal };

/** `--browser` alone means WASM. */
function withBrowserDevice(argv: readonly string[]): string[] {
	return argv.flatMap((word, at) => (word === "--browser" && !hasDevice(argv[at + 1]) ? [word, "wasm"] : [word]));
}

const hasDevice = (word: string | undefined) => word !== undefined && !word.startsWith("-");

type Target = { readonly task: EvaluatedTask } | { readonly table: PaperTable };

function readTarget({ task, table, figure, report, predictions, resume }: Values): Target {
	const ways = [task, table, figure].filter((way) => way !== undefined);
	if (ways.length !== 1) throw new Failure("usage", "Give one of --task, --table and --figure.");
	if (resume && predictions === undefined) throw new Failure("usage", "--resume can only be used with --predictions.");
	if (task !== undefined) return { task: oneOf(task, EVALUATED, "task") };
	const foreign = Object.entries({ report, predictions }).find(([, value]) => value !== undefined);
	if (foreign !== undefined) throw new Failure("usage", `--${foreign[0]} can only be used with --task.`);
	if (figure !== undefined) return { table: `figure${oneOf(figure, ["4"], "figure")}` };
	const published = PAPER_TABLES.filter((name) => !name.startsWith("figure"));
	return { table: oneOf(table!, published, "table") };
}

function readRequest(values: Values, target: Target) {
	const { labels } = values;
	const words = oneOf(values.words, WORD_CHOICES, "words");
	if (labels !== undefined && !("task" in target)) throw new Failure("usage", "--labels can only be used with --task.");
	const { beams, decoding } = REQUEST_DEFAULTS;
	const request: EvaluationRequest = {
		beams,
		decoding,
		...readFlags({ ...values, words: undefined, gate: undefined }),
		...(words !== "auto" && { words }),
		...(labels === undefined || !("task" in target) ? {} : { labels: readLabels(labels, target.task) }),
	};
	return {
		request,
		varied: readVaried(values, target),
		trimming: oneOf(values.trim, TRIMMINGS, "trim"),
		limit: wholeNumber(values.limit, "limit", 0, Number.MAX_SAFE_INTEGER),
	};
}

/** Tasks whose entities have regions. */
const GROUNDED = EVALUATED.filter((task) =>
	EVALUATED_TASKS[task].metrics.some(({ layer, parts }) => layer === "entities" && parts.region),
);

/** What is to be measured in several ways. @throws Failure `usage` for what does not go together */
function readVaried({ gate = "auto", pictures, regions, images, report, predictions }: Values, target: Target): Varied {
	const varied: Varied = {
		gates: gate.split(",").map((one) => readFlag("gate", one)),
		pictures: pictures.split(",").map((one) => oneOf(one, PICTURES, "pictures")),
		regions: regions.split(","),
	};
	const given = { pictures: pictures !== SHOWING_DEFAULTS.pictures, regions: regions !== SHOWING_DEFAULTS.regions };
	for (const [name, is] of Object.entries(given)) {
		if (is && !("task" in target)) throw new Failure("usage", `--${name} can only be used with --task.`);
		if (is && images === undefined) throw new Failure("usage", `--${name} needs --images, the folder of the pictures.`);
	}
	if (varied.regions.includes("largest") && !("task" in target && GROUNDED.includes(target.task)))
		throw new Failure("usage", `--regions largest can only be used with --task ${GROUNDED.join(", ")}.`);
	const single = listVariants(varied).length === 1;
	if (!single && !("task" in target)) throw new Failure("usage", "A list of gates can only be used with --task.");
	const file = Object.entries({ report, predictions }).find(([, value]) => value !== undefined);
	if (!single && file !== undefined)
		throw new Failure(
			"usage",
			`--${file[0]} holds a single run: give one value each for --gate, --pictures and --regions.`,
		);
	return varied;
}

/** "a,b" is a list of the task's own labels; "entity=a,b;relation=c" and a JSON file name their lists. */
function readLabels(value: string, task: EvaluatedTask): Labels {
	if (value.includes("=") || value.toLowerCase().endsWith(".json")) return parseLabels(value);
	const list = plainListOf(task);
	if (list === undefined)
		throw new Failure("usage", `--labels for ${task} must name their list, as in fine:person=athlete,politician.`);
	return { [list]: value.split(",") };
}

function openPredictor(model: string, browser: string | undefined): Promise<Predictor> {
	return browser === undefined
		? openNodePredictor(model)
		: openBrowserPredictor(model, oneOf(browser, DEVICE_NAMES, "browser"));
}

const pictures = ({ images }: Given) => (images === undefined ? {} : { images });

async function runTask(task: EvaluatedTask, predictor: Predictor, given: Given): Promise<void> {
	const variants = listVariants(given.varied);
	await (variants.length > 1
		? runVariants(variants, task, predictor, given)
		: runOne(variants[0]!, task, predictor, given));
}

async function runVariants(
	variants: readonly Variant[],
	task: EvaluatedTask,
	predictor: Predictor,
	given: Given,
): Promise<void> {
	const { data, limit, request, trimming, signal, json } = given;
	const line = progressLine();
	const options = { data, limit, request, trimming, signal, ...pictures(given), onProgress: line.show };
	const measured = await measureVariants(variants, task, predictor, options).finally(line.clear);
	const scores = measured.map(({ evaluation, ...variant }) => ({ ...variant, ...toJson(evaluation) }));
	if (!json) console.log(describeVariants(measured));
	if (measured.length < variants.length)
		throw new ReportedFailure(
			new Failure("cancelled", `Stopped after ${measured.length} of ${variants.length} runs.`),
			{
				...request,
				variants: scores,
			},
		);
	if (json) console.log(JSON.stringify({ ...request, variants: scores, differences: compareVariants(measured) }));
}

async function runOne(
	{ gate, pictures: shown, regions }: Variant,
	task: EvaluatedTask,
	predictor: Predictor,
	given: Given,
): Promise<void> {
	const { data, limit, trimming, signal, report, json, predictions: path, resume } = given;
	const request: EvaluationRequest = { ...given.request, gate };
	const line = progressLine();
	const result = await evaluateWith(predictor, task, {
		data,
		limit,
		request,
		trimming,
		signal,
		...pictures(given),
		showing: { pictures: shown, regions },
		...(path === undefined ? {} : { predictions: { path, resume } }),
		onProgress: (done, total) => line.show(`${done}/${total}`),
	}).finally(line.clear);
	if (report !== undefined) writeReport(report, result, request, data);
	const scores = toJson(result);
	if (!json) console.log(describeEvaluation(result, request));
	if (result.records < result.requested) throw new ReportedFailure(stopped(result, path), { ...request, ...scores });
	if (json) console.log(JSON.stringify({ ...request, ...scores }));
}

function stopped({ records, requested }: Evaluation, path: string | undefined): Failure {
	const next =
		path === undefined
			? "nothing was kept; use --predictions FILE to be able to resume"
			: "run the same command with --resume to continue";
	return new Failure("cancelled", `Stopped after ${records} of ${requested} records; ${next}.`);
}

function writeReport(path: string, result: Evaluation, request: EvaluationRequest, data: string): void {
	refuseInputs([path], [data]);
	writeWhole(path, reportHtml(result, request, data));
}

async function runTable(table: PaperTable, predictor: Predictor, given: Given): Promise<void> {
	const { data, limit, trimming, signal, split, json, varied } = given;
	const line = progressLine();
	const request = { ...given.request, gate: varied.gates[0]! };
	const options = { data, limit, request, trimming, signal, split, ...pictures(given), onProgress: line.show };
	const compared = await comparePaper(table, predictor, options).finally(line.clear);
	console.log(json ? JSON.stringify(compared) : describePaper(compared));
}
