/**
 * SentencePiece's compiled table of replacements (`Precompiled` in tokenizer.json), read as the Python tokenizers read
 * it.
 */
import { Failure } from "../../src/core/failure.ts";
import { type Letter, type Letters, replaced } from "./letters.ts";

/** XLM-R's and T5's have 0.24 MB. */
const MAX_BYTES = 16 << 20;
const GRAPHEMES = new Intl.Segmenter("und", { granularity: "grapheme" });
const MARK = /\p{M}/u;
/** No letter before this one grows together with another. */
const FIRST_MARK = "\u0300";
const UTF8 = new TextEncoder();
/** Longer clusters are looked up letter by letter: so do the Python tokenizers. */
const MAX_CLUSTER_BYTES = 5;

/**
 * @param base64 u32 length of the tree in bytes, the tree (a double array, u32 each, little-endian), then replacements
 *   in UTF-8, each ended by a zero
 * @throws Failure `bundle-format`
 */
export function createCharsmap(base64: string): (letters: Letters) => Letters {
	const { tree, replacements } = parse(base64);
	const known = new Map<string, string | null>();

	/** What stands for `text`: the replacement of the shortest beginning of it that has one; null: `text` stays. */
	function lookUp(text: string): string | null {
		const before = known.get(text);
		if (before !== undefined) return before;
		const at = placeOf(tree, UTF8.encode(text));
		const found = at === null ? null : replacementAt(replacements, at);
		if (known.size < 10_000) known.set(text, found);
		return found;
	}

	const plain = Array.from({ length: 94 }, (_, i) => String.fromCharCode(0x21 + i)).every(
		(char) => lookUp(char) === null,
	);

	return (letters) => {
		if (plain && letters.every(({ char }) => char > " " && char < "\x7F")) return letters;
		const out: Letter[] = [];
		for (const cluster of splitClusters(letters)) {
			const text = cluster.map(({ char }) => char).join("");
			// Marks at the beginning of a word stand on the space before it, and no replacement begins with one.
			const whole =
				cluster.length > 1 && !MARK.test(cluster[0]!.char) && UTF8.encode(text).length <= MAX_CLUSTER_BYTES
					? lookUp(text)
					: null;
			if (whole !== null) out.push(...replaced(cluster, whole));
			else
				for (const letter of cluster) {
					const one = lookUp(letter.char);
					if (one === null) out.push(letter);
					else out.push(...replaced([letter], one));
				}
		}
		return out;
	};
}

/** Letters that are drawn as one. */
function splitClusters(letters: Letters): Letter[][] {
	if (letters.every(({ char }) => char < FIRST_MARK)) return letters.map((letter) => [letter]);
	const clusters: Letter[][] = [];
	let at = 0;
	for (const { segment } of GRAPHEMES.segment(letters.map(({ char }) => char).join(""))) {
		const cluster: Letter[] = [];
		for (let units = 0; units < segment.length; units += letters[at++]!.char.length) cluster.push(letters[at]!);
		clusters.push(cluster);
	}
	return clusters;
}

function parse(base64: string): { tree: Uint32Array; replacements: Uint8Array } {
	const bad = (what: string) =>
		new Failure("bundle-format", `tokenizer.json: the normaliser's compiled table ${what}.`);
	if (base64.length > (MAX_BYTES / 3) * 4) throw bad(`is larger than ${MAX_BYTES >> 20} MiB`);
	let bytes: Uint8Array;
	try {
		bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
	} catch (error) {
		throw new Failure("bundle-format", "tokenizer.json: the normaliser's compiled table is not valid base64.", {
			cause: error,
		});
	}
	if (bytes.length < 4) throw bad("is empty");
	const view = new DataView(bytes.buffer);
	const size = view.getUint32(0, true);
	if (size % 4 !== 0 || 4 + size > bytes.length) throw bad("is cut off");
	const tree = Uint32Array.from({ length: size / 4 }, (_, i) => view.getUint32(4 + 4 * i, true));
	return { tree, replacements: bytes.subarray(4 + size) };
}

/**
 * Place of the replacement of the shortest beginning of `key` that the tree holds. A tree that leads nowhere holds
 * nothing.
 */
function placeOf(tree: Uint32Array, key: Uint8Array): number | null {
	const offset = (unit: number) => (unit >>> 10) << ((unit & 0x200) >>> 6);
	let at = offset(tree[0] ?? 0);
	for (const byte of key) {
		if (byte === 0) return null;
		at ^= byte;
		const unit = tree[at];
		if (unit === undefined || (unit & 0x800000ff) >>> 0 !== byte) return null;
		at ^= offset(unit);
		if ((unit >>> 8) & 1) return (tree[at] ?? 0) & 0x7fffffff;
	}
	return null;
}

function replacementAt(replacements: Uint8Array, at: number): string {
	const end = replacements.indexOf(0, at);
	return new TextDecoder().decode(replacements.subarray(at, end < 0 ? undefined : end));
}
