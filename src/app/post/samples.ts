/** Sample posts. public/samples names the authors of their pictures. */
import type { AppState } from "../state/state.ts";

export interface Sample {
	/** Its title is the message `samples.NAME`. */
	readonly name: "photographer" | "chadPerson" | "chadCountry" | "kia" | "astronaut";
	readonly text: string;
	/** File under `samples/`. */
	readonly picture: string;
	readonly tasks: AppState["tasks"];
}

const ENTITIES = { entities: true, relations: false, events: false };

/** The same words with a person, a flag or a logo: only the picture says who or what is missed. */
export const SAMPLES: readonly Sample[] = [
	{
		name: "photographer",
		text: "David Miller joins the NASA team as a photographer",
		picture: "press.jpg",
		tasks: { entities: true, relations: true, events: false },
	},
	{ name: "chadPerson", text: "Who else misses Chad?", picture: "photographer.jpg", tasks: ENTITIES },
	{ name: "chadCountry", text: "Who else misses Chad?", picture: "flag.jpg", tasks: ENTITIES },
	{ name: "kia", text: "Who else misses Kia?", picture: "logo.jpg", tasks: ENTITIES },
	{
		name: "astronaut",
		text: "Congrats to Eileen Collins, who flew from Houston to Florida on Monday!",
		picture: "astronaut.jpg",
		tasks: { entities: true, relations: false, events: true },
	},
];
