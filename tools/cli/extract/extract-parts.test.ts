/** Tests that lines, labels and dumps are read and kept within their limits. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { temporaryFolder } from "../../node/testing/nano.ts";
import { TensorDump } from "./dump.ts";
import { parseLabels } from "./labels.ts";
import { type Line, readLines } from "./lines.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());

function file(content: string | Uint8Array): string {
	const path = join(folder.path, "file.txt");
	writeFileSync(path, content);
	return path;
}

async function lines(content: string | Uint8Array, limit = 1000): Promise<Line[]> {
	const all: Line[] = [];
	for await (const line of readLines(file(content), limit)) all.push(line);
	return all;
}

describe("readLines", () => {
	test("tells where each line ends and whether it is whole", async () => {
		expect(await lines("ä\n\nbc")).toEqual([
			{ number: 1, text: "ä", end: 3, whole: true },
			{ number: 2, text: "", end: 4, whole: true },
			{ number: 3, text: "bc", end: 6, whole: false },
		]);
	});

	test("of an empty file there are none", async () => {
		expect(await lines("")).toEqual([]);
	});

	test("leaves a line out that is too long, and reads the next", async () => {
		expect((await lines(`${"x".repeat(11)}\n${"y".repeat(10)}\n`, 10)).map(({ text }) => text)).toEqual([
			null,
			"y".repeat(10),
		]);
	});

	test("puts together what the file system reads in pieces, a character in two of them included", async () => {
		// Pieces are 65,536 bytes: the second byte of the last ä is in the next one.
		const long = `${"x".repeat(65_535)}ä`;
		expect((await lines(`${long}\nend\n`, 100_000)).map(({ text }) => text)).toEqual([long, "end"]);
	});

	test("a file that is not there is a failure", async () => {
		await expect(readLines(join(folder.path, "nowhere"), 10).next()).rejects.toMatchObject({
			code: "not-found",
		});
	});
});

describe("parseLabels", () => {
	test("reads lists of every kind", () => {
		expect(
			parseLabels("entity=person, place; relation=member of,peer;event=attack;role:arrest jail=agent,place;"),
		).toEqual({
			entityTypes: ["person", "place"],
			relationTypes: ["member of", "peer"],
			eventTypes: ["attack"],
			argumentRoles: { "arrest jail": ["agent", "place"] },
		});
	});

	test("leaves what is wrong inside a list to the engine", () => {
		expect(parseLabels("entity=a,,<spot>")).toEqual({ entityTypes: ["a", "", "<spot>"] });
		expect(parseLabels("role:__proto__=a").argumentRoles).toEqual(Object.fromEntries([["__proto__", ["a"]]]));
	});

	test.each([
		"person",
		"types=person",
		"entity",
		"=a",
		"role:=a",
		"entity=a;entity=b",
		"constructor=a",
	])("%j is wrong usage", (value) => {
		expect(() => parseLabels(value)).toThrowError(expect.objectContaining({ code: "usage" }));
	});

	test("reads a JSON file, and says which key it does not know", () => {
		const path = join(folder.path, "labels.json");
		writeFileSync(path, '{"eventTypes":["meet"],"argumentRoles":{"meet":["entity"]}}');
		expect(parseLabels(path)).toEqual({ eventTypes: ["meet"], argumentRoles: { meet: ["entity"] } });
		writeFileSync(path, '{"events":["meet"]}');
		expect(() => parseLabels(path)).toThrowError(/"events"/);
		writeFileSync(path, "{");
		expect(() => parseLabels(path)).toThrowError(expect.objectContaining({ code: "input-unreadable" }));
	});
});

describe("TensorDump", () => {
	const tensor = (values: number) => ({ type: "float32", dims: [values], data: new Float32Array(values) }) as never;

	test("stops past its limit, and says what to do", () => {
		const dump = new TensorDump(100);
		dump.observe({ role: "decoder", feeds: { a: tensor(20) }, outputs: {} });
		expect(() => dump.observe({ role: "decoder", feeds: {}, outputs: { b: tensor(6) } })).toThrowError(
			expect.objectContaining({ code: "out-of-memory" }),
		);
	});
});
