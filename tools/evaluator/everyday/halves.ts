/**
 * Draws the halves of everyday posts, evenly over topics, and gives each half its variants with noise; writes the file
 * anew.
 */
import { writeFileSync } from "node:fs";
import { seededRandom } from "../../exporter/checkpoint/seeded-random.ts";
import { NOISE_KINDS, withNoise } from "./noise.ts";
import { HALVES, type Half, type PostLine, readPostLines, understand } from "./posts.ts";

const SEED = 15;
/** Variants of each kind in each half. */
const PER_KIND = 6;

/** The same items and the same random numbers give the same order. */
function shuffled<T>(items: readonly T[], random: () => number): T[] {
	const out = [...items];
	for (let i = out.length - 1; i > 0; i--) {
		const j = Math.floor(random() * (i + 1));
		[out[i], out[j]] = [out[j]!, out[i]!];
	}
	return out;
}

/**
 * Every post gets a half; those that have one keep it. Posts of one topic, with and without names, with and without
 * relations are dealt out one by one, so that the halves differ by one at most in each of these strata, and by one in
 * all.
 */
export function drawHalves(lines: readonly PostLine[], seed: number): PostLine[] {
	const strata = new Map<string, PostLine[]>();
	for (const line of lines.filter(({ half }) => half === null)) {
		const key = [line.slice[0], line.names.length > 0, line.relations.length > 0].join(" ");
		strata.set(key, [...(strata.get(key) ?? []), line]);
	}
	const dealt = [...strata]
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.flatMap(([key, stratum]) => shuffled(stratum, seededRandom(seed, key)));
	const drawn = new Map<string, Half>(dealt.map(({ id }, index) => [id, HALVES[index % HALVES.length]!]));
	return lines.map((line) => ({ ...line, half: line.half ?? drawn.get(line.id)! }));
}

/** `perKind` variants of each kind for each half, of different posts as far as there are. Four in five have a name. */
export function noiseVariants(lines: readonly PostLine[], seed: number, perKind: number): PostLine[] {
	return HALVES.flatMap((half) => {
		const own = lines.filter((line) => line.half === half && line.of === undefined);
		const random = seededRandom(seed, `noise ${half}`);
		const [named, nameless] = [true, false].map((has) =>
			shuffled(own, random).filter(({ names }) => names.length > 0 === has),
		);
		return NOISE_KINDS.flatMap((kind) => {
			const made: PostLine[] = [];
			while (made.length < perKind) {
				const source = ((made.length % 5 === 4 ? nameless!.shift() : undefined) ??
					named!.shift() ??
					nameless!.shift()) as PostLine | undefined;
				if (source === undefined) break;
				const variant = withNoise(source, kind, seededRandom(seed, `${source.id} ${kind}`));
				if (variant !== null) made.push(variant);
			}
			return made;
		});
	});
}

/** `npx tsx tools/evaluator/everyday/halves.ts POSTS.jsonl [--per-kind N]`: posts keep their order, variants follow. */
function main([file = "", flag, count]: readonly string[]): void {
	const lines = readPostLines(file).map(({ line }) => line);
	const drawn = drawHalves(
		lines.filter(({ of }) => of === undefined),
		SEED,
	);
	const variants = noiseVariants(drawn, SEED, flag === "--per-kind" ? Number(count) : PER_KIND);
	const all = [...drawn, ...variants];
	for (const line of all) understand(line, file);
	writeFileSync(file, all.map((line) => `${JSON.stringify(line)}\n`).join(""));
	for (const half of HALVES) console.log(`${half}: ${all.filter((line) => line.half === half).length} posts`);
}

if (process.argv[1] === import.meta.filename) main(process.argv.slice(2));
