/** The program behind `npm run -s umie -- <command> …`. Exit codes: 0 done, 1 failed, 2 wrong usage. */
import { Failure, toFailureData } from "../../src/core/failure.ts";
import { type Command, ReportedFailure } from "./command.ts";
import { calibrateCommand } from "./commands/calibrate.ts";
import { convertCommand } from "./commands/convert.ts";
import { evaluateCommand } from "./commands/evaluate.ts";
import { everydayCommand } from "./commands/everyday.ts";
import { exportCommand } from "./commands/export.ts";
import { extractCommand } from "./commands/extract.ts";
import { importCommand } from "./commands/import.ts";
import { inspectCommand } from "./commands/inspect.ts";
import { readBackCommand } from "./commands/read-back.ts";
import { verifyCommand } from "./commands/verify.ts";

const COMMANDS = {
	export: exportCommand,
	inspect: inspectCommand,
	verify: verifyCommand,
	extract: extractCommand,
	convert: convertCommand,
	evaluate: evaluateCommand,
	everyday: everydayCommand,
	calibrate: calibrateCommand,
	import: importCommand,
	"read-back": readBackCommand,
} as const satisfies Record<string, Command>;

const overview = () =>
	[
		"Usage: npm run -s umie -- <command> [options]",
		"",
		...Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`),
		"",
		"  <command> --help shows its options.",
	].join("\n");

export async function main(argv: readonly string[]): Promise<number> {
	const [name = "", ...rest] = argv;
	const json = rest.includes("--json");
	const command: Command | undefined = Object.hasOwn(COMMANDS, name)
		? COMMANDS[name as keyof typeof COMMANDS]
		: undefined;
	if (command === undefined) {
		const wantsHelp = ["", "--help", "-h", "help"].includes(name);
		(wantsHelp ? console.log : console.error)(
			wantsHelp ? overview() : `There is no command "${name}".\n\n${overview()}`,
		);
		return wantsHelp && name !== "" ? 0 : 2;
	}
	if (rest.includes("--help") || rest.includes("-h")) {
		console.log(command.help);
		return 0;
	}
	try {
		await command.run(rest);
		return 0;
	} catch (error) {
		const failure = toFailureData(error, "cli");
		if (json)
			console.log(
				JSON.stringify({ ok: false, failure, ...(error instanceof ReportedFailure ? error.report : {}) }, null, "\t"),
			);
		else console.error(`${failure.what}\n${failure.remedy}`);
		if (failure.code === "internal" && process.env.UMIE_DEBUG) console.error(error);
		return error instanceof Failure && error.code === "usage" ? 2 : 1;
	}
}

if (import.meta.filename === process.argv[1]) process.exitCode = await main(process.argv.slice(2));
