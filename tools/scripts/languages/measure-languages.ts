/**
 * Prints how often posts in a model's languages are taken for foreign ones, and how often foreign ones are recognised.
 * Run: npx tsx tools/scripts/languages/measure-languages.ts --languages en,de en=dev.jsonl de=dev.jsonl …
 */
import { readFileSync } from "node:fs";
import { FOREIGN_POSTS } from "../../../src/languages/foreign-posts.test-helper.ts";
import { recogniseUnsupported } from "../../../src/languages/recognise.ts";

/** Letters up to which a post counts as short. */
const SHORT = 40;

const share = (count: number, of: number) => (of === 0 ? "–" : `${((100 * count) / of).toFixed(2)} %`);

async function falseAlarms(texts: readonly string[], languages: readonly string[]): Promise<readonly string[]> {
	const taken: string[] = [];
	for (const text of texts) if (await recogniseUnsupported(text, languages)) taken.push(text);
	return taken;
}

const [flag = "", list = "", ...sets] = process.argv.slice(2);
if (flag !== "--languages") throw new Error("Begin with --languages en,de,…");
const languages = list.split(",");
console.log("| posts in | of them | taken for foreign | short ones | taken for foreign |\n|---|---|---|---|---|");
for (const set of sets) {
	const [code = "", path = ""] = set.split("=");
	const texts = path
		.split(",")
		.flatMap((file) => readFileSync(file, "utf8").trim().split("\n"))
		.map((line) => (JSON.parse(line) as { text: string }).text);
	const short = texts.filter((text) => text.length <= SHORT);
	const [all, few] = [await falseAlarms(texts, languages), await falseAlarms(short, languages)];
	const cells = [code, texts.length, share(all.length, texts.length), short.length, share(few.length, short.length)];
	console.log(`| ${cells.join(" | ")} |`);
	if (process.env.UMIE_DEBUG) for (const text of all) console.log(`    ${text.slice(0, 100)}`);
}
console.log("\n| written for tests in | recognised | named right |\n|---|---|---|");
const started = performance.now();
let [count, recognised] = [0, 0];
for (const [code, texts] of Object.entries(FOREIGN_POSTS)) {
	const found = await Promise.all(texts.map((text) => recogniseUnsupported(text, languages)));
	const some = found.filter((one) => one !== null);
	count += texts.length;
	recognised += some.length;
	console.log(
		`| ${code} | ${some.length} of ${texts.length} | ${some.filter(({ language }) => language === code).length} |`,
	);
}
console.log(`\n${recognised} of ${count}, ${((performance.now() - started) / count).toFixed(2)} ms a post`);
