/** Goes in: a result written by hand. Comes out: whether its table is right, and harmless in a spreadsheet. */
import { expect, test } from "vitest";
import type { ExtractionResult } from "../../core/result.ts";
import { csvOf, entriesCsv } from "./copies.ts";

const result = {
	entities: [
		{ id: "e1", type: "person", text: "Ada", start: 0, end: 3, score: 0.5, regions: [] },
		{ id: "e2", type: "location", text: "=HYPERLINK(1)", start: 4, end: 17, score: 0.25, regions: [] },
	],
	relations: [{ id: "r1", type: "place of birth", head: "e1", tail: "e2", score: 1 }],
	events: [
		{
			id: "v1",
			type: "meet",
			trigger: { text: "met", start: 20, end: 23 },
			score: 0.5,
			arguments: [{ role: "entity", span: null, entity: null, region: { object: "O2", box: [0, 0, 1, 1], score: 1 }, score: 0.5 }],
		},
	],
} as unknown as ExtractionResult;

test("one row for each thing found; what looks like a formula is text", () => {
	expect(csvOf(result).split("\r\n")).toEqual([
		"kind,type,text,other,start,end,score",
		"entity,person,Ada,,0,3,0.5",
		`entity,location,"'=HYPERLINK(1)",,4,17,0.25`,
		`relation,place of birth,Ada,"'=HYPERLINK(1)",,,1`,
		"event,meet,met,,20,23,0.5",
		"argument,entity,O2,met,,,0.5",
	]);
});

test("collected rows say where they come from", () => {
	const [head, first] = entriesCsv([{ id: 1, time: 0, origin: { site: "x", url: "https://x.com/1", author: "@ada" }, result }]).split("\r\n");
	expect(head).toBe("time,site,author,url,kind,type,text,other,start,end,score");
	expect(first).toBe(`1970-01-01T00:00:00.000Z,x,"'@ada",https://x.com/1,entity,person,Ada,,0,3,0.5`);
});
