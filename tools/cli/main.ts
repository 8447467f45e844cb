/** The program behind `npm run -s umie -- <command> …`. Exit codes: 0 done, 1 failed, 2 wrong usage. */
import { Failure, toFailureData } from "../../src/core/failure.ts";
import { type Command, ReportedFailure } from "./command.ts";

/** Loaded one by one: all of them together take 250 MB, and a second. */
const COMMANDS = {
	export: async () => (await import("./commands/export.ts")).exportCommand,
	inspect: async () => (await import("./commands/inspect.ts")).inspectCommand,
	verify: async () => (await import("./commands/verify.ts")).verifyCommand,
	extract: async () => (await import("./commands/extract.ts")).extractCommand,
	convert: async () => (await import("./commands/convert.ts")).convertCommand,
	evaluate: async () => (await import("./commands/evaluate.ts")).evaluateCommand,
	everyday: async () => (await import("./commands/everyday.ts")).everydayCommand,
	calibrate: async () => (await import("./commands/calibrate.ts")).calibrateCommand,
	import: async () => (await import("./commands/import.ts")).importCommand,
	"read-back": async () => (await import("./commands/read-back.ts")).readBackCommand,
} as const satisfies Record<string, () => Promise<Command>>;

async function overview(): Promise<string> {
	const commands = await Promise.all(
		Object.entries(COMMANDS).map(async ([name, load]) => `  ${name.padEnd(10)} ${(await load()).summary}`),
	);
	return [
		"Usage: npm run -s umie -- <command> [options]",
		"",
		...commands,
		"",
		"  <command> --help shows its options.",
	].join("\n");
}

export async function main(argv: readonly string[]): Promise<number> {
	const [name = "", ...rest] = argv;
	const json = rest.includes("--json");
	const command: Command | undefined = Object.hasOwn(COMMANDS, name)
		? await COMMANDS[name as keyof typeof COMMANDS]()
		: undefined;
	if (command === undefined) {
		const wantsHelp = ["", "--help", "-h", "help"].includes(name);
		(wantsHelp ? console.log : console.error)(
			wantsHelp ? await overview() : `There is no command "${name}".\n\n${await overview()}`,
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
