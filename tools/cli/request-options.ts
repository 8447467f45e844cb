/** Goes in: words of the command line. Comes out: the parts of a request that several commands take. */
import { Failure } from "../../src/core/failure.ts";
import type { ExtractRequest } from "../../src/tasks/types.ts";
import { REQUEST_RANGES } from "../../workers/request.ts";

/** `--gate`. @throws Failure `usage` */
export function gateOf(value: string): "auto" | "model" | number {
	if (value === "auto" || value === "model") return value;
	const number = numberOf(value, "gate");
	if (number !== null) return number;
	const [low, high] = REQUEST_RANGES.gate;
	throw new Failure("usage", `--gate is auto, model or a number from ${low} to ${high}, not "${value}".`);
}

/** `--beam-threshold`, which may be left out. @throws Failure `usage` */
export function beamThresholdOf(value: string | undefined): Pick<ExtractRequest, "beamThreshold"> {
	if (value === undefined) return {};
	const beamThreshold = numberOf(value, "beamThreshold");
	if (beamThreshold !== null) return { beamThreshold };
	const [low, high] = REQUEST_RANGES.beamThreshold;
	throw new Failure("usage", `--beam-threshold is a number from ${low} to ${high}, not "${value}".`);
}

/** The number, or null if it is none within the range. */
function numberOf(value: string, name: keyof typeof REQUEST_RANGES): number | null {
	const number = value.trim() === "" ? Number.NaN : Number(value);
	const [low, high] = REQUEST_RANGES[name];
	return number >= low && number <= high ? number : null;
}
