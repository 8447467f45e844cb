/**
 * The one list of tasks: the name of each and the words that people read about it. `src/tasks/catalog` says what each
 * one does.
 */

/** What people read about a task. */
interface TaskWords {
	/** "Grounded entities". */
	readonly title: string;
	/** One sentence that says what the task finds. */
	readonly hint: string;
}

/**
 * The tasks of the paper. "mre" asks about the pairs that mner found; "mee" is med, then meae for every event found.
 */
const PAPER_TASKS = {
	mner: { title: "Entities", hint: "Who and what is named: people, places, organizations." },
	mre: { title: "Relations", hint: "How the entities are related." },
	med: { title: "Event types", hint: "What happens, without who takes part." },
	mee: { title: "Events", hint: "What happens, and who or what takes part." },
} as const satisfies Record<string, TaskWords>;

/** Tasks beyond the paper: each generates records of one kind. A new task begins with a row here. */
const RECORD_TASKS = {
	gmner: {
		title: "Grounded entities",
		hint: "Entities, each with its object in the picture, or “not in the picture”.",
	},
	fmnerg: {
		title: "Fine-grained entities",
		hint: "Entities with a coarse and a fine type (person, athlete), each with its object in the picture.",
	},
	jmere: {
		title: "Entities and relations in one go",
		hint: "Pairs of entities and their relation, answered in one question.",
	},
	more: {
		title: "Relations with objects",
		hint: "How an object in the picture and a name in the text are related.",
	},
	gmper: {
		title: "Steps of a procedure",
		hint:
			"The steps of a recipe or manual, one per line, and the things each step works on, " +
			"followed from step to step.",
	},
	re2: { title: "Fields of a form", hint: "Keys and their values in forms and tables, found by their positions." },
} as const satisfies Record<string, TaskWords>;

/** Every task a person can ask for, in the order they are asked. */
export const TASKS = { ...PAPER_TASKS, ...RECORD_TASKS } as const;
/** A task that a person can ask for. */
export type RequestableTask = keyof typeof TASKS;
export const REQUESTABLE = Object.keys(TASKS) as readonly RequestableTask[];

/** A task beyond the paper. */
export type RecordTaskName = keyof typeof RECORD_TASKS;
export const RECORD_TASK_NAMES = Object.keys(RECORD_TASKS) as readonly RecordTaskName[];

/** What a single generation is for. "meae" are the arguments of one event, "mqa" is a multiple-choice question. */
export const GENERATIONS = ["mner", "mre", "med", "meae", ...RECORD_TASK_NAMES, "mqa"] as const;
export type TaskName = (typeof GENERATIONS)[number];

const GENERATION_TITLES: Readonly<Record<string, string>> = { meae: "Event arguments", mqa: "Multiple choice" };

/** The title of a task or a generation; a name that is not in the list is its own title. */
export function taskTitle(name: string): string {
	if (Object.hasOwn(TASKS, name)) return TASKS[name as RequestableTask].title;
	return Object.hasOwn(GENERATION_TITLES, name) ? GENERATION_TITLES[name]! : name;
}
