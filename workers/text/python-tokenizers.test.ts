/**
 * Whether ids and places are those of the Python tokenizers on 2,000 posts (`tools/trainer/tokenizer_cases.py` wrote
 * them down).
 */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { codePointOffsets } from "../../src/core/text.ts";
import { codecOf } from "./codec.test-helper.ts";
import type { Token } from "./tokenizer.ts";

interface Answers {
	readonly tokenizer?: unknown;
	readonly counts: readonly number[];
	readonly ids: readonly number[];
	/** Code points between the end of the token before and the beginning of this one. */
	readonly gaps: readonly number[];
	readonly lengths: readonly number[];
}
type Kind = "wordpiece" | "unigram" | "nfkc";

const cases = JSON.parse(gunzipSync(readFileSync(new URL("cases.json.gz", import.meta.url))).toString("utf8")) as {
	readonly posts: readonly string[];
} & Readonly<Record<Kind, Answers>>;
const nano = JSON.parse(readFileSync(new URL("../../models/umie-nano/tokenizer.json", import.meta.url), "utf8"));

/** The tokens of each post, in UTF-16 units. */
function* answersOf({ counts, ids, gaps, lengths }: Answers): Generator<{ post: string; tokens: Token[] }> {
	let at = 0;
	for (const [i, count] of counts.entries()) {
		const post = cases.posts[i]!;
		const offsets = codePointOffsets(post);
		let end = 0;
		const tokens: Token[] = [];
		for (const last = at + count; at < last; at++) {
			const start = end + gaps[at]!;
			end = start + lengths[at]!;
			tokens.push({ id: ids[at]!, start: offsets[start]!, end: offsets[end]! });
		}
		yield { post, tokens };
	}
}

/**
 * Where we differ on purpose:
 * - where words are not split before "▁" is put in front of them (XLM-R), theirs have a lone "▁" at the end of a text
 * with a space there, and in front of
 *   an added token; ours have none, as words are read one by one;
 * - spaces, and what a normaliser makes a space, begin no place of ours;
 * - marks, and what else NFKC composes, belong to the letter that they stand on, and each keeps its place where NFKC
 * puts them into another order;
 *   theirs fall out of every place, and are counted in the new order;
 * - where SentencePiece's table takes control characters out, places of theirs are off by those.
 */
const SPACES = /^[\p{White_Space}▁\u200B-\u200F\uFEFF\uFFFD]+/u;
const COMPOSED = /^[\p{M}\p{Lm}\u1160-\u11FF\u3131-\u318E]+$/u;
const ONE_HEAP = /^.\p{M}+$/u;
const TAKEN_OUT = /[^\P{Cc}\t\n\r]/u;

interface Outcome {
	texts: number;
	/** Lone "▁" that ours have not. */
	lone: number;
	/** Places that differ by marks. */
	composed: number;
	readonly wrong: unknown[];
}

function compare(kind: Kind): Outcome {
	const json = (cases[kind].tokenizer ?? nano) as {
		readonly added_tokens: readonly { readonly content: string }[];
		readonly model: { readonly vocab: unknown };
	};
	const codec = codecOf(json);
	const added = new Set(json.added_tokens.map(({ content }) => content));
	const lone =
		kind === "unigram" ? (json.model.vocab as readonly [string, number][]).findIndex(([piece]) => piece === "▁") : -1;
	const outcome: Outcome = { texts: 0, lone: 0, composed: 0, wrong: [] };
	for (const { post, tokens } of answersOf(cases[kind])) {
		const ours = codec.encodeWithPlaces(post);
		const theirs = tokens.filter(({ id, start, end }, i) => {
			const alone = id === lone && post.slice(start, end).replace(SPACES, "") === "";
			return !alone || (i + 1 < tokens.length && !added.has(post.slice(tokens[i + 1]!.start, tokens[i + 1]!.end)));
		});
		outcome.texts++;
		outcome.lone += tokens.length - theirs.length;
		if (ours.length !== theirs.length || ours.some(({ id }, i) => id !== theirs[i]!.id))
			outcome.wrong.push({ post, ours, theirs });
		else if (!TAKEN_OUT.test(post))
			for (const [i, { start, end }] of ours.entries()) {
				const { start: begin, end: last } = theirs[i]!;
				const spaces = post.slice(begin, last).match(SPACES)?.[0].length ?? 0;
				const begins = start === begin || start === begin + spaces;
				const heap = ONE_HEAP.test(post.slice(Math.min(start, begin), Math.max(end, last)));
				const marks = heap || (begins && end > last && COMPOSED.test(post.slice(last, end)));
				const same = begins && (end === last || begin + spaces === last);
				if (!same && marks) outcome.composed++;
				if (!same && !marks) outcome.wrong.push({ post, token: i, ours: [start, end], theirs: [begin, last] });
			}
	}
	return outcome;
}

describe("ids and places of the Python tokenizers", () => {
	test.each<[Kind, Omit<Outcome, "wrong">]>([
		["wordpiece", { texts: 2000, lone: 0, composed: 47 }],
		["unigram", { texts: 2000, lone: 8, composed: 8 }],
		["nfkc", { texts: 400, lone: 0, composed: 48 }],
	])("%s", (kind, outcome) => {
		expect(compare(kind)).toEqual({ ...outcome, wrong: [] });
	});
});
