/**
 * The flags of a request's options, read and described. Both come from the schema, so a new option is a flag of every
 * command that takes them.
 */
import {
	OPTION_NAMES,
	type OptionName,
	parseOption,
	REQUEST_DEFAULTS,
	REQUEST_OPTIONS,
	type RequestOptions,
} from "../../src/tasks/request.ts";

/** "beamThreshold" → "beam-threshold". */
type Kebab<Name extends string> = Name extends `${infer First}${infer Rest}`
	? `${First extends Lowercase<First> ? First : `-${Lowercase<First>}`}${Kebab<Rest>}`
	: Name;
type Flag = Kebab<OptionName>;

const flagOf = <Name extends OptionName>(name: Name) =>
	name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`) as Kebab<Name>;

/** Former names of flags and the options that they are now; both are read. */
const FORMER_FLAGS = { screen: "prefilter", "max-tokens": "maxNewTokens" } as const satisfies Record<
	string,
	OptionName
>;

/** For `parseArgs`: a flag for each option, none of which has to be given. */
export const REQUEST_FLAGS = Object.fromEntries(
	[...OPTION_NAMES.map(flagOf), ...Object.keys(FORMER_FLAGS)].map((flag) => [flag, { type: "string" }]),
) as Readonly<Record<Flag | keyof typeof FORMER_FLAGS, { readonly type: "string" }>>;

/** @throws Failure `usage` naming the flag and what it must be */
export const readFlag = <Name extends OptionName>(name: Name, text: string): RequestOptions[Name] =>
	parseOption(name, text, `--${flagOf(name)}`);

/** The options that flags were given for. @throws Failure `usage` */
export function readFlags(values: { readonly [Name in keyof typeof REQUEST_FLAGS]?: string | undefined }) {
	const given: Partial<Record<OptionName, RequestOptions[OptionName]>> = {};
	for (const [flag, name] of Object.entries(FORMER_FLAGS)) {
		const text = values[flag as keyof typeof FORMER_FLAGS];
		if (text !== undefined) given[name] = parseOption(name, text, `--${flag}`);
	}
	for (const name of OPTION_NAMES) {
		const text = values[flagOf(name)];
		if (text !== undefined) given[name] = readFlag(name, text);
	}
	return given as Partial<RequestOptions>;
}

const HELP_WIDTH = 120;

/** Lines of a command's help, one or more for each option. @param column where what a flag takes begins */
export function describeFlags(names: readonly OptionName[], column: number): string {
	return names
		.map((name) => {
			const { help, ...row }: { help: string; choices?: readonly string[]; min?: number; max?: number } =
				REQUEST_OPTIONS[name];
			const range = row.min === undefined ? [] : [row.choices ? "a number" : `${row.min} to ${row.max}`];
			const takes = [...(row.choices ?? []), ...range].join(" | ");
			const text = `${takes}: ${help} (default ${REQUEST_DEFAULTS[name]})`;
			const flag = `  --${flagOf(name)} `;
			return wrapLine(flag.padEnd(column - 1), text.split(" "), column);
		})
		.join("\n");
}

/** A line of help, broken before column 120. @param column where the lines after the first begin */
export function wrapLine(head: string, words: readonly string[], column: number): string {
	const lines = [head];
	for (const word of words) {
		const longer = `${lines.at(-1)} ${word}`;
		if (longer.length <= HELP_WIDTH) lines[lines.length - 1] = longer;
		else lines.push(`${" ".repeat(column)}${word}`);
	}
	return lines.join("\n");
}
