/**
 * Independent readers understand every written file and find the same in it: for hard posts, random ones, hostile
 * words.
 */
import { Ajv2020 } from "ajv/dist/2020.js";
import * as fc from "fast-check";
// @ts-expect-error: it comes without types
import jsonld from "jsonld";
import { Parser } from "n3";
import Papa from "papaparse";
import { describe, expect, test } from "vitest";
import { resultSchemaText } from "../../tools/scripts/schema/write-result-schema.ts";
import { importedResult } from "./checks.ts";
import { FORMAT_NAMES, FORMATS, type FormatName, save } from "./formats.ts";
import { SCHEMAS } from "./public-schemas.test-helper.ts";
import { HARD, ITEM } from "./testing.ts";
import type { ExportItem, Format } from "./types.ts";

const write = (name: FormatName, ...items: ExportItem[]): string => (FORMATS[name] as Format).write(items)[0]!.text;
const json = (name: FormatName, ...items: ExportItem[]) => JSON.parse(write(name, ...items));
/** A Python string's slice. */
const slice = (text: string, start: number, end: number): string => Array.from(text).slice(start, end).join("");

/** A post with one entity over a piece of its text. */
function marked(text: string, piece: string, type = "person"): ExportItem {
	const start = text.indexOf(piece);
	const entities = [{ id: "e1", type, text: piece, start, end: start + piece.length, score: 1, regions: [] }];
	return { id: "p", image: null, result: importedResult({ text, image: null, entities }) };
}

test.each(
	Object.keys(SCHEMAS) as Array<keyof typeof SCHEMAS>,
)("%s fits the schema of its public documentation, also for random posts", async (name) => {
	const validate = new Ajv2020({ strictTuples: false }).compile(SCHEMAS[name]);
	const check = (item: ExportItem) => {
		const values =
			name === "spacy"
				? write(name, item)
						.trim()
						.split("\n")
						.map((line) => JSON.parse(line))
				: [json(name, item)];
		for (const value of values) expect(validate(value), JSON.stringify(validate.errors)).toBe(true);
	};
	check(HARD);
	await fc.assert(fc.property(ITEM, check), { numRuns: 50, seed: 7 });
});

test("JSON of one post is valid for our JSON Schema, random posts too", async () => {
	const validate = new Ajv2020().compile(JSON.parse(resultSchemaText()));
	await fc.assert(
		fc.property(ITEM, (item) => {
			expect(validate(json("json", item)), JSON.stringify(validate.errors)).toBe(true);
		}),
		{ numRuns: 50, seed: 8 },
	);
	expect(validate(json("json", HARD))).toBe(true);
});

describe("CSV", () => {
	const rows = (...items: ExportItem[]) =>
		Papa.parse<Record<string, string>>(write("csv", ...items).replace(/^\uFEFF/, ""), {
			header: true,
			skipEmptyLines: true,
		});

	test("has a row for every record; line breaks and quotes stay inside cells", () => {
		const { data, errors } = rows(HARD);
		expect(errors).toEqual([]);
		expect(data.map(({ record }) => record)).toEqual([
			...Array(5).fill("entity"),
			"relation",
			"event",
			...Array(3).fill("argument"),
			...Array(2).fill("region"),
		]);
		expect(data[1]).toMatchObject({ text: "Bank of England\r\nin", type: "organization" });
		expect(data[8]?.text).toBe('"Ada"');
		expect(data[5]).toMatchObject({ head_text: "Zoë", tail_text: "القاهرة", score: "0.25" });
	});

	test.each([
		...["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"],
		...["\n=1", " =1", "\v=1", "\f+1", "\u200b=1", "\ufeff@A", "\u2060 -1", "\u00a0=1", "\u3164=1", "\ufe0f=1"],
		...["＝1", "＋1", "－1", "＠A", "\u200b＝1", "﹦1", "−1", "=1\n+2"],
	])("%j is text, not a formula", (word) => {
		const { data } = rows(marked(`${word} here`, word, word));
		expect(data[0]).toMatchObject({ text: `'${word}`, type: `'${word}` });
	});

	test.each(["a=1", " Ada", "\u200bAda", "1-2", "’tis", "(+1)"])("%j stays as it is", (word) => {
		const { data } = rows(marked(`${word} here`, word, word));
		expect(data[0]).toMatchObject({ text: word, type: word });
	});
});

describe("CoNLL BIO", () => {
	/** What any BIO reader does: B begins, I of the same type goes on. */
	function mentions(text: string): string[] {
		const found: string[][] = [];
		for (const line of text.split("\n")) {
			const [word = "", tag = "O"] = line.split("\t");
			if (tag.startsWith("B-")) found.push([tag.slice(2), word]);
			else if (tag.startsWith("I-")) found.at(-1)?.push(word);
		}
		return found.map(([type, ...words]) => `${type}: ${words.join(" ")}`);
	}

	test("keeps the longest of overlapping mentions and all pieces, and writes types without spaces", () => {
		const text = write("conll", HARD);
		expect(text.split("\n")[0]).toBe("IMGID:photo_1.jpg");
		expect(mentions(text)).toEqual([
			"person: Zoë",
			"organization: Bank of England in",
			"creative_work: القاهرة",
			"body_part: left",
			"body_part: arm",
		]);
	});

	test("a mention that begins inside a word cuts it", () => {
		expect(write("conll", marked("pro-Kurdish", "Kurdish"))).toBe("pro\tO\n-\tO\nKurdish\tB-person\n");
	});

	test("every line has two columns or none, for random posts", async () => {
		await fc.assert(
			fc.property(ITEM, (item) => {
				for (const line of write("conll", item).split(/\n/))
					expect(line === "" || /^\S+\t(O|[BI]-\S+)$/u.test(line), JSON.stringify(line)).toBe(true);
			}),
			{ numRuns: 100, seed: 9 },
		);
	});
});

test("brat: every T line's offsets give its text in a Python string, also for random posts", async () => {
	const check = (item: ExportItem) => {
		const [txt, ann] = FORMATS.brat.write([item]);
		for (const line of ann!.text.split(/\n/).filter((one) => one.startsWith("T"))) {
			const [, data = "", ...text] = line.split("\t");
			expect(data).toMatch(/^[\p{L}\p{N}_-]+ \d+ \d+(;\d+ \d+)*$/u);
			const pieces = data
				.replace(/^\S+ /, "")
				.split(";")
				.map((piece) => piece.split(" ").map(Number));
			expect(pieces.map(([start, end]) => slice(txt!.text, start!, end!)).join(" ")).toBe(text.join("\t"));
		}
	};
	check(HARD);
	await fc.assert(fc.property(ITEM, check), { numRuns: 100, seed: 10 });
});

test("brat: the lines of the hard post, counted by hand", () => {
	const lines = FORMATS.brat
		.write([HARD])[1]!
		.text.split("\n")
		.filter((line) => !line.startsWith("#"));
	expect(lines.slice(0, 3)).toEqual([
		"T1\tperson 2 5\tZoë",
		"T2\torganization 24 39;41 43\tBank of England in",
		"T3\tlocation 32 39\tEngland",
	]);
	expect(lines).toContain("R1\tplace_of_residence Arg1:T1 Arg2:T4");
	expect(lines).toContain("E1\tmeet:T6 entity:T1 entity2:T7");
});

test("spaCy and displaCy: offsets slice a Python string; no two `entities` overlap, `spans` hold all", () => {
	const record = JSON.parse(write("spacy", HARD));
	expect(record.entities.map(([start, end]: [number, number]) => slice(record.text, start, end))).toEqual([
		"Zoë",
		"Bank of England\r\nin",
		"القاهرة",
		"left",
		"arm",
	]);
	expect(record.spans.sc.map(([start, end]: [number, number]) => slice(record.text, start, end))).toContain("England");
	const [drawn] = json("displacy", HARD);
	expect(drawn.ents.map(({ start, end }: { start: number; end: number }) => slice(drawn.text, start, end))[0]).toBe(
		"Zoë",
	);
	const [england] = drawn.spans.filter(({ label }: { label: string }) => label === "location");
	expect(drawn.tokens.slice(england.start_token, england.end_token)).toEqual(["England"]);
});

test("Label Studio: boxes are percent of the picture, and the interface knows every label", () => {
	const [task] = json("label-studio", HARD);
	const box = task.predictions[0].result.find(({ id }: { id: string }) => id === "O1");
	expect(box.value).toMatchObject({ x: 2.5, y: 20 / 3, width: 25, height: 200 / 3 });
	const xml = write("label-studio-config", marked("a", "a", 'R&D <"1">'));
	expect(xml).toContain('<Label value="R&amp;D &lt;&quot;1&quot;&gt;" />');
	expect(write("label-studio-config", HARD)).toContain('<Relation value="place of residence" />');
});

test("COCO: a box for each thing the text names, categories counted from 1", () => {
	const coco = json("coco", HARD);
	expect(coco.images).toEqual([{ id: 1, width: 400, height: 300, file_name: "photo 1.jpg" }]);
	expect(
		coco.annotations.map(({ bbox, area, attributes }: { bbox: number[]; area: number; attributes: object }) => [
			bbox,
			area,
			attributes,
		]),
	).toEqual([
		[[10, 20, 100, 200], 20_000, { object: "O1", mention: "Zoë" }],
		[[0, 0, 50, 50], 2500, { object: "O2", mention: "met" }],
	]);
	expect(coco.categories).toEqual([
		{ id: 1, name: "person", supercategory: "entity" },
		{ id: 2, name: "place", supercategory: "role" },
	]);
});

test("COCO: frames of a video are pictures of their own, though their boxes share names", () => {
	const frame = { width: 100, height: 50 };
	const box = (picture: number) => ({
		object: "O1",
		box: [0, 0, 10, 10 * (picture + 1)] as [number, number, number, number],
		score: 1,
		picture,
	});
	const result = {
		...HARD.result,
		pictures: [frame, frame],
		regions: [box(0), box(1)],
		entities: [],
		events: [],
		relations: [],
	};
	const coco = json("coco", { ...HARD, result });
	expect(coco.images.map(({ file_name }: { file_name: string }) => file_name)).toEqual([
		"photo 1.jpg#0",
		"photo 1.jpg#1",
	]);
	expect(coco.annotations.map(({ image_id, area }: { image_id: number; area: number }) => [image_id, area])).toEqual([
		[1, 100],
		[2, 200],
	]);
});

describe("Web Annotation", () => {
	test("positions slice the text by code points, boxes are media fragments", () => {
		const { first } = json("web-annotation", HARD);
		const [zoe] = first.items;
		expect(zoe.target[0].selector).toEqual([
			{ type: "TextQuoteSelector", exact: "Zoë", prefix: "🏀 ", suffix: '\tand "Ada"\nmet the Bank of Engla' },
			{ type: "TextPositionSelector", start: 2, end: 5 },
		]);
		expect(zoe.target[1].selector.value).toBe("xywh=pixel:10,20,100,200");
	});
});

describe("schema.org", () => {
	const expand = async (item: ExportItem) =>
		(await jsonld.expand(json("schema-org", item))) as Array<Record<string, unknown>>;

	test("a JSON-LD processor finds the post, its things and their relation, without any network", async () => {
		const nodes = await expand(HARD);
		const person = nodes.find((node) => String(node["@type"]) === "http://schema.org/Person");
		expect(person?.["http://schema.org/name"]).toEqual([{ "@value": "Zoë" }]);
		expect(person?.["http://schema.org/homeLocation"]).toEqual([{ "@id": "urn:x-umie:post:post%201#e4" }]);
		expect(nodes.map((node) => String(node["@type"])).sort()).toEqual(
			["CreativeWork", "Event", "Organization", "Person", "Place", "SocialMediaPosting", "Thing"].map(
				(name) => `http://schema.org/${name}`,
			),
		);
	});

	test("mentions of one thing are one node with its other names", async () => {
		const base = marked("Cleveland Cavaliers, the Cavs", "Cleveland Cavaliers", "organization").result;
		const cavs = { ...base.entities[0]!, id: "e2", text: "Cavs", start: 25, end: 29, thing: "t1" };
		const entities = [{ ...base.entities[0]!, thing: "t1" }, cavs];
		const things = [{ id: "t1", name: "Cleveland Cavaliers", type: "organization", entities: ["e1", "e2"], why: [] }];
		const nodes = await expand({ id: "p", image: null, result: { ...base, entities, things } });
		expect(nodes.filter((node) => String(node["@type"]).endsWith("Organization"))).toMatchObject([
			{
				"http://schema.org/name": [{ "@value": "Cleveland Cavaliers" }],
				"http://schema.org/alternateName": [{ "@value": "Cavs" }],
			},
		]);
	});

	test("random posts expand, each entity to one node", async () => {
		await fc.assert(
			fc.asyncProperty(ITEM, async (item) => {
				const ids = (await expand(item)).map((node) => node["@id"]);
				expect(ids).toHaveLength(1 + item.result.entities.length + item.result.events.length);
			}),
			{ numRuns: 30, seed: 11 },
		);
	});
});

describe("Turtle", () => {
	const triples = (item: ExportItem) => new Parser({ format: "Turtle" }).parse(write("turtle", item));
	const NIF = "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#";

	test("an RDF parser finds the text, the relation, and offsets that slice a Python string", async () => {
		const check = (item: ExportItem) => {
			const all = triples(item);
			const value = (subject: string, name: string) =>
				all.find((one) => one.subject.value === subject && one.predicate.value === `${NIF}${name}`)?.object.value;
			const text = all.find(({ predicate }) => predicate.value === `${NIF}isString`)?.object.value;
			expect(text).toBe(item.result.text);
			const anchors = all.filter(({ predicate }) => predicate.value === `${NIF}anchorOf`);
			expect(anchors).toHaveLength(item.result.entities.length + item.result.events.length);
			for (const { subject, object } of anchors)
				expect(
					slice(item.result.text, Number(value(subject.value, "beginIndex")), Number(value(subject.value, "endIndex"))),
				).toBe(object.value);
		};
		check(HARD);
		await fc.assert(fc.property(ITEM, check), { numRuns: 60, seed: 12 });
		expect(
			triples(HARD).map(({ subject, predicate, object }) => [subject.value, predicate.value, object.value]),
		).toContainEqual([
			"urn:x-umie:post:post%201#e1",
			"urn:x-umie:relation:place%20of%20residence",
			"urn:x-umie:post:post%201#e4",
		]);
	});
});

describe("training records", () => {
	const records = (item: ExportItem) =>
		FORMATS.training.write([item]).map(({ text }) =>
			text
				.split("\n")
				.filter(Boolean)
				.map((line) => JSON.parse(line)),
		);

	test("text is words joined by spaces, offsets slice it by code points, boxes are fractions", () => {
		const [mner, mre, mee] = records(HARD);
		const { text, entities } = mner![0];
		expect(text).toBe('🏀 Zoë and " Ada " met the Bank of England in القاهرة , left and right arm');
		for (const { text: words, start, end } of entities) expect(slice(text, start, end)).toBe(words);
		expect(entities[0]).toEqual({
			type: "person",
			text: "Zoë",
			start: 2,
			end: 5,
			boxes: [[0.025, 0.0667, 0.275, 0.7333]],
		});
		expect(mre).toMatchObject([
			{ head: { text: "Zoë", type: "person" }, tail: { text: "القاهرة" }, relation: "place of residence" },
		]);
		expect(mee![0].events).toMatchObject([
			{
				type: "meet",
				trigger: { text: "met" },
				arguments: [
					{ role: "entity", text: "Zoë" },
					{ role: "entity", text: '" Ada "' },
					{ role: "place", object: 2 },
				],
			},
		]);
	});

	test("a relation that a person deleted is an example of none", () => {
		const [relation] = HARD.result.relations;
		const change = { record: "relation" as const, index: 0, from: relation!, to: null };
		const corrections = [{ by: "person", at: "2026-01-02T03:04:05.000Z", edit: "delete-relation", changes: [change] }];
		const [, mre] = records({ ...HARD, result: { ...HARD.result, relations: [], corrections } });
		expect(mre).toMatchObject([{ head: { text: "Zoë" }, tail: { text: "القاهرة" }, relation: "none" }]);
	});

	test("an object that plays a role is the number of its region in the regions of the picture", () => {
		const image = { width: 200, height: 100 };
		const region = (object: string, box: [number, number, number, number]) => ({
			object,
			box,
			score: 1,
			label: "person",
		});
		const regions = [region("O1", [0, 0, 50, 50]), region("O2", [100, 20, 200, 100])];
		const [event] = HARD.result.events;
		const seen = { role: "entity", entity: null, span: null, region: regions[1]!, score: 1 };
		const result = { ...HARD.result, image, regions, events: [{ ...event!, arguments: [seen] }] };
		const [, , mee, pictures] = records({ ...HARD, image: "photo.jpg", result });
		expect(mee![0].events[0].arguments).toEqual([{ role: "entity", object: 2 }]);
		const boxes = [
			[0, 0, 0.25, 0.5],
			[0.5, 0.2, 1, 1],
		];
		expect(pictures).toEqual([{ image_id: "photo.jpg", size: [200, 100], boxes, kinds: ["person", "person"] }]);
	});

	test("offsets slice the text for random posts", async () => {
		await fc.assert(
			fc.property(ITEM, (item) => {
				for (const { text, entities } of records(item)[0]!)
					for (const { text: words, start, end } of entities) expect(slice(text, start, end)).toBe(words);
			}),
			{ numRuns: 100, seed: 13 },
		);
	});
});

test("an unpaired surrogate stays one character in every format that counts code points", () => {
	const item = marked("\ud83c Ada", "Ada");
	expect(JSON.parse(write("spacy", item)).entities).toEqual([[2, 5, "person"]]);
	expect(FORMATS.brat.write([item])[1]!.text.split("\n")[0]).toBe("T1\tperson 2 5\tAda");
	for (const name of FORMAT_NAMES)
		expect(new TextDecoder().decode(save([item], name).bytes), name).not.toContain("\ud83c");
});

test("an empty result is written in every format", () => {
	const empty = { id: "p", image: null, result: importedResult({ text: " ", image: null, entities: [] }) };
	for (const name of FORMAT_NAMES) expect(save([empty], name).name, name).toMatch(/^umie|^p\.svg$/);
	expect(write("conll", empty)).toBe("");
	expect(json("coco", empty).annotations).toEqual([]);
});
