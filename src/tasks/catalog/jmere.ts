/** Entities and relations in one generation (JMERE): records "person, Kyrie, member of, organization, Cavs". */

import { TASKS } from "../../core/tasks.ts";
import { type ExtractionContext, labelIds } from "../context.ts";
import { NO_RELATION, RELATION_SIGNATURES } from "../defaults.ts";
import type { RecordSpec } from "../grammar/record-spec.ts";
import { recordQuery } from "../query/record.ts";
import { hasSignatures } from "../query/relation.ts";
import { mre } from "./classic.ts";
import { promptOf, type RecordDefinition } from "./definition.ts";

const relationsOf = ({ relationTypes }: ExtractionContext) => relationTypes.filter((name) => name !== NO_RELATION);

/** With MNRE's labels a relation joins only the types of its signature; nothing is related to itself. */
function joins(context: ExtractionContext): NonNullable<RecordSpec["allows"]> {
	const relations = relationsOf(context);
	const { entityTypes } = context;
	const signed = hasSignatures(context);
	const signatures = (relation: number) => RELATION_SIGNATURES[relations[relation]!] ?? [];
	return (field, value, before) => {
		if (field === 4) return typeof before[1] !== "object" || before[1].from !== value;
		if (!signed) return true;
		const head = entityTypes[before[0] as number];
		if (field === 2) return signatures(value).some(([first]) => first === head);
		return (
			field !== 3 ||
			signatures(before[2] as number).some(([first, second]) => first === head && second === entityTypes[value])
		);
	};
}

export const jmere: RecordDefinition = {
	name: "jmere",
	...TASKS.jmere,
	prompt: "Please extract the following entity type: {types}, and the following relation between them: {relations}.",
	asks: ["jmere"],
	lists: ["entityTypes", "relationTypes"],
	substitute: mre,
	waves: [
		(context) => {
			const { entityTypes, codec } = context;
			const relations = relationsOf(context);
			const types = {
				kind: "choice",
				choices: labelIds(entityTypes, "entity types", codec).map(({ ids }) => ids),
			} as const;
			const links = {
				kind: "choice",
				choices: labelIds(relations, "relation types", codec).map(({ ids }) => ids),
			} as const;
			const instructor = promptOf(context, jmere, {
				types: entityTypes.join(", "),
				relations: relations.join(", "),
			});
			const fields = [
				types,
				{ kind: "span", comma: true } as const,
				links,
				types,
				{ kind: "span", comma: false } as const,
			];
			const what = "entity and relation types";
			return [
				recordQuery(context, {
					task: "jmere",
					instructor,
					what,
					fields,
					order: [1, 4],
					apart: false,
					allows: joins(context),
				}),
			];
		},
	],
	read(context, _query, { values: [headType, head, relation, tailType, tail], score }) {
		const mentionOf = (type: unknown, span: unknown) => {
			return { ...(span as { from: number; to: number }), type: context.entityTypes[type as number]!, score };
		};
		const ends = [mentionOf(headType, head), mentionOf(tailType, tail)] as const;
		const type = relationsOf(context)[relation as number]!;
		return { mentions: ends, relations: [{ type, score, head: { mention: ends[0] }, tail: { mention: ends[1] } }] };
	},
};
