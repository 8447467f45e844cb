/**
 * Compares posts per second and F1 of the bundle with compromise's rules, on the dev sets of named entities, in one
 * Node process, post by post in turn.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { unwrap } from "../../../src/core/failure.ts";
import { prepareText, type Word } from "../../../src/core/text.ts";
import type { Engine } from "../../../workers/engine.ts";
import { addCounts, type Counts, noCounts, scoreOf } from "../../evaluator/metrics.ts";
import { utf16 } from "../../evaluator/predict/offsets.ts";
import { readRecords } from "../../evaluator/records.ts";
import { openNodeEngine } from "../../node/engine/node-engine.ts";
import { median, type Row } from "../report.ts";
import { findByRules, type Mention, RULE_TYPES } from "../rules.ts";
import { NODE, type Part } from "./part.ts";

const SETS = { twitter2015: "mner/twitter2015/dev.jsonl", twitter2017: "mner/twitter2017/dev.jsonl" } as const;

type Finder = (text: string) => Promise<Mention[]> | Mention[];

const nano =
	(engine: Engine, beams: number): Finder =>
	async (text) =>
		unwrap(await engine.extract(2, { text, image: null }, { tasks: ["mner"], words: "tokens", beams }, () => {}))
			.entities;

/** Both in plain words: every type of the data, and those that rules know. */
const COUNTED = {
	"all types": () => true,
	"person, location, organization": (type: string) => RULE_TYPES.includes(type),
} as const;
type Counted = keyof typeof COUNTED;

interface Tally {
	readonly counts: Readonly<Record<Counted, Counts>>;
	readonly milliseconds: number[];
}

/** "type first last" with word indices, for every word that the stretch touches. */
export function inWords({ type, start, end }: Mention, words: readonly Word[]): string {
	const touched = words.flatMap((word, index) => (word.start < end && start < word.end ? [index] : []));
	return `${type} ${touched[0]} ${touched.at(-1)}`;
}

/** Strict: type, first and last word. A repeated record counts once. */
export function compare(found: readonly Mention[], gold: readonly Mention[], words: readonly Word[]): Counts {
	const [predicted, expected] = [found, gold].map(
		(mentions) => new Set(mentions.map((mention) => inWords(mention, words))),
	) as [Set<string>, Set<string>];
	return {
		right: [...predicted].filter((record) => expected.has(record)).length,
		predicted: predicted.size,
		gold: expected.size,
	};
}

export const rulesPart: Part = async ({ model, data, note }) => {
	if (data === null || !existsSync(join(data, SETS.twitter2015))) {
		note("skipped: --data has no mner/twitter2015/dev.jsonl");
		return { rows: [], where: NODE };
	}
	const engine = await openNodeEngine(model);
	const finders: Readonly<Record<string, Finder>> = {
		"ours, 4 beams": nano(engine, 4),
		"ours, 1 beam": nano(engine, 1),
		compromise: findByRules,
	};
	const rows: Row[] = [];
	for (const [set, file] of Object.entries(SETS)) {
		note(set);
		const tallies = await tally(join(data, file), finders);
		for (const [name, { counts, milliseconds }] of tallies) {
			const row = (what: string, value: number, unit: string): Row => {
				const bundle = name === "compromise" ? { bundle: "compromise" } : {};
				return {
					device: "node",
					threads: 1,
					case: `${set} dev: ${name}: ${what}`,
					value,
					unit,
					n: milliseconds.length,
					...bundle,
				};
			};
			rows.push(row("posts per second", 1000 / median(milliseconds), "1/s"));
			for (const [which, of] of Object.entries(counts)) rows.push(row(`F1, ${which}`, scoreOf(of).f1, "%"));
		}
	}
	await engine.close();
	return { rows, where: NODE };
};

async function tally(file: string, finders: Readonly<Record<string, Finder>>): Promise<Map<string, Tally>> {
	const tallies = new Map(
		Object.keys(finders).map((name) => [
			name,
			{
				counts: { "all types": noCounts(), "person, location, organization": noCounts() },
				milliseconds: [] as number[],
			},
		]),
	);
	for (const { text, entities } of readRecords(file, "mner")) {
		const { words } = prepareText(text, "tokens");
		// Offsets of the data count code points.
		const gold = entities.map(({ type, start, end }) => ({ type, start: utf16(text, start), end: utf16(text, end) }));
		for (const [name, find] of Object.entries(finders)) {
			const { counts, milliseconds } = tallies.get(name)!;
			const started = performance.now();
			const found = await find(text);
			milliseconds.push(performance.now() - started);
			for (const which of Object.keys(COUNTED) as Counted[]) {
				const ofTypes = (mentions: readonly Mention[]) => mentions.filter(({ type }) => COUNTED[which](type));
				addCounts(counts[which], compare(ofTypes(found), ofTypes(gold), words));
			}
		}
	}
	return tallies;
}
