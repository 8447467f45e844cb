/** Reads JMERE's JSON: words and, for each pair, both entities and their relation. */
import * as z from "zod/mini";
import type { Format, ReadRecord } from "./format.ts";
import { entityType, relationType } from "./labels.ts";
import { readLiterals, tokens } from "./literal-lines.ts";
import { JoinedText, type Mention, pictureId } from "./record.ts";

const end = z.object({ name: z.optional(z.string()), pos: z.tuple([z.int(), z.int()]), tags: z.string() });
const triple = z.object({ beg_ent: end, sec_ent: end, relation: z.string() });

/** A pair is wrapped in a list of its own in the published files. */
const JmereItem = z.object({
	token: tokens,
	label_list: z.array(z.union([z.array(triple), triple])),
	img_id: z.optional(z.string()),
});

interface TypedMention extends Mention {
	readonly type: string;
}

export const jmere: Format = {
	summary: "JMERE: JSON with token and label_list of beg_ent, sec_ent and relation",
	tasks: ["jmere"],
	read(input, { name, report, renamed }) {
		return readLiterals(input, JmereItem, report).map(({ line, value }, index): ReadRecord => {
			const joined = new JoinedText(value.token);
			const entities = new Map<string, TypedMention>();
			const entity = ({ pos: [from, to], tags }: z.infer<typeof end>) => {
				const mention = joined.mention({ from, to });
				if (mention === null) report("bad-span", line, `words ${from} to ${to} of ${value.token.length}`);
				if (mention === null) return null;
				const typed = { type: entityType(tags, renamed), ...mention };
				entities.set(JSON.stringify(typed), typed);
				return typed;
			};
			const relations = value.label_list.flat().flatMap(({ beg_ent, sec_ent, relation }) => {
				const [head, tail] = [entity(beg_ent), entity(sec_ent)];
				return head && tail ? [{ relation: relationType(relation, renamed), head, tail }] : [];
			});
			const image = value.img_id === undefined ? {} : { image_id: pictureId(value.img_id) };
			const sorted = [...entities.values()].sort((a, b) => a.start - b.start || a.end - b.end);
			return { line, record: { id: `${name}-${index}`, text: joined.text, ...image, entities: sorted, relations } };
		});
	},
};
