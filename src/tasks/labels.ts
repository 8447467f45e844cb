/** Checks label lists, and says which labels are in force: the person's, else the model's, else the built-in ones. */
import type { Manifest } from "../bundle/manifest.ts";
import { Failure } from "../core/failure.ts";
import { DEFAULT_INSTRUCTORS, FINE_TYPES, OBJECT_RELATION_TYPES } from "./defaults.ts";
import type { LabelListName, Labels } from "./request.ts";

const MAX_LABELS = 64;
/** Characters of a label. */
const MAX_LABEL_LENGTH = 60;

/** Why a label cannot be used; the first that applies is reported. `shown` is the label in quotes. */
const FAULTS: ReadonlyArray<{ test: (label: string) => boolean; says: (shown: string) => string }> = [
	{
		test: (label) => label.replace(/\p{Default_Ignorable_Code_Point}/gu, "").trim() === "",
		says: () => "a label is empty",
	},
	{
		test: (label) => /[\p{Cc}\u2028\u2029]/u.test(label),
		says: (shown) => `${shown} has a line break or another control character`,
	},
	{
		test: (label) => /\p{Cs}/u.test(label),
		says: (shown) => `${shown} contains half a character (an unpaired surrogate)`,
	},
	{ test: (label) => label.includes(","), says: (shown) => `${shown} has a comma` },
	{ test: (label) => /<[^>]*>/.test(label), says: (shown) => `${shown} contains a special token` },
	{
		test: (label) => label.length > MAX_LABEL_LENGTH,
		says: (shown) => `${shown} has more than ${MAX_LABEL_LENGTH} characters`,
	},
];

/**
 * Trims the labels of a list and checks them.
 * @param what the list as a person calls it, such as "entity types"
 * @throws Failure `labels-invalid`
 */
export function checkLabels(list: readonly string[], what: string): string[] {
	const fail = (why: string) => new Failure("labels-invalid", `The ${what}: ${why}.`);
	if (list.length === 0) throw fail("the list is empty");
	if (list.length > MAX_LABELS) throw fail(`${list.length} labels; at most ${MAX_LABELS} can be used at once`);
	const seen = new Set<string>();
	return list.map((given) => {
		const label = given.trim();
		const shown = JSON.stringify(label.length > 80 ? `${label.slice(0, 80)}…` : label);
		const fault = FAULTS.find(({ test }) => test(label));
		if (fault) throw fail(fault.says(shown));
		const same = label.normalize("NFKC").toLowerCase().split(/\s+/u).join(" ");
		if (seen.has(same)) throw fail(`${shown} is listed twice`);
		seen.add(same);
		return label;
	});
}

/** What the plain lists are called in messages. */
const LIST_TITLES = {
	entityTypes: "entity types",
	relationTypes: "relation types",
	eventTypes: "event types",
	objectRelationTypes: "relations between objects and entities",
} as const satisfies Partial<Record<LabelListName, string>>;

/** A list of labels, without other labels above it. */
export type PlainListName = keyof typeof LIST_TITLES;
export const PLAIN_LISTS = Object.keys(LIST_TITLES) as readonly PlainListName[];

/**
 * The lists that a person gave, trimmed and checked.
 * @throws Failure `labels-invalid` naming the list and the label that cannot be used
 */
export function checkLabelLists(labels: Labels): Labels {
	const { argumentRoles, fineTypes } = labels;
	const roles = Object.entries(argumentRoles ?? {}).map(([event, list]) => [
		event.trim(),
		checkLabels(list, `argument roles of ${JSON.stringify(event)}`),
	]);
	const plain = PLAIN_LISTS.flatMap((name) => {
		const list = labels[name];
		return list === undefined ? [] : [[name, checkLabels(list, LIST_TITLES[name])]];
	});
	return {
		...Object.fromEntries(plain),
		...(argumentRoles && { argumentRoles: Object.fromEntries(roles) }),
		...(fineTypes && { fineTypes: checkFineTypes(fineTypes) }),
	};
}

/** A fine type stands below one coarse type only. */
function checkFineTypes(hierarchy: NonNullable<Labels["fineTypes"]>): NonNullable<Labels["fineTypes"]> {
	const coarse = checkLabels(Object.keys(hierarchy), "coarse entity types");
	checkLabels(Object.values(hierarchy).flat(), "fine entity types");
	return Object.fromEntries(Object.values(hierarchy).map((list, i) => [coarse[i]!, list.map((name) => name.trim())]));
}

/** The labels that questions are asked with. */
export interface LabelsInForce {
	readonly entityTypes: readonly string[];
	readonly relationTypes: readonly string[];
	readonly eventTypes: readonly string[];
	readonly objectRelationTypes: readonly string[];
	/** Fine entity types by coarse type. */
	readonly fineTypes: Hierarchy;
	/** Argument roles of an event type; null where neither person nor model gives any. */
	readonly rolesOf: (eventType: string) => readonly string[] | null;
}

/**
 * The one precedence of labels: the person's list, else the model's, else the built-in one. An empty list of a model
 * counts as absent; one of the person's does not, so that a panel can show it ({@link checkLabelLists} refuses it).
 * @param manifest null: no model is known
 * @param person the lists that the person gave
 */
export function labelsInForce(manifest: Pick<Manifest, "instructors"> | null, person: Labels = {}): LabelsInForce {
	const own = manifest?.instructors.labels;
	const builtIn = DEFAULT_INSTRUCTORS.labels;
	return {
		entityTypes: person.entityTypes ?? filled(own?.entity_types) ?? builtIn.entity_types,
		relationTypes: person.relationTypes ?? filled(own?.relation_types) ?? builtIn.relation_types,
		eventTypes: person.eventTypes ?? filled(own?.event_types) ?? builtIn.event_types,
		objectRelationTypes: person.objectRelationTypes ?? filled(own?.object_relation_types) ?? OBJECT_RELATION_TYPES,
		fineTypes: person.fineTypes ?? filledHierarchy(own?.fine_types) ?? FINE_TYPES,
		rolesOf: (event) =>
			ownEntry(person.argumentRoles, event) ??
			filled(ownEntry(own?.argument_roles, event)) ??
			ownEntry(builtIn.argument_roles, event) ??
			null,
	};
}

type Hierarchy = Readonly<Record<string, readonly string[]>>;

const filled = (list: readonly string[] | undefined) => (list && list.length > 0 ? list : undefined);
const filledHierarchy = (hierarchy: Hierarchy | undefined) =>
	hierarchy && Object.keys(hierarchy).length > 0 ? hierarchy : undefined;

/** An entry of a record that came from outside: "constructor" is not an event type. */
const ownEntry = (record: Hierarchy | undefined, key: string): readonly string[] | undefined =>
	record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
