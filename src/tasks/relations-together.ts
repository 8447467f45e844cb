/** Goes in: a setting and pairs of mentions, then records "A, member of, C". Comes out: the one question about all of them, and the relations that it finds. */
import { NO_RELATION } from "./defaults.ts";
import type { Found } from "./definition.ts";
import { hasSignatures, isSigned, leavesRoom, type MentionPair, modelText } from "./queries.ts";
import type { ReadRecord } from "./read-records.ts";
import type { RecordSpec } from "./record-grammar.ts";
import { instructorOf, type RecordQuery, recordQuery } from "./records.ts";
import { labelIds, plainIds, type Setting } from "./setting.ts";

/** With two entities the prompt would be that of one pair, which is answered otherwise. */
const FEWEST_ENTITIES = 3;

/** What a question about several pairs is made of: texts as the model reads them, each once, in the order of the text. */
interface Parts {
	readonly entities: readonly string[];
	readonly heads: readonly string[];
	/** Of all pairs, without "none". */
	readonly relations: readonly string[];
	readonly tails: readonly string[];
}

/**
 * One question about all pairs, where the checkpoint learned such questions and the labels are those of its signatures. Pairs whose record could not fit
 * into an answer are left out. null: they are asked about one by one.
 * @param pairs each (head, tail) once by its words
 */
export function togetherQuery(setting: Setting, pairs: readonly MentionPair[]): RecordQuery | null {
	if (setting.instructors.relations !== "together" || !hasSignatures(setting)) return null;
	const asked = pairs.filter((pair) => couldBeSaid(setting, pair));
	const { entities, heads, relations, tails } = partsOf(setting, asked);
	if (entities.length < FEWEST_ENTITIES) return null;
	const listed = setting.relationTypes.filter((name) => name === NO_RELATION || relations.includes(name)).join(", ");
	const instructor = instructorOf(setting, "mre_several", { entities: enumerated(entities), relations: listed });
	// The room is taken by what the text names, which is no failure of the label list.
	if (!leavesRoom(setting, instructor)) return null;
	const { codec } = setting;
	const what = "relation types";
	const fields = [
		{ kind: "choice", choices: heads.map((text) => plainIds(`${text},`, codec)) },
		{ kind: "choice", choices: labelIds(relations, what, codec).map(({ ids }) => ids) },
		{ kind: "choice", choices: tails.map((text) => plainIds(text, codec)) },
	] as const;
	const allows = joins(setting, asked);
	const query = recordQuery(setting, { task: "mre", instructor, what, fields, order: [0, 2], apart: false, allows, pairs: asked });
	return query.wordsRead > 0 ? query : null;
}

/** What a record says: the relation of the very mentions that were asked about. */
export function readTogether(setting: Setting, { pairs }: RecordQuery, { values: [head, relation, tail], score }: ReadRecord): Found {
	const { heads, relations, tails } = partsOf(setting, pairs ?? []);
	const pair = pairs?.find((one) => modelText(setting, one.head) === heads[head as number] && modelText(setting, one.tail) === tails[tail as number]);
	const type = relations[relation as number];
	if (pair === undefined || type === undefined) return { mentions: [], relations: [] };
	return { mentions: [], relations: [{ type, score, head: { mention: pair.head }, tail: { mention: pair.tail } }] };
}

const signedOf = ({ relationTypes }: Setting, pair: MentionPair) => relationTypes.filter((name) => name !== NO_RELATION && isSigned(name, pair));

/** Whether the longest record about a pair leaves an answer room for its end. */
function couldBeSaid(setting: Setting, pair: MentionPair): boolean {
	const { codec, request } = setting;
	const ends = `${modelText(setting, pair.head)}, ${modelText(setting, pair.tail)}`;
	const longest = Math.max(0, ...signedOf(setting, pair).map((name) => plainIds(`${name},`, codec).length));
	return plainIds(ends, codec).length + longest < request.maxNewTokens;
}

function partsOf(setting: Setting, pairs: readonly MentionPair[]): Parts {
	const ends = pairs.flatMap(({ head, tail }) => [head, tail]).sort((a, b) => a.from - b.from || a.to - b.to);
	const entities = [...new Set(ends.map((end) => modelText(setting, end)))];
	const among = (texts: readonly string[]) => entities.filter((text) => texts.includes(text));
	return {
		entities,
		heads: among(pairs.map(({ head }) => modelText(setting, head))),
		relations: setting.relationTypes.filter((name) => name !== NO_RELATION && pairs.some((pair) => isSigned(name, pair))),
		tails: among(pairs.map(({ tail }) => modelText(setting, tail))),
	};
}

/** "A, B and C" */
const enumerated = (texts: readonly string[]) => `${texts.slice(0, -1).join(", ")} and ${texts.at(-1)}`;

/** Only pairs that are asked about are joined, in their direction, and only by relations of their types. */
function joins(setting: Setting, pairs: readonly MentionPair[]): NonNullable<RecordSpec["allows"]> {
	const { heads, relations, tails } = partsOf(setting, pairs);
	const joined = new Set<string>();
	for (const pair of pairs) {
		const head = heads.indexOf(modelText(setting, pair.head));
		const tail = tails.indexOf(modelText(setting, pair.tail));
		for (const name of signedOf(setting, pair)) {
			const relation = relations.indexOf(name);
			joined.add(`${head} ${relation}`).add(`${head} ${relation} ${tail}`);
		}
	}
	return (field, value, before) => field === 0 || joined.has([...before, value].join(" "));
}
