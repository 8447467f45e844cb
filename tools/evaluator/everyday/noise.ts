/**
 * Variants of a post as people type: without capitals, in capitals, with typing errors; its names and relations follow.
 */
import { textsIn } from "./occurrences.ts";
import { type Extent, type PostLine, understand } from "./posts.ts";

type Random = () => number;

/** What becomes of each code point: as many pieces as the text has code points. */
type Noise = (text: string, names: readonly Extent[], random: Random) => string[];

const PUNCTUATION = /[.,!?;:"“”„…()]/u;
const LETTER = /\p{L}/u;
/** One letter in so many is typed wrongly, and at least one. */
const LETTERS_PER_TYPO = 22;

const NOISE: Readonly<Record<string, Noise>> = {
	/** "cavs win again" */
	lower: (text) => Array.from(text, (character) => character.toLowerCase()),
	/** "CAVS WIN AGAIN" */
	upper: (text) => Array.from(text, (character) => character.toUpperCase()),
	/** "Cavs Win Again", as headlines are written. */
	headline: (text) =>
		Array.from(text).map((character, index, all) =>
			/[\s"“(]/u.test(all[index - 1] ?? " ") ? character.toUpperCase() : character,
		),
	/** "cavs win again", without punctuation; that of names stays. */
	bare: (text, names) =>
		mapPoints(text, (character, at) =>
			PUNCTUATION.test(character) && !names.some((name) => inside(at, name)) ? "" : character.toLowerCase(),
		),
	/** "Cavs wni again": letters swapped, left out or twice, in names as well. */
	typos: typed,
};
export type NoiseKind = keyof typeof NOISE;
export const NOISE_KINDS: readonly NoiseKind[] = Object.keys(NOISE);

const inside = (at: number, { start, end }: Extent) => at >= start && at < end;

function mapPoints(text: string, change: (character: string, at: number) => string): string[] {
	let at = 0;
	return Array.from(text, (character) => {
		const out = change(character, at);
		at += character.length;
		return out;
	});
}

function typed(text: string, _names: readonly Extent[], random: Random): string[] {
	const pieces = Array.from(text);
	// The first letter of a word is rarely wrong, and the last of two that are swapped must be one, too.
	const places = pieces.flatMap((piece, i) =>
		[-1, 0, 1].every((d) => LETTER.test(pieces[i + d] ?? "")) && LETTER.test(piece) ? [i] : [],
	);
	const count = Math.max(1, Math.round(places.length / LETTERS_PER_TYPO));
	for (let made = 0; made < count && places.length > 0; made++) {
		const [i] = places.splice(Math.floor(random() * places.length), 1) as [number];
		const kind = random();
		if (kind < 0.4) pieces.splice(i, 2, pieces[i + 1]!, pieces[i]!);
		else if (kind < 0.75) pieces[i] = "";
		else pieces[i] = pieces[i]!.repeat(2);
	}
	return pieces;
}

/** Null where the variant reads as the post does. */
export function withNoise(line: PostLine, kind: NoiseKind, random: Random): PostLine | null {
	const post = understand(line, line.id);
	const before = Array.from(line.text);
	const pieces = NOISE[kind]!(line.text, post.names, random);
	const text = pieces.join("");
	if (text === line.text) return null;
	const moved = mover(before, pieces);
	const textOf = (extent: Extent) => text.slice(moved(extent.start), moved(extent.end));
	const names = post.names.map((name, index) => {
		const own = textOf(name);
		const at = textsIn(text, own).findIndex(({ start }) => start === moved(name.start));
		const also = [...new Set(name.extents.slice(1).map(textOf))];
		const { at: _, also: __, ...rest } = line.names[index]!;
		return { ...rest, text: own, ...(at > 0 ? { at } : {}), ...(also.length > 0 ? { also } : {}) };
	});
	const ends = (mentions: readonly number[]) => [...new Set(mentions.map((index) => names[index]!.text))];
	const relations = post.relations.flatMap(({ heads, tails }, index) =>
		ends(heads).flatMap((head) => ends(tails).map((tail) => ({ ...line.relations[index]!, head, tail }))),
	);
	const slice = [...line.slice.filter((name) => !(name === "lowercase" || name === "capitals")), "noise", kind];
	return { ...line, id: `${line.id}-${kind}`, slice, of: line.id, text, names, relations };
}

/** Where an offset of the text comes to lie. */
function mover(before: readonly string[], after: readonly string[]): (offset: number) => number {
	const places = new Map<number, number>([[0, 0]]);
	let [from, to] = [0, 0];
	for (const [index, character] of before.entries()) {
		from += character.length;
		to += after[index]!.length;
		places.set(from, to);
	}
	return (offset) => places.get(offset)!;
}
