/**
 * Says which language a text is in where a model was not made for it. Where that is not certain it says nothing: short
 * texts, names alone, and mixed texts are not certain.
 */
import type { UnsupportedLanguage } from "../core/result.ts";
import { COMMON_WORDS } from "./common-words.ts";
import { countScripts, isoScript, languageOf, type ScriptName, scriptsOf } from "./scripts.ts";

/** The beginning of a text says what language it is in. */
const MAX_LENGTH = 4000;
/** Share of the letters that must be of one script for the script to decide. */
const MIN_SHARE = 0.6;
/** Letters of a foreign script that are not a symbol or a face ("μ", "Ω", "ツ"). */
const MIN_LETTERS = 3;
/** Of scripts whose characters are words. */
const MIN_CHARACTERS = 2;
/** Letters and words below which letters cannot tell languages of one script apart. */
const MIN_COMPARED_LETTERS = 12;
const MIN_COMPARED_WORDS = 2;
/** A text with this many of a language's common words, and this share of them, is in it: nothing more is asked. */
const CERTAIN_WORDS = 2;
const CERTAIN_SHARE = 0.4;
/**
 * Evidence, in natural logarithms of odds: a common word of a supported language takes as much from the recogniser's
 * odds as a word with foreign letters adds. Measured in docs/decisions/2026-11-29-languages.md.
 */
const WORD_EVIDENCE = 1.5;
const MAX_FOREIGN_WORDS = 3;
const MIN_EVIDENCE = 1;
/** What each word that a post has less than this many adds to it. */
const ENOUGH_WORDS = 4;
/** Share of the odds that one language must have to be named. */
const MIN_NAMED = 0.6;

/** Letters beside a to z, or а to я, of languages whose words are listed; others are foreign in them. */
const LETTERS: Readonly<Record<string, string>> = {
	en: "éèêëïöñçæœ",
	de: "äöüß",
	es: "áéíóúüñ",
	fr: "àâæçéèêëîïôœùûüÿ",
	it: "àèéìíîòóùú",
	nl: "áéëïóöü",
	pl: "ąćęłńóśźż",
	pt: "áâãàçéêíóôõú",
	ru: "ё",
};

type Recogniser = (text: string) => ReadonlyArray<readonly [language: string, probability: number]>;

/** Codes of `lande` (ISO 639-3) as manifests write them (BCP 47). */
const CODES: Readonly<Record<string, string>> = {
	...{ afr: "af", ara: "ar", aze: "az", bel: "be", ben: "bn", bul: "bg", cat: "ca", ces: "cs", ckb: "ckb", cmn: "zh" },
	...{ dan: "da", deu: "de", ell: "el", eng: "en", est: "et", eus: "eu", fin: "fi", fra: "fr", hau: "ha", heb: "he" },
	...{ hin: "hi", hrv: "hr", hun: "hu", hye: "hy", ind: "id", isl: "is", ita: "it", jpn: "ja", kat: "ka", kaz: "kk" },
	...{ kor: "ko", lit: "lt", mar: "mr", mkd: "mk", nld: "nl", nob: "no", pes: "fa", pol: "pl", por: "pt", ron: "ro" },
	...{ run: "rn", rus: "ru", slk: "sk", spa: "es", srp: "sr", swe: "sv", tgl: "tl", tur: "tr", ukr: "uk", vie: "vi" },
};
const KNOWN = new Set(Object.values(CODES));

/** Loaded with the first text that needs it: most do not. */
let recogniser: Promise<Recogniser> | null = null;

const loadRecogniser = (): Promise<Recogniser> => {
	recogniser ??= import("lande").then(({ default: lande }) => lande);
	return recogniser;
};

/**
 * The language or script of a text, if the model was not made for it.
 * @param languages BCP 47 codes of the manifest; none: nothing is known, and nothing is said
 * @returns null for a text in one of them, and whenever it is not certain. Never rejects
 */
export async function recogniseUnsupported(
	text: string,
	languages: readonly string[],
	load: () => Promise<Recogniser> = loadRecogniser,
): Promise<UnsupportedLanguage | null> {
	const supported = [...new Set(languages.map(baseOf))];
	const scripts = new Set(supported.flatMap(scriptsOf));
	// A code without a script ("multi") may stand for any language.
	if (scripts.size === 0 || supported.some((code) => scriptsOf(code).length === 0)) return null;
	const clean = withoutAddresses(text.slice(0, MAX_LENGTH));
	const { main, share, letters } = countScripts(clean);
	if (main === null) return null;
	if (!scripts.has(main)) {
		const least = main === "Hani" || main === "Hang" ? MIN_CHARACTERS : MIN_LETTERS;
		return share >= MIN_SHARE && letters >= least ? { language: languageOf(main), script: isoScript(main) } : null;
	}
	const inScript = supported.filter((code) => scriptsOf(code).includes(main));
	// Languages that the recogniser does not know, it would take for others.
	if (inScript.some((code) => !KNOWN.has(code))) return null;
	try {
		const evidence = await weighWords(clean, inScript);
		if (evidence === null) return null;
		return compare(await load(), clean, { main, inScript, evidence });
	} catch {
		// It could not be loaded, as offline: then it is not certain.
		return null;
	}
}

/** "en" of "en-GB", also where the region is written with an underscore. */
const baseOf = (code: string): string => code.trim().toLowerCase().split(/[-_]/)[0] ?? "";

/** Letters that are repeated: laughter ("jajaja", "хахаха"), and "sooooo". */
const REPEATED = /([\p{Script=Latin}\p{Script=Cyrillic}]{1,3})\1{2,}\p{L}*/gu;

/**
 * A post without what has no language: addresses, names of people and groups, marks of a retweet, entities of HTML,
 * laughter.
 */
const withoutAddresses = (text: string): string =>
	text
		.normalize("NFC")
		.replace(/https?\s?:\s?\/\/\S+|www\.\S+|\S+@\S+|[@#]\s?\S+|&#?\w+;/gu, " ")
		.replace(/\bRT\b/gu, " ")
		.replace(REPEATED, " ");

const common = new Map<string, Promise<ReadonlySet<string>>>();

/** Loaded with the first text that needs them, and kept. */
function commonWords(code: string): Promise<ReadonlySet<string>> {
	const known = common.get(code);
	if (known) return known;
	const load = Object.hasOwn(COMMON_WORDS, code) ? COMMON_WORDS[code] : undefined;
	const loaded = load ? load().then(({ WORDS }) => new Set(WORDS.split(" "))) : Promise.resolve(new Set<string>());
	common.set(code, loaded);
	// What could not be loaded is asked for again.
	loaded.catch(() => common.delete(code));
	return loaded;
}

/**
 * What the words say: positive for words with letters that no supported language has, negative for common words of one
 * that is supported.
 * @returns null where nothing need be asked: the text is surely in one of them, or there is too little of it
 * @throws where words cannot be loaded
 */
async function weighWords(text: string, supported: readonly string[]): Promise<number | null> {
	const words = text.match(/[\p{L}\p{M}'’]+/gu) ?? [];
	// Names begin with a capital, and belong to no language.
	const plain = words.filter((word) => /^['’]?\p{Ll}/u.test(word));
	const spelled = words.map((word) => word.toLowerCase().replaceAll("’", "'"));
	let most = 0;
	// The first language that is certain settles it: the words of the others are not loaded.
	for (const code of supported) {
		const known = await commonWords(code);
		most = Math.max(most, spelled.filter((word) => known.has(word)).length);
		if (most >= CERTAIN_WORDS && most >= CERTAIN_SHARE * plain.length) return null;
	}
	if (plain.length < MIN_COMPARED_WORDS || plain.join("").length < MIN_COMPARED_LETTERS) return null;
	const letters = supported.every((code) => Object.hasOwn(LETTERS, code))
		? new RegExp(`[^\\p{M}'’a-zа-я${supported.map((code) => LETTERS[code]).join("")}]`, "u")
		: null;
	const foreign = letters === null ? 0 : plain.filter((word) => letters.test(word.toLowerCase())).length;
	return WORD_EVIDENCE * (Math.min(foreign, MAX_FOREIGN_WORDS) - most) - Math.max(0, ENOUGH_WORDS - plain.length);
}

interface Comparison {
	readonly main: ScriptName;
	readonly inScript: readonly string[];
	/** What the words say. */
	readonly evidence: number;
}

/** Weighs what the recogniser says about languages of this script against what the words say. */
function compare(
	recognise: Recogniser,
	text: string,
	{ main, inScript, evidence }: Comparison,
): UnsupportedLanguage | null {
	const shares = recognise(text)
		.map(([code, share]) => ({ language: CODES[code] ?? code, share }))
		.filter(({ language }) => isWrittenIn(language, main));
	const all = shares.reduce((sum, { share }) => sum + share, 0);
	const own = shares.filter(({ language }) => inScript.includes(language)).reduce((sum, { share }) => sum + share, 0);
	if (!(all > 0)) return null;
	// One language among many that could be meant must not lose because they are many.
	const rivals = Math.max(1, shares.length - inScript.length) / inScript.length;
	const odds = Math.log((all - own + 1e-6) / (own + 1e-6)) - Math.log(rivals);
	if (odds + evidence <= MIN_EVIDENCE) return null;
	const [best] = shares.filter(({ language }) => !inScript.includes(language)).sort((a, b) => b.share - a.share);
	return { language: best && best.share >= MIN_NAMED * all ? best.language : null, script: isoScript(main) };
}

/** Serbian is written in both alphabets. */
const isWrittenIn = (language: string, script: ScriptName): boolean =>
	scriptsOf(language).includes(script) || (language === "sr" && script === "Latn");
