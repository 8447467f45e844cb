/**
 * Measures what a post and a step cost against the length of the text, beams, regions of the picture, and posts in one
 * batch, changing one thing at a time.
 */
import { withPage } from "../browser.ts";
import type { AskCase, MeasuredAsk } from "../page/contract.ts";
import { median, type Row } from "../report.ts";
import { AXES, type Axis, costCase } from "./names.ts";
import type { Part } from "./part.ts";

/** Where everything else stands while one thing changes. */
export const USUAL = { length: 64, beams: 4, posts: 1, regions: null } as const;
/** Every output has as many: with an end of its own, a longer text would be compared with a longer answer. */
const TOKENS = 16;
const CANDIDATES = 100;

interface Point {
	readonly length: number;
	readonly beams: number;
	readonly posts: number;
	/** Beside the whole picture; null: no picture. */
	readonly regions: number | null;
}

/** Ids that the vocabulary of every bundle has: past the specials, spread evenly. */
export function askOf({ length, beams, posts, regions }: Point, vocabulary: number): AskCase {
	const id = (index: number) => Math.floor(vocabulary / 8) + ((index * 37) % Math.floor(vocabulary / 2));
	return {
		inputs: Array.from({ length: posts }, (_, post) => [
			...Array.from({ length: length - 1 }, (_, index) => id(post * length + index)),
			1,
		]),
		beams,
		candidates: Array.from({ length: CANDIDATES }, (_, index) => id(index)),
		maxNewTokens: TOKENS,
		regions,
	};
}

const POINTS = (Object.keys(AXES) as Axis[]).flatMap((axis) =>
	AXES[axis].values.map((value) => ({ axis, value, point: { ...USUAL, [axis]: value } as Point })),
);

/** In turn, so that what else the machine does meets all alike. */
export const costPart: Part = ({ model, manifest, repetitions, note }) =>
	withPage({ nano: model }, false, async ({ bench, version }) => {
		await bench.open("cost", "nano", { device: "wasm", threads: 1 });
		const { vocab_size, max_input, visual } = manifest.config;
		const points = POINTS.filter(
			({ axis, value }) => (axis !== "length" || value <= max_input) && (axis !== "regions" || visual !== null),
		);
		const measured: MeasuredAsk[][] = points.map(() => []);
		const rounds = repetitions ?? 7;
		for (let round = 0; round <= rounds; round++) {
			note(`round ${round === 0 ? "0 (warm-up)" : round} of ${rounds}`);
			for (const [index, { point }] of points.entries()) {
				const answer = await bench.ask("cost", askOf(point, vocab_size));
				if (round > 0) measured[index]!.push(answer);
			}
		}
		return {
			rows: points.flatMap(({ axis, value, point }, index) => rowsOf(axis, value, point, measured[index]!)),
			where: version,
		};
	});

function rowsOf(axis: Axis, value: number, { posts }: Point, measured: readonly MeasuredAsk[]): Row[] {
	const steps = measured.flatMap((ask) => ask.runs.map(({ milliseconds }) => milliseconds));
	const at = { device: "wasm", threads: 1, unit: "ms" } as const;
	return [
		{
			...at,
			case: costCase(axis, value, "ms per post"),
			value: median(measured.map(({ milliseconds }) => milliseconds / posts)),
			n: measured.length,
		},
		{ ...at, case: costCase(axis, value, "ms per step"), value: median(steps), n: steps.length },
	];
}
