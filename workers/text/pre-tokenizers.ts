/** Where tokenizers cut a word before they look for pieces: a table of the kinds that tokenizer.json may name. */
import { Failure } from "../../src/core/failure.ts";
import { type Letters, split } from "./letters.ts";

export type PreTokenizer = (runs: readonly Letters[]) => readonly Letters[];

type Settings = Readonly<Record<string, unknown>>;

const SPACE = /\p{White_Space}/u;
/** BERT's: also ASCII's signs that Unicode counts as symbols ("$", "+", "~"). */
const PUNCTUATION = /[\p{P}!-/:-@[-`{-~]/u;
const isSpace = (char: string) => SPACE.test(char);
const isPunctuation = (char: string) => PUNCTUATION.test(char);

const KINDS: Readonly<Record<string, (settings: Settings) => PreTokenizer>> = {
	Sequence: ({ pretokenizers }) => {
		const steps = Array.isArray(pretokenizers) ? pretokenizers.map(createPreTokenizer) : [];
		return (runs) => steps.reduce((current, step) => step(current), runs);
	},
	WhitespaceSplit: () => (runs) => runs.flatMap((letters) => split(letters, isSpace, "removed")),
	Metaspace: createMetaspace,
	BertPreTokenizer: () => (runs) =>
		runs
			.flatMap((letters) => split(letters, isSpace, "removed"))
			.flatMap((letters) => split(letters, isPunctuation, "isolated")),
};

/** @throws Failure `bundle-format` */
export function createPreTokenizer(json: unknown): PreTokenizer {
	if (json === null || json === undefined) return (runs) => runs;
	const settings = json as Settings;
	const type = String(settings.type);
	if (!Object.hasOwn(KINDS, type))
		throw new Failure(
			"bundle-format",
			`tokenizer.json: the pre-tokenizer ${type} is not known; known are ${Object.keys(KINDS).join(", ")}.`,
		);
	return KINDS[type]!(settings);
}

/** Every word begins with "▁", which stands where the word's first letter does; a space within becomes one. */
function createMetaspace({
	replacement = "▁",
	prepend_scheme,
	add_prefix_space,
	split: cut = true,
}: Settings): PreTokenizer {
	if ((prepend_scheme ?? (add_prefix_space === false ? "never" : "always")) !== "always")
		throw new Failure(
			"bundle-format",
			`tokenizer.json: expected prepend_scheme "always" of Metaspace: words are read one by one.`,
		);
	const meta = String(replacement);
	return (runs) =>
		runs.flatMap((letters) => {
			if (letters.length === 0) return [];
			const spaced = letters.map((letter) => (letter.char === " " ? { ...letter, char: meta } : letter));
			const word = spaced[0]!.char === meta ? spaced : [{ ...spaced[0]!, char: meta }, ...spaced];
			if (cut !== true) return [word];
			const starts = word.flatMap(({ char }, i) => (char === meta || i === 0 ? i : []));
			return starts.map((start, i) => word.slice(start, starts[i + 1]));
		});
}
