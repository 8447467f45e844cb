/** Draws a reliability diagram as SVG: the share of right records over their mean score, beside the diagonal. */
import type { Reliability } from "./reliability.ts";

const SIZE = 240;
const MARGIN = 36;
const LARGEST_DOT = 9;

interface Series {
	readonly name: string;
	/** A CSS colour. */
	readonly colour: string;
	readonly reliability: Reliability;
}

const place = (share: number) => at(MARGIN + share * SIZE);
const height = (share: number) => at(MARGIN / 2 + (1 - share) * SIZE);
const at = (value: number) => value.toFixed(1);
const percent = (share: number) => `${(100 * share).toFixed(1)}%`;

/** An element with its attributes, which must need no escapes. */
function tag(name: string, attributes: Readonly<Record<string, string | number>>, inside = ""): string {
	const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${value}"`);
	return `<${name}${written.join("")}>${inside}</${name}>`;
}

/** @param series names and colours are the caller's own: no text of a post is drawn */
export function reliabilityDiagram(series: readonly Series[]): string {
	const side = SIZE + 2 * MARGIN;
	const ticks = [0, 0.25, 0.5, 0.75, 1].flatMap((tick) => [
		tag("text", { x: place(tick), y: SIZE + MARGIN, "text-anchor": "middle" }, `${100 * tick}`),
		tag("text", { x: MARGIN - 6, y: Number(height(tick)) + 4, "text-anchor": "end" }, `${100 * tick}`),
	]);
	const square = { x: MARGIN, y: MARGIN / 2, width: SIZE, height: SIZE };
	const diagonal = { x1: place(0), y1: height(0), x2: place(1), y2: height(1) };
	const rotated = `translate(10 ${height(0.5)}) rotate(-90)`;
	const label = "Share of right records by score";
	return tag(
		"svg",
		{
			xmlns: "http://www.w3.org/2000/svg",
			viewBox: `0 0 ${side} ${side}`,
			width: side,
			height: side,
			role: "img",
			"aria-label": label,
			"font-family": "sans-serif",
			"font-size": 12,
			fill: "currentColor",
		},
		[
			tag("rect", { ...square, fill: "none", stroke: "currentColor", "stroke-opacity": 0.3 }),
			tag("line", { ...diagonal, stroke: "currentColor", "stroke-opacity": 0.5, "stroke-dasharray": "4 4" }),
			...ticks,
			...series.flatMap(draw),
			tag("text", { x: place(0.5), y: SIZE + MARGIN + 18, "text-anchor": "middle" }, "score, %"),
			tag("text", { transform: rotated, "text-anchor": "middle" }, "right, %"),
		].join("\n"),
	);
}

/** A line through the bins, and a dot for each, larger where there are more records. */
function draw({ name, colour, reliability: { bins, records } }: Series, index: number): string[] {
	const points = bins.map(({ score, right }) => `${place(score)},${height(right)}`).join(" ");
	return [
		tag("polyline", { fill: "none", stroke: colour, "stroke-width": 1.5, points }),
		...bins.map((bin) => {
			const r = at(Math.max(2, LARGEST_DOT * Math.sqrt(bin.records / records)));
			const title = `${name}: ${bin.records} records, score ${percent(bin.score)}, right ${percent(bin.right)}`;
			const centre = { cx: place(bin.score), cy: height(bin.right) };
			return tag("circle", { ...centre, r, fill: colour, "fill-opacity": 0.7 }, tag("title", {}, title));
		}),
		tag("text", { x: MARGIN + 8, y: MARGIN / 2 + 16 + 16 * index, fill: colour }, name),
	];
}
