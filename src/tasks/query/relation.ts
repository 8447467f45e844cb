/**
 * Asks for the relation of two mentions by a prompt of their own, says which relations may join them, and reads the
 * answer.
 */
import { type ExtractionContext, plainIds } from "../context.ts";
import { NO_RELATION, RELATION_SIGNATURES } from "../defaults.ts";
import { choiceCandidates, choiceGrammar } from "../grammar/grammar.ts";
import { buildInput, fill } from "./prompt.ts";
import type { MentionPair, RelationQuery } from "./question.ts";

/**
 * Paper, Table 1: "Please extract the following relation between Star Fox and Starlink: part of, none."
 * @param head and @param tail as the model reads them: words joined by one space
 */
export function relationQuery(
	context: ExtractionContext,
	head: string,
	tail: string,
	pair: RelationQuery["pair"] = null,
): RelationQuery {
	const { codec, relationTypes, instructors } = context;
	const choices = relationTypes.map((name) => ({ name, ids: plainIds(`${head}, ${name}, ${tail}`, codec) }));
	const fitting = choices.filter(({ name }) => pair === null || mayJoin(context, name, pair));
	const listed = (instructors.relations ?? "all") === "all" ? choices : fitting;
	const instructor = fill(instructors.mre, { head, tail, relations: listed.map(({ name }) => name).join(", ") });
	const sequences = fitting.map(({ ids }) => ids);
	const { eos } = codec.special;
	const grammar = choiceGrammar(sequences, eos);
	return {
		kind: "relation",
		task: "mre",
		instructor,
		...buildInput(context, instructor),
		grammar,
		candidateIds: choiceCandidates(sequences, eos),
		choices,
		pair,
	};
}

/**
 * Whether a relation can hold between two mentions: with MNRE's own labels only between the types of its signature, so
 * that two places are never "place of residence" of each other. Other label lists: always. The prompt lists what it
 * listed in training: all relations, where only the answer is held to these, or with `relations: "fitting"` (or "read")
 * of a manifest no others. It is worth 0.8 points of F1 on MNRE-V2 (docs/decisions/2026-11-21-relation-signatures.md).
 */
export function mayJoin(context: ExtractionContext, relation: string, { head, tail }: MentionPair): boolean {
	if (relation === NO_RELATION || !hasSignatures(context)) return true;
	return RELATION_SIGNATURES[relation]!.some(([first, second]) => first === head.type && second === tail.type);
}

/** Whether entity and relation types are those that MNRE's signatures speak of. */
export function hasSignatures({ entityTypes, relationTypes }: ExtractionContext): boolean {
	const known = new Set(Object.values(RELATION_SIGNATURES).flat(2));
	return (
		relationTypes.every((relation) => Object.hasOwn(RELATION_SIGNATURES, relation)) &&
		entityTypes.every((type) => known.has(type))
	);
}
