/** Groups mentions by the things that they name, and says why two mentions are one thing. */
import type { Entity, GazetteerEntry, Thing } from "../../core/result.ts";

/** How two spellings agree, the weakest step that was needed. */
export type Match = GazetteerEntry["match"];

/** Case, width and accents' composition do not tell names apart. */
const fold = (text: string) => text.normalize("NFKC").toLocaleLowerCase("und").replace(/\s+/gu, " ").trim();
const withoutPossessive = (folded: string) => folded.replace(/(?<=[\p{L}\p{N}])\s?['’](?:\s?s)?$/u, "");
const MARK = /^[#＃@＠]\s?/u;
const withoutMark = (folded: string) => folded.replace(MARK, "");
/** "#goldenstate", "golden_state" and "Golden State" are spelled alike but for what separates words. */
const compact = (folded: string) => folded.replace(/[\s_\-‐‑.·]+/gu, "");

/** Equal for all spellings of one name that {@link compare} joins. Never empty for a name with a letter or digit. */
export function nameKey(text: string): string {
	const folded = fold(text);
	return compact(withoutMark(withoutPossessive(folded))) || folded;
}

/** How `a` and `b` are the same name; null: they are not. */
export function compare(a: string, b: string): Match | null {
	if (a === b) return "exact";
	const [x, y] = [fold(a), fold(b)];
	if (x === y) return "case";
	if (nameKey(a) !== nameKey(b)) return null;
	const marks = [x, y].map((folded) => MARK.exec(folded)?.[0][0] ?? "");
	if (marks[0] !== marks[1]) return marks.some((mark) => mark === "@" || mark === "＠") ? "handle" : "hashtag";
	return withoutPossessive(x) === withoutPossessive(y) ? "possessive" : "spelling";
}

const WHY: Readonly<Record<Match, (mention: string, name: string) => string>> = {
	exact: (mention) => `${mention} is written the same way.`,
	case: (mention, name) => `${mention} is ${name} in other capitals.`,
	hashtag: (mention, name) => `${mention} and ${name} differ by a hash sign.`,
	handle: (mention, name) => `${mention} and ${name} differ by an at sign.`,
	possessive: (mention, name) => `${mention} and ${name} differ by a possessive ending.`,
	spelling: (mention, name) => `${mention} and ${name} differ by spaces, dots, hyphens or underscores.`,
};

/** A plain sentence for a person. */
export const explain = (match: Match, mention: string, name: string): string => WHY[match](`“${mention}”`, `“${name}”`);

/**
 * Groups entities by name and (coarse) type: "Paris" the person is not "Paris" the place. An entity whose type was not
 * asked ({@link UNTYPED}) joins the first thing of its name. `spelled` is the mention as the text has it, with the
 * hash or at sign before it.
 */
export function groupThings(entities: readonly Entity[], text: string): { entities: Entity[]; things: Thing[] } {
	const groups: { kind: string; members: Entity[] }[] = [];
	const byKey = new Map<string, typeof groups>();
	for (const entity of entities) {
		const key = nameKey(entity.text);
		const kind = entity.coarse ?? entity.type;
		const alike = byKey.get(key) ?? [];
		byKey.set(key, alike);
		const group = alike.find((one) => one.kind === kind || one.kind === UNTYPED || kind === UNTYPED);
		if (group === undefined) {
			const made = { kind, members: [entity] };
			groups.push(made);
			alike.push(made);
		} else {
			group.members.push(entity);
			if (group.kind === UNTYPED) group.kind = kind;
		}
	}
	const things = groups.map(({ members }, i): Thing => {
		const full = members.reduce((best, entity) => (fullness(entity.text) > fullness(best.text) ? entity : best));
		const typed = members.find(({ type }) => type !== UNTYPED) ?? full;
		const [first, ...others] = members.map((entity) => spelled(entity, text));
		const why = others.map((mention) => explain(compare(mention, first!) ?? "spelling", mention, first!));
		return {
			id: `t${i + 1}`,
			name: full.text,
			type: typed.coarse ?? typed.type,
			entities: members.map(({ id }) => id),
			why,
		};
	});
	const thingOf = new Map(things.flatMap(({ id, entities: ids }) => ids.map((entity) => [entity, id] as const)));
	return { entities: entities.map((entity) => ({ ...entity, thing: thingOf.get(entity.id)! })), things };
}

/** Type of an entity that was found by a task that does not ask for types. */
export const UNTYPED = "entity";

/** A name with spaces says more than a handle. */
const fullness = (text: string) => (MARK.test(text) ? 0 : 1000) + text.length;

/** A hash or at sign right before a mention is a word of its own, but part of how it is spelled. */
function spelled({ text: mention, start }: Entity, text: string): string {
	return start > 0 && /[#＃@＠]/u.test(text[start - 1]!) ? text[start - 1] + mention : mention;
}
