/** Proves which spellings are one name, and how mentions are grouped by the things they name. */
import { describe, expect, test } from "vitest";
import type { Entity } from "../../core/result.ts";
import { indexNames, lookUp } from "./gazetteer.ts";
import { gazetteerBias } from "./gazetteer-bias.ts";
import { parseGazetteer } from "./gazetteer-file.ts";
import { compare, groupThings, nameKey } from "./identity.ts";

describe("two spellings", () => {
	test.each([
		["Cavs", "Cavs", "exact"],
		["Cavs", "CAVS", "case"],
		["Zoë", "Zoe\u0308", "case"],
		["#Cavs", "Cavs", "hashtag"],
		["#GoldenState", "Golden State", "hashtag"],
		["@KyrieIrving", "Kyrie Irving", "handle"],
		["@ada_l", "Ada L", "handle"],
		["Libya's", "Libya", "possessive"],
		["Libya 's", "Libya", "possessive"],
		["James’", "James", "possessive"],
		["U.S.", "US", "spelling"],
		["al-Qaida", "al Qaida", "spelling"],
		["Paris", "London", null],
		["Kyrie", "Kyrie Irving", null],
		["#", "@", null],
	] as const)("%s and %s: %s", (a, b, match) => {
		expect(compare(a, b)).toBe(match);
		expect(compare(b, a)).toBe(match);
	});
	test("names in other scripts keep their letters", () => {
		expect(nameKey("東京")).toBe("東京");
		expect(nameKey("שלום")).toBe("שלום");
		expect(nameKey("🇫🇷")).not.toBe("");
	});
});

describe("things", () => {
	const entity = (text: string, start: number, type = "organization", more: Partial<Entity> = {}): Entity => {
		return { id: `e${start}`, type, text, start, end: start + text.length, score: 1, regions: [], ...more };
	};
	const group = (...entities: Entity[]) =>
		groupThings(entities, "Golden State and #GoldenState and Golden State's").things.map(({ entities: ids }) => ids);

	test("mentions of one thing share an id, and each says why", () => {
		const text = "Golden State and #GoldenState and GOLDEN STATE";
		const { entities, things } = groupThings(
			[entity("Golden State", 0), entity("GoldenState", 18), entity("GOLDEN STATE", 34)],
			text,
		);
		expect(entities.map(({ thing }) => thing)).toEqual(["t1", "t1", "t1"]);
		expect(things).toEqual([
			{
				id: "t1",
				name: "Golden State",
				type: "organization",
				entities: ["e0", "e18", "e34"],
				why: [
					"“#GoldenState” and “Golden State” differ by a hash sign.",
					"“GOLDEN STATE” is “Golden State” in other capitals.",
				],
			},
		]);
	});
	test("the same name of another type is another thing; fine types count by their coarse one", () => {
		expect(group(entity("Paris", 0, "location"), entity("Paris", 9, "person"))).toEqual([["e0"], ["e9"]]);
		expect(group(entity("Ada", 0, "person"), entity("Ada", 9, "author", { coarse: "person" }))).toEqual([["e0", "e9"]]);
	});
	test("an entity whose type was not asked joins the thing of its name", () => {
		expect(group(entity("Paris", 0, "entity"), entity("Paris", 9, "location"), entity("Paris", 20, "entity"))).toEqual([
			["e0", "e9", "e20"],
		]);
	});
});

describe("a gazetteer", () => {
	test("is a CSV file with or without a heading, or JSON", () => {
		const ada = { name: "Lovelace, Ada", type: "person", link: "https://example.org/ada" };
		expect(parseGazetteer('\uFEFFlink;name;type\r\nhttps://example.org/ada;"Lovelace, Ada";person\r\n')).toEqual([ada]);
		expect(parseGazetteer('"Lovelace, Ada",person,https://example.org/ada\n\nLondon\n')).toEqual([
			ada,
			{ name: "London", type: null, link: null },
		]);
		expect(parseGazetteer('["London", {"name": " Ada ", "type": ""}]')).toEqual([
			{ name: "London", type: null, link: null },
			{ name: "Ada", type: null, link: null },
		]);
	});
	test.each([
		["", "is empty"],
		["[1]", "Entry 1"],
		["[", "looks like JSON"],
		["x".repeat(201), "longer than 200 characters"],
	])("%j is refused", (content, why) => {
		expect(() => parseGazetteer(content)).toThrow(why);
	});
	const names = [
		{ name: "Cleveland Cavaliers", type: "organization", link: null },
		{ name: "CAVS", type: "miscellaneous", link: "https://example.org/m" },
		{ name: "cavs", type: "organization", link: "https://example.org/o" },
	];
	test("an entry of the mention's type comes first, then the surest match", () => {
		const index = indexNames(names);
		expect(lookUp(index, { text: "Cavs", type: "organization" })).toEqual({
			...names[2],
			match: "case",
			why: "“Cavs” is “cavs” in other capitals.",
		});
		expect(lookUp(index, { text: "CAVS", type: "person" })).toMatchObject({
			name: "CAVS",
			match: "exact",
			why: "“CAVS” is written the same way. The list calls it miscellaneous, the model person.",
		});
		expect(lookUp(index, { text: "Ohio", type: "location" })).toBeNull();
	});
});

describe("a gazetteer that leads the search", () => {
	const [SPOT, EOS, TYPE, COMMA] = [3, 1, 10, 11];
	const word = (text: string, ids: number[]) => ({ text, model: text, start: 0, end: text.length, ids });
	const words = [word("the", [20]), word("Golden", [21]), word("State", [22, 23]), word("won", [24])];
	const columns = [EOS, SPOT, TYPE, COMMA, 20, 21, 22, 23, 24];
	const names = [{ name: "golden state", type: null, link: null }];
	const process = (bias: number, ids: number[]) => {
		const scores = new Float32Array(columns.length).fill(Math.log(1 / columns.length));
		gazetteerBias({ names, bias }, words, [[TYPE, COMMA]], { spot: SPOT, eos: EOS })!(
			scores,
			ids,
			(column) => columns[column]!,
		);
		return Object.fromEntries(columns.map((id, i) => [id, Math.exp(scores[i]!)]));
	};
	test("lifts the next piece of a name behind a label, and scores stay probabilities", () => {
		// 9 columns at 1/9; one times 4: 4/12 and eight at 1/12.
		const after = process(Math.log(4), [TYPE, COMMA]);
		expect(after[21]).toBeCloseTo(4 / 12, 6);
		expect(after[20]).toBeCloseTo(1 / 12, 6);
		expect(process(Math.log(4), [TYPE, COMMA, 21, 22])[23]).toBeCloseTo(4 / 12, 6);
	});
	test("a name that was said whole is not made longer: separator and end are lifted", () => {
		const after = process(Math.log(4), [TYPE, COMMA, 24, SPOT, TYPE, COMMA, 21, 22, 23]);
		// Two times 4 and seven at 1: 4/15.
		expect([after[SPOT], after[EOS], after[24]]).toEqual([
			expect.closeTo(4 / 15, 6),
			expect.closeTo(4 / 15, 6),
			expect.closeTo(1 / 15, 6),
		]);
	});
	test("leaves labels, other names and texts without a name alone", () => {
		expect(process(5, [])[TYPE]).toBeCloseTo(1 / 9, 6);
		expect(process(5, [TYPE, COMMA, 20])[21]).toBeCloseTo(1 / 9, 6);
		expect(
			gazetteerBias({ names: [{ name: "Ohio", type: null, link: null }], bias: 5 }, words, [[TYPE, COMMA]], {
				spot: SPOT,
				eos: EOS,
			}),
		).toBeNull();
		expect(gazetteerBias({ names, bias: 0 }, words, [[TYPE, COMMA]], { spot: SPOT, eos: EOS })).toBeNull();
	});
});
