/**
 * Names that a training has seen, from plain lists and from annotated records, and whether an expected name is among
 * them.
 */
import { readLines } from "../../cli/extract/lines.ts";
import type { ExpectedName } from "./posts.ts";

const MAX_LINE_BYTES = 1 << 20;

const keyOf = (name: string) => name.toLowerCase().replace(/\s+/gu, " ").trim();

/** @param path a name a line, or mner records as JSONL @throws Failure `input-unreadable` */
export async function readSeenNames(path: string): Promise<Set<string>> {
	const seen = new Set<string>();
	for await (const { text } of readLines(path, MAX_LINE_BYTES))
		for (const name of namesOfLine(text ?? "")) seen.add(keyOf(name));
	seen.delete("");
	return seen;
}

/** A record's entities, by their text or their code-point offsets; any other line is a name itself. */
export function namesOfLine(line: string): string[] {
	if (!line.trimStart().startsWith("{")) return [line];
	try {
		const { text, entities } = JSON.parse(line) as { text?: unknown; entities?: unknown };
		if (!Array.isArray(entities)) return [];
		const points = typeof text === "string" ? Array.from(text) : [];
		return entities.map((entity: { text?: unknown; start?: number; end?: number }) =>
			typeof entity?.text === "string" ? entity.text : points.slice(entity?.start ?? 0, entity?.end ?? 0).join(""),
		);
	} catch {
		return [line];
	}
}

export const wasSeen = (seen: ReadonlySet<string>, { text }: Pick<ExpectedName, "text">): boolean =>
	seen.has(keyOf(text));
