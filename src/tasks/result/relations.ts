/** Makes the relations of a result: of mre and of multiple choice, then of the tasks that name both ends themselves. */
import type { Region, Relation } from "../../core/result.ts";
import type { Found, FoundEnd, FoundMention } from "../catalog/definition.ts";
import { NO_RELATION } from "../defaults.ts";
import type { Mention, ReadAnswer } from "../query/question.ts";

/** @param mentions that the entities are made of, in their order */
export function relationsIn(
	answers: readonly ReadAnswer[],
	found: readonly Found[],
	mentions: readonly FoundMention[],
	regions: readonly Region[],
): Relation[] {
	const relations: Relation[] = [];
	const entityAt = ({ from, to, type }: FoundMention) => {
		const at = mentions.findIndex((one) => one.from === from && one.to === to && (type === null || one.type === type));
		return `e${at + 1}`;
	};
	const add = (relation: Omit<Relation, "id">) => {
		const known = relations.some(
			({ type, head, tail }) => type === relation.type && head === relation.head && tail === relation.tail,
		);
		if (!known) relations.push({ id: `r${relations.length + 1}`, ...relation });
	};
	for (const answer of answers) {
		const pair = relationNamed(answer);
		if (pair) add({ type: pair.type, head: entityAt(pair.head), tail: entityAt(pair.tail), score: pair.score });
	}
	const nameOf = (end: FoundEnd) => ("object" in end ? `O${end.object + 1}` : entityAt(end.mention));
	for (const { type, score, head, tail } of found.flatMap((one) => one.relations)) {
		const object = "object" in head ? head.object : "object" in tail ? tail.object : null;
		const region = object === null ? null : regions[object];
		// A relation with an object that the picture does not have is left out.
		if (region !== undefined) add({ type, head: nameOf(head), tail: nameOf(tail), score, ...(region && { region }) });
	}
	return relations;
}

/** The relation an mre answer, or one of multiple choice, names; null: none. */
function relationNamed(
	answer: ReadAnswer,
): { readonly type: string; readonly score: number; readonly head: Mention; readonly tail: Mention } | null {
	if (answer.kind === "choice") {
		const { query, chosen } = answer;
		return query.about === "relation" && chosen && query.spanMention && query.other
			? { type: chosen.name, score: chosen.score, head: query.spanMention, tail: query.other }
			: null;
	}
	if (answer.kind !== "relation") return null;
	const { relation, query } = answer;
	if (!query.pair || relation === null || relation.name === NO_RELATION) return null;
	const { head, tail } = query.pair;
	const ends = relation.reversed ? { head: tail, tail: head } : { head, tail };
	return { type: relation.name, score: relation.share, ...ends };
}
