/** Whether the words of posts with everything people write are found and stand where they say. */

import { describe, expect, test } from "vitest";
import { Failure } from "./failure.ts";
import { MAX_TEXT } from "./limits.ts";
import { codePointOffsets, prepareText } from "./text.ts";

const texts = (post: string) => prepareText(post, "post").words.map(({ text }) => text);
const codeOf = (work: () => unknown) => {
	try {
		work();
	} catch (error) {
		if (error instanceof Failure) return { code: error.code, what: error.what };
		throw error;
	}
	return null;
};

describe("words of a post", () => {
	test.each([
		["Kyrie, wins (again)!!", "Kyrie | , | wins | ( | again | ) | ! | !"],
		["#uclfinal #2017", "# | uclfinal | # | 2017"],
		["RT @AFP: .@BTS_twt's", "RT | @AFP | : | . | @BTS_twt | 's"],
		["Libya's Turkey’s fans' O'Neil", "Libya | 's | Turkey | ’s | fans | ' | O'Neil"],
		["don't we're I'LL Rock'n'roll", "do | n't | we | 're | I | 'LL | Rock'n'roll"],
		[
			"see https://t.co/2A5bM9PDML). www.x.org, http://t.co…",
			"see | https://t.co/2A5bM9PDML | ) | . | www.x.org | , | http://t.co…",
		],
		["mail a.b@c.de, nytimes.com.", "mail | a.b@c.de | , | nytimes.com | ."],
		["3.5 1,000 10:30pm 2013/14 09/02/18 $4.99 47%", "3.5 | 1,000 | 10:30pm | 2013/14 | 09/02/18 | $ | 4.99 | 47 | %"],
		["U.S. U.S.-led anti-U.S. Mr. J. Smith p.m.", "U.S. | U.S.-led | anti-U.S. | Mr. | J. | Smith | p.m."],
		["al-Qaida R&B f*ck A$AP $AAPL and/or", "al-Qaida | R&B | f*ck | A$AP | $AAPL | and/or"],
		["wait... what -- no… done.Then I.", "wait | ... | what | -- | no | … | done | . | Then | I | ."],
		["nice :) :-( ;D <3 note:", "nice | :) | :-( | ;D | <3 | note | :"],
		['"quoted" “so”', '" | quoted | " | “ | so | ”'],
		["a😀b👨‍👩‍👧🇩🇪🇫🇷👏🏼1️⃣❤️!", "a | 😀 | b | 👨‍👩‍👧 | 🇩🇪 | 🇫🇷 | 👏🏼 | 1️⃣ | ❤️ | !"],
		["שלום, عالم!", "שלום | , | عالم | !"],
	])("%s", (post, words) => {
		expect(texts(post)).toEqual(words.split(" | "));
	});

	test.each([
		["l'Équipe d'Hergé, qu'Emmanuel", "l' | Équipe | d' | Hergé | , | qu' | Emmanuel"],
		["L’Oréal aujourd'hui à Val-d'Oise", "L’ | Oréal | aujourd'hui | à | Val-d'Oise"],
		["dell'Arco all'Inter un'Europa Sant'Agata", "dell' | Arco | all' | Inter | un' | Europa | Sant'Agata"],
		["l'11 settembre dell'NBA ALL'OPEC", "l' | 11 | settembre | dell' | NBA | ALL' | OPEC"],
		["a l'Hospitalet, d'aigua", "a | l' | Hospitalet | , | d' | aigua"],
		["brat Angusa i George’a, Harry’ego", "brat | Angusa | i | George | ’a | , | Harry | ’ego"],
		["de CDA'er, foto's, zo'n", "de | CDA | 'er | , | foto | 's | , | zo'n"],
		["Grimm'sche Märchen, Davis’Einspielung", "Grimm | 'sche | Märchen | , | Davis | ’ | Einspielung"],
		["Rheinland-Pfalz, franco-allemand", "Rheinland-Pfalz | , | franco-allemand"],
		["¿Dónde está Xi'an? ¡Aquí!", "¿ | Dónde | está | Xi'an | ? | ¡ | Aquí | !"],
		["О’Коннор, «Зенит»", "О’Коннор | , | « | Зенит | »"],
		["„Gazeta” i «Le Monde»", "„ | Gazeta | ” | i | « | Le | Monde | »"],
		["Serie B. (Kenny Roberts Jr.)", "Serie | B. | ( | Kenny | Roberts | Jr | . | )"],
		["was Willem Drees jr..", "was | Willem | Drees | jr. | ."],
		["1. FC Köln, 2019.Der", "1 | . | FC | Köln | , | 2019 | . | Der"],
		["CDU-Politiker AfD-Chef UK-based Saint-Denis", "CDU | - | Politiker | AfD | - | Chef | UK-based | Saint-Denis"],
		["Paris/London and/or N/A 2013/14 km/h", "Paris | / | London | and/or | N/A | 2013/14 | km/h"],
		["J.K.Rowling St.Louis г.Москва U.S.Army", "J.K. | Rowling | St. | Louis | г | . | Москва | U.S. | Army"],
		["Ankara'da Qur'an Shi'ite", "Ankara | 'da | Qur'an | Shi'ite"],
		["D'Souza C'mon N'SYNC T'Challa L's", "D'Souza | C'mon | N'SYNC | T'Challa | L | 's"],
		["Don't I'm Haven’t", "Do | n't | I | 'm | Have | n’t"],
	])("names have borders in every language: %s", (post, words) => {
		expect(texts(post)).toEqual(words.split(" | "));
	});

	test("scripts without spaces are split by dictionary, and what stands among them as ever", () => {
		expect(texts("東京オリンピックは2020年に@nhk_newsが報じた")).toEqual(
			expect.arrayContaining(["東京", "オリンピック", "は", "2020", "年", "@nhk_news"]),
		);
		expect(texts("习近平访问北京。")).toEqual(expect.arrayContaining(["访问", "北京", "。"]));
		expect(texts("กรุงเทพเป็นเมืองหลวง").length).toBeGreaterThan(2);
		expect(texts("ភ្នំពេញជារាជធានី").length).toBeGreaterThan(1);
		expect(texts("see https://t.co/ab東京 #東京U.S.")).toEqual(["see", "https://t.co/ab", "東京", "#", "東京", "U.S."]);
	});

	test("every word is its slice of the post, in order, whatever the post holds", () => {
		const posts = [
			"Paris, Paris and #Paris 😀Paris",
			"\u200F\u202Eשלום\u202C @user\u200B_x",
			"#\u200Bfoo\u00ADbar\uFEFF \u0000x\u0007y",
			"a\uD800b \uDC00 \uD83D\uDE00\uD83D",
			"\uFE0F\u20E3 \u200D👨\u200D \u{E0067}",
			"e\u0301te\u0301 \u0301 नमस्ते ﷺ",
		];
		for (const post of posts) {
			let last = 0;
			for (const mode of ["post", "tokens"] as const) {
				last = 0;
				for (const { text, model, start, end } of prepareText(post, mode).words) {
					expect(post.slice(start, end)).toBe(text);
					expect(start).toBeGreaterThanOrEqual(last);
					expect(end).toBeGreaterThan(start);
					expect(model).not.toBe("");
					expect(/\p{Cs}/u.test(model)).toBe(false);
					last = end;
				}
			}
		}
	});

	test("every visible character of a post lies in a word", () => {
		const post = "«Ünïcode»¿¡ ·•→ ½ x² 東京タワー #️⃣ \u{1D400}…";
		const covered = prepareText(post, "post").words.map(({ text }) => text);
		expect(covered.join("").replaceAll("\uFE0F", "")).toBe(post.replaceAll("\uFE0F", "").replaceAll(" ", ""));
	});

	test("invisible characters stay in the slice and go from what the model reads", () => {
		const [hash, word] = prepareText("#\u200Bup\u200Bper\u200B", "post").words;
		expect(hash).toEqual({ text: "#", model: "#", start: 0, end: 1 });
		expect(word).toEqual({ text: "up\u200Bper", model: "upper", start: 2, end: 8 });
		expect(prepareText("❤️", "post").words[0]).toEqual({ text: "❤️", model: "❤", start: 0, end: 2 });
	});

	test("an unpaired surrogate is read as U+FFFD and counts one unit", () => {
		const { words } = prepareText("\uD800 b", "post");
		expect(words.map(({ model, start, end }) => [model, start, end])).toEqual([
			["\uFFFD", 0, 1],
			["b", 2, 3],
		]);
	});
});

describe("words of a data set", () => {
	test("tokens are the runs between white space, untouched", () => {
		const { words } = prepareText(" RT @AFP :\u00A0don't\u001Cstop \uFE0F ", "tokens");
		expect(words.map(({ text }) => text)).toEqual(["RT", "@AFP", ":", "don't", "stop", "\uFE0F"]);
		expect(words[5]?.model).toBe("\uFE0F");
	});
});

describe("texts that cannot be read", () => {
	test("nothing, blanks, and invisible characters only are an empty text", () => {
		for (const text of ["", " \n\t", "\u200B\u200D", "\uFE0F", "\u0000"]) {
			for (const mode of ["post", "tokens"] as const)
				expect(codeOf(() => prepareText(text, mode))?.code).toBe("text-empty");
		}
	});
	test("only emoji are a text", () => {
		expect(texts("😀 👍🏽")).toEqual(["😀", "👍🏽"]);
	});
	test("a text too long is told with its length", () => {
		expect(codeOf(() => prepareText("x".repeat(MAX_TEXT + 1), "post"))).toEqual({
			code: "text-too-long",
			what: "The text has 1,000,001 characters; the limit is 1,000,000.",
		});
	});
	// Longer texts are read in windows: at most 8,192 units are split into words at once.
	test("20,000 awkward characters come to an end", () => {
		for (const unit of [
			"x",
			"+",
			"a.",
			"http://)",
			"👨‍👩‍👧",
			"\uD800",
			"a-",
			"@",
			"'s",
			"\u0301",
			"&amp;",
			"A.",
			"l'",
			"L'é",
			"dell'",
			"Aa's",
			"As'",
			"a'a",
			"東",
			"ก",
			"東a'",
			"@東",
			"x.",
		]) {
			const post = unit.repeat(Math.floor(20_000 / unit.length));
			expect(prepareText(post, "post").words.length).toBeGreaterThan(0);
		}
	});
});

test("an emoji is one code point of two units", () => {
	expect(codePointOffsets("a😀b")).toEqual([0, 1, 3, 4]);
});
