/** Proves that a result says when its text is in a language that the bundle was not made for, and only then. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { unwrap } from "../src/core/failure.ts";
import { type ExtractionResult, ResultSchema } from "../src/core/result.ts";
import { languageNote } from "../src/languages/note.ts";
import { mergeSteps } from "../src/tasks/result/video.ts";
import { renderResult } from "../tools/cli/extract/render.ts";
import { type ObservedEngine, openObserved } from "../tools/node/testing/nano.ts";

let observed: ObservedEngine;
beforeAll(async () => {
	observed = await openObserved();
});
afterAll(() => observed.engine.close());

const updates: ExtractionResult[] = [];
const extract = async (text: string) =>
	unwrap(
		await observed.engine.extract(1, { text, image: null }, { tasks: ["mner", "mre"], beams: 2 }, (update) => {
			if (update.kind === "partial") updates.push(update.result);
		}),
	);

const JAPANESE = { language: "ja", script: "Jpan" };

describe("a post in a foreign language", () => {
	test("has the language, and the note first, in partial results as well", async () => {
		updates.length = 0;
		const result = await extract("昨日、渋谷で友達と映画を見た。すごく面白かった!");
		expect(result.unsupportedLanguage).toEqual(JAPANESE);
		expect(result.notes[0]).toBe(languageNote(JAPANESE));
		expect(ResultSchema.safeParse(result).success).toBe(true);
		expect(updates.length).toBeGreaterThan(0);
		for (const partial of updates) expect(partial.unsupportedLanguage).toEqual(JAPANESE);
	});

	test("is never told that nothing was found, without the reason", async () => {
		const result = await extract("今日は雨です");
		const empty = { ...result, entities: [], relations: [], events: [] };
		expect(renderResult(empty)).toContain("nothing found, as the model does not read this language");
		expect(renderResult({ ...empty, unsupportedLanguage: undefined })).toMatch(/nothing found$/m);
	});
});

test("an English post has neither", async () => {
	const result = await extract("Barack Obama met Angela Merkel in Berlin on Monday");
	expect(result).not.toHaveProperty("unsupportedLanguage");
	expect(result.notes.join(" ")).not.toContain("language");
});

test("a batch says it of the post that it is true of", async () => {
	const posts = ["Obama met Merkel in Berlin", "오늘 서울은 비가 와요"].map((text) => ({ text, image: null }));
	const results = unwrap(await observed.engine.extractMany(2, posts, { tasks: ["mner"] }, () => {}));
	expect(results.map(({ unsupportedLanguage }) => unsupportedLanguage?.language)).toEqual([undefined, "ko"]);
});

test("a procedure is foreign where most of its steps are", async () => {
	const [english, korean] = [await extract("Mix the flour with water"), await extract("밀가루를 물과 섞으세요")];
	const languageOf = (...results: ExtractionResult[]) =>
		mergeSteps(results.map((result) => ({ result }))).unsupportedLanguage?.language;
	expect(languageOf(english, korean, korean)).toBe("ko");
	expect(languageOf(korean, english)).toBeUndefined();
});
