/**
 * `npx tsx tools/bench/random-flan.ts --size xl --dtype bf16 --output DIR [--seed 1]` writes a checkpoint of a
 * FLAN-T5's true shapes with random weights.
 */
import { statfsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import {
	FLAN_DTYPES,
	FLAN_SHAPES,
	type FlanDType,
	type FlanSize,
	flanBytes,
	flanConfig,
	writeRandomT5,
} from "../exporter/checkpoint/random-flan.ts";

const { values } = parseArgs({
	options: {
		size: { type: "string", default: "base" },
		dtype: { type: "string", default: "bf16" },
		seed: { type: "string", default: "1" },
		output: { type: "string" },
	},
});

function oneOf<T extends string>(value: string, known: Readonly<Record<T, unknown>>): T {
	if (!Object.hasOwn(known, value)) throw new Error(`"${value}" is not one of ${Object.keys(known).join(", ")}`);
	return value as T;
}

const size: FlanSize = oneOf(values.size, FLAN_SHAPES);
const dtype: FlanDType = oneOf(values.dtype, FLAN_DTYPES);
if (values.output === undefined) throw new Error("--output names the folder");
const bytes = flanBytes(size, dtype);
const { bavail, bsize } = statfsSync(dirname(resolve(values.output)));
if (bavail * bsize < bytes)
	throw new Error(`FLAN-T5-${size} in ${dtype} takes ${bytes} bytes, free are ${bavail * bsize}`);
const started = performance.now();
writeRandomT5(values.output, flanConfig(size), { dtype, seed: Number(values.seed) });
const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(
	`${values.output}: ${(bytes / 1e9).toFixed(2)} GB in ${seconds} s, at most ` +
		`${Math.round(process.resourceUsage().maxRSS / 1024)} MB of memory`,
);
