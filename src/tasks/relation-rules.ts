/** What each relation joins and what it rules out: one row a relation, those of MNRE (V1 and V2). */
import type { RelationRule } from "../bundle/manifest.ts";

const PEOPLE = [["person", "person"]] as const;
const IN_PLACE = [["person", "location"]] as const;
const PLACES = [["location", "location"]] as const;
const WITH_THING = [["person", "miscellaneous"]] as const;
const ORGANIZATIONS = [["organization", "organization"]] as const;

/** The relation that says there is none. */
export const NO_RELATION = "none";

/**
 * `joins` is read off the raw relation names ("/per/org/member_of"). `once` and `within` hold in all of MNRE-V2's
 * training posts but a few (docs/decisions/2026-11-29-consistent-relations.md): a person who has two places of birth
 * there was born in a town and in its state.
 */
export const RELATION_RULES: Readonly<Record<string, RelationRule>> = {
	parent: { joins: PEOPLE },
	siblings: { joins: PEOPLE, symmetric: true },
	couple: { joins: PEOPLE, symmetric: true, once: ["head", "tail"] },
	neighbor: { joins: PEOPLE, symmetric: true },
	peer: { joins: PEOPLE, symmetric: true },
	charges: { joins: PEOPLE },
	alumni: { joins: PEOPLE, symmetric: true },
	classmate: { joins: PEOPLE, symmetric: true },
	colleague: { joins: PEOPLE, symmetric: true },
	relative: { joins: PEOPLE, symmetric: true },
	"alternate names": { joins: [...PEOPLE, ...ORGANIZATIONS], symmetric: true, alias: true },
	"member of": { joins: [["person", "organization"]] },
	leader: { joins: [["person", "organization"]] },
	"founder of": { joins: [["person", "organization"], ...ORGANIZATIONS] },
	"place of residence": { joins: IN_PLACE },
	"place of birth": { joins: IN_PLACE, once: ["head"] },
	"place of death": { joins: IN_PLACE, once: ["head"] },
	subsidiary: { joins: ORGANIZATIONS, within: "head", once: ["head"] },
	"locate at": { joins: [["organization", "location"]], within: "head" },
	contain: { joins: PLACES, within: "tail", once: ["tail"] },
	capital: { joins: PLACES, within: "tail", once: ["head", "tail"] },
	"administration divisions": { joins: PLACES, within: "tail", once: ["tail"] },
	"present in": { joins: WITH_THING },
	awarded: { joins: WITH_THING },
	race: { joins: WITH_THING, once: ["head"] },
	religion: { joins: WITH_THING, once: ["head"] },
	nationality: { joins: WITH_THING },
	create: { joins: WITH_THING },
	"part of": { joins: [["miscellaneous", "miscellaneous"]], within: "head" },
	"held on": {
		joins: [
			["miscellaneous", "location"],
			["miscellaneous", "miscellaneous"],
		],
	},
	[NO_RELATION]: { joins: [] },
};
