/**
 * Writes src/languages/words: the commonest words of languages, counted in annotated records or plain lines.
 * Run: npx tsx tools/scripts/languages/write-common-words.ts en=a.jsonl,b.txt de=c.jsonl …
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Words for each language: 300 leave 0.1 % more English posts to the recogniser, 1,000 are twice as large. */
const WORDS = 400;

/** Words that tell nothing but the tone of a post, in their forms. */
const LEFT_OUT = /^(fuck|shit|bitch|ass$|damn|hell$|nigg)/;
const COLUMNS = 110;

/** A line of a .jsonl file is a record with a text; any other is the text. */
function textOf(line: string, path: string): string {
	if (!path.endsWith(".jsonl") || line === "") return line;
	const { text } = JSON.parse(line) as { text?: unknown };
	return typeof text === "string" ? text : "";
}

/** Words that begin with a small letter: names do not, and would make a list of what was talked about. */
function wordsOf(text: string): string[] {
	const clean = text.replace(/https?\s?:\s?\/\/\S+|[@#]\s?\S+|&#?\w+;/gu, " ");
	return (clean.match(/[\p{L}\p{M}'’]+/gu) ?? [])
		.filter((word) => /^\p{Ll}/u.test(word) || word === "I")
		.map((word) => word.toLowerCase().replaceAll("’", "'"))
		.filter((word) => !LEFT_OUT.test(word));
}

function commonWords(paths: readonly string[]): string[] {
	const counts = new Map<string, number>();
	for (const path of paths)
		for (const line of readFileSync(path, "utf8").split("\n"))
			for (const word of wordsOf(textOf(line, path))) counts.set(word, (counts.get(word) ?? 0) + 1);
	return [...counts]
		.sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
		.slice(0, WORDS)
		.map(([word]) => word);
}

/** The words as string literals that fit into lines, joined by blanks. */
function literal(words: readonly string[]): string {
	const lines: string[] = [];
	for (const word of words) {
		const last = lines.at(-1);
		if (last !== undefined && last.length + word.length < COLUMNS) lines[lines.length - 1] = `${last}${word} `;
		else lines.push(`${word} `);
	}
	return lines.map((line, i) => JSON.stringify(i === lines.length - 1 ? line.trimEnd() : line)).join(" +\n\t");
}

for (const argument of process.argv.slice(2)) {
	const [language = "", paths = ""] = argument.split("=");
	writeFileSync(
		join(import.meta.dirname, `../../../src/languages/words/${language}.ts`),
		[
			`/** The commonest words of "${language}". Written by tools/scripts/languages/write-common-words.ts. */`,
			"export const WORDS =",
			`\t${literal(commonWords(paths.split(",")))};`,
			"",
		].join("\n"),
	);
}
