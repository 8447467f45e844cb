/** Posts to try the element with. */

export interface Example {
	readonly text: string;
	readonly tasks: string;
	readonly labels: string;
}

/** By name; the message `docs.NAME` is its title. */
export const EXAMPLES = {
	entitiesRelations: {
		text: "Kyrie Irving and LeBron James celebrate with the Cavs in Cleveland",
		tasks: "mner,mre",
		labels: "",
	},
	events: { text: "Protesters marched in Paris after police arrested two students", tasks: "mner,mee", labels: "" },
	ownLabels: {
		text: "Taylor Swift plays two nights at Wembley in June",
		tasks: "mner",
		labels: "person, location",
	},
} as const satisfies Record<string, Example>;
export type ExampleName = keyof typeof EXAMPLES;
export const EXAMPLE_NAMES = Object.keys(EXAMPLES) as ExampleName[];
