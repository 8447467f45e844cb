/**
 * Draws tools/bench/results/chart.svg from the newest value of every case: a step beside transformers.js, a post as it
 * grows, the model beside rules, a step beside its limit. Pure.
 */
import type { History, Kept } from "./history.ts";
import { AXES, type Axis, costCase, SHARE, stepCase, TRAFFIC_STEPS } from "./parts/names.ts";
import { rounded } from "./report.ts";
import { el, type Markup, text } from "./svg.ts";

const WIDTH = 960;
const MARGIN = 24;
const GAP = 32;
const COLUMN = (WIDTH - 2 * MARGIN - GAP) / 2;
const BAR = 20;

/** Colours by role, for light and dark; text carries every value, so that no value depends on colour alone. */
const STYLE = `
text{font:13px system-ui,sans-serif;fill:#1f2328}
.page{fill:#fff}.head{font-weight:600;font-size:16px}.group{font-weight:600}.soft{fill:#59636e;font-size:12px}
.halo{paint-order:stroke;stroke:#fff;stroke-width:4px}
.line{stroke:#d1d9e0}.theirs{fill:#818b98}.ours{fill:#0969da}.curve{fill:none;stroke:#0969da;stroke-width:2}
@media (prefers-color-scheme:dark){text{fill:#f0f6fc}.page{fill:#0d1117}.soft{fill:#9198a1}.halo{stroke:#0d1117}
.line{stroke:#3d444d}.theirs{fill:#9198a1}.ours{fill:#4493f8}.curve{stroke:#4493f8}}
`;

/**
 * A part of the picture: its markup with its own top at 0, its height, and a sentence about it for people who cannot
 * see it.
 */
interface Panel {
	readonly markup: Markup;
	readonly height: number;
	readonly description: string;
}

interface Bar {
	readonly label: string;
	readonly value: number;
	/** Beside the bar. */
	readonly shown: string;
	readonly ours: boolean;
}

interface BarGroup {
	readonly title: string;
	readonly bars: readonly Bar[];
}

/** Groups below each other on one scale from 0. */
function barPanel(
	groups: readonly BarGroup[],
	width: number,
	labels: number,
	max?: number,
): Pick<Panel, "markup" | "height"> {
	const full = max ?? Math.max(...groups.flatMap(({ bars }) => bars.map(({ value }) => value)));
	const room = width - labels - 110;
	let y = 0;
	const parts = groups.flatMap(({ title, bars }) => {
		const heading = text(0, y + 13, title, { class: "group" });
		y += BAR;
		const drawn = bars.flatMap(({ label, value, shown, ours }) => {
			const long = Math.max(1, (value / full) * room);
			const row = [
				text(labels - 8, y + 14, label, { "text-anchor": "end" }),
				el("rect", { x: labels, y: y + 3, width: long, height: BAR - 6, rx: 2, class: ours ? "ours" : "theirs" }),
				text(labels + long + 6, y + 14, shown, { class: "soft" }),
			];
			y += BAR;
			return row;
		});
		y += 12;
		return [heading, ...drawn];
	});
	return { markup: el("g", {}, ...parts), height: y };
}

const described = (groups: readonly BarGroup[]) =>
	groups
		.map(({ title, bars }) => `${title}: ${bars.map(({ label, shown }) => `${label} ${shown}`).join(", ")}.`)
		.join(" ");

const present = <T>(value: T | undefined): readonly T[] => (value === undefined ? [] : [value]);

function barOf(
	row: Kept | undefined,
	label: string,
	ours: boolean,
	shown = (value: number) => `${rounded(value)} ${row?.unit}`,
): readonly Bar[] {
	return present(row).map(({ value }) => ({ label, value, shown: shown(value), ours }));
}

const PEER_CASES = [
	"transformers.js, greedy",
	"ours, greedy",
	"ours, greedy, extractive",
	"ours, 4 beams",
	"ours, 4 beams, extractive",
];

function peerGroups(history: History, shape: string): BarGroup[] {
	return [1, 2]
		.map((threads) => ({
			title: `FLAN-T5-${shape}, float32, WASM, ${threads} thread${threads === 1 ? "" : "s"}`,
			bars: PEER_CASES.flatMap((name) =>
				barOf(
					history.find("wasm", threads, `flan-t5-${shape}: ${name}: ms per step`),
					name,
					!name.startsWith("transformers"),
				),
			),
		}))
		.filter(({ bars }) => bars.length > 0);
}

function peerPanel(history: History): Panel | null {
	const columns = ["small", "base"].map((shape) => peerGroups(history, shape)).filter((groups) => groups.length > 0);
	return sideBySide("One decoding step on the same weights, in milliseconds", columns, 180);
}

/** @param labels pixels for the names of bars */
function sideBySide(
	title: string,
	columns: readonly (readonly BarGroup[])[],
	labels: number,
	max?: number,
): Panel | null {
	if (columns.length === 0) return null;
	const drawn = columns.map((groups) => barPanel(groups, COLUMN, labels, max));
	const markup = el(
		"g",
		{},
		text(0, 16, title, { class: "head" }),
		...drawn.map((column, index) => el("g", { transform: `translate(${index * (COLUMN + GAP)} 32)` }, column.markup)),
	);
	return {
		markup,
		height: 32 + Math.max(...drawn.map(({ height }) => height)),
		description: `${title}. ${described(columns.flat())}`,
	};
}

const PLOT = { width: 205, height: 110, left: 0 };

/** One curve: values evenly spaced, since each is about twice the one before. */
function curve(axis: Axis, points: readonly { readonly at: number; readonly row: Kept }[]): Markup {
	const max = Math.max(...points.map(({ row }) => row.value));
	const x = (index: number) => 14 + (index * (PLOT.width - 34)) / Math.max(1, points.length - 1);
	const y = (value: number) => PLOT.height - (value / max) * (PLOT.height - 14);
	const line = points
		.map(({ row }, index) => `${Math.round(10 * x(index)) / 10},${Math.round(10 * y(row.value)) / 10}`)
		.join(" ");
	const [first, last] = [points[0]!, points.at(-1)!];
	return el(
		"g",
		{},
		el("line", { x1: 0, y1: PLOT.height, x2: PLOT.width, y2: PLOT.height, class: "line" }),
		el("polyline", { points: line, class: "curve" }),
		...points.flatMap(({ at, row }, index) => [
			el("circle", { cx: x(index), cy: y(row.value), r: 3, class: "ours" }),
			text(x(index), PLOT.height + 16, String(at), { class: "soft", "text-anchor": "middle" }),
		]),
		text(x(0) - 8, y(first.row.value) - 8, `${rounded(first.row.value)} ms`, { class: "soft halo" }),
		text(PLOT.width, y(last.row.value) - 8, `${rounded(last.row.value)} ms`, {
			class: "soft halo",
			"text-anchor": "end",
		}),
		text(PLOT.width / 2, PLOT.height + 36, AXES[axis].unit, { "text-anchor": "middle" }),
	);
}

function costPanel(history: History, model: string): Panel | null {
	const curves = (Object.keys(AXES) as Axis[]).flatMap((axis) => {
		const points = AXES[axis].values.flatMap((at) =>
			present(history.find("wasm", 1, costCase(axis, at, "ms per post"))).map((row) => ({ at, row })),
		);
		return points.length > 1 ? [{ axis, points }] : [];
	});
	if (curves.length === 0) return null;
	const title = `One post of ${model}, WASM, 1 thread, in milliseconds, as one thing grows`;
	const step = (WIDTH - 2 * MARGIN) / curves.length;
	const markup = el(
		"g",
		{},
		text(0, 16, title, { class: "head" }),
		...curves.map(({ axis, points }, index) =>
			el("g", { transform: `translate(${index * step} 44)` }, curve(axis, points)),
		),
	);
	const description = curves.map(
		({ axis, points }) =>
			`By ${AXES[axis].unit}: ${points.map(({ at, row }) => `${at}: ${rounded(row.value)} ms`).join(", ")}.`,
	);
	return { markup, height: 44 + PLOT.height + 52, description: `${title}. ${description.join(" ")}` };
}

const SETS = { twitter2015: "Twitter-2015 dev", twitter2017: "Twitter-2017 dev" } as const;

function rulesGroups(history: History): BarGroup[] {
	return Object.entries(SETS)
		.map(([set, title]) => ({
			title: `${title}, F1 of entities`,
			bars: ["ours, 4 beams", "ours, 1 beam", "compromise"].flatMap((name) => {
				const speed = history.find("node", 1, `${set} dev: ${name}: posts per second`);
				const shown = (value: number) =>
					`${value.toFixed(1)}${speed === undefined ? "" : `, ${Math.round(speed.value)} posts/s`}`;
				return barOf(history.find("node", 1, `${set} dev: ${name}: F1, all types`), name, name !== "compromise", shown);
			}),
		}))
		.filter(({ bars }) => bars.length > 0);
}

/** @param model the bundle of the run; other: one whose rows carry its name */
function trafficGroups(history: History, model: string, other: string): BarGroup[][] {
	const group = (bundle: string, named: string | undefined): BarGroup => ({
		title: bundle,
		bars: TRAFFIC_STEPS.flatMap((name) =>
			barOf(
				history.find("node", 1, stepCase(named, name, SHARE), bundle),
				name,
				true,
				(value) => `${Math.round(100 * value)} %`,
			),
		),
	});
	return [group(model, undefined), group(other, other)].filter(({ bars }) => bars.length > 0).map((shown) => [shown]);
}

/** @param model the bundle that curves and rules were measured with, as rows name it */
export function drawChart(history: History, model: string): string {
	const { newest } = history;
	const panels = [
		peerPanel(history),
		costPanel(history, model),
		sideBySide(
			"The model beside rules (compromise)",
			rulesGroups(history).map((group) => [group]),
			120,
			100,
		),
		sideBySide(
			"Share of a step that reading its weights takes at the speed of a memory copy",
			trafficGroups(history, model, "flan-t5-small random fp32"),
			150,
		),
	].filter((panel) => panel !== null);
	let y = MARGIN;
	const placed = panels.map(({ markup, height }) => {
		const group = el("g", { transform: `translate(${MARGIN} ${y})` }, markup);
		y += height + 20;
		return group;
	});
	const source =
		newest === undefined
			? "Nothing was measured yet."
			: `${newest.machine}. Newest rows of tools/bench/results/results.csv, ${newest.date.slice(0, 10)}.`;
	const height = y + 28;
	return `${
		el(
			"svg",
			{
				xmlns: "http://www.w3.org/2000/svg",
				viewBox: `0 0 ${WIDTH} ${height}`,
				width: WIDTH,
				height,
				role: "img",
				"aria-labelledby": "title desc",
			},
			el("title", { id: "title" }, "Benchmark of umie-web"),
			el("desc", { id: "desc" }, `${panels.map(({ description }) => description).join(" ")} ${source}`),
			el("style", {}, STYLE),
			el("rect", { width: WIDTH, height, rx: 8, class: "page" }),
			...placed,
			text(MARGIN, y + 8, source, { class: "soft" }),
		).markup
	}\n`;
}
