/** Tests that umie-nano gives the same answers to 200 posts of our own as before the code was rebuilt. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { unwrap } from "../../src/core/failure.ts";
import type { ExtractionResult } from "../../src/core/result.ts";
import type { ExtractRequest } from "../../src/tasks/request.ts";
import { openNodeEngine } from "../node/engine/node-engine.ts";
import { NANO } from "../node/testing/nano.ts";
import { readPosts } from "./everyday/posts.ts";

/** Written where it is missing: delete it only after a change that is meant to change answers. */
const KEPT = join(import.meta.dirname, "kept-answers.json.gz");
const POSTS = 200;
const REQUESTS: readonly ExtractRequest[] = [
	{ tasks: ["mner", "mre", "mee"] },
	{ tasks: ["mner", "mre", "mee"], prefilter: "off", beams: 2 },
	{ tasks: ["mner", "mre"], decoding: "full", beams: 1, instructor: "I1" },
	{ tasks: ["jmere", "gmner", "fmnerg"], untrained: "ask", beams: 2 },
	{ tasks: ["mner", "mee"], style: "mqa" },
	{ tasks: ["mner"], labels: { entityTypes: ["film", "city", "person"] } },
];
/** Every request but the first is made for each tenth post. */
const SELDOM = 10;

/** Without what may change: notes for a person, in words and typed, times, where it ran, and digits past the sixth. */
function answerOf({
	notes: _,
	unsupportedLanguage: _language,
	timings: _times,
	device: _device,
	...answer
}: ExtractionResult): unknown {
	return JSON.parse(
		JSON.stringify(answer, (_key, value) => (typeof value === "number" ? Number(value.toPrecision(6)) : value)),
	);
}

function chosenPosts(): string[] {
	const all = readPosts();
	return Array.from({ length: POSTS }, (_, at) => all[Math.floor((at * all.length) / POSTS)]!.text);
}

test("answers are those of before, in all fields but notes and timings", async () => {
	const kept = existsSync(KEPT)
		? (JSON.parse(gunzipSync(readFileSync(KEPT)).toString()) as { posts: string[]; answers: unknown[] })
		: null;
	const posts = kept?.posts ?? chosenPosts();
	const engine = await openNodeEngine(NANO);
	const answers: unknown[] = [];
	for (const [at, text] of posts.entries())
		for (const request of at % SELDOM === 0 ? REQUESTS : REQUESTS.slice(0, 1))
			answers.push(answerOf(unwrap(await engine.extract(at + 2, { text, image: null }, request, () => {}))));
	if (kept === null) writeFileSync(KEPT, gzipSync(JSON.stringify({ posts, answers }), { level: 9 }));
	for (const [at, answer] of (kept?.answers ?? []).entries()) expect(answers[at], `answer ${at}`).toEqual(answer);
	expect(answers).toHaveLength(POSTS + ((REQUESTS.length - 1) * POSTS) / SELDOM);
});
