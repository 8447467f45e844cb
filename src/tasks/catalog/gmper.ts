/** Steps of a procedure (GMPER): one query for each step, with records "the dough, O2". */

import { TASKS } from "../../core/tasks.ts";
import type { ExtractionContext } from "../context.ts";
import { groundedIn, groundingField, recordQuery } from "../query/record.ts";
import { mner } from "./classic.ts";
import { promptOf, type RecordDefinition } from "./definition.ts";

/** A step of the text: UTF-16 offsets, `from` … `to - 1` are the words the model can read of it. */
export interface TextStep {
	readonly number: number;
	readonly start: number;
	readonly end: number;
	readonly from: number;
	readonly to: number;
}

/** A line is a step; where the text is one line, what begins with a number, a bullet or "Step 2". */
const MARKS = /(?<=^|\s)(?=(?:step\s+\d{1,3}\b|\d{1,3}[.)]\s|[•‣▪]\s))/giu;
/** More steps than any manual has. */
export const MAX_STEPS = 100;

/**
 * The steps of a procedure, in order: they cover everything that is visible. Of too many lines the last step holds the
 * rest.
 */
export function findSteps({ text, words }: Pick<ExtractionContext, "text" | "words">): TextStep[] {
	const lines = [...text.matchAll(/[^\n\r]*[^\s][^\n\r]*/gu)].map(({ 0: line, index }) => ({
		start: index,
		end: index + line.length,
	}));
	const [only] = lines;
	const pieces = lines.length === 1 && only ? splitLine(text, only) : lines;
	const kept =
		pieces.length > MAX_STEPS
			? [...pieces.slice(0, MAX_STEPS - 1), { start: pieces[MAX_STEPS - 1]!.start, end: pieces.at(-1)!.end }]
			: pieces;
	return kept.map(({ start, end }, i) => {
		const from = words.findIndex((word) => word.start >= start && word.end <= end);
		const inside = from < 0 ? 0 : words.filter((word) => word.start >= start && word.end <= end).length;
		return { number: i + 1, start, end, from: Math.max(0, from), to: Math.max(0, from) + inside };
	});
}

function splitLine(text: string, { start, end }: { start: number; end: number }): { start: number; end: number }[] {
	const marks = [...text.slice(start, end).matchAll(MARKS)].map(({ index }) => start + index);
	const starts = marks.length < 2 ? [start] : [...(text.slice(start, marks[0]).trim() === "" ? [] : [start]), ...marks];
	return starts.map((from, i) => {
		const to = starts[i + 1] ?? end;
		return { start: from, end: from + text.slice(from, to).trimEnd().length };
	});
}

export const gmper: RecordDefinition = {
	name: "gmper",
	...TASKS.gmper,
	prompt: "Please extract the entity of this step and its object in the picture.",
	asks: ["gmper"],
	lists: [],
	namesObjects: true,
	substitute: mner,
	waves: [
		(context) => {
			const instructor = promptOf(context, gmper, {});
			const fields = [{ kind: "span", comma: true } as const, groundingField(context)];
			return findSteps(context).flatMap(({ number, from, to }) => {
				const of = {
					task: "gmper",
					instructor,
					what: "steps",
					fields,
					order: [0],
					apart: true,
					range: { from, to },
					step: number,
				} as const;
				return to > from ? [recordQuery(context, of)] : [];
			});
		},
	],
	read(context, { range }, { values: [span, object], score }) {
		const { from, to } = span as { from: number; to: number };
		const place = { from: from + range.from, to: to + range.from };
		return {
			mentions: [{ ...place, type: null, score, object: groundedIn(context, object as number) }],
			relations: [],
		};
	},
};
