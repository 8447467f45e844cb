/** Random damage of any file that can be read ends in a result or in a typed failure that names the file. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Failure } from "../core/failure.ts";
import { FORMAT_NAMES, FORMATS, load, READABLE, type ReadableName } from "./formats.ts";
import { asInput, HARD } from "./testing.ts";
import type { Format, InFile, Problem } from "./types.ts";
import { utf8 } from "./zip.ts";

const WEBANNO = [
	"#FORMAT=WebAnno TSV 3.3",
	"#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|identifier|value",
	"#T_RL=webanno.custom.Rel|label|BT_de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity",
	"",
	"#Text=Ada at Acme",
	"1-1\t0-3\tAda\t*[1]\tPER[1]\t_\t_\t",
	"1-2\t4-6\tat\t_\t_\t_\t_\t",
	"1-3\t7-11\tAcme\t*\tORG\tat\t1-1[1_0]\t",
	"",
].join("\n");
const SPANS =
	'{"id":1,"text":"Ada at Acme","label":[[0,3,"PER"]],"relations":[]}\n{"id":2,"text":"Bob","label":[[0,3,"PER"]]}\n';
const ROW = {
	id: "a",
	uri: "u",
	tags: ["PER"],
	text: "x",
	target: [{ selector: [{ type: "TextQuoteSelector", exact: "Ada" }] }],
};
const SAMPLES: Readonly<Record<string, InFile>> = {
	webanno: { name: "x.tsv", bytes: utf8(WEBANNO) },
	doccano: { name: "x.jsonl", bytes: utf8(SPANS) },
	prodigy: { name: "x.jsonl", bytes: utf8(SPANS.replaceAll("label", "spans")) },
	hypothesis: { name: "x.json", bytes: utf8(JSON.stringify({ total: 1, rows: [ROW] })) },
};
const isWritten = (name: string): name is keyof typeof FORMATS => (FORMAT_NAMES as readonly string[]).includes(name);
const filesOf = (name: ReadableName): InFile[] =>
	isWritten(name) ? asInput((FORMATS[name] as Format).write([HARD])) : [SAMPLES[name]!];

const DAMAGE = fc.array(
	fc.record({
		file: fc.nat(),
		at: fc.nat(),
		cut: fc.integer({ min: 0, max: 6 }),
		put: fc.string({ maxLength: 4, unit: "binary" }),
	}),
	{ minLength: 1, maxLength: 4 },
);

test.each(READABLE)("%s", async (name) => {
	const whole = filesOf(name);
	await fc.assert(
		fc.property(DAMAGE, (damage) => {
			const files = whole.map(({ name: file, bytes }) => ({ name: file, text: new TextDecoder().decode(bytes) }));
			for (const { file, at, cut, put } of damage) {
				const target = files[file % files.length]!;
				const place = at % (target.text.length + 1);
				target.text = target.text.slice(0, place) + put + target.text.slice(place + cut);
			}
			const given = files.map(({ name: file, text }) => ({ name: file, bytes: utf8(text) }));
			const problems: Problem[] = [];
			try {
				load(given, { format: name, text: "Ada at Acme", report: (problem) => problems.push(problem) });
			} catch (error) {
				if (!(error instanceof Failure)) throw error;
				expect(error.code).toMatch(/^(import-|text-too-long)/);
				expect(
					given.some((file) => error.what.includes(file.name.replace(/\.\w+$/, ""))) ||
						/brat|annotations?/.test(error.what),
					error.what,
				).toBe(true);
			}
			for (const { file, what } of problems) {
				expect(given.map((one) => one.name)).toContain(file);
				expect(what).toMatch(/(\.|kept as a note: .*)$/su);
			}
		}),
		{ numRuns: 150, seed: 11 },
	);
});
