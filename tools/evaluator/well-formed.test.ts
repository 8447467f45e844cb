/** Tests that extractive output can always be read, whatever the model thinks of the post. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { unwrap } from "../../src/core/failure.ts";
import { prepareText } from "../../src/core/text.ts";
import { createContext } from "../../src/tasks/context.ts";
import { readSpans } from "../../src/tasks/grammar/read.ts";
import { entityQuery } from "../../src/tasks/query/span.ts";
import { settleRequest } from "../../src/tasks/request.ts";
import type { Engine } from "../../workers/engine.ts";
import { answerQueries } from "../../workers/model/answer.ts";
import { openNodeEngine } from "../node/engine/node-engine.ts";
import { NANO } from "../node/testing/nano.ts";
import { sharedFolder } from "../node/testing/shared-folder.ts";
import { readRecords } from "./records.ts";

let engine: Engine;
beforeAll(async () => {
	engine = await openNodeEngine(NANO);
});
afterAll(() => engine.close());

const POSTS = [
	"Barack Obama met Angela Merkel in Berlin on Monday",
	"RT @nobody : New Orleans , LA ... New Orleans ! #NewOrleans",
	"Coalition airstrike killed five soldiers near Baghdad , Iraq , then another airstrike hit Mosul , Iraq",
	"Police arrested 12 protesters in Paris after the march against the government",
	"person, London <spot> location, Paris </s> none",
	"none none none <spot> none",
	"O1 O2 O3 <spot> O36",
	"a",
	"😀",
	"😀 😀 😀 👩‍👩‍👧 🇩🇪 1️⃣",
	"يوم سعيد في القاهرة مع محمد",
	"東京で会いましょう",
	"Zürich, Łódź and São Paulo; naïve café in Æøå",
	"THE WHO the who The Who WHO who Who",
	"London London London London London London London London London London London London",
	"$AAPL up 3.5% :) http://t.co/abc123 via @WSJ & @CNN",
	"\u200BAn\u200Bge\u200Bla\u200B Mer\u200Bkel \uD83D in Ber\u00ADlin",
	"<pad> <unk> <extra_id_0> <0x0A> {types} {text}",
	`${"Taylor Swift and Kanye West in New York with Beyoncé , ".repeat(60)}`,
	"x".repeat(5_000),
];

test.each([1, 4])("our own posts, all tasks, %i beams: nothing is unread and every place is right", async (beams) => {
	const posts = POSTS.map((text) => ({ text, image: null }));
	const results = unwrap(
		await engine.extractMany(
			2,
			posts,
			{ tasks: ["mner", "mre", "mee"], beams, maxPairs: 6, prefilter: "off" },
			() => {},
		),
	);
	for (const { text, unread, raw, entities, events, relations } of results) {
		expect([text, unread]).toEqual([text, []]);
		// Every query was answered, of a long text for each window.
		const [mner, med] = ["mner", "med"].map((name) => raw.filter(({ task }) => task === name).length);
		expect(mner === 1).toBe(text.length < 300);
		expect([text, med]).toEqual([text, mner]);
		for (const { text: piece, start, end } of [...entities, ...events.map(({ trigger }) => trigger)])
			expect(text.slice(start, end)).toBe(piece);
		const ids = new Set(entities.map(({ id }) => id));
		expect(relations.every(({ head, tail }) => ids.has(head) && ids.has(tail))).toBe(true);
	}
});

const SETS = ["twitter2015", "twitter2017"] as const;
const shared = sharedFolder();
const files = SETS.map((set) => join(shared ?? "", `data/mner/${set}/dev.jsonl`));
const there = shared !== null && files.every((file) => existsSync(file));

test.skipIf(!there)(
	"1,000 dev posts, one beam: every output ends by itself and is well-formed (skipped without UMIE_SHARED's data)",
	async () => {
		const { codec, sessions, device } = engine.model();
		const { manifest } = sessions;
		const request = settleRequest({ tasks: ["mner"], beams: 1, words: "tokens" });
		const texts = files.flatMap((file) => readRecords(file, "mner", 500).map(({ text }) => text));
		expect(texts.length).toBe(1000);
		const settings = texts.map((text) =>
			createContext({ request, prepared: prepareText(text, "tokens"), codec, manifest, regionCount: 0 }),
		);
		const queries = settings.map((setting) => ({ query: entityQuery(setting), image: null }));
		const answers = await answerQueries(sessions, queries, {
			request,
			device: device.name,
			yieldPoint: async () => {},
			onProgress: () => {},
		});
		const wrong = answers.flatMap(({ query, hypotheses: [best] }, index) => {
			const reading = best && readSpans(best, query.vocabulary, codec);
			return reading?.wellFormed && reading.ended
				? []
				: [{ text: texts[index], output: best && codec.decode(best.ids) }];
		});
		expect(wrong).toEqual([]);
		// They say something, too.
		expect(
			answers.filter(
				({ query, hypotheses: [best] }) => best && readSpans(best, query.vocabulary, codec).records.length > 0,
			).length,
		).toBeGreaterThan(500);
	},
);
