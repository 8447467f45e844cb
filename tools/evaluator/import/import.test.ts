/**
 * Tests that small files of every format give the right records and problems by line, and that they can be evaluated.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { runCommand } from "../../cli/run-command.test-helper.ts";
import { temporaryFolder } from "../../node/testing/nano.ts";
import { goldItems } from "../items.ts";
import type { EvaluatedTask } from "../predict/contract.ts";
import { readRecords } from "../records.ts";
import { type FormatName, type ImportOptions, importData } from "./import.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());

let files = 0;
function file(content: string, name = `input-${files++}.txt`): string {
	const path = join(folder.path, name);
	writeFileSync(path, content);
	return path;
}

function imported(format: FormatName, input: string, more: Partial<ImportOptions> = {}) {
	const output = join(folder.path, `output-${files++}.jsonl`);
	const defaults = {
		name: "x",
		boxes: null,
		images: null,
		renamed: new Map(),
		column: null,
		part: "text",
		force: false,
	} as const;
	const { problems } = importData({ ...defaults, format, input, output, ...more });
	const lines = readFileSync(output, "utf8").trim();
	const records = lines === "" ? [] : lines.split("\n").map((line) => JSON.parse(line));
	return { output, records, problems: problems.map(({ kind, line }) => `${kind} ${line}`) };
}

/** Whether every annotation stands on words: what was imported can be found. */
function reachable(output: string, task: EvaluatedTask): boolean {
	const items = readRecords(output, task).flatMap((record) => Object.values(goldItems(task, record)).flat());
	return items.length > 0 && items.every((item) => item.reachable);
}

describe("CoNLL", () => {
	const TWITTER =
		"IMGID:10\nRT\tO\n😀\tO\nAda\tB-PER\nLovelace\tI-PER\nin\tO\nParis\tB-LOC\n\nIMGID:11\nKids\tI-ORG\nsay\tX\nhi\n";

	test("posts, pictures, types by name, offsets in code points; orphan, unknown and missing tags by line", () => {
		const { records, problems, output } = imported("conll", file(TWITTER));
		expect(records[0]).toEqual({
			id: "x-0",
			text: "RT 😀 Ada Lovelace in Paris",
			image_id: "10",
			entities: [
				{ type: "person", text: "Ada Lovelace", start: 5, end: 17 },
				{ type: "location", text: "Paris", start: 21, end: 26 },
			],
		});
		expect(records[1].entities).toEqual([{ type: "organization", text: "Kids", start: 0, end: 4 }]);
		expect(problems).toEqual(["orphan-tag 10", "unknown-tag 11", "missing-tag 12"]);
		expect(reachable(output, "mner")).toBe(true);
	});
	test("a picture posted twice, the same post twice and missing pictures are reported", () => {
		const post = (words: string) => `IMGID:1\n${words}\tO\n\n`;
		const pictures = join(folder.path, "pictures");
		mkdirSync(pictures, { recursive: true });
		writeFileSync(join(pictures, "2.jpg"), "");
		const { records, problems } = imported(
			"conll",
			file(`${post("a")}${post("b")}IMGID:2\nc\tO\n\nIMGID:../2\nd\tO\n`),
			{ images: pictures },
		);
		expect(records.length).toBe(4);
		expect(problems).toEqual(["missing-picture 1", "duplicate-id 4", "missing-picture 10"]);
		expect(imported("conll", file(`${post("a")}${post("a")}`)).problems).toEqual(["duplicate-record 4"]);
	});
	test("plain CoNLL with spaces and Windows line ends; types can be renamed", () => {
		const { records } = imported("conll", file("-DOCSTART- O\r\n\r\nAda NNP B-PER\r\n"), {
			renamed: new Map([["PER", "someone"]]),
		});
		expect(records).toEqual([
			{ id: "x-0", text: "Ada", entities: [{ type: "someone", text: "Ada", start: 0, end: 3 }] },
		]);
	});
});

describe("GMNER and FMNERG", () => {
	const boxes = join(folder.path, "boxes");
	mkdirSync(boxes);
	const object = (name: string) =>
		`<object><name>${name}</name><bndbox><xmin>0</xmin><ymin>0</ymin><xmax>50</xmax><ymax>100</ymax></bndbox></object>`;
	writeFileSync(
		join(boxes, "7.xml"),
		"<annotation><size><width>100</width><height>100</height></size>" +
			`${object("Ada Lovelace")}${object("Nobody")}</annotation>`,
	);
	writeFileSync(join(boxes, "8.xml"), "<!DOCTYPE x><annotation/>");
	const TEXT =
		"IMGID:7\nAda\tB-person\tB-actor\nLovelace\tI-person\tI-actor\n\nIMGID:8\nBob\tB-person\tB-film_director\n";

	test("boxes go to the entities with their words; the last column is the type; bad XML and names are reported", () => {
		const { records, problems, output } = imported("fmnerg", file(TEXT), { boxes });
		expect(records[0].entities).toEqual([
			{ type: "actor", text: "Ada Lovelace", start: 0, end: 12, boxes: [[0, 0, 0.5, 1]], coarse: "person" },
		]);
		expect(records[1].entities).toEqual([{ type: "film director", text: "Bob", start: 0, end: 3, coarse: "person" }]);
		expect(problems).toEqual(["bad-xml 0", "unmatched-box 1"]);
		expect([reachable(output, "gmner"), reachable(output, "fmnerg")]).toEqual([true, true]);
		expect(imported("fmnerg", file(TEXT), { column: 2 }).records[0].entities[0].type).toBe("person");
	});
	test("a picture id that leads out of the folder opens nothing", () => {
		expect(imported("gmner", file("IMGID:../boxes/7\nAda\tB-PER\nLovelace\tI-PER\n"), { boxes }).problems).toEqual([
			"bad-xml 1",
		]);
	});
});

describe("MNRE", () => {
	const line = (head: string, relation: string) =>
		`{'token': ['Ada', "McDonald's", 'in', 'Paris'], 'h': {'name': '${head}', 'pos': [0, 1]}, ` +
		`'t': {'name': 'Paris', 'pos': [3, 4]}, 'img_id': 'twitter_1.jpg', 'relation': '${relation}'}`;

	test("relations by their last part, with slips corrected, types of the ends, pictures without their ending", () => {
		const { records, problems, output } = imported(
			"mnre",
			file(`${line("Ada", "/per/loc/place_of_birth")}\n${line("Ada", "None")}\n${line("Ada", "/per/per/alumi")}\n`),
		);
		expect(records[0]).toEqual({
			id: "x-0",
			text: "Ada McDonald's in Paris",
			image_id: "twitter_1",
			head: { text: "Ada", start: 0, end: 3, type: "person" },
			tail: { text: "Paris", start: 18, end: 23, type: "location" },
			relation: "place of birth",
			raw_relation: "/per/loc/place_of_birth",
		});
		expect(records.map(({ relation }) => relation)).toEqual(["place of birth", "none", "alumni"]);
		expect(problems).toEqual([]);
		expect(reachable(output, "mre")).toBe(true);
	});
	test("a name that stands elsewhere is found there; lines that are not records are reported and left out", () => {
		const { records, problems } = imported("mnre", file(`${line("in", "None")}\n{'token': ['a']}\nimport os\n`));
		expect(records.map(({ head }) => head.start)).toEqual([15]);
		expect(problems).toEqual(["bad-span 1", "bad-record 2", "bad-record 3"]);
	});
});

test("MORE: the pairs of a post become one record, centre and size of a box its corners", () => {
	const item = {
		token: ["Ada", "speaks", "Zulu"],
		h: { name: "Ada", pos: [0, 1] },
		t: { name: "o1", pos: [0.5, 0.5, 0.2, 0.4] },
		img_id: "a.jpg",
		relation: "/per/per/peer",
	};
	const others = [
		{ ...item, t: { name: "o2", pos: [0.5, 0.5, 0, 0] } },
		{ ...item, h: { name: "Zulu", pos: [2, 3] }, relation: "None" },
		{ ...item, img_id: "b.jpg" },
	];
	const { records, problems, output } = imported(
		"more",
		file([item, ...others].map((one) => JSON.stringify(one)).join("\n")),
	);
	const box = [0.4, 0.3, 0.6, 0.7];
	const relations = [
		{ relation: "peer", raw_relation: "/per/per/peer", entity: { text: "Ada", start: 0, end: 3 }, box },
		{ relation: "none", raw_relation: "None", entity: { text: "Zulu", start: 11, end: 15 }, box },
	];
	expect(records).toEqual([
		{ id: "x-0", text: "Ada speaks Zulu", image_id: "a", relations },
		{ id: "x-1", text: "Ada speaks Zulu", image_id: "b", relations: relations.slice(0, 1) },
	]);
	expect(problems).toEqual(["bad-box 2"]);
	expect(reachable(output, "more")).toBe(true);
});

test("JMERE: pairs become entities, each once, and relations", () => {
	const end = (pos: number[], tags: string) => ({ name: "", pos, tags });
	const [ada, paris] = [end([0, 1], "per"), end([2, 3], "loc")];
	const label_list = [
		[{ beg_ent: ada, sec_ent: paris, relation: "place_of_birth" }],
		[{ beg_ent: paris, sec_ent: ada, relation: "None" }],
	];
	const { records, problems, output } = imported(
		"jmere",
		file(JSON.stringify([{ token: ["Ada", "in", "Paris"], label_list, img_id: "a.jpg" }, { token: 1 }])),
	);
	expect(records[0].entities.map(({ type, text }: { type: string; text: string }) => `${type} ${text}`)).toEqual([
		"person Ada",
		"location Paris",
	]);
	expect(records[0].relations.map(({ relation }: { relation: string }) => relation)).toEqual([
		"place of birth",
		"none",
	]);
	expect(problems).toEqual(["bad-record 2"]);
	expect(reachable(output, "jmere")).toBe(true);
});

describe("M2E2", () => {
	const m2e2 = join(folder.path, "m2e2");
	mkdirSync(m2e2);
	const words = ["Police", "arrested", "two", "men"];
	const event = {
		event_type: "Justice:Arrest-Jail",
		trigger: { start: 1, end: 2, text: "arrested" },
		arguments: [
			{ role: "Person", start: 2, end: 4, text: "two men" },
			{ role: "Agent", start: 0, end: 0, text: "Police" },
			{ role: "Place", start: 9, end: 10, text: "Paris" },
		],
	};
	const sentence = (id: string, events: object[]) => ({
		sentence_id: id,
		words,
		image: ["doc_9.jpg"],
		"golden-event-mentions": events,
	});
	writeFileSync(
		join(m2e2, "text_only_event.json"),
		JSON.stringify([sentence("doc_0", []), sentence("doc_1", [event])]),
	);
	writeFileSync(join(m2e2, "text_multimedia_event.json"), JSON.stringify([sentence("doc_1", [event]), { words: [] }]));
	writeFileSync(
		join(m2e2, "image_multimedia_event.json"),
		JSON.stringify({
			doc_2: {
				event_type: "Justice:Arrest-Jail",
				role: {
					Agent: [
						["man", 10, 10, 50, 90],
						["man", 5, 5, 5, 9],
					],
				},
			},
		}),
	);
	writeFileSync(join(m2e2, "crossmedia_coref.txt"), "doc_1\tdoc_2.jpg\tJustice:Arrest-Jail\n");

	test("sentences of both files are joined; linked pictures bring arguments; words correct an inclusive end", () => {
		const { records, problems, output } = imported("m2e2", m2e2);
		expect(records.map(({ id, image_id }) => `${id} ${image_id}`)).toEqual(["x-doc_0 doc_9", "x-doc_1 doc_2"]);
		expect(records[1].events).toEqual([
			{
				type: "arrest jail",
				trigger: { text: "arrested", start: 7, end: 15 },
				arguments: [
					{ role: "person", text: "two men", start: 16, end: 23 },
					{ role: "agent", text: "Police", start: 0, end: 6 },
					{ role: "agent", box: [10, 10, 50, 90] },
				],
			},
		]);
		expect(problems).toEqual(["bad-box 0", "bad-record 2", "bad-span 2"].sort());
		expect(reachable(output, "mee")).toBe(true);
	});
	test("the parts: sentences with a picture's event only, or the events of the pictures", () => {
		expect(imported("m2e2", m2e2, { part: "multimedia" }).records.map(({ id }) => id)).toEqual(["x-doc_1"]);
		expect(imported("m2e2", m2e2, { part: "images" }).records).toEqual([
			{
				id: "x-img-doc_2",
				doc: "doc",
				image_id: "doc_2",
				type: "arrest jail",
				source: "image_multimedia_event",
				arguments: [{ role: "agent", box: [10, 10, 50, 90] }],
			},
		]);
	});
});

describe("FUNSD", () => {
	const piece = (id: number, label: string, text: string, box: number[], linking: number[][] = []) => ({
		id,
		label,
		text,
		box,
		linking,
		words: [],
	});
	const form = [
		piece(0, "answer", "Ada 😀", [100, 0, 150, 10], [[1, 0]]),
		piece(
			1,
			"question",
			"Name :",
			[0, 0, 40, 10],
			[
				[1, 0],
				[3, 1],
			],
		),
		piece(2, "question", "Born", [0, 20, 40, 30], [[2, 4]]),
		piece(3, "header", "Form", [0, -20, 40, -10], [[3, 1]]),
		piece(4, "answer", " ", [100, 20, 150, 30], [[2, 4]]),
	];

	test("a page becomes its text in reading order; each link once, headers and blank answers have none", () => {
		const pages = join(folder.path, "funsd");
		mkdirSync(pages);
		writeFileSync(join(pages, "a.json"), JSON.stringify({ form }));
		writeFileSync(join(pages, "b.json"), JSON.stringify({ form: [piece(0, "question", " ", [0, 0, 1, 1])] }));
		writeFileSync(join(pages, "c.json"), "{}");
		const { records, problems, output } = imported("funsd", pages);
		const name = { text: "Name :", start: 5, end: 11 };
		const ada = { text: "Ada 😀", start: 13, end: 18 };
		expect(records).toEqual([
			{
				id: "x-0",
				text: "Form\nName :  Ada 😀\nBorn",
				image_id: "a",
				layout: form.map(({ text, box }) => ({ text, box })),
				entities: [
					{ type: "value", ...ada },
					{ type: "key", ...name },
					{ type: "key", text: "Born", start: 19, end: 23 },
				],
				links: [{ key: name, value: ada }],
			},
		]);
		expect(problems).toEqual(["bad-record 0", "bad-record 0"]);
		expect(reachable(output, "re2")).toBe(true);
	});
	test("pages of XFUND stand in one file", () => {
		const { records } = imported("funsd", file(JSON.stringify({ documents: [{ id: "de_1", document: form }] })));
		expect(records.map(({ image_id, links }) => `${image_id} ${links.length}`)).toEqual(["de_1 1"]);
	});
});

describe("umie import", () => {
	test("counts on standard output, problems with file and line on standard error", async () => {
		const input = file("IMGID:1\nAda\tI-PER\n");
		const output = join(folder.path, "cli.jsonl");
		const { code, out, err } = await runCommand("import", "--format", "conll", "--input", input, "--output", output);
		expect([code, out]).toEqual([0, `${output}: 1 records, 1 with a picture, 1 problems`]);
		expect(err).toContain(`${input}:2: orphan-tag: I-PER after the beginning`);
		const again = await runCommand("import", "--format", "conll", "--input", input, "--output", output);
		expect([again.code, again.err]).toEqual([2, expect.stringContaining("already exists")]);
	});
	test.each([
		[["--format", "xml"], /--format must be one of conll, gmner/],
		[["--format", "conll", "--part", "text"], /--part can only be used with --format m2e2/],
		[["--format", "conll", "--boxes", "x"], /--boxes can only be used with/],
		[["--format", "conll", "--types", "PER"], /not of the form LABEL=name/],
	])("%j is wrong usage", async (args, message) => {
		const { code, err } = await runCommand("import", ...args, "--input", "x", "--output", "y");
		expect([code, err]).toEqual([2, expect.stringMatching(message)]);
	});
});
