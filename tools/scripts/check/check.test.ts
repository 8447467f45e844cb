/** Shows on small examples what each check refuses and what it lets pass. */
import { describe, expect, test } from "vitest";
import { undocumented } from "./doc-comments.ts";
import { circles, forbiddenImports } from "./layers.ts";
import { literalMessages } from "./literals.ts";
import { mapMismatches } from "./map.ts";
import { PLAIN_ENGLISH } from "./plain-english.ts";
import { longFunctions } from "./size.ts";
import { parse } from "./sources.ts";

describe("layers", () => {
	const layers = { "src/low": ["zod/mini"], "src/high": ["src/low", "node:*"], "src/high/pure": ["src/low"] };
	const refused = (path: string, code: string) => forbiddenImports([parse(path, code)], layers).map(({ what }) => what);

	test("what a row names is allowed, all else is refused", () => {
		expect(refused("src/high/a.ts", 'import { x } from "../low/x.ts"; import fs from "node:fs"; x(fs);')).toEqual([]);
		expect(refused("src/low/a.ts", 'import { x } from "../high/x.ts"; x();')).toEqual([
			"src/low may not import src/high/x.ts",
		]);
		expect(refused("src/low/a.ts", 'import { z } from "zod"; z();')).toEqual(["src/low may not import zod"]);
	});

	test("types, re-exports and import() count like values", () => {
		expect(refused("src/low/a.ts", 'import type { X } from "../high/x.ts"; export type Y = X;')).toHaveLength(1);
		expect(refused("src/low/a.ts", 'export { x } from "../high/x.ts";')).toHaveLength(1);
		expect(refused("src/low/a.ts", 'export const x = await import("../high/x.ts");')).toHaveLength(1);
		expect(refused("src/low/a.ts", 'export type X = import("../high/x.ts").X;')).toHaveLength(1);
	});

	test("the longest row counts, and a folder without a row may import nothing", () => {
		expect(refused("src/high/pure/a.ts", 'import fs from "node:fs"; fs();')).toHaveLength(1);
		expect(refused("src/new/a.ts", 'import { x } from "../low/x.ts"; x();')).toHaveLength(1);
	});

	test("two files that import each other's types are a circle", () => {
		const files = [
			parse("src/a.ts", 'import type { B } from "./b.ts"; export type A = B;'),
			parse("src/b.ts", 'import type { A } from "./a.ts"; export type B = A[];'),
			parse("src/c.ts", 'import type { A } from "./a.ts"; export type C = A;'),
		];
		expect(circles(files).map(({ what }) => what)).toEqual(["imports itself through src/b.ts"]);
	});
});

describe("functions that fit a screen", () => {
	const body = (lines: number, line: string) => `${line}\n`.repeat(lines);

	test("61 lines are too many, from brace to brace", () => {
		expect(longFunctions([parse("src/a.ts", `function f() {\n${body(58, "go();")}}`)])).toEqual([]);
		const [found] = longFunctions([parse("src/a.ts", `function f() {\n${body(59, "go();")}}`)]);
		expect(found?.what).toBe("f has 61 lines (at most 60)");
	});

	test("a table inside does not count, an object of functions does", () => {
		expect(longFunctions([parse("src/a.ts", `const f = () => {\nreturn [\n${body(80, "1,")}];\n};`)])).toEqual([]);
		const [found] = longFunctions([parse("src/a.ts", `const f = () => {\nreturn {\n${body(80, "g() {},")}};\n};`)]);
		expect(found?.what).toBe("f has 84 lines (at most 60)");
	});
});

describe("doc comments of public symbols", () => {
	test("a symbol is looked up where it is declared", () => {
		const files = [
			parse("src/index.ts", 'export { noted, bare } from "./x.ts";'),
			parse(
				"src/x.ts",
				"/** The file. */\nexport const bare = 1;\n/** Says why. */\nexport const noted = 2;\nexport const inner = 3;",
			),
		];
		expect(undocumented(files, ["src/index.ts"]).map(({ what }) => what)).toEqual(["bare has no doc comment"]);
	});
});

describe("the map", () => {
	test("a folder without a row and a row without a folder are found", () => {
		const found = mapMismatches(["src/a/x.ts", "src/b/y.ts"], "| `src/a` | one |\n| `src/c` | gone |\n`src/a/z.ts`");
		expect(found.map(({ what }) => what)).toEqual([
			"the map names src/c, which does not exist",
			"the map lacks src/b",
			"src/c does not exist",
			"src/a/z.ts does not exist",
		]);
	});
});

describe("plain English", () => {
	test.each(PLAIN_ENGLISH)("$pattern catches what it must and spares what is fine", ({ pattern, catches, spares }) => {
		expect(catches.filter((text) => !pattern.test(text))).toEqual([]);
		expect(spares.filter((text) => pattern.test(text))).toEqual([]);
	});
});

describe("words outside the message files", () => {
	const refused = (code: string, path = "src/app/shell/header.tsx") =>
		literalMessages([parse(path, code)]).map(({ what }) => what);

	test("text, spoken attributes and sentences are refused", () => {
		expect(refused("<p>Hello {name}</p>")).toEqual(["“Hello” is not in the message files"]);
		expect(refused('<img alt="From the post" />')).toHaveLength(1);
		expect(refused("<a aria-label={`Remove $" + "{name}`} />")).toHaveLength(1);
		expect(refused('<p>{open ? "Close" : "Open"}</p>')).toHaveLength(1);
		expect(refused('const HELP = "Arrow keys move it.";')).toHaveLength(1);
		expect(refused('node.textContent = "close";')).toHaveLength(1);
	});

	test("names, classes, keys and failures are not", () => {
		expect(refused('<p className="big text" data-kind="two words">{t("key")} · umie</p>')).toEqual([]);
		expect(refused('if (event.key === "Enter") throw new Failure("usage", "Choose a file.");')).toEqual([]);
		expect(refused("<p>Hello</p>", "tools/bench/page.tsx")).toEqual([]);
	});
});
