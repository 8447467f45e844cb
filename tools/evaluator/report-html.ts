/**
 * Writes an evaluation as one HTML file that loads nothing: scores, confusion, and the mistakes on the posts. All text
 * is escaped.
 */
import { createHash } from "node:crypto";
import { reliabilityDiagram } from "./calibration/diagram.ts";
import { NOTHING } from "./confusion.ts";
import { notesOf } from "./describe.ts";
import type { Evaluation } from "./evaluate.ts";
import { BINS } from "./gates.ts";
import type { Score } from "./metrics.ts";
import type { EvaluationRequest } from "./predict/contract.ts";
import { describePrefilter } from "./predict/prefiltered.ts";
import { SCRIPT, STYLE } from "./report-page.ts";
import type { Example, MarkedItem } from "./score.ts";
import type { Share } from "./shares.ts";

/** Posts of a report; a browser draws so many at once without waiting. Those with most mistakes come first. */
const MAX_POSTS = 2000;

const ENTITIES: Readonly<Record<string, string>> = {
	"&": "&amp;",
	"<": "&lt;",
	">": "&gt;",
	'"': "&quot;",
	"'": "&#39;",
};

export function escapeHtml(text: string): string {
	return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

export function reportHtml(result: Evaluation, request: EvaluationRequest, data: string): string {
	const title = `${result.model.name}: ${result.task} on ${data.split(/[\\/]/).slice(-2).join("/")}`;
	const hash = createHash("sha256").update(SCRIPT).digest("base64");
	const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'`;
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
${factsOf(result, request)
	.map((fact) => `<p class="muted">${escapeHtml(fact)}</p>`)
	.join("\n")}
</header>
<main>
${metricSection(result)}
${pictureSection(result)}
${typeSection(result)}
${confusionSection(result)}
${reliabilitySection(result)}
${postSection(result.examples)}
</main>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

function factsOf(
	result: Evaluation,
	{ beams, decoding, gate = "auto", instructor = "default" }: EvaluationRequest,
): string[] {
	const { model } = result;
	return [
		`${model.name} ${model.dtype} on ${model.device.name}; ${decoding} decoding, ` +
			`${beams} ${beams === 1 ? "beam" : "beams"}, gate ${gate}, instructor ${instructor}`,
		`${result.records} records in ${result.seconds.toFixed(1)} s; malformed outputs ${result.malformed.toFixed(2)} %`,
		...(result.prefilter === null ? [] : [`${describePrefilter(result)}`]),
		...notesOf(result),
	];
}

const number = (value: number) => `<td>${value.toFixed(2)}</td>`;
const scoreCells = ({ precision, recall, f1 }: Score) => `${number(precision)}${number(recall)}${number(f1)}`;
const range = (low: number, high: number) => `<td>${low.toFixed(1)}…${high.toFixed(1)}</td>`;
const row = (name: string, cells: string) => `<tr><th scope="row">${escapeHtml(name)}</th>${cells}</tr>`;

/** A table that is wider than the page scrolls by itself, also with the keyboard. */
function table(name: string, caption: string, head: readonly string[], rows: readonly string[]): string {
	const columns = head.map((column) => `<th scope="col">${escapeHtml(column)}</th>`).join("");
	return `<div class="scroll" role="region" aria-label="${escapeHtml(name)} table" tabindex="0">
<table><caption>${escapeHtml(caption)}</caption>
<thead><tr>${columns}</tr></thead>
<tbody>
${rows.join("\n")}
</tbody></table></div>`;
}

function metricSection({ metrics, shares, macro }: Evaluation): string {
	const rows = metrics.map(({ name, interval, counts, ...score }) => {
		const totals = [counts.right, counts.predicted, counts.gold].map((count) => `<td>${count}</td>`);
		return row(name, `${scoreCells(score)}${range(interval.low, interval.high)}${totals.join("")}`);
	});
	const rules = [...metrics, ...shares].map(
		({ name, rule, source }) =>
			`<p><b>${escapeHtml(name)}</b> is right with ${escapeHtml(rule)}. ` +
			`<span class="muted">${escapeHtml(source)}</span></p>`,
	);
	const head = ["metric", "precision", "recall", "F1", "95 % of F1", "right", "predicted", "gold"];
	return `<section><h2>Scores</h2>
${table("Scores", "Micro-averaged, in percent. Intervals: bootstrap over posts.", head, rows)}
<p>Macro F1, every type counting the same: ${macro.toFixed(2)}.</p>
${shareTable(shares)}
${rules.join("\n")}</section>`;
}

function shareTable(shares: readonly Share[]): string {
	if (shares.length === 0) return "";
	const rows = shares.map(({ name, value, interval, counts }) =>
		row(name, `${number(value)}${range(interval.low, interval.high)}<td>${counts.right}</td><td>${counts.of}</td>`),
	);
	return table("Shares", "Shares of what was right, in percent.", ["share", "%", "95 %", "right", "of"], rows);
}

/** Over ambiguous names and each kind of picture, and how far the gate opened for each. */
function pictureSection({ slices, gates, metrics }: Evaluation): string {
	const scores = slices.flatMap(({ name, records, metrics: own }) =>
		own.map(({ interval, counts, ...score }, index) =>
			row(
				`${name}, ${metrics[index]!.name}`,
				`<td>${records}</td>${scoreCells(score)}${range(interval.low, interval.high)}`,
			),
		),
	);
	const opened = gates.map(({ kind, records, mean, median, histogram, low, high }) =>
		row(
			kind,
			`<td>${records}</td><td>${mean.toFixed(3)}</td><td>${median.toFixed(3)}</td>${histogram
				.map((count) => `<td class="cell same" style="--share:${Math.round((100 * count) / records)}">${count}</td>`)
				.join("")}<td>${low.toFixed(2)}…${high.toFixed(2)}</td>`,
		),
	);
	const parts = Array.from({ length: BINS }, (_, bin) => `${bin + 1}`);
	const caption =
		"Records by mean gate of their generations: mean, median, " +
		`and how many lie in each of ${BINS} equal parts of the range.`;
	const tables = [
		...(scores.length === 0
			? []
			: [
					table(
						"Kinds of pictures",
						"In percent.",
						["kind", "records", "precision", "recall", "F1", "95 % of F1"],
						scores,
					),
				]),
		...(opened.length === 0
			? []
			: [table("Gates", caption, ["pictures", "records", "mean", "median", ...parts, "range"], opened)]),
	];
	return tables.length === 0 ? "" : `<section><h2>Pictures</h2>\n${tables.join("\n")}</section>`;
}

function typeSection({ byType, metrics }: Evaluation): string {
	const rows = Object.entries(byType).map(([type, score]) => row(type, scoreCells(score)));
	if (rows.length === 0) return "";
	const caption = `By ${metrics[0]!.name}, in percent.`;
	return `<section><h2>Types</h2>
${table("Types", caption, ["type", "precision", "recall", "F1"], rows)}</section>`;
}

function confusionSection({ confusion: { labels, cells } }: Evaluation): string {
	if (labels.length === 0) return "";
	const rows = cells.map((counts, gold) => {
		const total = counts.reduce((sum, count) => sum + count, 0);
		const shown = counts.map((count, predicted) => {
			if (labels[gold] === NOTHING && labels[predicted] === NOTHING) return "<td></td>";
			const share = total === 0 ? 0 : Math.round((100 * count) / total);
			return `<td class="cell ${gold === predicted ? "same" : "other"}" style="--share:${share}">${count}</td>`;
		});
		return row(labels[gold]!, shown.join(""));
	});
	const caption =
		"Rows: annotated. Columns: predicted at the same place. " +
		`${NOTHING}: nothing annotated, or nothing predicted, there.`;
	return `<section><h2>Confusion</h2>
${table("Confusion", caption, ["annotated", ...labels], rows)}</section>`;
}

function reliabilitySection({ reliability, calibrated }: Evaluation): string {
	if (reliability.records === 0) return "";
	const series = [
		{ name: "score", colour: "var(--wrong-line)", reliability },
		...(calibrated === null ? [] : [{ name: "calibrated", colour: "var(--right-line)", reliability: calibrated }]),
	];
	const rows = series.map(({ name, reliability: { records, error, brier, auc } }) =>
		row(
			name,
			`<td>${records}</td>${number(100 * error)}<td>${brier.toFixed(3)}</td><td>${auc?.toFixed(3) ?? "–"}</td>`,
		),
	);
	const caption = "Expected calibration error in percent, over up to ten bins of as many records each.";
	return `<section><h2>Reliability</h2>
${table("Reliability", caption, ["kind", "records", "error", "Brier", "area under ROC"], rows)}
${reliabilityDiagram(series)}</section>`;
}

const OUTCOMES = {
	all: "all posts",
	mistakes: "with mistakes",
	wrong: "something wrong",
	missed: "something missed",
	perfect: "all right",
} as const;

function postSection(examples: readonly Example[]): string {
	const shown = examples.slice(0, MAX_POSTS);
	const labels = [...new Set(shown.flatMap(labelsOf))].sort();
	const left = examples.length - shown.length;
	const option = (value: string, name: string) => `<option value="${escapeHtml(value)}">${escapeHtml(name)}</option>`;
	return `<section><h2>Posts, most mistakes first</h2>
<p class="key"><span><mark class="right">right</mark> predicted and annotated</span>
<span><mark class="wrong">wrong</mark> predicted only</span>
<span><mark class="missed">missed</mark> annotated only</span>
<span>A percentage is the model’s own probability.</span></p>
<form hidden>
<label>Show <select name="outcome">${Object.entries(OUTCOMES)
		.map(([value, name]) => option(value, name))
		.join("")}</select></label>
<label>Label <select name="label">${[option("", "any"), ...labels.map((label) => option(label, label))].join("")}
</select></label>
<label>Words <input type="search" name="words" autocomplete="off"></label>
</form>
<p class="muted" id="count" role="status">${shown.length} posts</p>
${left === 0 ? "" : `<p class="muted">${left} more posts, with fewest mistakes, are left out.</p>`}
${shown.map(post).join("\n")}
</section>`;
}

const labelsOf = ({ right, wrong, missed }: Example) => [...right, ...wrong, ...missed].map(({ label }) => label);

function outcomesOf({ wrong, missed }: Example): string {
	const mistakes = wrong.length + missed.length > 0;
	return [
		mistakes ? "mistakes" : "perfect",
		...(wrong.length > 0 ? ["wrong"] : []),
		...(missed.length > 0 ? ["missed"] : []),
	].join(" ");
}

function post(example: Example): string {
	const labels = escapeHtml(JSON.stringify([...new Set(labelsOf(example))]));
	const kinds = ["right", "wrong", "missed"] as const;
	const items = kinds.flatMap((kind) => example[kind].map((item) => listed(kind, item)));
	const list =
		items.length === 0
			? '<p class="muted">Nothing annotated, nothing predicted.</p>'
			: `<ul class="items">${items.join("")}</ul>`;
	return `<article data-outcome="${outcomesOf(example)}" data-labels="${labels}">
<h3>${escapeHtml(example.id)}${example.imageId === null ? "" : ` · ${escapeHtml(example.imageId)}`}</h3>
<p class="post">${markedText(example)}</p>
${list}
</article>`;
}

function listed(kind: "right" | "wrong" | "missed", { label, text, score }: MarkedItem): string {
	const sure = kind === "missed" ? "" : ` ${Math.round(100 * score)} %`;
	return `<li class="${kind}">${kind}: ${escapeHtml(label)}, “${escapeHtml(text)}”${sure}</li>`;
}

/** The post cut at every boundary; each piece says which kinds of marks lie on it. */
export function markedText({
	text,
	right,
	wrong,
	missed,
}: Pick<Example, "text" | "right" | "wrong" | "missed">): string {
	const marks = Object.entries({ right, wrong, missed }).flatMap(([kind, items]) =>
		items.flatMap(({ spans }) => spans.map((span) => ({ kind, ...span }))),
	);
	const cuts = [...new Set([0, text.length, ...marks.flatMap(({ start, end }) => [start, end])])].sort((a, b) => a - b);
	const pieces = cuts.slice(0, -1).map((from, index) => {
		const to = cuts[index + 1]!;
		const kinds = [...new Set(marks.filter(({ start, end }) => start <= from && end >= to).map(({ kind }) => kind))];
		const piece = escapeHtml(text.slice(from, to));
		// What was found is found, whatever else was said of it.
		const shown = kinds.includes("right") ? ["right"] : kinds;
		return shown.length === 0 ? piece : `<mark class="${shown.join(" ")}">${piece}</mark>`;
	});
	return pieces.join("");
}
