/** Fields of forms (RE²): records "Name, Ada Lovelace", keys and values with their links. Works best with a layout. */

import { TASKS } from "../../core/tasks.ts";
import type { ExtractionContext } from "../context.ts";
import type { RecordSpec } from "../grammar/record-spec.ts";
import { mayAnswer, type TextLayout } from "../layout/layout.ts";
import { recordQuery } from "../query/record.ts";
import { promptOf, type RecordDefinition } from "./definition.ts";

/** The relation from a key to its value. */
export const VALUE_OF_KEY = "value";

/** Block of each word; without a layout its line. */
function groupsOf({ text, words, layout }: ExtractionContext): number[] {
	if (layout)
		return words.map(({ start }) => layout.blocks.findIndex((block) => start >= block.start && start < block.end));
	let line = 0;
	return words.map(({ start }, i) => {
		if (i > 0 && text.slice(words[i - 1]!.end, start).includes("\n")) line++;
		return line;
	});
}

/**
 * A value stands behind its key in the same block, or in a block that may answer the key's; without a layout on the
 * same line or the next.
 */
function mayLink(groups: readonly number[], layout: TextLayout | null): NonNullable<RecordSpec["allows"]> {
	return (field, value, before) => {
		const [key] = before;
		if (field !== 1 || typeof key !== "object") return true;
		const [from, to] = [groups[key.from]!, groups[value]!];
		if (from === to) return value >= key.to;
		if (!layout) return to === from + 1;
		const [block, other] = [layout.blocks[from], layout.blocks[to]];
		return block !== undefined && other !== undefined && mayAnswer(block.box, other.box);
	};
}

export const re2: RecordDefinition = {
	name: "re2",
	...TASKS.re2,
	prompt: "Please extract the key and its value.",
	asks: ["re2"],
	lists: [],
	waves: [
		(context) => {
			const groups = groupsOf(context);
			const instructor = promptOf(context, re2, {});
			const fields = [{ kind: "span", comma: true } as const, { kind: "span", comma: false } as const];
			const allows = mayLink(groups, context.layout);
			return [
				recordQuery(context, {
					task: "re2",
					instructor,
					what: "fields",
					fields,
					order: [0, 1],
					apart: false,
					groups,
					allows,
				}),
			];
		},
	],
	read(_setting, _query, { values: [key, value], score }) {
		const head = { ...(key as { from: number; to: number }), type: "key", score };
		const tail = { ...(value as { from: number; to: number }), type: VALUE_OF_KEY, score };
		return {
			mentions: [head, tail],
			relations: [{ type: VALUE_OF_KEY, score, head: { mention: head }, tail: { mention: tail } }],
		};
	},
};
