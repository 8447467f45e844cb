/** What writing and reading Label Studio's tasks have in common. */

/** Names of the tags in the labelling interface; regions say which of them they belong to. */
export const TAGS = {
	entity: "entity",
	trigger: "trigger",
	argument: "argument",
	object: "object",
	text: "text",
	image: "image",
} as const;
/** The relation from a mention to the object it is seen in. */
export const SEEN_IN = "seen in";
