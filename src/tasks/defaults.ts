/** Goes in: nothing. Comes out: the prompts and label lists of the UMIE paper, and what MNRE's relations may join. */
import type { Manifest } from "../bundle/manifest.ts";

type Instructors = Manifest["instructors"];

/** Relations of MNRE-V2, in the order of the paper's Table 1. */
const RELATION_TYPES = [
	"part of",
	"contain",
	"present in",
	"none",
	"held on",
	"member of",
	"peer",
	"place of residence",
	"locate at",
	"alternate names",
	"neighbor",
	"subsidiary",
	"awarded",
	"couple",
	"parent",
	"nationality",
	"place of birth",
	"charges",
	"siblings",
	"religion",
	"race",
	"alumni",
];

/** Paper, Tables 1, 2 and 6, with the spelling the checkpoints were trained with ("Identity", "Given an"). The exporter writes them into `umie.json`. */
export const DEFAULT_INSTRUCTORS: Instructors = {
	mner: {
		default: "Please extract the following entity type: {types}.",
		I0: "Given the entity types: {types}. Please extract the specified entity type.",
		I1: "Identity the following entity type from the given sentence: {types}.",
		I2: "Please extract entity type in the sentence. Option: {types}.",
	},
	mre: "Please extract the following relation between {head} and {tail}: {relations}.",
	med: "Please extract the following event type: {types}.",
	meae: "Given an {event} event, please extract the corresponding argument type: {roles}.",
	labels: {
		entity_types: ["person", "location", "miscellaneous", "organization"],
		relation_types: RELATION_TYPES,
		event_types: ["arrest jail", "meet", "attack", "transport", "demonstrate", "phone write", "die", "transfer"],
		argument_roles: {
			"arrest jail": ["person", "place", "agent"],
			meet: ["entity", "place"],
			attack: ["attacker", "target", "place", "instrument"],
			transport: ["artifact", "destination", "origin", "agent", "vehicle"],
			demonstrate: ["entity", "place", "police"],
			"phone write": ["entity", "place"],
			die: ["victim", "place", "agent", "instrument"],
			transfer: ["giver", "recipient"],
		},
	},
};

/** The relation that says there is none. */
export const NO_RELATION = "none";

/** What the relations of MNRE (V1 and V2) join: `[head type, tail type]`, from the raw relation names ("/per/org/member_of"). */
export const RELATION_SIGNATURES: Readonly<Record<string, ReadonlyArray<readonly [head: string, tail: string]>>> = {
	parent: [["person", "person"]],
	siblings: [["person", "person"]],
	couple: [["person", "person"]],
	neighbor: [["person", "person"]],
	peer: [["person", "person"]],
	charges: [["person", "person"]],
	alumni: [["person", "person"]],
	classmate: [["person", "person"]],
	colleague: [["person", "person"]],
	relative: [["person", "person"]],
	"alternate names": [
		["person", "person"],
		["organization", "organization"],
	],
	"member of": [["person", "organization"]],
	leader: [["person", "organization"]],
	"founder of": [
		["person", "organization"],
		["organization", "organization"],
	],
	"place of residence": [["person", "location"]],
	"place of birth": [["person", "location"]],
	"place of death": [["person", "location"]],
	subsidiary: [["organization", "organization"]],
	"locate at": [["organization", "location"]],
	contain: [["location", "location"]],
	capital: [["location", "location"]],
	"administration divisions": [["location", "location"]],
	"present in": [["person", "miscellaneous"]],
	awarded: [["person", "miscellaneous"]],
	race: [["person", "miscellaneous"]],
	religion: [["person", "miscellaneous"]],
	nationality: [["person", "miscellaneous"]],
	create: [["person", "miscellaneous"]],
	"part of": [["miscellaneous", "miscellaneous"]],
	"held on": [
		["miscellaneous", "location"],
		["miscellaneous", "miscellaneous"],
	],
	[NO_RELATION]: [],
};

/** Types of which a pair is asked with the later mention as head: "Tokyo , Japan" is Japan contains Tokyo (487 of 629 in MNRE-V2 train). */
export const LATER_IS_HEAD: readonly string[] = ["location"];
