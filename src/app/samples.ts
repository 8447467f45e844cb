/** Goes in: nothing. Comes out: sample posts with pictures drawn for this page (CC0, public/samples). */
import type { AppState } from "./state.ts";

export interface Sample {
	readonly title: string;
	readonly text: string;
	/** File under `samples/`. */
	readonly picture: string;
	readonly tasks: AppState["tasks"];
}

export const SAMPLES: readonly Sample[] = [
	{
		title: "Basketball finals",
		text: "Kyrie Irving and LeBron James celebrate with the Cavs after beating Golden State in Cleveland #NBAFinals 🏀",
		picture: "basketball.jpg",
		tasks: { entities: true, relations: true, events: false },
	},
	{
		title: "News agency photo",
		text: "Smoke rises over the Syrian city of Kobani , following a US led coalition airstrike , seen from outside Suruc , on the Turkey-Syria border .",
		picture: "smoke.jpg",
		tasks: { entities: true, relations: false, events: true },
	},
	{
		title: "Concert night",
		text: "RT @BBCMusic: Adele and Taylor Swift on stage at Wembley Stadium in London tonight, what a show! #Summertime",
		picture: "concert.jpg",
		tasks: { entities: true, relations: true, events: false },
	},
];
