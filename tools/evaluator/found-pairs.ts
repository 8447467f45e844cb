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

/** The relation of a pair in a result: its name, "none", or null where one of the two mentions was not found whole. */
export function relationOfPair(
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
 * What relations cost: how often the text was read for them (without the reading for entities), and how many pairs were
 * asked about.
 */
interface Questions {
	readonly readings: number;
	readonly pairs: number;
}

export function countQuestions({ raw }: Pick<ExtractionResult, "raw">): Questions {
	const instructorsOf = (task: "mner" | "mre") =>
		raw.filter((output) => output.task === task).map(({ instructor }) => instructor);
	const questions = instructorsOf("mre");
	const read = new Set(instructorsOf("mner"));
	return { readings: new Set(questions.filter((instructor) => !read.has(instructor))).size, pairs: questions.length };
}

/** F1 without "none" and accuracy with it, in percent. @param said of each pair */
export function scorePairs(pairs: readonly Pick<Pair, "relation">[], answers: readonly string[]) {
	const counts = noCounts();
	let same = 0;
	for (const [at, { relation }] of pairs.entries()) {
		const [predicted, gold] = [answers[at] === NO_RELATION ? 0 : 1, relation === NO_RELATION ? 0 : 1];
		addCounts(counts, { right: gold === 1 && answers[at] === relation ? 1 : 0, predicted, gold });
		if (answers[at] === relation) same++;
	}
	return { pairs: pairs.length, ...scoreOf(counts), accuracy: (100 * same) / Math.max(1, pairs.length) };
}

/** Extracts from every text once and scores all of its pairs. */
export async function measure(bundle: string, pairs: readonly Pair[], prefilter: "auto" | "off") {
	const engine = await openNodeEngine(bundle);
	const found = new Map<string, ExtractionResult>();
	const questions: Questions[] = [];
	for (const text of new Set(pairs.map(({ text }) => text))) {
		const request = {
			tasks: ["mner", "mre"],
			words: "tokens",
			maxPairs: REQUEST_OPTIONS.maxPairs.max,
			prefilter,
		} as const;
		const result = unwrap(await engine.extract(2 + found.size, { text, image: null }, request, () => {}));
		found.set(text, result);
		questions.push(countQuestions(result));
	}
	await engine.close();
	const answers = pairs.map((pair) => relationOfPair(found.get(pair.text)!, pair));
	const whole = pairs.flatMap((pair, at) => (answers[at] === null ? [] : [{ pair, answer: answers[at]! }]));
	return {
		bundle,
		prefilter,
		readingsPerText: mean(questions.map(({ readings }) => readings)),
		pairsPerText: mean(questions.map(({ pairs }) => pairs)),
		all: scorePairs(
			pairs,
			answers.map((one) => one ?? NO_RELATION),
		),
		foundWhole: scorePairs(
			whole.map(({ pair }) => pair),
			whole.map(({ answer }) => answer),
		),
	};
}

const mean = (numbers: readonly number[]) =>
	numbers.reduce((sum, number) => sum + number, 0) / Math.max(1, numbers.length);

/** `npx tsx tools/evaluator/found-pairs.ts PAIRS.jsonl BUNDLE [BUNDLE …]` */
async function main([file = "", ...bundles]: readonly string[]): Promise<void> {
	const pairs = readRecords(file, "mre");
	console.log(
		"| bundle | prefilter | readings per text | pairs asked per text | pairs | P | R | F1 | accuracy |\n" +
			`|${"---|".repeat(9)}`,
	);
	for (const bundle of bundles)
		for (const prefilter of ["off", "auto"] as const) {
			const { readingsPerText, pairsPerText, all, foundWhole } = await measure(bundle, pairs, prefilter);
			for (const [name, score] of Object.entries({ all, "both ends found": foundWhole })) {
				const costs = [readingsPerText, pairsPerText].map((number) => number.toFixed(2));
				const numbers = [score.precision, score.recall, score.f1, score.accuracy].map((number) => number.toFixed(1));
				const cells = [bundle, prefilter, ...costs, `${name}: ${score.pairs}`, ...numbers];
				console.log(`| ${cells.join(" | ")} |`);
			}
		}
}

if (process.argv[1] === import.meta.filename) await main(process.argv.slice(2));
