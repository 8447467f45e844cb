/** The draw of halves, and the noise. */
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../exporter/checkpoint/seeded-random.ts";
import { drawHalves, noiseVariants } from "./halves.ts";
import { type NoiseKind, withNoise } from "./noise.ts";
import { CAVS, lineOf } from "./post.test-helper.ts";
import { TOPICS, understand } from "./posts.ts";

const LINES = Array.from({ length: 44 }, (_, index) =>
	lineOf({
		...(index % 3 === 0 ? { text: "no name here" } : CAVS),
		id: `en-${100 + index}`,
		half: null,
		slice: [TOPICS[index % 4]!],
	}),
);

describe("halves", () => {
	const drawn = drawHalves(LINES, 1);

	test("are even in all and in each topic", () => {
		expect(drawn.filter(({ half }) => half === "train")).toHaveLength(22);
		for (const topic of TOPICS.slice(0, 4)) {
			const own = drawn.filter(({ slice }) => slice[0] === topic);
			expect(Math.abs(own.filter(({ half }) => half === "train").length - own.length / 2)).toBeLessThanOrEqual(1);
		}
	});

	test("are the same for a seed, and others for another", () => {
		expect(drawHalves(LINES, 1)).toEqual(drawn);
		expect(drawHalves(LINES, 2)).not.toEqual(drawn);
	});

	test("that were drawn stay", () => {
		expect(drawHalves(drawn, 2)).toEqual(drawn);
	});

	test("get variants of their own posts, each post once, one in five without a name", () => {
		const variants = noiseVariants(drawn, 1, 5);
		const sources = new Map(drawn.map((line) => [line.id, line]));
		expect(new Set(variants.map(({ of }) => of)).size).toBe(variants.length);
		for (const variant of variants) expect(sources.get(variant.of!)!.half).toBe(variant.half);
		const lower = variants.filter(({ half, slice }) => half === "judge" && slice.includes("lower"));
		expect(lower.map(({ names }) => names.length)).toContain(3);
	});
});

describe("noise", () => {
	const noisy = (kind: NoiseKind, line = lineOf(CAVS)) => withNoise(line, kind, seededRandom(1, "noise"));

	test.each([
		["lower", "kyrie drops 41 as the cavs beat boston", ["kyrie", "cavs", "boston"]],
		["upper", "KYRIE DROPS 41 AS THE CAVS BEAT BOSTON", ["KYRIE", "CAVS", "BOSTON"]],
		["headline", "Kyrie Drops 41 As The Cavs Beat Boston", ["Kyrie", "Cavs", "Boston"]],
	])("%s takes names and relations along", (kind, text, names) => {
		const variant = noisy(kind)!;
		expect(variant).toMatchObject({ id: `en-001-${kind}`, of: "en-001", text, slice: ["talk", "noise", kind] });
		expect(variant.names.map((name) => name.text)).toEqual(names);
		expect(variant.relations).toEqual([{ head: names[0], tail: names[1], types: ["member of"] }]);
	});

	test("bare keeps the punctuation of names", () => {
		const variant = noisy(
			"bare",
			lineOf({ text: "Yes! 🎶 St. Pauli, again.", names: [{ text: "St. Pauli", types: ["organization"] }] }),
		)!;
		expect(variant.text).toBe("yes 🎶 st. pauli again");
		expect(variant.names[0]!.text).toBe("st. pauli");
	});

	test("leaves out a variant that equals its post", () => {
		expect(noisy("lower", lineOf({ text: "all lower already" }))).toBeNull();
	});

	test("takes a name along whose letters grow or double elsewhere", () => {
		const line = lineOf({
			text: "Weiß and Weiß in Gießen",
			names: [
				{ text: "Weiß", at: 1, types: ["person"] },
				{ text: "Gießen", types: ["location"] },
			],
			relations: [{ head: "Weiß", tail: "Gießen", types: ["place of residence"] }],
		});
		expect(noisy("upper", line)!.names).toEqual([
			{ text: "WEISS", at: 1, types: ["person"] },
			{ text: "GIESSEN", types: ["location"] },
		]);
	});

	test("of typing changes at least one letter, and every name is still found", () => {
		for (let seed = 0; seed < 50; seed++) {
			const variant = withNoise(lineOf(CAVS), "typos", seededRandom(seed, "typos"));
			if (variant === null) continue;
			expect(variant.text).not.toBe(CAVS.text);
			expect(understand(variant, "a test").names).toHaveLength(3);
		}
	});
});
