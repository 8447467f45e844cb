/** Asks about records as the page does: where the bundle's prefilter sees no sign, nothing is asked. */
import { isBelow, prefilterFeeds, readPrefilter, thresholdsOf } from "../../../src/tasks/query/prefilter.ts";
import type { PairSpans, WordSpan } from "../../../src/tasks/query/question.ts";
import { entityQuery } from "../../../src/tasks/query/span.ts";
import { encodeStates, runPrefilter } from "../../../workers/model/model.ts";
import { utf16 } from "./offsets.ts";
import type { Context, Item, Said } from "./prepare.ts";
import type { PairRecord } from "./schemas.ts";

/** What is screened of a record, and what is said of one that shows no sign. */
interface Screening<I extends Item> {
	readonly sign: "related" | "eventful";
	/** The pair of a record that mre is given; null: it lies outside of what mner reads, and is asked about. */
	readonly pairOf?: (item: I) => PairSpans | null;
	/** @param probability what the screen says */
	readonly unasked: (probability: number) => Said;
}

/**
 * Records whose words or labels the screen was not made for are asked about.
 * @returns what is said, in the order of the items
 */
export async function throughScreen<I extends Item>(
	context: Context,
	items: readonly I[],
	screening: Screening<I>,
	run: (context: Context, items: readonly I[]) => Promise<Said[]>,
): Promise<Said[]> {
	const signs: (number | null)[] = [];
	for (const item of items) signs.push(await signOf(context, item, screening));
	const thresholds = items.map(({ setting }) => thresholdsOf(setting)[screening.sign]);
	const left = signs.map((sign, index) => isBelow(sign ?? undefined, thresholds[index]!));
	const answers = (
		await run(
			context,
			items.filter((_, index) => !left[index]),
		)
	).values();
	return items.map((_, index) => {
		const sign = signs[index]!;
		if (left[index]) return { ...screening.unasked(sign!), screened: "left out" };
		const said = answers.next().value!;
		return sign === null ? said : { ...said, screened: "asked" };
	});
}

/** Encodes mner's prompt before the text, which the page has done anyway. @returns null where no screen is in force */
async function signOf<I extends Item>(
	{ platform }: Context,
	item: I,
	{ sign, pairOf }: Screening<I>,
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

/** How much of a run the screen let through; null: none was in force. */
export interface ScreenShare {
	readonly asked: number;
	readonly of: number;
}

export function screenShare(said: ReadonlyArray<Pick<Said, "screened">>): ScreenShare | null {
	const seen = said.filter(({ screened }) => screened !== undefined);
	return seen.length === 0
		? null
		: { asked: seen.filter(({ screened }) => screened === "asked").length, of: seen.length };
}

/** A number of a screened run is not one of a run that asked everything. @returns null: nothing was screened */
export function screenText({ screen }: { readonly screen: ScreenShare | null }): string | null {
	return (
		screen &&
		`a screen let ${screen.asked} of ${screen.of} be asked (${((100 * screen.asked) / screen.of).toFixed(1)} %)`
	);
}
