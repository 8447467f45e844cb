/** Proves that sentences and tokens are told apart by where their names begin and end. */
import { expect, test } from "vitest";
import { detectWordMode } from "./word-mode.ts";

const record = (text: string, ...names: string[]) => ({
	text,
	entities: names
		.map((name) => ({ type: "person", text: name, start: [...text.slice(0, text.indexOf(name))].length, end: 0 }))
		.map((entity) => ({
			...entity,
			end: entity.start + [...entity.text].length,
		})),
});

test("names between spaces are those of a set of tokens", () => {
	expect(detectWordMode([record("Ada met Bo , then left", "Ada", "Bo"), record("😂 Cy !", "Cy")])).toBe("tokens");
});

test("names with a comma or an article at their side are those of sentences", () => {
	expect(detectWordMode([record("Ada met Bo, then left", "Ada", "Bo")])).toBe("post");
	expect(detectWordMode([record("le père d'Hergé est là", "Hergé")])).toBe("post");
	expect(detectWordMode([record("😂😂 avec Cy!", "Cy")])).toBe("post");
});

test("one slip among a hundred names makes no sentences", () => {
	const tokens = Array.from({ length: 99 }, () => record("Ada left .", "Ada"));
	expect(detectWordMode([...tokens, record("Bo, too", "Bo")])).toBe("tokens");
});

test("without a name nothing tells, and tokens are read", () => {
	expect(detectWordMode([])).toBe("tokens");
	expect(detectWordMode([{ text: "hello, all" }, { text: 3 }, {}])).toBe("tokens");
});
