/** The prompts and label lists of the UMIE paper, and what the relations of MNRE may join. */
import type { Manifest } from "../bundle/manifest.ts";
import { RECORD_TASK_NAMES } from "../core/tasks.ts";
import { NO_RELATION, RELATION_RULES } from "./relation-rules.ts";

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

/**
 * Paper, Tables 1, 2 and 6, with the spelling the checkpoints were trained with ("Identity", "Given an"). The exporter
 * writes them into `umie.json`.
 */
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

/**
 * Prompts beyond the paper's, worded as its Table 1; `instructors.tasks` of a manifest replaces them. Those of the
 * record tasks stand in their definitions (`src/tasks/catalog`).
 */
export const TASK_INSTRUCTORS = {
	mre_marked: "Please extract the following relation between the marked entities:",
	meae_trigger:
		"Given an {event} event triggered by {trigger}, please extract the corresponding argument type: {roles}.",
	mqa_spans: "Please extract the spans that are a named entity.",
	mqa_triggers: "Please extract the spans that trigger an event.",
	mqa_entity: 'Question: what is the entity type of "{span}"? Options: {options}.',
	mqa_event: 'Question: which event does "{span}" trigger? Options: {options}.',
	mqa_relation: 'Question: what is the relation between "{head}" and "{tail}"? Options: {options}.',
	mqa_role: 'Question: which role does "{span}" play in the {event} event "{trigger}"? Options: {options}.',
} as const satisfies Record<string, string>;
export type TaskInstructor = keyof typeof TASK_INSTRUCTORS;

/** Wordings that a checkpoint may bring along (`umie.instructors` of its config.json), by name. */
export const INSTRUCTOR_NAMES = [
	...Object.keys(DEFAULT_INSTRUCTORS.mner),
	"mre",
	"med",
	"meae",
	...RECORD_TASK_NAMES,
	...Object.keys(TASK_INSTRUCTORS),
];

/** The paper's prompts and labels, with a checkpoint's own wordings (`INSTRUCTOR_NAMES`) in their places. */
export function instructorsWith(own: Readonly<Record<string, string>> = {}): Instructors {
	const taken = (names: readonly string[]) =>
		Object.fromEntries(names.flatMap((name) => (Object.hasOwn(own, name) ? [[name, own[name]!]] : [])));
	const tasks = taken([...RECORD_TASK_NAMES, ...Object.keys(TASK_INSTRUCTORS)]);
	return {
		...DEFAULT_INSTRUCTORS,
		mner: { ...DEFAULT_INSTRUCTORS.mner, ...taken(Object.keys(DEFAULT_INSTRUCTORS.mner)) },
		...taken(["mre", "med", "meae"]),
		...(Object.keys(tasks).length > 0 && { tasks }),
	};
}

/** What checkpoints without a list of their tasks were trained for: the paper's. */
export const TRAINED_BY_DEFAULT: readonly string[] = ["mner", "mre", "med", "meae"];

/** The 8 coarse and 51 fine types of FMNERG (github.com/NUSTM/FMNERG), underscores as spaces. */
export const FINE_TYPES: Readonly<Record<string, readonly string[]>> = {
	location: ["city", "country", "state", "continent", "location other", "park", "road"],
	building: ["building other", "cultural place", "entertainment place", "sports facility"],
	organization: [
		"company",
		"educational institution",
		"band",
		"government agency",
		"news agency",
		"organization other",
		"political party",
		"social organization",
		"sports league",
		"sports team",
	],
	person: [
		"politician",
		"musician",
		"actor",
		"artist",
		"athlete",
		"author",
		"businessman",
		"character",
		"coach",
		"director",
		"intellectual",
		"journalist",
		"person other",
	],
	other: ["animal", "award", "medical thing", "website", "ordinance"],
	art: ["art other", "film and television works", "magazine", "music", "written work"],
	event: ["event other", "festival", "sports event"],
	product: ["brand name products", "game", "product other", "software"],
};

/**
 * 21 relations between an object and an entity, for MORE. Its paper prints the names in a figure only, so these are the
 * names that UMRE, which annotates MORE and MNRE again, lists for both, without "part of" and "race". A checkpoint
 * trained on MORE brings its own list in its manifest.
 */
export const OBJECT_RELATION_TYPES: readonly string[] = [
	"self",
	"member of",
	"leader of",
	"opposed to",
	"present in",
	"nationality",
	"party",
	"president",
	"awarded",
	"religion",
	"place of birth",
	"place of residence",
	"place of governance",
	"partner",
	"opponent",
	"relatives",
	"alumni",
	"subsidiary",
	"locate at",
	"contain",
	"held on",
];

export { NO_RELATION };

/** What the relations of MNRE join: `[head type, tail type]`. */
export const RELATION_SIGNATURES: Readonly<Record<string, ReadonlyArray<readonly [head: string, tail: string]>>> =
	Object.fromEntries(Object.entries(RELATION_RULES).map(([name, { joins = [] }]) => [name, joins]));

/**
 * Types of which a pair is asked with the later mention as head: "Tokyo , Japan" is Japan contains Tokyo (487 of 629 in
 * MNRE-V2 train).
 */
export const LATER_IS_HEAD: readonly string[] = ["location"];

/** Relations that hold both ways: of a pair that is asked both ways one answer counts, the mean of the two. */
export const SYMMETRIC_RELATIONS: readonly string[] = Object.keys(RELATION_RULES).filter(
	(name) => RELATION_RULES[name]!.symmetric,
);
