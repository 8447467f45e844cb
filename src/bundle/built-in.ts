/**
 * The models that come with the project, and which each program takes by itself. A new one is a row here and its
 * folder.
 */

export interface BuiltInModel {
	/** As its manifest says it; the bundle lies in models/NAME. */
	readonly name: string;
	/** A few words in a list of models. */
	readonly title: string;
	/** One sentence: for whom it is. */
	readonly suits: string;
}

/** The first is what the app opens unless a person chooses, or the device is slow. */
export const BUILT_IN_MODELS = [
	{
		name: "umie-small",
		title: "More accurate, nine languages",
		suits: "For most computers and phones. It finds more names and relations.",
	},
	{
		name: "umie-nano",
		title: "Small and fast",
		suits: "For slow phones and slow connections. It misses many names that it has not seen before.",
	},
] as const satisfies readonly [BuiltInModel, ...BuiltInModel[]];

export type BuiltInName = (typeof BUILT_IN_MODELS)[number]["name"];

export const DEFAULT_MODEL: BuiltInName = BUILT_IN_MODELS[0].name;
/** For slow devices, and for packages whose size counts: the element and the extension bring no other. */
export const LIGHT_MODEL: BuiltInName = "umie-nano";

/** Where a model lies: below the project's folder, and below every page that brings it. */
export const builtInFolder = (name: string): string => `models/${name}`;
