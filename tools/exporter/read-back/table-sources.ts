/** Tensors that were made into one table with others: orders of pictures, places that were copied, positions. */
import { ORDER_EMBEDDING, ORDERS, PLACES, POSITIONS } from "../graphs/stored-names.ts";
import { note } from "./losses.ts";
import { checkElements, type Found, type Indexed, misfit } from "./source.ts";

/** Row s of the stored table is the picture's embedding and the row of the vocabulary's s-th last token. */
export function outOfOrders(
	name: string,
	shape: readonly number[],
	{ facts, expected, losses }: Indexed,
): Found | null {
	const [stored, shared] = [facts.weights.get(ORDERS), facts.weights.get("shared.weight")];
	if (name !== ORDER_EMBEDDING || stored === undefined || shared === undefined) return null;
	const [slots = 0, width = 0] = stored.shape;
	const vocabulary = expected.get("shared.weight")![0] ?? 0;
	checkElements([2, width], shape, name);
	if (slots < 1 || slots > vocabulary) throw misfit(ORDERS, stored.shape, [1, width]);
	note(losses, "orders", name);
	const make = () => {
		const sums = facts.whole(stored);
		const tokens = facts.rows(shared, false).read(vocabulary - slots, vocabulary);
		const picture = new Float32Array(2 * width);
		for (let column = 0; column < width; column++) {
			let sum = 0;
			for (let slot = 0; slot < slots; slot++)
				sum += sums[slot * width + column]! - tokens[(slots - 1 - slot) * width + column]!;
			picture[column] = sum / slots;
		}
		return [picture];
	};
	return { from: [ORDERS], make };
}

/** Where the decoder copied last: columns of one table, the layers' heads in order, then the pointer. */
export function outOfPlaces(name: string, shape: readonly number[], { facts, expected }: Indexed): Found | null {
	const stored = facts.weights.get(PLACES);
	if (stored === undefined || !name.endsWith(".place_bias.weight")) return null;
	const all = [...expected].filter(([each]) => each.endsWith(".place_bias.weight"));
	const widths = all.map(([, [, width = 0]]) => width);
	const before = all.findIndex(([each]) => each === name);
	const sum = (of: readonly number[]) => of.reduce((total, width) => total + width, 0);
	const [rows = 0, width = 0] = shape;
	const [total, left] = [sum(widths), sum(widths.slice(0, before))];
	checkElements(stored.shape, [rows, total], PLACES);
	return { from: [PLACES], make: () => [columnsOf(facts.whole(stored), { rows, total, left, width })] };
}

interface Columns {
	readonly rows: number;
	/** Columns there are. */
	readonly total: number;
	/** First one that is wanted. */
	readonly left: number;
	readonly width: number;
}

function columnsOf(data: Float32Array, { rows, total, left, width }: Columns): Float32Array {
	const out = new Float32Array(rows * width);
	for (let row = 0; row < rows; row++)
		out.set(data.subarray(row * total + left, row * total + left + width), row * width);
	return out;
}

/** Positions, type 0 and the token in front lie in one table: all of it but that token comes back as positions. */
export function outOfPositions(
	name: string,
	shape: readonly number[],
	{ facts, positions, losses }: Indexed,
): Found | null {
	const stored = facts.weights.get(POSITIONS);
	const shared = facts.weights.get("shared.weight");
	if (stored === undefined || positions === null || shared === undefined) return null;
	const { names, offset, start } = positions;
	if (name !== names.positions && name !== names.types) return null;
	const [rows = 0, width = 0] = shape;
	note(losses, "types", name);
	if (name === names.types) return { from: [], make: () => [new Float32Array(rows * width)] };
	const [kept = 0, columns = 0] = stored.shape;
	if (columns !== width || offset + kept > rows) throw misfit(POSITIONS, stored.shape, [rows - offset, width]);
	if (offset + kept < rows) note(losses, "positions", `${name}, ${kept} of ${rows}`);
	const make = () => {
		const out = new Float32Array(rows * width);
		out.set(facts.whole(stored), offset * width);
		const token = start === null ? [] : facts.rows(shared, false).read(start, start + 1);
		for (let column = 0; column < token.length; column++)
			out[offset * width + column] = without(out[offset * width + column]!, token[column]!);
		return [out];
	};
	return { from: [POSITIONS], make };
}

/** A float32 that gives `sum` with `part` added, if there is one: their difference, or a float beside it. */
function without(sum: number, part: number): number {
	const difference = Math.fround(sum - part);
	return (
		[0, 1, -1].map((steps) => beside(difference, steps)).find((value) => Math.fround(value + part) === sum) ??
		difference
	);
}

const float = new Float32Array(1);
const word = new Int32Array(float.buffer);

/** The float32 so many steps further from zero. */
function beside(value: number, steps: number): number {
	float[0] = value;
	word[0]! += steps;
	return float[0]!;
}
