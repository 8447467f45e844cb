/** Tests that the stored results of the app's samples were computed by the bundled model from the samples of today. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { SAMPLES, StoredSampleSchema } from "../../../src/app/post/samples.ts";
import { DEFAULT_MODEL } from "../../../src/bundle/built-in.ts";
import { checkResult } from "../../../src/exports/check-result.ts";
import { sourcesOf, storedFile } from "./write-samples.ts";

const STALE = "stale: run `npx tsx tools/scripts/samples/write-samples.ts`";

test.each(SAMPLES)("the stored result of $name is that of today's model, text, picture and tasks", (sample) => {
	const {
		result,
		format: _,
		...sources
	} = StoredSampleSchema.parse(JSON.parse(readFileSync(storedFile(sample), "utf8")));
	expect(sources, STALE).toEqual(sourcesOf(sample));
	expect(result.text, STALE).toBe(sample.text);
	expect(result.model, STALE).toBe(DEFAULT_MODEL);
	expect(result.image !== null).toBe(sample.picture !== null);
	expect(checkResult(result, sample.name).entities.length).toBeGreaterThan(0);
});

test("samples have names of their own", () => {
	expect(new Set(SAMPLES.map(({ name }) => name)).size).toBe(SAMPLES.length);
});
