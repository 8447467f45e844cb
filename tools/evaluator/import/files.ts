/** Reads a text file, up to the size that such a file may have. */
import { readFileSync, statSync } from "node:fs";
import { Failure } from "../../../src/core/failure.ts";
import { unreadable } from "../../node/files/unreadable.ts";

const MIB = 1 << 20;
/** The largest public set is some 20 MB. */
const MAX_DATA_BYTES = 256 * MIB;

/** @throws Failure `input-unreadable` */
export function readText(path: string, most = MAX_DATA_BYTES): string {
	try {
		const stats = statSync(path);
		if (!stats.isFile()) throw new Failure("input-unreadable", `${path} is not a file.`);
		if (stats.size > most)
			throw new Failure(
				"input-unreadable",
				`${path} has ${Math.ceil(stats.size / MIB)} MiB; at most ${most / MIB} can be read.`,
			);
		return readFileSync(path, "utf8").replace(/^\uFEFF/, "");
	} catch (cause) {
		throw cause instanceof Failure ? cause : unreadable(path, cause);
	}
}

/** @throws Failure `input-unreadable` */
export function readJson(path: string): unknown {
	const text = readText(path);
	try {
		return JSON.parse(text);
	} catch (cause) {
		throw new Failure("input-unreadable", `${path} is not valid JSON.`, { cause });
	}
}
