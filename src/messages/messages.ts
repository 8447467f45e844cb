/**
 * Gives app, element and extension their words in the person's language. An area of messages (`app.ts`, `names.ts`, …)
 * has English built in and loads another language when it is chosen.
 */

/** The languages there are, as their speakers write their names. `tag` is for `lang` and Intl. */
export const LANGUAGES = {
	en: { title: "English", tag: "en", dir: "ltr" },
	de: { title: "Deutsch", tag: "de", dir: "ltr" },
	es: { title: "Español", tag: "es", dir: "ltr" },
	fr: { title: "Français", tag: "fr", dir: "ltr" },
	ja: { title: "日本語", tag: "ja", dir: "ltr" },
	zh: { title: "简体中文", tag: "zh-Hans", dir: "ltr" },
} as const satisfies Record<string, { readonly title: string; readonly tag: string; readonly dir: "ltr" | "rtl" }>;

export type Language = keyof typeof LANGUAGES;
export const LANGUAGE_NAMES = Object.keys(LANGUAGES) as readonly Language[];

/** A message by the plural category of its `count`. */
type Plural = { readonly other: string } & { readonly [Category in Intl.LDMLPluralRule]?: string };
/** Text with `{names}` of values in it. */
export type Message = string | Plural;
/** Every message of an area in another language: plurals stay plurals. */
export type Translation<English> = {
	readonly [Key in keyof English]: English[Key] extends string ? string : Plural;
};

/** The names between braces. */
type NamesIn<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;
type NamesOf<Of> = Of extends string ? NamesIn<Of> : NamesIn<Of[keyof Of]> | "count";
type ValuesOf<Of, Value> = [NamesOf<Of>] extends [never]
	? []
	: [values: { readonly [Name in NamesOf<Of>]: Name extends "count" ? number : Value }];

/** An area of messages. */
export interface Area<English> {
	/** The message in the current language, with its values; numbers are written as the language does. */
	t<Key extends keyof English>(key: Key, ...values: ValuesOf<English[Key], string | number>): string;
	/** A message without values whose key comes from data; undefined where there is none. */
	find(key: string): string | undefined;
	/** The message in pieces: text, and values as they are, for those that are not text. */
	pieces<Key extends keyof English, Value>(
		key: Key,
		...values: ValuesOf<English[Key], Value | string | number>
	): ReadonlyArray<string | Value>;
}

type Loaders<English> = Readonly<Record<Exclude<Language, "en">, () => Promise<{ messages: Translation<English> }>>>;

let current: Language = "en";
let wanted: Language = "en";
const loads: Array<(language: Language) => Promise<void>> = [];
const listeners = new Set<() => void>();

/** The language that messages are in now. */
export const language = (): Language => current;

/** Calls `listen` after every change of the language. @returns what stops it */
export function onLanguage(listen: () => void): () => void {
	listeners.add(listen);
	return () => listeners.delete(listen);
}

/** Changes the language once its messages are there. Rejects where they cannot be loaded: the language stays. */
export async function setLanguage(next: Language): Promise<void> {
	wanted = next;
	await Promise.all(loads.map((load) => load(next)));
	// A later choice may have been quicker.
	if (wanted !== next || current === next) return;
	current = next;
	tellListeners();
}

function tellListeners(): void {
	for (const listen of listeners) listen();
}

/** The first of some language tags ("de-AT", "zh-CN") that there are messages for; else English. */
export function languageFor(tags: readonly string[]): Language {
	const codes = tags.map((tag) => tag.toLowerCase().split(/[-_]/)[0] ?? "");
	return LANGUAGE_NAMES.find((name) => name === codes.find((code) => Object.hasOwn(LANGUAGES, code))) ?? "en";
}

/** Makes an area: English, and where the other languages are loaded from. */
export function defineArea<const English extends Readonly<Record<string, Message>>>(
	english: English,
	loaders: Loaders<English>,
): Area<English> {
	const loaded = new Map<Language, Translation<English>>();
	const load = async (next: Language) => {
		if (next !== "en" && !loaded.has(next)) loaded.set(next, (await loaders[next]()).messages);
	};
	loads.push(load);
	// An area that arrives after the choice, with a part of the page that is loaded later.
	if (wanted !== "en")
		load(wanted).then(
			() => tellListeners(),
			() => undefined,
		);
	const message = (key: keyof English): Message => loaded.get(current)?.[key] ?? (english[key] as Message);
	return {
		t: (key, ...[values]) => fill<never>(message(key), values as Values<never>).join(""),
		find: (key) => (Object.hasOwn(english, key) ? fill<never>(message(key)).join("") : undefined),
		pieces: (key, ...[values]) => fill<never>(message(key), values as Values<never>),
	};
}

type Values<Value> = Readonly<Record<string, Value | string | number>>;

/** The text of a message cut at its names, each name replaced by its value. A name without a value stays. */
function fill<Value>(message: Message, values: Values<Value> = {}): Array<string | Value> {
	const text = typeof message === "string" ? message : pluralOf(message, Number(values.count));
	// Odd pieces are names: the pattern has one group.
	return text
		.split(/\{(\w+)\}/)
		.map((piece, index) => {
			if (index % 2 === 0) return piece;
			const value = values[piece];
			if (value === undefined) return `{${piece}}`;
			return typeof value === "number" ? formatNumber(value) : (value as Value);
		})
		.filter((piece) => piece !== "");
}

const rules = new Map<Language, Intl.PluralRules>();
const pluralOf = (message: Plural, count: number): string => {
	const rule = rules.get(current) ?? new Intl.PluralRules(LANGUAGES[current].tag);
	rules.set(current, rule);
	return message[rule.select(count)] ?? message.other;
};

const formats = new Map<string, Intl.NumberFormat>();

/** A number as the current language writes it. */
export function formatNumber(value: number, options: Intl.NumberFormatOptions = {}): string {
	const key = `${current} ${JSON.stringify(options)}`;
	const format = formats.get(key) ?? new Intl.NumberFormat(LANGUAGES[current].tag, options);
	formats.set(key, format);
	return format.format(value);
}

/** A moment (ISO 8601) as day and time, here. */
export const formatTime = (at: string): string =>
	new Date(at).toLocaleString(LANGUAGES[current].tag, { dateStyle: "medium", timeStyle: "short" });

/** A heading as it stands inside a sentence: German nouns keep their capitals. */
export const inSentence = (heading: string): string =>
	current === "de" ? heading : heading.charAt(0).toLowerCase() + heading.slice(1);

/** Several things in one sentence: "a, b and c". */
export const formatList = (items: readonly string[]): string =>
	new Intl.ListFormat(current === "en" ? "en-GB" : LANGUAGES[current].tag, { type: "conjunction" }).format(items);

/** The name of a language, by its code; a code without a name stays as it is. */
export function languageTitle(code: string): string {
	try {
		return new Intl.DisplayNames([LANGUAGES[current].tag], { type: "language" }).of(code) ?? code;
	} catch {
		return code.slice(0, 40);
	}
}
