/** Everything a reader leaves out is reported with its file and line, and nothing else of the file is lost. */
import { describe, expect, test } from "vitest";
import { load } from "./formats.ts";
import type { ExportItem, Problem } from "./types.ts";
import { utf8 } from "./zip.ts";

const file = (name: string, text: string) => ({ name, bytes: utf8(text) });

/** What is read, and what is reported about the rest. */
function read(files: readonly { readonly name: string; readonly bytes: Uint8Array }[], text?: string) {
	const problems: Problem[] = [];
	const items = load(files, { report: (problem) => problems.push(problem), ...(text !== undefined && { text }) });
	const reported = problems.map(({ file: name, line, what }) => `${name}:${line ?? "-"}: ${what}`);
	return { items, reported, only: items[0]!.result };
}
const marks = ({ result }: ExportItem) => result.entities.map(({ type, text, start }) => `${type} ${text} ${start}`);

describe("brat", () => {
	const brat = (ann: string, text: string) => read([file("p.txt", text), file("p.ann", ann)]);

	test("a wrong line is left out and named; the others are read", () => {
		const { items, reported } = brat(
			"T1\tPER 0 3\tAda\nT2\tORG 8 99\tAcme\nT3\tLOC 0 3\tBob\nR1\tin Arg1:T1\n",
			"Ada met Acme",
		);
		expect(marks(items[0]!)).toEqual(["PER Ada 0"]);
		expect(reported).toEqual([
			"p.ann:2: T2 ends at 99, past the text (12 characters). It was left out.",
			'p.ann:3: T3 says "Bob", but the text there reads "Ada". It was left out.',
			"p.ann:4: R1: a relation needs a type and two arguments. It was left out.",
		]);
		expect(items[0]!.result.notes[0]).toMatch(/^p\.ann, line 2: T2 ends at 99/);
	});

	test("attributes and people's notes are kept as notes, references as entries, equivalences as things", () => {
		const { only, reported } = brat(
			"T1\tPER 0 3;4 9\tAda Byron\nT2\tORG 17 21\tAcme\nT3\tPER 23 26\tAda\nR1\tworks_for Arg1:T1 Arg2:T2\t\n" +
				"#1\tAnnotatorNotes T1\tsure?\nA1\tConfidence T1 High\nA2\tNegated R1\n*\tEquiv T1 T3\n" +
				"N1\tReference T1 Wikidata:Q7259\tAda Lovelace\n",
			"Ada\nByron joined Acme. Ada",
		);
		expect(only.entities.map(({ text }) => text)).toEqual(["Ada\nByron", "Acme", "Ada"]);
		expect(only.entities[0]).toMatchObject({
			entry: { name: "Ada Lovelace", link: "https://www.wikidata.org/wiki/Q7259" },
		});
		expect(reported).toContain('p.ann:5: T1 ("Ada\nByron"): AnnotatorNotes, kept as a note: sure?.');
		expect(reported).toContain('p.ann:6: T1 ("Ada\nByron"): the attribute Confidence High, kept as a note.');
		expect(reported).toContain("p.ann:7: R1: the attribute Negated, kept as a note.");
		expect(only.relations).toMatchObject([{ type: "works_for", head: "T1", tail: "T2" }]);
	});

	test("mentions that are equivalent are one thing", () => {
		const { only, reported } = brat("T1\tPER 0 9\tAda Byron\nT2\tPER 11 14\tAda\n*\tEquiv T1 T2\n", "Ada Byron, Ada");
		expect(only.things).toMatchObject([{ name: "Ada Byron", type: "PER", entities: ["T1", "T2"] }]);
		expect(reported).toEqual([]);
	});

	test.each([
		["code points", "😘 Shane", "T1\tPER 2 7\tShane\n"],
		["UTF-16 units", "😘 Shane", "T1\tPER 3 8\tShane\n"],
		["a byte order mark", "\uFEFFShane is", "T1\tPER 1 6\tShane\n"],
		["no byte order mark", "\uFEFFShane is", "T1\tPER 0 5\tShane\n"],
		["line breaks of two characters as one", "a\r\nb\r\nShane", "T1\tPER 4 9\tShane\n"],
		["spaces for tabs", "😘 Shane", "T1 PER 2 7 Shane\n"],
	])("offsets that count %s are understood by the words", (_, text, ann) => {
		const { only, reported } = brat(ann, text);
		expect(only.entities.map((entity) => entity.text)).toEqual(["Shane"]);
		expect(reported).toEqual([]);
	});

	test("one broken post of a folder is left out, the other read", () => {
		const { items, reported } = read([
			file("a.txt", "Ada"),
			file("a.ann", "T1\tPER 0 3\tBob\n"),
			file("b.txt", "Bob"),
			file("b.ann", "T1\tPER 0 3\tBob\n"),
			file("c.ann", "T1\tPER 0 3\tBob\n"),
		]);
		expect(items.map(({ id }) => id)).toEqual(["b"]);
		expect(reported).toContainEqual(
			expect.stringMatching(/^c\.ann:-: c\.ann needs its text.*The post was left out\.$/),
		);
		expect(reported).toContainEqual(expect.stringMatching(/^a\.ann:-: a\.ann, line 1: T1 says "Bob".*left out\.$/));
	});
});

describe("Label Studio", () => {
	const region = (id: string, start: number, end: number, text: string, labels: string[], more: object = {}) => ({
		...{ id, from_name: "label", to_name: "text", type: "labels", value: { start, end, text, labels } },
		...more,
	});
	const tasks = (...all: object[]) => read([file("t.json", JSON.stringify(all))]);
	const task = (text: string, result: object[]) => ({ id: 1, data: { text }, annotations: [{ id: 10, result }] });

	test("a region whose white space was collapsed is found, with the text's own offsets", () => {
		const { only, reported } = tasks(task("Text: Berlin,  Germany.", [region("a", 6, 22, "Berlin, Germany", ["LOC"])]));
		expect(only.entities).toMatchObject([{ text: "Berlin,  Germany", start: 6, end: 22 }]);
		expect(reported).toEqual([]);
	});

	test("a region with two labels becomes two entities", () => {
		const { items } = tasks(task("Ada", [region("a", 0, 3, "Ada", ["PER", "CEO"])]));
		expect(items[0]!.result.entities).toMatchObject([
			{ id: "a", type: "PER" },
			{ id: "a-2", type: "CEO" },
		]);
	});

	test("two people's annotations are two posts; older and skipped ones are told", () => {
		const by = (completed_by: number, label: string, more: object = {}) => ({
			...{ completed_by, result: [region("a", 0, 3, "Ada", [label])], ...more },
		});
		const annotations = [by(1, "OLD"), by(1, "PER"), by(2, "ORG"), by(3, "X", { was_cancelled: true })];
		const { items, reported } = tasks({ id: 7, data: { text: "Ada" }, annotations });
		expect(items.map((item) => [item.id, ...marks(item)])).toEqual([
			["7, by 1", "PER Ada 0"],
			["7, by 2", "ORG Ada 0"],
		]);
		expect(reported).toEqual([
			"t.json:-: task 1: 1 older annotations of the same person were left out.",
			"t.json:-: task 1: 1 skipped annotations were left out.",
			"t.json:-: task 1: 2 people annotated it: it became 2 posts.",
		]);
	});

	test("one wrong region or task leaves the others", () => {
		const { items, reported } = tasks(
			task("Ada met Bob", [region("a", 0, 3, "Bob", ["PER"]), region("b", 8, 11, "Bob", ["PER"])]),
			{ id: 2, data: {}, annotations: [] },
			task("Eve", [region("a", 0, 3, "Eve", ["PER"])]),
		);
		expect(items.flatMap(marks)).toEqual(["PER Bob 8", "PER Eve 0"]);
		expect(reported).toEqual([
			't.json:-: task 1: region a says "Bob", but the text there reads "Ada". It was left out.',
			"t.json:-: t.json, task 2 has no text in its data. The post was left out.",
		]);
	});

	test("kinds of records that have no place are counted by name", () => {
		const choice = { id: "q", from_name: "sent", type: "choices", value: { choices: ["Positive"] } };
		const { reported } = tasks(task("Ada", [region("a", 0, 3, "Ada", ["PER"]), choice, choice]));
		expect(reported).toEqual([expect.stringMatching(/task 1: 2 records of type choices left out/)]);
	});

	test("an arrow to the left is turned, and each label of a relation is one", () => {
		const ends = [region("a", 0, 3, "Ada", ["PER"]), region("b", 7, 11, "Acme", ["ORG"])];
		const relation = { type: "relation", from_id: "a", to_id: "b", direction: "left", labels: ["employs", "pays"] };
		expect(tasks(task("Ada at Acme", [...ends, relation])).only.relations).toMatchObject([
			{ type: "employs", head: "b", tail: "a" },
			{ type: "pays", head: "b", tail: "a" },
		]);
	});

	test("JSON-MIN and the completions of before 1.0 are read", () => {
		const value = { start: 2, end: 11, text: "Ada Byron", labels: ["PER"] };
		const minimal = { text: "🔥 Ada Byron", id: 1, label: [value], annotator: 1, annotation_id: 2 };
		expect(tasks(minimal).items.map((item) => [item.id, ...marks(item)])).toEqual([["1, by 1", "PER Ada Byron 3"]]);
		const { annotations: completions, ...old } = task("Ada", [region("a", 0, 3, "Ada", ["PER"])]);
		expect(tasks({ ...old, completions }).items.flatMap(marks)).toEqual(["PER Ada 0"]);
	});

	test("marks in HTML are places of the text that it shows", () => {
		const html = "<p>Hello <b>Ada</b> &amp; Bob</p><script>x</script>";
		const value = { start: "/p[1]/b[1]/text()[1]", startOffset: 0, globalOffsets: { start: 6, end: 9 }, text: "Ada" };
		const mark = {
			id: "h",
			from_name: "label",
			type: "hypertextlabels",
			value: { ...value, hypertextlabels: ["PER"] },
		};
		const { only } = tasks({ id: 1, data: { html }, annotations: [{ result: [mark] }] });
		expect([only.text, ...only.entities.map(({ type, start, end }) => [type, start, end])]).toEqual([
			"Hello Ada & Bob",
			["PER", 6, 9],
		]);
	});
});

describe("records of a text and its spans", () => {
	const lines = (...all: unknown[]) =>
		read([file("d.jsonl", all.map((one) => `${typeof one === "string" ? one : JSON.stringify(one)}\n`).join(""))]);

	test("doccano's labels, entities and relations are read, in code points", () => {
		const text = "🔥 Ada Byron joined Acme";
		const { items, reported } = lines(
			{ id: 1, text, label: [[2, 11, "PER"]], Comments: [] },
			{
				...{ id: 2, text },
				entities: [
					{ id: 5, label: "PER", start_offset: 2, end_offset: 11 },
					{ id: 6, label: "ORG", start_offset: 19, end_offset: 23 },
				],
				relations: [{ id: 1, from_id: 5, to_id: 6, type: "works for" }],
			},
		);
		expect(items.map(marks)).toEqual([["PER Ada Byron 3"], ["PER Ada Byron 3", "ORG Acme 20"]]);
		expect(items[1]!.result.relations).toMatchObject([{ type: "works for", head: "5", tail: "6" }]);
		expect(reported).toEqual([]);
	});

	test("a broken line and a span past the text are named by line; 64-bit ids keep their digits", () => {
		const { items, reported } = lines(
			'{"id":1234567890123456789,"text":"Ada","label":[[0,3,"PER"],[2,9,"X"]]}',
			'{"id":2,"text":"Bo',
		);
		expect(items.map(({ id }) => id)).toEqual(["1234567890123456789"]);
		expect(reported).toEqual([
			"d.jsonl:1: The span 2–9 lies outside the text (3 characters). It was left out.",
			expect.stringMatching(/^d\.jsonl:2: d\.jsonl, line 2 is not valid JSON .*The post was left out\.$/),
		]);
	});

	test("Prodigy's accepted records are read with relations, rejected ones told", () => {
		const spans = [
			{ start: 0, end: 3, label: "PER", token_start: 0, token_end: 0 },
			{ start: 7, end: 11, label: "ORG", token_start: 2, token_end: 2 },
		];
		const { items, reported } = lines(
			{ text: "Ada at Acme", spans, relations: [{ head: 0, child: 2, label: "at" }], answer: "accept" },
			{ text: "Bob", spans: [], answer: "reject" },
		);
		expect(items.map(marks)).toEqual([["PER Ada 0", "ORG Acme 7"]]);
		expect(items[0]!.result.relations).toMatchObject([{ type: "at", head: "e1", tail: "e2" }]);
		expect(reported).toEqual(["d.jsonl:2: A person rejected this record: it was left out."]);
	});
});

describe("WebAnno TSV 3", () => {
	const TSV = [
		"#FORMAT=WebAnno TSV 3.3",
		"#T_SP=de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.pos.POS|PosValue",
		"#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|identifier|value",
		"#T_RL=webanno.custom.Rel|label|BT_de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity",
		"",
		"",
		"#Text=Ada Byron joined Acme.",
		"1-1\t0-3\tAda\tNNP\thttp://www.wikidata.org/entity/Q7259[1]\tPER[1]\t_\t_\t",
		"1-2\t4-9\tByron\tNNP\thttp://www.wikidata.org/entity/Q7259[1]\tPER[1]\t_\t_\t",
		"1-3\t10-16\tjoined\tVBD\t_\t_\t_\t_\t",
		"1-4\t17-21\tAcme\tNNP\t*\tORG\\_X|LOC[3]\tworks\\_for\t1-1[1_0]\t",
		"1-5\t21-22\t.\t.\t_\t_\t_\t_\t",
		"",
		"#Text=In Rome",
		"2-1\t23-25\tIn\tIN\t_\t_\t_\t_\t",
		"2-2\t26-30\tRome\tNNP\t_\t_\t_\t_\t",
		"2-2.1\t26-28\tRo\t_\t*[4]\tGPE[4]\t_\t_\t",
		"",
	].join("\n");

	test("a document is a post: spans of several tokens, stacked and of parts of words, and relations", () => {
		const { only, reported } = read([file("doc.tsv", TSV)]);
		expect(only.text).toBe("Ada Byron joined Acme.\nIn Rome");
		expect(only.entities.map(({ type, text, start }) => `${type} ${text} ${start}`)).toEqual([
			"PER Ada Byron 0",
			"ORG_X Acme 17",
			"LOC Acme 17",
			"GPE Ro 26",
		]);
		expect(only.entities[0]!.entry?.link).toBe("http://www.wikidata.org/entity/Q7259");
		expect(only.relations).toMatchObject([{ type: "works_for", head: "e1", tail: "e2" }]);
		expect(reported).toEqual([]);
	});

	test("a token that is not in its sentence is named by its line", () => {
		const { reported } = read([file("doc.tsv", TSV.replace("\tRome\t", "\tParis\t"))]);
		expect(reported[0]).toBe('doc.tsv:16: The token 2-2, "Paris", is not in its sentence. It was left out.');
	});
});

describe("annotations of the web", () => {
	const quote = (exact: string, prefix = "") => ({ type: "TextQuoteSelector", exact, prefix });

	test("hypothes.is: tags are types, text a note; replies and page notes are told", () => {
		const rows = [
			{
				id: "a",
				uri: "u",
				text: "who?",
				tags: ["PER", "poet"],
				target: [{ source: "u", selector: [quote("Ada", "saw ")] }],
			},
			{ id: "b", uri: "u", text: "yes", tags: [], references: ["a"], target: [{ source: "u" }] },
			{ id: "c", uri: "u", text: "page", tags: [], target: [{ source: "u" }] },
			{ id: "d", uri: "u", text: "", tags: ["X"], target: [{ source: "u", selector: [quote("Nobody")] }] },
		];
		const { items, reported } = read([file("h.json", JSON.stringify({ total: 4, rows }))], "Bob Ada saw Ada");
		expect(marks(items[0]!)).toEqual(["PER Ada 12", "poet Ada 12"]);
		expect(reported).toEqual([
			"h.json:-: Annotation 2 is a reply and was left out.",
			"h.json:-: Annotation 3 is about the whole page and was left out.",
			'h.json:-: "Nobody" is not in the text. It was left out.',
			"h.json:-: Comment on a, kept as a note: who?",
		]);
	});

	test("Recogito: a tag is the type, never the comment; a link of two annotations is a relation", () => {
		const mark = (id: string, exact: string, value: string) => ({
			...{ "@context": "http://www.w3.org/ns/anno.jsonld", id, type: "Annotation" },
			body: [
				{ type: "TextualBody", value: "a comment", purpose: "commenting" },
				{ type: "TextualBody", value, purpose: "tagging" },
			],
			target: { selector: [quote(exact)] },
		});
		const link = {
			...{ "@context": "http://www.w3.org/ns/anno.jsonld", id: "#r", type: "Annotation", motivation: "linking" },
			body: [{ type: "TextualBody", value: "worksFor", purpose: "tagging" }],
			target: [{ id: "#a1" }, { id: "#a2" }],
		};
		const all = [mark("#a1", "Ada", "PERSON"), mark("#a2", "Acme", "ORG"), link, { target: 5 }];
		const { items, reported } = read([file("r.json", JSON.stringify(all))], "Ada at Acme");
		expect(marks(items[0]!)).toEqual(["PERSON Ada 0", "ORG Acme 7"]);
		expect(items[0]!.result.relations).toMatchObject([{ type: "worksFor", head: "a1", tail: "a2" }]);
		expect(reported[0]).toMatch(/^r\.json:-: Annotation 4: "target" is not valid\. It was left out\.$/);
	});
});

describe("CoNLL", () => {
	const conll = (text: string) => read([file("x.conll", text)]);

	test.each([
		["BILOU", "Ada\tB-PER\nByron\tL-PER\nin\tO\nRome\tU-LOC\n"],
		["IOBES", "Ada\tB-PER\nByron\tE-PER\nin\tO\nRome\tS-LOC\n"],
		["IOB1", "Ada NNP I-PER\nByron NNP I-PER\nin IN O\nRome NNP I-LOC\n"],
		["types without marks", "Ada\tPER\nByron\tPER\nin\tO\nRome\tLOC\n"],
		[
			"CoNLL-U",
			[
				"# text = Ada\n1\tAda\t_\t_\t_\t_\t0\t_\t_\tNER=B-PER\n2\tByron\t_\t_\t_\t_\t1\t_\t_\tNER=I-PER\n",
				"3\tin\t_\t_\t_\t_\t1\t_\t_\tNER=O\n4\tRome\t_\t_\t_\t_\t1\t_\t_\tNER=B-LOC\n",
			].join(""),
		],
	])("%s is read", (_, text) => {
		const { items, reported } = conll(text);
		expect(items.map(marks)).toEqual([["PER Ada Byron 0", "LOC Rome 13"]]);
		expect(reported).toEqual([]);
	});

	test("lines of comments are skipped; a hash sign with a tag is a word", () => {
		expect(conll("# newdoc\n#\tO\n#Rome\tB-LOC\n").items.map(({ result }) => result.text)).toEqual(["# #Rome"]);
	});

	test("words without a tag and tags of no scheme are named by their line", () => {
		const { reported } = conll("Ada\tB-PER\nByron\nmet\tQ-X\n");
		expect(reported).toEqual([
			"x.conll:2: 1 words without a tag were read as O.",
			'x.conll:3: The tag "Q-X" is of no scheme that is known. It was left out.',
		]);
	});
});
