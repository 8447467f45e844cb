/**
 * The one schema of a request: each option with its type, default, limits and help. Panels, stored settings, the
 * element and the command line derive from it.
 */
import * as z from "zod/mini";
import { Failure } from "../core/failure.ts";
import { REQUESTABLE } from "../core/tasks.ts";
import { WORD_MODES } from "../core/text.ts";

/** Most names of a gazetteer. */
export const MAX_NAMES = 50_000;

/** An option that is one of several words. */
const choice = <const Name extends string>(choices: readonly Name[], fallback: NoInfer<Name>, help: string) => ({
	schema: z._default(z.enum(choices), fallback as never),
	choices,
	help,
});

/**
 * An option that is a number. Its limits keep a wrong one from eating the memory, or from turning scores into infinity.
 */
const number = (min: number, max: number, fallback: number, help: string) => ({
	schema: z._default(z.number().check(z.gte(min), z.lte(max)), fallback),
	min,
	max,
	help,
});

/** {@link number}, without a fraction. */
const integer = (min: number, max: number, fallback: number, help: string) => ({
	schema: z._default(z.int().check(z.gte(min), z.lte(max)), fallback),
	min,
	max,
	integer: true,
	help,
});

const GATE = { choices: ["auto", "model"], min: -1000, max: 1000 } as const;

/**
 * Every option of a request but what is extracted (tasks, labels, gazetteer). A new option is a row here, its control
 * in a panel of the app (`src/app/ask/`) and its use in the engine: the request's type and check, stored settings and
 * the command line's flags and help follow.
 * `help` is what the command line prints.
 */
export const REQUEST_OPTIONS = {
	/**
	 * "instruct": the paper's instructors, one generation each. "mqa": spans first, then a multiple-choice question with
	 * "none of the above" about each.
	 */
	style: choice(
		["instruct", "mqa"],
		"instruct",
		'one instructor for each task, or multiple-choice questions with "none of the above"',
	),
	/**
	 * "type": arguments are asked for once for each event type. "trigger": for each event by its trigger, so that two
	 * events of one type have their own.
	 */
	arguments: choice(
		["type", "trigger"],
		"type",
		"event arguments are asked for once for each type, or for each trigger",
	),
	/**
	 * Tasks that the model was not trained for: "substitute" asks the nearest that it knows where there is one (mner for
	 * gmner), "ask" asks the task itself.
	 */
	untrained: choice(
		["substitute", "ask"],
		"substitute",
		"for a task that the model was not trained for, run the nearest task that it knows, or run the task anyway",
	),
	/**
	 * "auto": with a bundle that has a prefilter, texts are asked about events where they show a sign of one, and pairs
	 * that need a reading of their own where they show a sign of a relation. "off": everything is asked.
	 */
	prefilter: choice(
		["auto", "off"],
		"auto",
		"if the bundle has a prefilter, ask about events only where it sees a sign of one, and about pairs that need a " +
			"reading of their own only where it sees a sign of a relation; or ask about everything",
	),
	/** Wording of the mner instructor: paper Table 1 ("default") or Table 6. */
	instructor: choice(["default", "I0", "I1", "I2"], "default", "wording of the mner prompt"),
	/** K, number of beams. */
	beams: integer(1, 16, 4, "beams of the search"),
	/**
	 * "extractive": only tokens of the text, labels and separators, renormalised over them, constrained by the grammar.
	 * "full": the whole vocabulary, free. "constrained": the whole vocabulary, constrained by the grammar.
	 */
	decoding: choice(
		["extractive", "full", "constrained"],
		"extractive",
		"only words of the text and labels; the whole vocabulary, free; or the whole vocabulary, held to the grammar",
	),
	/**
	 * How words are found: "post" splits punctuation, hashtags and handles off like the training data; "tokens" takes
	 * whitespace-separated tokens as they are (data sets).
	 */
	words: choice(WORD_MODES, "post", "texts are posts as people write them, or tokens with spaces between them"),
	/**
	 * "auto": the model's own gate if its vision was trained, else zero. "model": the model's own gate whatever the
	 * manifest says. A number fixes g (paper, Figure 4).
	 */
	gate: {
		...GATE,
		schema: z._default(z.union([z.enum(GATE.choices), z.number().check(z.gte(GATE.min), z.lte(GATE.max))]), "auto"),
		help: "how much the picture counts; auto is the model's own gate if its vision is trained, else 0",
	},
	/** A mention is shown in the region that gets at least this many times an equal share of its attention. */
	groundingThreshold: number(0, 100, 1.25, "times an equal share of attention that a region needs to show a mention"),
	maxNewTokens: integer(1, 512, 64, "longest output in tokens; forms and procedures may need more"),
	lengthPenalty: number(-100, 100, 1, "exponent of the length that scores are divided by"),
	/**
	 * A beam whose log-probability is lower than the best hypothesis's by more than this is dropped: it costs time, and
	 * at most it would be an alternative that hardly anybody believes. 1000 drops none, as Hugging Face's `generate`;
	 * 1.5 halves the rows with the same F1 (docs/decisions/2026-11-27-beam-threshold.md).
	 */
	beamThreshold: number(
		0,
		1000,
		1.5,
		"drop beams that are less likely than the best by more than this, as a logarithm; 1000 keeps all",
	),
	/** Most entity pairs asked about by mre. */
	maxPairs: integer(0, 200, 12, "most pairs of entities that mre asks about"),
};

/** What is known of an option beside its schema: the words and the numbers that it can be. */
interface OptionRow {
	readonly schema: z.ZodMiniType;
	readonly help: string;
	readonly choices?: readonly string[];
	readonly min?: number;
	readonly max?: number;
	readonly integer?: boolean;
}

export type OptionName = keyof typeof REQUEST_OPTIONS;
type OptionShape = { [Name in OptionName]: (typeof REQUEST_OPTIONS)[Name]["schema"] };

export const OPTION_NAMES = Object.keys(REQUEST_OPTIONS) as readonly OptionName[];

/** The options as the shape of an object: for schemas of settings that hold them. What is absent is the default. */
export const OPTION_SHAPE = Object.fromEntries(
	OPTION_NAMES.map((name) => [name, REQUEST_OPTIONS[name].schema]),
) as OptionShape;

/** A list of labels. What is in it is checked where it is used (`checkLabels`). */
export const LabelListSchema = z.readonly(z.array(z.string()));

export const LabelsSchema = z.object({
	entityTypes: z.optional(LabelListSchema),
	relationTypes: z.optional(LabelListSchema),
	eventTypes: z.optional(LabelListSchema),
	/** Argument roles of an event type. */
	argumentRoles: z.optional(z.record(z.string(), LabelListSchema)),
	/** Fine entity types by coarse type (fmnerg). */
	fineTypes: z.optional(z.record(z.string(), LabelListSchema)),
	/** Relations between an object of the picture and an entity (more). */
	objectRelationTypes: z.optional(LabelListSchema),
});

/** The person's own labels; what is absent takes the manifest's, then the built-in lists ({@link labelsInForce}). */
export type Labels = Readonly<z.input<typeof LabelsSchema>>;
export type LabelListName = keyof Labels;

/** A name that the person knows, to look mentions up in and to lead the search. */
const GazetteerNameSchema = z.object({
	name: z.string(),
	type: z.nullable(z.string()),
	link: z.nullable(z.string()),
});
export type GazetteerName = Readonly<z.output<typeof GazetteerNameSchema>>;

/** Limits of a gazetteer's bias. */
export const BIAS = { min: 0, max: 20 } as const;

const GazetteerSchema = z.object({
	names: z.readonly(z.array(GazetteerNameSchema).check(z.maxLength(MAX_NAMES))),
	/**
	 * Added to the log-probability of each token that says a name of the list where the text has it; 0: names are only
	 * looked up.
	 */
	bias: z.number().check(z.gte(BIAS.min), z.lte(BIAS.max)),
});
export type Gazetteer = Readonly<z.output<typeof GazetteerSchema>>;

const RequestSchema = z.object({
	tasks: z.readonly(z.array(z.enum(REQUESTABLE)).check(z.minLength(1))),
	labels: z.optional(LabelsSchema),
	gazetteer: z.optional(GazetteerSchema),
	...OPTION_SHAPE,
});

/** The former name of an option, and the name of now; both are read. */
const FORMER_NAMES = { screen: "prefilter" } as const satisfies Record<string, OptionName>;
type FormerNames = {
	/** The former name of `prefilter`. */
	readonly [Name in keyof typeof FORMER_NAMES]?: z.input<OptionShape[(typeof FORMER_NAMES)[Name]]>;
};

/** What is asked of the engine: the tasks, and whatever is not to be the default. */
export type ExtractRequest = Readonly<z.input<typeof RequestSchema>> & FormerNames;
/** A request with every option. */
export type SettledRequest = Readonly<z.output<typeof RequestSchema>>;
/** Every option of a request. */
export type RequestOptions = Pick<SettledRequest, OptionName>;

export const REQUEST_DEFAULTS: RequestOptions = z.parse(z.object(OPTION_SHAPE), {});

/** Moves what stands under a former name to the name of now. A value that is not an object is returned as it is. */
export function withoutFormerNames(given: unknown): unknown {
	if (typeof given !== "object" || given === null) return given;
	const renamed: Record<string, unknown> = { ...given };
	for (const [former, name] of Object.entries(FORMER_NAMES)) {
		if (renamed[former] !== undefined) renamed[name] ??= renamed[former];
		delete renamed[former];
	}
	return renamed;
}

/**
 * A request from another thread, checked, with its defaults and each task once.
 * @throws Failure `usage` naming what is wrong with it
 */
export function settleRequest(request: ExtractRequest): SettledRequest {
	const given = withoutFormerNames(request);
	const parsed = RequestSchema.safeParse(given);
	if (parsed.success) return { ...parsed.data, tasks: [...new Set(parsed.data.tasks)] };
	const name = String(parsed.error.issues[0]?.path[0] ?? "");
	if (name === "") throw new Failure("usage", `The request must be an object, found ${shown(given)}.`);
	const found = shown((given as Record<string, unknown>)[name]);
	throw new Failure("usage", `The request's ${name} must be ${expectedOf(name)}, found ${found}.`);
}

/** What the parts of a request that are not options must be. */
const EXPECTED: Readonly<Record<string, string>> = {
	tasks: `a list of ${REQUESTABLE.join(", ")}`,
	labels: "lists of strings",
	gazetteer: `at most ${MAX_NAMES} names {name, type, link} and a bias from ${BIAS.min} to ${BIAS.max}`,
};

/** "one of auto, off", "an integer from 1 to 16". */
function expectedOf(name: string): string {
	if (!isOption(name)) return EXPECTED[name] ?? "of another type";
	const { choices = [], min, max, integer = false }: OptionRow = REQUEST_OPTIONS[name];
	if (min === undefined) return `one of ${choices.join(", ")}`;
	const range = `${integer ? "an integer" : "a number"} from ${min} to ${max}`;
	return choices.length > 0 ? `${choices.join(", ")} or ${range}` : range;
}

const isOption = (name: string): name is OptionName => Object.hasOwn(REQUEST_OPTIONS, name);

/** A value as a failure shows it: JSON of at most 80 characters. */
export function shown(value: unknown): string {
	// NaN and infinity are null in JSON.
	const text = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));
	return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/**
 * Reads an option that was written as text: on a command line, or in an attribute.
 * @param label what the person calls it, such as "--beams"
 * @throws Failure `usage` naming what it must be
 */
export function parseOption<Name extends OptionName>(name: Name, text: string, label: string): RequestOptions[Name] {
	const { schema, choices = [], min }: OptionRow = REQUEST_OPTIONS[name];
	const isNumber = min !== undefined && !choices.includes(text) && text.trim() !== "";
	const parsed = z.safeParse(schema, isNumber ? Number(text) : text);
	if (parsed.success) return parsed.data as RequestOptions[Name];
	throw new Failure("usage", `${label} must be ${expectedOf(name)}, not "${text.slice(0, 60)}".`);
}

/**
 * Whether the model looks at the picture: what an untrained vision says is noise, and a gate of 0 shuts the picture
 * out.
 * @param vision of the manifest
 * @param gate of the request
 */
export function looksAtPictures(vision: "trained" | "untrained" | "none", gate: RequestOptions["gate"]): boolean {
	if (vision === "none" || gate === 0) return false;
	return gate !== "auto" || vision === "trained";
}
