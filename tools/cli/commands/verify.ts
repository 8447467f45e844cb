/** `umie verify`: checks a bundle folder and prints a row for each check; exit code 1 if one fails. */
import { GRAPH_TARGETS } from "../../../src/bundle/manifest.ts";
import { Failure } from "../../../src/core/failure.ts";
import { type Check, verifyBundle } from "../../exporter/verify/verify.ts";
import { type Command, oneOf, options, progressLine, ReportedFailure } from "../command.ts";
import { localCheckpoint } from "../local-checkpoint.ts";

const SIGNS = { right: "right  ", wrong: "WRONG  ", skipped: "skipped" } as const satisfies Record<
	Check["state"],
	string
>;

export const verifyCommand: Command = {
	summary: "checks a bundle: hashes, graphs, a forward pass, WebGPU, parity with its checkpoint",
	help: `Usage: umie verify BUNDLE [--against CHECKPOINT] [options]

  Checks the size and hash of every file, and the names, types and shapes of every graph's inputs and outputs; runs all
  graphs on random inputs. The WebGPU graphs also run in Chromium with software WebGPU, if there is one: they must
  compute the same, with only shape arithmetic on the CPU.

  --against   checkpoint the bundle was made from: every graph is compared with a new float32 export
  --backbone  file of a ResNet, as for export
  --encoder   folder of a text encoder, as for export
  --device    ${GRAPH_TARGETS.join(" | ")}: check only this device (default: both)
  --json      print the checks as JSON

  Exits with 1 if a check fails.`,
	async run(argv) {
		const text = { type: "string" } as const;
		const { values, positionals } = options(argv, { against: text, backbone: text, encoder: text, device: text }, true);
		const [bundle] = positionals;
		if (bundle === undefined || positionals.length > 1) throw new Failure("usage", "verify takes one bundle folder.");
		const device = values.device === undefined ? null : oneOf(values.device, GRAPH_TARGETS, "device");
		const against = values.against === undefined ? undefined : await localCheckpoint(values.against);
		const line = progressLine();
		const { backbone, encoder } = values;
		const checks = await verifyBundle(bundle, {
			against,
			backbone,
			encoder,
			device,
			onProgress: (what) => line.show(what),
		});
		line.clear();
		const wrong = checks.filter(({ state }) => state === "wrong");
		const subjects = [...new Set(wrong.map(({ subject }) => subject))].join("; ");
		const problem =
			wrong.length === 0
				? null
				: new Failure(codeOf(wrong), `${wrong.length} of ${checks.length} checks failed: ${subjects}.`);
		if (values.json && problem !== null) throw new ReportedFailure(problem, { checks });
		console.log(values.json ? JSON.stringify({ ok: true, checks }, null, "\t") : table(checks));
		if (problem !== null) throw problem;
	},
};

function codeOf(wrong: readonly Check[]): Failure["code"] {
	if (wrong.some(({ detail }) => detail === "is missing")) return "bundle-missing-file";
	return wrong.some(({ check }) => check === "file") ? "bundle-wrong-hash" : "bundle-graph-mismatch";
}

function table(checks: readonly Check[]): string {
	const width = Math.max(...checks.map(({ subject }) => subject.length));
	const rows = checks.map(
		({ check, subject, state, detail }) => `${SIGNS[state]}  ${check.padEnd(9)}  ${subject.padEnd(width)}  ${detail}`,
	);
	const count = (state: Check["state"]) => checks.filter((check) => check.state === state).length;
	return [...rows, "", `${count("right")} right, ${count("wrong")} wrong, ${count("skipped")} skipped`].join("\n");
}
