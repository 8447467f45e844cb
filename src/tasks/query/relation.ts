/**
 * Asks for the relation of two mentions by a prompt of their own, says which relations may join them, and reads the
 * answer.
 */
import type { RelationRule } from "../../bundle/manifest.ts";
import { type ExtractionContext, plainIds } from "../context.ts";
import { NO_RELATION, RELATION_SIGNATURES } from "../defaults.ts";
import { choiceCandidates, choiceGrammar } from "../grammar/grammar.ts";
import { RELATION_RULES } from "../relation-rules.ts";
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
 * What a relation joins and rules out: by the model's own rules, else with MNRE's own labels by the built-in ones. All
 * other labels have none.
 */
export function ruleOf(context: ExtractionContext, relation: string): RelationRule {
	const own = context.instructors.relation_rules;
	if (own !== undefined && Object.hasOwn(own, relation)) return own[relation]!;
	return hasSignatures(context) ? RELATION_RULES[relation]! : {};
}

/**
 * Whether a relation can hold between two mentions: by its rule, so that two places are never "place of residence" of
 * each other. The prompt lists what it listed in training: all relations, where only the answer is held to these, or
 * with `relations: "fitting"` (or "read") of a manifest no others. It is worth 0.8 points of F1 on MNRE-V2
 * (docs/decisions/2026-11-21-relation-signatures.md).
 */
export function mayJoin(context: ExtractionContext, relation: string, { head, tail }: MentionPair): boolean {
	const { joins } = ruleOf(context, relation);
	if (relation === NO_RELATION || joins === undefined) return true;
	return joins.some(([first, second]) => first === head.type && second === tail.type);
}

/** Whether entity and relation types are those that MNRE's signatures speak of. */
export function hasSignatures({ entityTypes, relationTypes }: ExtractionContext): boolean {
	const known = new Set(Object.values(RELATION_SIGNATURES).flat(2));
	return (
		relationTypes.every((relation) => Object.hasOwn(RELATION_SIGNATURES, relation)) &&
		entityTypes.every((type) => known.has(type))
	);
}
