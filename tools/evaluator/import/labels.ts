/** Turns labels as data sets write them into the names that our prompts use. */

const ENTITY_TYPES: Readonly<Record<string, string>> = {
	PER: "person",
	PERSON: "person",
	LOC: "location",
	LOCATION: "location",
	ORG: "organization",
	ORGANIZATION: "organization",
	MISC: "miscellaneous",
	OTHER: "miscellaneous",
	OTHERS: "miscellaneous",
	FAC: "facility",
	GPE: "geographical social political",
	VEH: "vehicle",
	WEA: "weapon",
	MON: "numeric value",
	MONEY: "numeric value",
};

/** Renamings of the person, "PER=someone": they go before ours. */
export type Renamings = ReadonlyMap<string, string>;

const plain = (label: string) =>
	label
		.trim()
		.toLowerCase()
		.replace(/[_\s]+/g, " ");

export function entityType(label: string, renamed: Renamings = new Map()): string {
	const key = label.trim();
	const upper = key.toUpperCase();
	return renamed.get(key) ?? (Object.hasOwn(ENTITY_TYPES, upper) ? ENTITY_TYPES[upper]! : plain(key));
}

/** Spellings of MNRE that are slips. */
const SLIPS: Readonly<Record<string, string>> = {
	alumi: "alumni",
	creat: "create",
	"lace of residence": "place of residence",
};

/** "/per/org/member_of" is "member of". */
export function relationType(label: string, renamed: Renamings = new Map()): string {
	const name = plain(label.split("/").at(-1) ?? "");
	return renamed.get(label.trim()) ?? (Object.hasOwn(SLIPS, name) ? SLIPS[name]! : name);
}

/** The eight event types of M2E2 (Li et al., ACL 2020). */
const EVENT_TYPES: Readonly<Record<string, string>> = {
	"movement:transport": "transport",
	"contact:phone-write": "phone write",
	"contact.phone-write": "phone write",
	"life:die": "die",
	"contact:meet": "meet",
	"conflict:attack": "attack",
	"transaction:transfer-money": "transfer",
	"justice:arrest-jail": "arrest jail",
	"conflict:demonstrate": "demonstrate",
};

export function eventType(label: string, renamed: Renamings = new Map()): string {
	const key = label.trim().toLowerCase();
	return (
		renamed.get(label.trim()) ??
		(Object.hasOwn(EVENT_TYPES, key) ? EVENT_TYPES[key]! : plain(key.replace(/[:.-]/g, " ")))
	);
}

export const roleName = (label: string): string => plain(label);
