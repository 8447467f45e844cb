/** A post from a line with only what matters to a test. */
import { type EverydayPost, type PostLine, understand } from "./posts.ts";

export const lineOf = (line: Partial<PostLine> & Pick<PostLine, "text">): PostLine => ({
	id: "en-001",
	lang: "en",
	half: "judge",
	slice: ["talk"],
	names: [],
	relations: [],
	...line,
});

export const postOf = (line: Partial<PostLine> & Pick<PostLine, "text">): EverydayPost =>
	understand(lineOf(line), "a test");

/** Kyrie and the Cavs, with a relation between them. */
export const CAVS = {
	text: "Kyrie drops 41 as the Cavs beat Boston",
	names: [
		{ text: "Kyrie", types: ["person"] },
		{ text: "Cavs", types: ["organization"] },
		{ text: "Boston", types: ["organization", "location"] },
	],
	relations: [{ head: "Kyrie", tail: "Cavs", types: ["member of"] }],
};
