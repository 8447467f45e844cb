/** Reads files of a test as posts, and sums up what became of them. */
import { fileOfBytes } from "./files.ts";
import { type InputPost, openInputs } from "./inputs.ts";
import type { InputFile, ReadOptions } from "./types.ts";

export interface ReadInputs {
	readonly posts: readonly InputPost[];
	/** `[line, what]` of what failed alone. */
	readonly failed: readonly (readonly [line: number, what: string])[];
	/** Reasons, as often as they were given. */
	readonly leftOut: readonly string[];
	readonly notes: readonly string[];
}

/** In pieces of a few bytes, so that every border is crossed. */
export function inPieces(file: InputFile, size: number): InputFile {
	return {
		...file,
		async *stream() {
			const whole = await file.read(0, file.size);
			for (let at = 0; at < whole.length; at += size) yield whole.slice(at, at + size);
		},
	};
}

export const testFile = (path: string, content: string | Uint8Array): InputFile =>
	fileOfBytes(path, typeof content === "string" ? new TextEncoder().encode(content) : content);

export async function readAll(files: readonly InputFile[], options: ReadOptions = {}): Promise<ReadInputs> {
	const posts: InputPost[] = [];
	const failed: [number, string][] = [];
	const leftOut: string[] = [];
	const notes: string[] = [];
	for await (const found of (await openInputs(files)).posts(options)) {
		if (found.kind === "post") posts.push(found);
		else if (found.kind === "failed") failed.push([found.line, found.failure.what]);
		else if (found.kind === "left-out") leftOut.push(found.why);
		else if (found.kind === "note") notes.push(found.text);
	}
	return { posts, failed, leftOut, notes };
}
