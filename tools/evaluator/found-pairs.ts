/** Scores relations as a person gets them: between the mentions that mner finds, with the prefilter and without. */
import { unwrap } from "../../src/core/failure.ts";
import type { ExtractionResult } from "../../src/core/result.ts";
import { NO_RELATION } from "../../src/tasks/defaults.ts";
import { REQUEST_OPTIONS } from "../../src/tasks/request.ts";
import { openNodeEngine } from "../node/engine/node-engine.ts";
import { addCounts, noCounts, scoreOf } from "./metrics.ts";
import { utf16 } from "./predict/offsets.ts";
import { readRecords } from "./records.ts";
import type { RecordOf } from "./tasks/tasks.ts";

type Pair = RecordOf<"mre">;
type Found = Pick<ExtractionResult, "entities" | "relations">;

/** What a result says of a pair: a relation, "none", or null where one of the two was not found whole. */
export function saidOf(
	{ entities, relations }: Found,
	{ text, head, tail }: Pick<Pair, "text" | "head" | "tail">,
): string | null {
	const [heads, tails] = [head, tail].map((end) => {
		const [from, to] = [utf16(text, end.start), utf16(text, end.end)];
		return entities.filter((entity) => entity.start === from && entity.end === to).map(({ id }) => id);
	});
	if (heads!.length === 0 || tails!.length === 0) return null;
	return (
		relations.find((relation) => heads!.includes(relation.head) && tails!.includes(relation.tail))?.type ?? NO_RELATION
	);
}

/**
 * What relations cost: how often the text was read for them, the entities' reading apart, and how many pairs were asked
 * about.
 */
interface AskedOf {
	readonly readings: number;
	readonly pairs: number;
}

export function askedIn({ raw }: Pick<ExtractionResult, "raw">): AskedOf {
	const instructorsOf = (task: "mner" | "mre") =>
		raw.filter((output) => output.task === task).map(({ instructor }) => instructor);
	const asked = instructorsOf("mre");
	const read = new Set(instructorsOf("mner"));
	return { readings: new Set(asked.filter((instructor) => !read.has(instructor))).size, pairs: asked.length };
}

/** F1 without "none" and accuracy with it, in percent. @param said of each pair */
export function scorePairs(pairs: readonly Pick<Pair, "relation">[], said: readonly string[]) {
	const counts = noCounts();
	let same = 0;
	for (const [at, { relation }] of pairs.entries()) {
		const [predicted, gold] = [said[at] === NO_RELATION ? 0 : 1, relation === NO_RELATION ? 0 : 1];
		addCounts(counts, { right: gold === 1 && said[at] === relation ? 1 : 0, predicted, gold });
		if (said[at] === relation) same++;
	}
	return { pairs: pairs.length, ...scoreOf(counts), accuracy: (100 * same) / Math.max(1, pairs.length) };
}

/** Every text once, all of its pairs. */
export async function measure(bundle: string, pairs: readonly Pair[], screen: "auto" | "off") {
	const engine = await openNodeEngine(bundle);
	const found = new Map<string, ExtractionResult>();
	const asked: AskedOf[] = [];
	for (const text of new Set(pairs.map(({ text }) => text))) {
		const request = {
			tasks: ["mner", "mre"],
			words: "tokens",
			maxPairs: REQUEST_OPTIONS.maxPairs.max,
			prefilter: screen,
		} as const;
		const result = unwrap(await engine.extract(2 + found.size, { text, image: null }, request, () => {}));
		found.set(text, result);
		asked.push(askedIn(result));
	}
	await engine.close();
	const said = pairs.map((pair) => saidOf(found.get(pair.text)!, pair));
	const whole = pairs.flatMap((pair, at) => (said[at] === null ? [] : [{ pair, said: said[at]! }]));
	return {
		bundle,
		screen,
		readingsPerText: mean(asked.map(({ readings }) => readings)),
		pairsPerText: mean(asked.map(({ pairs }) => pairs)),
		all: scorePairs(
			pairs,
			said.map((one) => one ?? NO_RELATION),
		),
		foundWhole: scorePairs(
			whole.map(({ pair }) => pair),
			whole.map(({ said }) => said),
		),
	};
}

const mean = (numbers: readonly number[]) =>
	numbers.reduce((sum, number) => sum + number, 0) / Math.max(1, numbers.length);

/** `npx tsx tools/evaluator/found-pairs.ts PAIRS.jsonl BUNDLE [BUNDLE …]` */
async function main([file = "", ...bundles]: readonly string[]): Promise<void> {
	const pairs = readRecords(file, "mre");
	console.log(
		"| bundle | screen | readings a text | pairs asked a text | pairs | P | R | F1 | accuracy |\n|---|---|---|---|---|---|---|---|---|",
	);
	for (const bundle of bundles)
		for (const screen of ["off", "auto"] as const) {
			const { readingsPerText, pairsPerText, all, foundWhole } = await measure(bundle, pairs, screen);
			for (const [name, score] of Object.entries({ all, "both ends found": foundWhole })) {
				const numbers = [score.precision, score.recall, score.f1, score.accuracy].map((number) => number.toFixed(1));
				console.log(
					`| ${bundle} | ${screen} | ${readingsPerText.toFixed(2)} | ${pairsPerText.toFixed(2)} | ${name}: ${score.pairs} | ${numbers.join(" | ")} |`,
				);
			}
		}
}

if (process.argv[1] === import.meta.filename) await main(process.argv.slice(2));
