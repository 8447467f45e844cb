/** Relations of given pairs (MNRE): micro-F1 without "none"; a right "none" counts for accuracy only. */
import { UNREAD } from "../confusion.ts";
import { itemOf, NONE } from "../item.ts";
import { LABELLED, PLACED } from "../metric.ts";
import { utf16 } from "../predict/offsets.ts";
import { type PairRecord, pairRecord } from "../predict/schemas.ts";
import type { EvaluatedDefinition, ShareDefinition } from "./definition.ts";

/** The share of pairs whose relation is the annotated one, "none" included. */
const ACCURACY: ShareDefinition = {
	id: "accuracy",
	name: "accuracy, none included",
	rule: "the relation of the given pair, none included",
	source: "MNRE (Zheng et al., ICME 2021)",
	count: ({ record, prediction }) => ({
		right: Number(prediction.relation?.name === (record as PairRecord).relation),
		of: 1,
	}),
};

export const mre: EvaluatedDefinition<PairRecord> = {
	summary: "relation of given pairs",
	fields: "head, tail: {text, start, end}, relation",
	schema: pairRecord,
	metrics: [
		{
			id: "relation",
			name: "relation",
			rule: "the relation of the given pair, micro-averaged without none",
			source: "MNRE (Zheng et al., ICME 2021), as OpenNRE counts",
			layer: "relation",
			parts: LABELLED,
		},
		{
			id: "related",
			name: "related at all",
			rule: "any relation but none, whichever it is",
			source: "the same count without the relation's name",
			layer: "relation",
			parts: PLACED,
		},
	],
	shares: [ACCURACY],
	gold({ relation, head, tail }, locate) {
		const spans = [locate(head).span, locate(tail).span];
		return { relation: relation === NONE ? [] : [itemOf({ label: relation, spans })] };
	},
	predicted(_items, { head, tail, text }, { relation }) {
		if (relation === null || relation.name === null || relation.name === NONE) return {};
		const spans = [head, tail].map(({ start, end }) => ({ start: utf16(text, start), end: utf16(text, end) }));
		return { relation: [itemOf({ label: relation.name, spans, score: relation.score })] };
	},
	labelPair: ({ relation }, prediction) => [relation, prediction.relation?.name ?? UNREAD],
};
