/** The licence notices of every package and WebAssembly component that our artefacts may hold, as one text. */
import { join } from "node:path";
import { getLicenseFileText } from "generate-license-file";
import { wasmNotices } from "./inside-wasm.ts";

/** Names under which both lie in every artefact. */
export const LICENCE_FILE = "LICENSE.txt";
export const NOTICES_FILE = "THIRD-PARTY-NOTICES.txt";

/**
 * All packages that the lock file installs without development dependencies, whether or not an artefact holds each one.
 * @param root the project's folder, with node_modules
 */
export async function thirdPartyNotices(root: string): Promise<string> {
	return `${await quietly(() => getLicenseFileText(join(root, "package.json")))}\n\n${wasmNotices()}\n`;
}

/** The library prints a warning for each package with a choice of licences; the notices hold all of them. */
async function quietly<T>(work: () => Promise<T>): Promise<T> {
	const { warn } = console;
	console.warn = () => {};
	try {
		return await work();
	} finally {
		console.warn = warn;
	}
}
