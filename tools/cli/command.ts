/** What all commands share: parsing and checking options, and a progress line for terminals. */
import { type ParseArgsConfig, parseArgs } from "node:util";
import { Failure } from "../../src/core/failure.ts";

export interface Command {
	/** One line for the overview. */
	readonly summary: string;
	/** What `--help` prints. */
	readonly help: string;
	run(argv: readonly string[]): Promise<void>;
}

/** A failure that comes with a report: as JSON the two are one document. */
export class ReportedFailure extends Failure {
	readonly report: object;

	constructor({ code, what }: Failure, report: object) {
		super(code, what);
		this.report = report;
	}
}

type Options = NonNullable<ParseArgsConfig["options"]>;
type Parsed<T extends Options> = ReturnType<
	typeof parseArgs<{
		options: T & { json: { type: "boolean"; default: false } };
		allowPositionals: boolean;
		strict: true;
	}>
>;

/** `parseArgs` whose errors are usage failures. Every command knows `--json`. */
export function options<const T extends Options>(
	argv: readonly string[],
	config: T,
	allowPositionals = false,
): Parsed<T> {
	try {
		return parseArgs({
			args: [...argv],
			options: { ...config, json: { type: "boolean", default: false } },
			allowPositionals,
			strict: true,
		});
	} catch (error) {
		throw new Failure("usage", `${(error as Error).message.split("\n")[0]}.`);
	}
}

/** @throws Failure `usage` when a needed option is absent */
export function needed(value: string | undefined, name: string): string {
	if (value === undefined || value === "") throw new Failure("usage", `--${name} is missing.`);
	return value;
}

export function oneOf<const T extends readonly string[]>(value: string, allowed: T, name: string): T[number] {
	if (allowed.includes(value)) return value;
	throw new Failure("usage", `--${name} must be one of ${allowed.join(", ")}, not "${value}".`);
}

export function wholeNumber(value: string, name: string, least: number, most: number): number {
	const number = Number(value);
	if (Number.isInteger(number) && number >= least && number <= most) return number;
	throw new Failure("usage", `--${name} must be an integer from ${least} to ${most}, not "${value}".`);
}

/** Rewrites one line of a terminal; silent elsewhere. */
export function progressLine(): { show(text: string): void; clear(): void } {
	const { stderr } = process;
	if (!stderr.isTTY) return { show: () => {}, clear: () => {} };
	return {
		show: (text) => stderr.write(`\r\x1b[K${text.slice(0, (stderr.columns ?? 80) - 1)}`),
		clear: () => stderr.write("\r\x1b[K"),
	};
}
