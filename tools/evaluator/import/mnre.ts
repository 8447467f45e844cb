/**
 * Reads MNRE's text files (a record for each pair, mre) and MORE's (a record for each post, with its pairs of a name
 * and an object).
 */
import * as z from "zod/mini";
import type { Format, ReadOptions, ReadRecord } from "./format.ts";
import { entityType, relationType } from "./labels.ts";
import { readLiterals, tokens } from "./literal-lines.ts";
import { JoinedText, type Mention, pictureId, unitBoxOf } from "./record.ts";

const range = z.tuple([z.int(), z.int()]);
const four = z.tuple([z.number(), z.number(), z.number(), z.number()]);
const common = { token: tokens, relation: z.string(), img_id: z.optional(z.string()) };
const textEnd = z.object({ name: z.optional(z.string()), pos: range });

const MnreLine = z.object({ ...common, h: textEnd, t: textEnd });
/** The tail is an object: its box as centre x, centre y, width and height, in fractions. */
const MoreLine = z.object({
	...common,
	h: textEnd,
	t: z.object({ name: z.optional(z.string()), pos: z.optional(four), box: z.optional(four) }),
});

type End = z.infer<typeof textEnd>;

/** MNRE names an end's words, too: where they stand elsewhere than it says, the words are right. */
function findMention(
	joined: JoinedText,
	words: readonly string[],
	{ name, pos: [from, to] }: End,
	line: number,
	report: ReadOptions["report"],
): Mention | null {
	const mention = joined.mention({ from, to });
	const wanted = name?.trim().replace(/\s+/gu, " ");
	if (mention !== null && (wanted === undefined || mention.text === wanted)) return mention;
	report(
		"bad-span",
		line,
		`words ${from} to ${to} are ${JSON.stringify(mention?.text ?? null)}, not ${JSON.stringify(wanted ?? null)}`,
	);
	const length = wanted?.split(" ").length ?? 0;
	const at = words.findIndex((_, index) => length > 0 && words.slice(index, index + length).join(" ") === wanted);
	return at < 0 ? mention : joined.mention({ from: at, to: at + length });
}

/** "/per/org/member_of" says the types of the ends. */
function endTypes(relation: string, { renamed }: ReadOptions): { head: object; tail: object } {
	const [, head, tail, name] = relation.trim().split("/");
	if (name === undefined || head === undefined || tail === undefined) return { head: {}, tail: {} };
	return { head: { type: entityType(head, renamed) }, tail: { type: entityType(tail, renamed) } };
}

const imageOf = (id: string | undefined) => (id === undefined || id === "" ? {} : { image_id: pictureId(id) });

export const mnre: Format = {
	summary: "MNRE's *.txt (V1 and V2): a Python dictionary on each line",
	tasks: ["mre"],
	read(input, options) {
		return readLiterals(input, MnreLine, options.report).flatMap(
			({ line, value: { token, h, t, relation, img_id } }, index): ReadRecord[] => {
				const joined = new JoinedText(token);
				const [head, tail] = [h, t].map((end) => findMention(joined, token, end, line, options.report));
				if (!head || !tail) return [];
				const types = endTypes(relation, options);
				const record = {
					id: `${options.name}-${index}`,
					text: joined.text,
					...imageOf(img_id),
					head: { ...head, ...types.head },
					tail: { ...tail, ...types.tail },
					relation: relationType(relation, options.renamed),
					raw_relation: relation,
				};
				return [{ line, record }];
			},
		);
	},
};

/** Pairs of one post become one record: an extraction finds them together. */
export const more: Format = {
	summary: "MORE: as mnre, one end an object of the picture with its box; the pairs of a post become one record",
	tasks: ["more"],
	read(input, options) {
		const posts = new Map<
			string,
			{ readonly line: number; readonly text: string; readonly image: object; readonly relations: object[] }
		>();
		for (const { line, value } of readLiterals(input, MoreLine, options.report)) {
			const { token, h, t, relation, img_id } = value;
			const joined = new JoinedText(token);
			const entity = findMention(joined, token, h, line, options.report);
			const [x, y, width, height] = t.box ?? t.pos ?? [0, 0, 0, 0];
			const box = unitBoxOf([x - width / 2, y - height / 2, x + width / 2, y + height / 2]);
			if (box === null) options.report("bad-box", line, JSON.stringify(t.box ?? t.pos ?? null));
			if (entity === null || box === null) continue;
			const key = JSON.stringify([joined.text, img_id ?? ""]);
			const post = posts.get(key) ?? { line, text: joined.text, image: imageOf(img_id), relations: [] };
			post.relations.push({ relation: relationType(relation, options.renamed), raw_relation: relation, entity, box });
			posts.set(key, post);
		}
		return [...posts.values()].map(({ line, text, image, relations }, index): ReadRecord => {
			return { line, record: { id: `${options.name}-${index}`, text, ...image, relations } };
		});
	},
};
