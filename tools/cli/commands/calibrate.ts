/** `umie calibrate`: fits maps from a bundle's scores to probabilities, and stores them in its umie.json. */
import { REQUEST_DEFAULTS } from "../../../src/tasks/request.ts";
import { describeFitted, fitPlan, readPlan, writeCalibration } from "../../evaluator/calibration/calibrate.ts";
import { openNodePredictor } from "../../evaluator/node-predictor.ts";
import { type Command, needed, options, progressLine } from "../command.ts";
import { describeFlags, REQUEST_FLAGS, readFlags } from "../request-options.ts";

export const calibrateCommand: Command = {
	summary: "fits the probabilities and thresholds of a bundle on held-out posts",
	help: `Usage: umie calibrate --model DIR --plan FILE.json --data FOLDER [options]

  --model    folder of a bundle; its umie.json gets the maps, its other files stay as they are
  --plan     which sets are read, and how many of the sure records are to be right, as
             tools/evaluator/calibration/plan.json
  --data     folder that the plan's files are in
${describeFlags(["beams"], 13)}
  --dry-run  only print what the maps are worth
  --json     print the maps and what they are worth as JSON

  Maps and thresholds are measured on posts that they were not fitted on: on each fifth of the posts, those of the other
  four fifths. The stored ones are fitted on all posts. Error is the expected calibration error over up to ten
  bins of as many records each; recall counts the sure records among all annotated ones.`,
	async run(argv) {
		const { values } = options(argv, {
			model: { type: "string" },
			plan: { type: "string" },
			data: { type: "string" },
			beams: REQUEST_FLAGS.beams,
			"dry-run": { type: "boolean", default: false },
		});
		const model = needed(values.model, "model");
		const plan = readPlan(needed(values.plan, "plan"));
		const root = needed(values.data, "data");
		const { beams = REQUEST_DEFAULTS.beams } = readFlags({ beams: values.beams });
		const line = progressLine();
		const predictor = await openNodePredictor(model);
		try {
			const onProgress = (what: string, done: number, total: number) => line.show(`${what}: ${done}/${total}`);
			const fitted = await fitPlan(predictor, plan, { root, beams, onProgress }).finally(line.clear);
			if (!values["dry-run"]) writeCalibration(model, fitted);
			console.log(values.json ? JSON.stringify({ ok: true, fitted }) : describeFitted(fitted));
		} finally {
			await predictor.close();
		}
	},
};
