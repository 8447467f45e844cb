/** Asks about records as the page does: where the bundle's prefilter sees no sign, nothing is asked. */
import { isBelow, prefilterFeeds, readPrefilter, thresholdsOf } from "../../../src/tasks/query/prefilter.ts";
import type { PairSpans, WordSpan } from "../../../src/tasks/query/question.ts";
import { entityQuery } from "../../../src/tasks/query/span.ts";
import { encodeStates, runPrefilter } from "../../../workers/model/model.ts";
import { utf16 } from "./offsets.ts";
import type { Context, Item, Output } from "./prepare.ts";
import type { PairRecord } from "./schemas.ts";

/** What the prefilter looks for in a record, and the output for a record that shows no sign of it. */
interface Prefiltering<I extends Item> {
	readonly sign: "related" | "eventful";
	/** The pair of a record that mre is given; null: it lies outside what mner reads, and is asked about. */
	readonly pairOf?: (item: I) => PairSpans | null;
	/** @param probability of the sign */
	readonly unasked: (probability: number) => Output;
}

/**
 * Records whose words or labels the prefilter was not made for are asked about.
 * @returns outputs in the order of the items
 */
export async function runPrefiltered<I extends Item>(
	context: Context,
	items: readonly I[],
	prefiltering: Prefiltering<I>,
	run: (context: Context, items: readonly I[]) => Promise<Output[]>,
): Promise<Output[]> {
	const signs: (number | null)[] = [];
	for (const item of items) signs.push(await readSign(context, item, prefiltering));
	const thresholds = items.map(({ setting }) => thresholdsOf(setting)[prefiltering.sign]);
	const left = signs.map((sign, index) => isBelow(sign ?? undefined, thresholds[index]!));
	const answers = (
		await run(
			context,
			items.filter((_, index) => !left[index]),
		)
	).values();
	return items.map((_, index) => {
		const sign = signs[index]!;
		if (left[index]) return { ...prefiltering.unasked(sign!), prefiltered: "left out" };
		const output = answers.next().value!;
		return sign === null ? output : { ...output, prefiltered: "asked" };
	});
}

/** Encodes mner's prompt before the text, as the page has done anyway. @returns null where no prefilter is in force */
async function readSign<I extends Item>(
	{ platform }: Context,
	item: I,
	{ sign, pairOf }: Prefiltering<I>,
): Promise<number | null> {
	if (thresholdsOf(item.setting)[sign] === null) return null;
	const query = entityQuery(item.setting);
	const pair = pairOf?.(item) ?? null;
	if (pairOf !== undefined && (pair === null || Math.max(pair.head.to, pair.tail.to) > query.wordsRead)) return null;
	await platform.turn();
	const { sessions } = platform.model;
	const pairs = pair === null ? [] : [pair];
	const outputs = await runPrefilter(
		sessions,
		await encodeStates(sessions, query.inputIds),
		prefilterFeeds(query, pairs),
	);
	const { related, eventful } = readPrefilter({ pairs }, outputs);
	return sign === "eventful" ? eventful : ([...related.values()][0] ?? null);
}

/** The words of a record's head and tail; null where one has none. */
export function pairOf({ record, setting }: Item<PairRecord>): PairSpans | null {
	const wordsOf = (span: { readonly start: number; readonly end: number }): WordSpan | null => {
		const [start, end] = [utf16(record.text, span.start), utf16(record.text, span.end)];
		const from = setting.words.findIndex((word) => word.end > start);
		const to = setting.words.findLastIndex((word) => word.start < end) + 1;
		return from >= 0 && from < to ? { from, to } : null;
	};
	const [head, tail] = [wordsOf(record.head), wordsOf(record.tail)];
	return head === null || tail === null ? null : { head, tail };
}

/** How many of the pairs or texts that the prefilter saw it kept. */
export interface PrefilterShare {
	readonly kept: number;
	readonly of: number;
}

/** @returns null: no prefilter was in force */
export function prefilterShare(outputs: ReadonlyArray<Pick<Output, "prefiltered">>): PrefilterShare | null {
	const seen = outputs.filter(({ prefiltered }) => prefiltered !== undefined);
	return seen.length === 0
		? null
		: { kept: seen.filter(({ prefiltered }) => prefiltered === "asked").length, of: seen.length };
}

/** Scores with a prefilter are not those of a run that asked about everything. @returns null: none was in force */
export function describePrefilter({ prefilter }: { readonly prefilter: PrefilterShare | null }): string | null {
	if (prefilter === null) return null;
	const { kept, of } = prefilter;
	return `the prefilter kept ${kept} of ${of} (${((100 * kept) / of).toFixed(1)} %)`;
}
