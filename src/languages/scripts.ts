/** Counts the letters of a text by the script that they belong to, and says which language a script gives away. */

/** A script as ISO 15924 writes it. `language`: the one that is nearly always written in it; null: several are. */
interface Script {
	readonly pattern: RegExp;
	readonly language: string | null;
	/** Letters of the alphabet that a character stands for: a Chinese character says more than a letter. */
	readonly weight?: number;
}

/** Japanese mixes three of these, and Korean two: `JOINED` puts them together. */
const SCRIPTS = {
	Latn: { pattern: /\p{Script=Latin}/gu, language: null },
	Cyrl: { pattern: /\p{Script=Cyrillic}/gu, language: null },
	Grek: { pattern: /\p{Script=Greek}/gu, language: "el" },
	Arab: { pattern: /\p{Script=Arabic}/gu, language: null },
	Hebr: { pattern: /\p{Script=Hebrew}/gu, language: "he" },
	Deva: { pattern: /\p{Script=Devanagari}/gu, language: null },
	Beng: { pattern: /\p{Script=Bengali}/gu, language: "bn" },
	Guru: { pattern: /\p{Script=Gurmukhi}/gu, language: "pa" },
	Gujr: { pattern: /\p{Script=Gujarati}/gu, language: "gu" },
	Taml: { pattern: /\p{Script=Tamil}/gu, language: "ta" },
	Telu: { pattern: /\p{Script=Telugu}/gu, language: "te" },
	Knda: { pattern: /\p{Script=Kannada}/gu, language: "kn" },
	Mlym: { pattern: /\p{Script=Malayalam}/gu, language: "ml" },
	Sinh: { pattern: /\p{Script=Sinhala}/gu, language: "si" },
	Thai: { pattern: /\p{Script=Thai}/gu, language: "th" },
	Laoo: { pattern: /\p{Script=Lao}/gu, language: "lo" },
	Mymr: { pattern: /\p{Script=Myanmar}/gu, language: "my" },
	Khmr: { pattern: /\p{Script=Khmer}/gu, language: "km" },
	Ethi: { pattern: /\p{Script=Ethiopic}/gu, language: null },
	Armn: { pattern: /\p{Script=Armenian}/gu, language: "hy" },
	Geor: { pattern: /\p{Script=Georgian}/gu, language: "ka" },
	Hang: { pattern: /\p{Script=Hangul}/gu, language: "ko", weight: 2 },
	Kana: { pattern: /[\p{Script=Hiragana}\p{Script=Katakana}]/gu, language: "ja", weight: 2 },
	Hani: { pattern: /\p{Script=Han}/gu, language: "zh", weight: 2 },
} as const satisfies Record<string, Script>;
export type ScriptName = keyof typeof SCRIPTS;

/** Codes of scripts as `Intl.Locale` gives them, that stand for one or several of ours. */
const JOINED: Readonly<Record<string, readonly ScriptName[]>> = {
	Hans: ["Hani"],
	Hant: ["Hani"],
	Jpan: ["Kana", "Hani"],
	Kore: ["Hang", "Hani"],
};

/** How much a text is written in each script, and in letters of any script. */
interface ScriptCount {
	/** The script with most of the text; null: the text has no letters. */
	readonly main: ScriptName | null;
	/** Its share of all letters, 0…1. */
	readonly share: number;
	/** Its letters. */
	readonly letters: number;
}

/** @param text of bounded length */
export function countScripts(text: string): ScriptCount {
	const counts = Object.entries(SCRIPTS).map(([name, script]: [string, Script]) => {
		const letters = text.match(script.pattern)?.length ?? 0;
		return { name: name as ScriptName, letters, weighed: letters * (script.weight ?? 1) };
	});
	const all = counts.reduce((sum, { weighed }) => sum + weighed, 0);
	const [first] = [...counts].sort((a, b) => b.weighed - a.weighed);
	if (!first || first.letters === 0) return { main: null, share: 0, letters: 0 };
	const kana = counts.find(({ name }) => name === "Kana")!;
	const han = counts.find(({ name }) => name === "Hani")!;
	// Japanese is known by its syllables, however many Chinese characters stand between them.
	const isJapanese = (first === han || first === kana) && 10 * kana.letters >= han.letters;
	if (!isJapanese) return { main: first.name, share: first.weighed / all, letters: first.letters };
	return { main: "Kana", share: (kana.weighed + han.weighed) / all, letters: kana.letters + han.letters };
}

/** The scripts that a language is written in; none for a code of several languages, or of an unknown one. */
export function scriptsOf(language: string): readonly ScriptName[] {
	try {
		const script = new Intl.Locale(language).maximize().script ?? "";
		return JOINED[script] ?? (Object.hasOwn(SCRIPTS, script) ? [script as ScriptName] : []);
	} catch {
		return [];
	}
}

/** The language that a script gives away, as a BCP 47 code; null where several are written in it. */
export const languageOf = (script: ScriptName): string | null => SCRIPTS[script].language;

/** The script as ISO 15924 names it: `Intl.DisplayNames` knows its name in every language. */
export const isoScript = (script: ScriptName): string =>
	script === "Kana" ? "Jpan" : script === "Hang" ? "Kore" : script;
