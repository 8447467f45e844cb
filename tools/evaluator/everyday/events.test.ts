/** Records of event sentences, with places that can be counted by hand. */
import { expect, test } from "vitest";
import { parseEventRecord, readEventRecords } from "./events.ts";

const LINE = {
	id: "e1",
	text: "🚓 Police met police , then arrested Ann",
	events: [
		{
			type: "meet",
			trigger: "met",
			arguments: [
				["entity", "Police"],
				["entity", "police"],
			],
		},
		{ type: "arrest jail", trigger: "arrested", arguments: [["person", "Ann"]] },
	],
};

test("places count code points, and of several arguments with one role the first stays", () => {
	const { events } = parseEventRecord(LINE, "here");
	expect(events).toEqual([
		{
			type: "meet",
			trigger: { text: "met", start: 9, end: 12 },
			arguments: [{ role: "entity", text: "Police", start: 2, end: 8 }],
		},
		{
			type: "arrest jail",
			trigger: { text: "arrested", start: 27, end: 35 },
			arguments: [{ role: "person", text: "Ann", start: 36, end: 39 }],
		},
	]);
});

test.each([
	[
		"words that are not there",
		{ ...LINE, events: [{ type: "meet", trigger: "me", arguments: [] }] },
		/"me" does not stand there 1 times/,
	],
	[
		"a later occurrence than there is",
		{ ...LINE, events: [{ type: "meet", trigger: "met", at: 1, arguments: [] }] },
		/"met" does not stand there 2/,
	],
	[
		"a role of another event",
		{ ...LINE, events: [{ type: "meet", trigger: "met", arguments: [["agent", "Ann"]] }] },
		/meet has no role "agent"/,
	],
	[
		"a type that is not one of the eight",
		{ ...LINE, events: [{ type: "marry", trigger: "met", arguments: [] }] },
		/here: events\.0\.type/,
	],
	["tokens that are not joined by one space", { ...LINE, text: "Police  met", events: [] }, /here: text/],
])("refuses %s", (_what, line, message) => {
	expect(() => parseEventRecord(line, "here")).toThrow(message);
});

test("all sentences can be read, none stands there twice, and every type has some", () => {
	const records = readEventRecords();
	expect(new Set(records.map(({ text }) => text)).size).toBe(records.length);
	expect(new Set(records.map(({ id }) => id)).size).toBe(records.length);
	expect(new Set(records.flatMap(({ events }) => events.map(({ type }) => type))).size).toBe(8);
	expect(records.filter(({ events }) => events.length === 0).length).toBeGreaterThan(records.length / 4);
});
