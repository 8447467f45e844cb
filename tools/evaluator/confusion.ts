/** Counts how often each label was taken for each other one. */
import type { Compared, Item, Layer } from "./item.ts";
import { IOU_RIGHT } from "./metric.ts";
import { iou } from "./metrics.ts";
import type { EvaluatedDefinition } from "./tasks/definition.ts";

export interface Confusion {
	/** Row and column names; the last is {@link NOTHING}, except for mre, where "none" is a label of its own. */
	readonly labels: readonly string[];
	/** [gold][predicted] how often. */
	readonly cells: readonly (readonly number[])[];
}

/** Row: predicted where nothing is annotated. Column: annotated where nothing was predicted. */
export const NOTHING = "(nothing)";
/** What was predicted where an output could not be read. */
export const UNREAD = "(unread)";

/** Labels meet where two items stand at exactly the same place; of relations with objects also at the same object. */
export function countConfusions(
	definition: Pick<EvaluatedDefinition, "labelPair">,
	compared: readonly Compared[],
	layer: Layer,
): Confusion {
	const pairs =
		definition.labelPair !== undefined
			? compared.map(({ record, prediction }) => definition.labelPair!(record, prediction))
			: compared.flatMap((one) => pairsOf(one.gold[layer], one.predicted[layer], layer === "objects"));
	const last = (label: string) => Number(label === NOTHING || label === UNREAD);
	const labels = [...new Set(pairs.flat())].sort((a, b) => last(a) - last(b) || (a < b ? -1 : 1));
	const at = new Map(labels.map((label, index) => [label, index]));
	const cells = labels.map(() => labels.map(() => 0));
	for (const [gold, predicted] of pairs) cells[at.get(gold)!]![at.get(predicted)!]!++;
	return { labels, cells };
}

function pairsOf(
	gold: readonly Item[],
	predicted: readonly Item[],
	objects: boolean,
): [gold: string, predicted: string][] {
	const rest = [...predicted];
	const pairs: [string, string][] = [];
	// The same label first, so that two readings of one place are not crossed.
	const take = (one: Item, fits: (other: Item) => boolean) => {
		const found = rest.findIndex(
			(other) => samePlace(one, other) && (!objects || sameObject(one, other)) && fits(other),
		);
		return found < 0 ? undefined : rest.splice(found, 1)[0];
	};
	const open = gold.filter((one) => {
		const found = take(one, ({ label }) => label === one.label);
		if (found !== undefined) pairs.push([one.label, found.label]);
		return found === undefined;
	});
	for (const one of open) pairs.push([one.label, take(one, () => true)?.label ?? NOTHING]);
	return [...pairs, ...rest.map((other): [string, string] => [NOTHING, other.label])];
}

function samePlace(a: Item, b: Item): boolean {
	const places = ({ group, spans, boxes }: Item) =>
		JSON.stringify([group, spans.map(({ start, end }) => [start, end]), spans.length === 0 ? boxes : []]);
	return places(a) === places(b);
}

const sameObject = ({ boxes: [a] }: Item, { boxes: [b] }: Item): boolean =>
	a !== undefined && b !== undefined && iou(a, b) >= IOU_RIGHT;
