/** Goes in: a setting, then answers. Comes out: what to ask first, and what to ask next. Pure: the engine does the asking. */
import { LATER_IS_HEAD, RELATION_SIGNATURES } from "./defaults.ts";
import {
	argumentQuery,
	checkRoom,
	entityQuery,
	eventQuery,
	hasSignatures,
	type Mention,
	modelText,
	type RelationQuery,
	relationQuery,
	type TaskQuery,
} from "./queries.ts";
import { readSpans } from "./read.ts";
import type { Setting } from "./setting.ts";
import type { Answer, RequestableTask, TaskName } from "./types.ts";

export type TaskAnswer = Answer<TaskQuery>;

/** What each requested task asks in the first wave and in the second. */
const WAVES = {
	mner: { first: "mner", follow: null },
	mre: { first: "mner", follow: "mre" },
	med: { first: "med", follow: null },
	mee: { first: "med", follow: "meae" },
} as const satisfies Record<RequestableTask, { first: "mner" | "med"; follow: TaskName | null }>;

/** First wave: at most one mner and one med query. @throws Failure `labels-invalid` */
export function startQueries(setting: Setting): TaskQuery[] {
	const { tasks } = setting.request;
	const first = new Set(tasks.map((task) => WAVES[task].first));
	const queries: TaskQuery[] = [];
	if (first.has("mner")) queries.push(entityQuery(setting));
	if (first.has("med")) queries.push(eventQuery(setting));
	// A list that leaves no room for the text should be told before anything is generated.
	if (tasks.includes("mre")) checkRoom(setting, relationQuery(setting, "", "").instructor, "relation types");
	return queries;
}

/** Second wave: mre over the pairs that mner found, meae for every event type that med found. */
export function followQueries(setting: Setting, answers: readonly TaskAnswer[]): TaskQuery[] {
	const { tasks } = setting.request;
	const queries: TaskQuery[] = [];
	if (tasks.some((task) => WAVES[task].follow === "mre")) queries.push(...choosePairs(setting, mentionsOf(setting, answers, "mner")).queries);
	if (tasks.some((task) => WAVES[task].follow === "meae")) {
		for (const event of new Set(mentionsOf(setting, answers, "med").map(({ type }) => type))) {
			const roles = setting.rolesOf(event);
			if (roles) queries.push(argumentQuery(setting, event, roles));
		}
	}
	return queries;
}

/** Records of the best hypothesis of every answer to `task`, each (type, span) once, in text order. */
export function mentionsOf(setting: Setting, answers: readonly TaskAnswer[], task: "mner" | "med"): Mention[] {
	const byKey = new Map<string, Mention>();
	for (const { query, hypotheses } of answers) {
		const best = hypotheses[0];
		if (query.task !== task || !best) continue;
		for (const { type, span, score } of readSpans(best, query.vocabulary, setting.codec).records) {
			const key = span && `${span.from} ${span.to} ${type}`;
			if (key && !byKey.has(key)) byKey.set(key, { ...span, type, score });
		}
	}
	return [...byKey.values()].sort((a, b) => a.from - b.from || a.to - b.to);
}

/**
 * The pairs of mentions that mre asks about. Each pair is asked once, the earlier mention as head; with MNRE's own labels the order follows the
 * relations' signatures (a person is a member of an organization, never the other way), and pairs that no relation joins are not asked.
 * Mentions with the same words are one. Of too many pairs the nearest stay; a pair whose answer or prompt could not fit is left out as well.
 * @returns `left`: how many pairs should have been asked and were not
 */
export function choosePairs(setting: Setting, mentions: readonly Mention[]): { queries: RelationQuery[]; left: number } {
	const { maxPairs, maxNewTokens } = setting.request;
	const orient = orientation(setting);
	const nearest = new Map<string, Pair & { gap: number; texts: readonly [head: string, tail: string] }>();
	mentions.forEach((first, i) => {
		for (const second of mentions.slice(i + 1)) {
			const pair = orient(first, second);
			if (!pair) continue;
			const texts = [modelText(setting, pair.head), modelText(setting, pair.tail)] as const;
			const gap = Math.max(0, second.from - first.to);
			const key = texts.join("\n");
			if (texts[0] !== texts[1] && gap < (nearest.get(key)?.gap ?? Number.POSITIVE_INFINITY)) nearest.set(key, { ...pair, gap, texts });
		}
	});
	const queries = [...nearest.values()]
		.sort((a, b) => a.gap - b.gap)
		.slice(0, Math.max(0, maxPairs))
		.map(({ head, tail, texts }) => relationQuery(setting, ...texts, { head, tail }))
		.filter(({ wordsRead, choices }) => wordsRead > 0 && choices.every(({ ids }) => ids.length < maxNewTokens))
		.sort((a, b) => a.pair!.head.from - b.pair!.head.from || a.pair!.tail.from - b.pair!.tail.from);
	return { queries, left: nearest.size - queries.length };
}

interface Pair {
	readonly head: Mention;
	readonly tail: Mention;
}

/** Tells head from tail for two mentions in text order; null when no relation asked about joins their types. */
function orientation(setting: Setting): (first: Mention, second: Mention) => Pair | null {
	if (!hasSignatures(setting)) return (head, tail) => ({ head, tail });
	const joined = new Set(setting.relationTypes.flatMap((relation) => RELATION_SIGNATURES[relation]!.map((types) => types.join(" "))));
	const joins = (head: Mention, tail: Mention) => joined.has(`${head.type} ${tail.type}`);
	return (first, second) => {
		const later = first.type === second.type && LATER_IS_HEAD.includes(first.type);
		if (joins(first, second) && !later) return { head: first, tail: second };
		return joins(second, first) ? { head: second, tail: first } : null;
	};
}

/** What a person should know about how the text was asked: what was not read, not asked, or cut. */
export function notesOf(setting: Setting, answers: readonly TaskAnswer[]): string[] {
	const notes: string[] = [];
	const read = Math.min(setting.wordCount, ...answers.map(({ query }) => query.wordsRead));
	if (read < setting.wordCount)
		notes.push(`The model read the first ${read} of ${setting.wordCount} words: it takes ${setting.maxInput} tokens, the prompt included.`);
	if (setting.request.tasks.includes("mre") && answers.some(({ query }) => query.task === "mner")) {
		const { queries, left } = choosePairs(setting, mentionsOf(setting, answers, "mner"));
		if (left > 0) notes.push(`Relations were asked for ${queries.length} of ${queries.length + left} pairs of entities, the nearest ones.`);
	}
	if (setting.request.tasks.includes("mee")) {
		for (const event of new Set(mentionsOf(setting, answers, "med").map(({ type }) => type))) {
			if (!setting.rolesOf(event)) notes.push(`No argument roles are known for the event type "${event}": its arguments were not asked for.`);
		}
	}
	const cut = new Set(
		answers.filter(({ hypotheses }) => hypotheses[0] && !hypotheses[0].ids.includes(setting.codec.special.eos)).map(({ query }) => query.task),
	);
	for (const task of cut) notes.push(`The output of ${task} reached its limit of ${setting.request.maxNewTokens} tokens: there may be more.`);
	return notes;
}
