/** Prints an evaluation, or a table of the paper, as lines for a terminal. */
import type { TaskName } from "../../src/core/tasks.ts";
import { DEFINITIONS } from "../../src/tasks/catalog/definitions.ts";
import type { Reliability } from "./calibration/reliability.ts";
import { compareVariants, type Difference } from "./differences.ts";
import type { Evaluation } from "./evaluate.ts";
import { bars, type GateSummary, unrelatedShare } from "./gates.ts";
import type { Score } from "./metrics.ts";
import type { Cell, PaperComparison } from "./paper.ts";
import type { EvaluatedTask, EvaluationRequest, OpenedBundle } from "./predict/contract.ts";
import { describePrefilter } from "./predict/prefiltered.ts";
import { QUESTIONED } from "./predict/questions.ts";
import type { Share } from "./shares.ts";
import type { Pictures, ShowingOptions } from "./showing.ts";
import type { MeasuredVariant } from "./variants.ts";

const percent = (value: number) => value.toFixed(2).padStart(6);

function scoreRow(name: string, { precision, recall, f1 }: Score): string {
	return `${name.padEnd(34)} P ${percent(precision)}  R ${percent(recall)}  F1 ${percent(f1)}`;
}

export function describeEvaluation(result: Evaluation, { beams, decoding }: EvaluationRequest): string {
	const { model } = result;
	return [
		`${result.task}: ${model.name} ${model.dtype} on ${model.device.name}; ` +
			`${decoding} decoding, ${beams} ${beams === 1 ? "beam" : "beams"}${prefilterPart(result)}`,
		...result.metrics.flatMap((metric) => [
			`${scoreRow(metric.name, metric)}  95 % ${metric.interval.low.toFixed(1)}…${metric.interval.high.toFixed(1)}`,
			`  right: ${metric.rule}`,
		]),
		`macro F1 over ${Object.keys(result.byType).length} types ${percent(result.macro)}`,
		...Object.entries(result.byType).map(([type, score]) => scoreRow(`  ${type}`, score)),
		...result.shares.flatMap(shareLines),
		...sliceLines(result),
		...gateLines(result.gates),
		...reliabilityLines(result),
		`malformed outputs ${result.malformed.toFixed(2)} %; ${result.records} records in ${result.seconds.toFixed(1)} s`,
		...notesOf(result),
	].join("\n");
}

const prefilterPart = (result: Evaluation) => (result.prefilter === null ? "" : `; ${describePrefilter(result)}`);

function shareLines({ name, value, interval, counts, rule }: Share): string[] {
	const count = `${counts.right} of ${counts.of}`;
	return [
		`${name.padEnd(34)} ${percent(value)}  ${count}  95 % ${interval.low.toFixed(1)}…${interval.high.toFixed(1)}`,
		`  right: ${rule}`,
	];
}

/** By the first metric; the others are in --json and in the report. */
function sliceLines({ slices, metrics }: Evaluation): string[] {
	if (slices.length === 0) return [];
	const lines = slices.map(({ name, records, metrics: [first] }) => {
		const { interval, ...score } = first!;
		const range = `95 % ${interval.low.toFixed(1)}…${interval.high.toFixed(1)}`;
		return `${scoreRow(`  ${name}, ${records} records`, score)}  ${range}`;
	});
	return [`by kind of picture: ${metrics[0]!.name}`, ...lines];
}

/** How far scores, and the probabilities made of them, can be believed. */
function reliabilityLines({ reliability, calibrated }: Evaluation): string[] {
	if (reliability.records === 0) return [];
	const line = (name: string, { error, brier, auc }: Reliability) => {
		const area = auc?.toFixed(3) ?? "–";
		return `${name.padEnd(34)} error ${percent(100 * error)} %  Brier ${brier.toFixed(3)}  area under ROC ${area}`;
	};
	return [
		line("scores as probabilities", reliability),
		...(calibrated === null ? [] : [line("calibrated by the bundle", calibrated)]),
	];
}

function gateLines(gates: readonly GateSummary[]): string[] {
	const rows = gates.map(({ kind, records, mean, median, histogram, low, high }) => {
		const range = `${low.toFixed(2)} |${bars(histogram)}| ${high.toFixed(2)}`;
		const title = `gate, ${kind} pictures (${records})`.padEnd(34);
		return `${title} mean ${mean.toFixed(3)}  median ${median.toFixed(3)}  ${range}`;
	});
	const share = unrelatedShare(gates);
	return share === null ? rows : [...rows, `mean gate on unrelated pictures ÷ on deciding ones ${share.toFixed(2)}`];
}

/** What a reader must know about the numbers. */
export function notesOf({
	task,
	records,
	requested,
	pictures,
	showing,
	looked,
	regions,
	model,
	request,
}: Evaluation): string[] {
	return [
		...untrainedNotes(task, model, request),
		...SHOWN[showing.pictures],
		...regionNotes(showing),
		...(records < requested ? [`Stopped: ${records} of ${requested} records are counted.`] : []),
		...(pictures === null
			? []
			: [
					`${pictures.found} of ${pictures.named} pictures were found; ` +
						`the model looked at ${looked} (vision: ${model.vision}).`,
				]),
		...(regions > 0 && looked === 0
			? [`${regions} annotated arguments are regions of pictures, which a text-only run cannot find.`]
			: []),
	];
}

const SHOWN: Readonly<Record<Pictures, readonly string[]>> = {
	right: [],
	wrong: ["Each record was shown the picture of the next record whose entities have other types."],
	unrelated: ["Each record was shown a picture of the folder that has nothing to do with it."],
	none: ["No pictures were shown."],
};

function regionNotes({ pictures, regions }: ShowingOptions): readonly string[] {
	const known = SHOWN_REGIONS.get(regions) ?? [`Regions: those of ${regions}.`];
	return pictures === "unrelated" && regions !== "largest" && known.length > 0
		? ["Regions: the proposer's, as unrelated pictures have no others."]
		: known;
}

/** Of anything else it is a file. */
const SHOWN_REGIONS: ReadonlyMap<string, readonly string[]> = new Map([
	["proposer", []],
	["gold", ["Regions: the annotated boxes of each record."]],
	["largest", ["Regions: types and spans from the text alone, the largest proposed region for every entity."]],
]);

/** The generation that a task ends with: what a model must have been trained for. */
const generationOf = (task: EvaluatedTask): TaskName => (task === "meae" ? task : DEFINITIONS[task].asks.at(-1)!);

/** A number for what was never learned must say so. */
function untrainedNotes(
	task: EvaluatedTask,
	{ name, tasks }: OpenedBundle,
	{ style, untrained }: EvaluationRequest,
): string[] {
	const generation = style === "mqa" && task in QUESTIONED ? "mqa" : generationOf(task);
	if (tasks.includes(generation)) return [];
	const substitute = untrained === "ask" || task === "meae" ? undefined : DEFINITIONS[task].substitute?.name;
	if (generation === "mqa" || substitute === undefined)
		return [`${name} was not trained for ${generation === "mqa" ? "multiple choice" : task}.`];
	return [`${name} was not trained for ${task}: ${substitute} was run instead (use --untrained ask to run it anyway).`];
}

/** One row for each run: every metric's F1, then the first one's over each kind of picture. */
export function describeVariants(measured: readonly MeasuredVariant[]): string {
	const first = measured[0]?.evaluation;
	if (first === undefined) return "Nothing was measured.";
	const slices = first.slices.map(({ name }) => name);
	const gates = [...new Set(measured.flatMap(({ evaluation }) => evaluation.gates.map(({ kind }) => kind)))];
	const rows = measured.map(({ name, evaluation: { metrics, interval, slices: own, gates: opened } }) => [
		name,
		...metrics.map(({ f1 }) => f1.toFixed(2)),
		`${interval.low.toFixed(1)}…${interval.high.toFixed(1)}`,
		...slices.map((slice) => own.find((one) => one.name === slice)?.metrics[0]?.f1.toFixed(2) ?? "–"),
		...gates.map((kind) => opened.find((one) => one.kind === kind)?.mean.toFixed(3) ?? "–"),
	]);
	const head = [
		"",
		...first.metrics.map(({ name }) => name),
		"95 %",
		...slices,
		...gates.map((kind) => `gate, ${kind}`),
	];
	const noted = measured.map(({ name, evaluation }) => ({ name, notes: notesOf(evaluation) }));
	// A note that holds for every run is printed once.
	const common = noted[0]!.notes.filter((note) => noted.every(({ notes }) => notes.includes(note)));
	const notes = [
		...common,
		...noted.flatMap(({ name, notes }) =>
			notes.filter((note) => !common.includes(note)).map((note) => `${name}: ${note}`),
		),
	];
	return [
		`${first.task}: ${first.model.name} ${first.model.dtype} on ${first.model.device.name}; ` +
			`F1 over ${first.records} records${prefilterPart(first)}`,
		...table([head, ...rows]),
		...first.metrics.map(({ name, rule }) => `${name} is right with ${rule}`),
		...compareVariants(measured).map(differenceLine),
		...(slices.length === 0 ? [] : [`kinds of pictures: F1 of ${first.metrics[0]!.name}`]),
		...notes,
	].join("\n");
}

function differenceLine({ of, from, over, value, interval }: Difference): string {
	const range = `95 % ${interval.low.toFixed(1)}…${interval.high.toFixed(1)}`;
	return `${of} − ${from}, ${over}: ${value.toFixed(2)} points of F1, ${range} (paired bootstrap)`;
}

/** Columns as wide as their widest cell; the first to the left. */
function table(rows: readonly (readonly string[])[]): string[] {
	const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
	return rows.map((row) =>
		row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join("  "),
	);
}

export function describePaper({ title, source, columns, ours, published, differs, stopped }: PaperComparison): string {
	const text = (cell: Cell, digits: number) => (cell === null ? "–" : cell.toFixed(digits));
	const rows = [
		["", ...columns],
		...published.map(({ name, cells }) => [name, ...cells.map((cell) => text(cell, 1))]),
		...ours.map(({ name, cells }) => [`ours: ${name}`, ...cells.map((cell) => text(cell, 1))]),
	];
	return [
		`${title} (${source})`,
		...table(rows),
		"",
		"What differs:",
		...differs.map((one) => `- ${one}`),
		...(stopped ? ["- the run was stopped: cells after that are empty"] : []),
	].join("\n");
}
