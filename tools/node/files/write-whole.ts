/** Writes a file whole or not at all, and never over a file that is being read. */
import { existsSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { Failure } from "../../../src/core/failure.ts";

/** What a system's error means, for a person. */
const REASONS: Readonly<Record<string, string>> = {
	EACCES: "you are not allowed to write there",
	EPERM: "you are not allowed to write there",
	EROFS: "the disk is read-only",
	ENOENT: "its folder does not exist",
	ENOTDIR: "a part of its path is not a folder",
	EEXIST: "a part of its path is a file",
	EISDIR: "it is a folder",
	EMFILE: "too many files are open",
	ENAMETOOLONG: "its name is too long",
};

/** Whether Node's file system refused something: a full disk, a path that is not there. */
export const isSystemError = (error: unknown): boolean =>
	error instanceof Error && "syscall" in error && typeof (error as NodeJS.ErrnoException).code === "string";

/** @param what begins the sentence: "out.json" */
export function cannotWrite(what: string, cause: unknown): Failure {
	if (cause instanceof Failure) return cause;
	const code = (cause as NodeJS.ErrnoException | null)?.code ?? "";
	if (code === "ENOSPC") return new Failure("disk-full", `${what} cannot be written: the disk is full.`, { cause });
	if (code === "EDQUOT")
		return new Failure("disk-full", `${what} cannot be written: your quota on this disk is used up.`, { cause });
	const reason = Object.hasOwn(REASONS, code) ? REASONS[code] : code;
	return new Failure("output-unwritable", `${what} cannot be written${reason ? `: ${reason}` : ""}.`, { cause });
}

function identityOf(path: string): { readonly dev: bigint; readonly ino: bigint } | undefined {
	try {
		return statSync(path, { throwIfNoEntry: false, bigint: true });
	} catch {
		// A part of the path is a file: there is nothing.
		return undefined;
	}
}

/** Whether two paths lead to one file: by a link, another spelling, or a second mount. */
export function isSameFile(one: string, other: string): boolean {
	const [a, b] = [one, other].map(identityOf);
	return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino && a.ino !== 0n;
}

/** @throws Failure `usage` when one of the outputs is one of the inputs under whatever name */
export function refuseInputs(outputs: readonly string[], inputs: readonly string[]): void {
	for (const output of outputs)
		for (const input of inputs)
			if (isSameFile(output, input)) {
				const which = output === input ? output : `${output} is ${input} under another name`;
				throw new Failure("usage", `--output must not be the input file: ${which}.`);
			}
}

/**
 * Writes beside the file and moves it there: a full disk or a stopped program leaves what was there. Pipes and devices
 * are written to as they are.
 * @throws Failure `output-unwritable` | `disk-full`
 */
export function writeWhole(path: string, content: string | Uint8Array): void {
	let partial: string | null = null;
	try {
		const target = existsSync(path) ? realpathSync(path) : path;
		if (existsSync(target) && !statSync(target).isFile()) {
			writeFileSync(target, content);
			return;
		}
		partial = `${target}.part-${process.pid}`;
		writeFileSync(partial, content, { flag: "wx" });
		renameSync(partial, target);
	} catch (cause) {
		if (partial !== null) rmSync(partial, { force: true });
		throw cannotWrite(path, cause);
	}
}

/** An empty file in place of what was there, which keeps its content under other names. @throws Failure */
export function replaceByEmpty(path: string): void {
	writeWhole(path, "");
}
