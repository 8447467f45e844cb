/** Goes in: paths and numbers of the command line. Comes out: a gazetteer for the request, the layout of a form; what stands in the files is checked where it is used. */
import { Failure } from "../../src/core/failure.ts";
import { parseGazetteer } from "../../src/tasks/gazetteer-file.ts";
import type { PositionedWord } from "../../src/tasks/layout.ts";
import type { Gazetteer } from "../../src/tasks/types.ts";
import { REQUEST_RANGES } from "../../workers/request.ts";
import { readSmall } from "./labels.ts";

/** Names to look up, and how far they lead the search. @throws Failure `usage` | `input-unreadable` */
export function gazetteerOf(path: string | undefined, bias: string | undefined): { gazetteer?: Gazetteer } {
	if (path === undefined) {
		if (bias !== undefined) throw new Failure("usage", "--bias goes with --gazetteer.");
		return {};
	}
	const [low, high] = REQUEST_RANGES.bias;
	const number = bias === undefined ? 0 : bias.trim() === "" ? Number.NaN : Number(bias);
	if (!(number >= low && number <= high)) throw new Failure("usage", `--bias is a number from ${low} to ${high}, not "${bias}".`);
	return { gazetteer: { names: parseGazetteer(readSmall(path, 32 << 20)), bias: number } };
}

/** Words with their boxes; their shape is checked by the engine. @throws Failure `input-unreadable` */
export function readLayout(path: string): readonly PositionedWord[] {
	try {
		return JSON.parse(readSmall(path, 16 << 20)) as readonly PositionedWord[];
	} catch (cause) {
		throw cause instanceof Failure ? cause : new Failure("input-unreadable", `${path} cannot be read as JSON.`, { cause });
	}
}
