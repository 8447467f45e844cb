/** Goes in: an evaluation or a table of the paper. Comes out: lines for a terminal. */
import type { Evaluation } from "./evaluate.ts";
import type { Score } from "./metrics.ts";
import type { Cell, PaperComparison } from "./paper.ts";
import type { EvaluationRequest } from "./predict/contract.ts";
import type { Share } from "./shares.ts";

const percent = (value: number) => value.toFixed(2).padStart(6);

export function describeEvaluation(result: Evaluation, { beams, decoding }: EvaluationRequest): string {
	const row = (name: string, { precision, recall, f1 }: Score) =>
		`${name.padEnd(34)} P ${percent(precision)}  R ${percent(recall)}  F1 ${percent(f1)}`;
	const { model } = result;
	return [
		`${result.task}: ${model.name} ${model.dtype} on ${model.device.name}; ${decoding} decoding, ${beams} ${beams === 1 ? "beam" : "beams"}`,
		...result.metrics.flatMap((metric) => [
			`${row(metric.name, metric)}  95 % ${metric.interval.low.toFixed(1)}…${metric.interval.high.toFixed(1)}`,
			`  right: ${metric.rule}`,
		]),
		`macro F1 over ${Object.keys(result.byType).length} types ${percent(result.macro)}`,
		...Object.entries(result.byType).map(([type, score]) => row(`  ${type}`, score)),
		...result.shares.flatMap(shareLines),
		`malformed outputs ${result.malformed.toFixed(2)} %; ${result.records} records in ${result.seconds.toFixed(1)} s`,
		...notesOf(result),
	].join("\n");
}

function shareLines({ name, value, interval, counts, rule }: Share): string[] {
	const count = `${counts.right} of ${counts.of}`;
	return [`${name.padEnd(34)} ${percent(value)}  ${count}  95 % ${interval.low.toFixed(1)}…${interval.high.toFixed(1)}`, `  right: ${rule}`];
}

/** What a reader must know about the numbers. */
export function notesOf({ records, asked, pictures, looked, regions, model }: Evaluation): string[] {
	return [
		...(records < asked ? [`Stopped: ${records} of ${asked} records are counted.`] : []),
		...(pictures === null
			? []
			: [`${pictures.found} of ${pictures.named} pictures were found; the model looked at ${looked} (vision: ${model.vision}).`]),
		...(regions > 0 && looked === 0 ? [`${regions} annotated arguments are regions of pictures, which a text-only run cannot find.`] : []),
	];
}

export function describePaper({ title, source, columns, ours, published, differs, stopped }: PaperComparison): string {
	const text = (cell: Cell, digits: number) => (cell === null ? "–" : cell.toFixed(digits));
	const rows = [
		["", ...columns],
		...published.map(({ name, cells }) => [name, ...cells.map((cell) => text(cell, 1))]),
		...ours.map(({ name, cells }) => [`ours: ${name}`, ...cells.map((cell) => text(cell, 1))]),
	];
	const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
	const line = (row: readonly string[]) => row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join("  ");
	return [
		`${title} (${source})`,
		...rows.map(line),
		"",
		"What differs:",
		...differs.map((one) => `- ${one}`),
		...(stopped ? ["- the run was stopped: cells after that are empty"] : []),
	].join("\n");
}
