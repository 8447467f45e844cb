/** The posts of the gallery on the model card, each with what should be found. */
import type { RequestableTask } from "../../../src/tasks/types.ts";

/** `[x1, y1, x2, y2]` in pixels of the picture. */
export type Box = readonly [number, number, number, number];

interface ExpectedEntity {
	readonly type: string;
	readonly text: string;
	/**
	 * Where it is seen: the model has to show it there. Absent: it is not in the picture, and what the model shows is not
	 * judged.
	 */
	readonly box?: Box;
}

/** Texts of head and tail around the type. */
type ExpectedRelation = readonly [head: string, type: string, tail: string];

interface ExpectedEvent {
	readonly type: string;
	readonly trigger: string;
	/** Roles with the words that play them. */
	readonly roles: ReadonlyArray<readonly [role: string, text: string]>;
}

export interface GalleryCase {
	/** What the case is about, in a few words. */
	readonly about: string;
	/** File in the repository. */
	readonly picture: string;
	readonly text: string;
	readonly tasks: readonly RequestableTask[];
	readonly entities: readonly ExpectedEntity[];
	/** All of them; absent: relations are not requested. */
	readonly relations?: readonly ExpectedRelation[];
	readonly events?: readonly ExpectedEvent[];
	/** A picture that has nothing to do with the text: its mner gate has to stay below a half. */
	readonly unrelated?: boolean;
}

const SAMPLES = "public/samples";
const OWN = "tools/evaluator/cards/pictures";
const only = (type: string, text: string, box?: Box) => ({
	tasks: ["mner"] as const,
	entities: [{ type, text, ...(box && { box }) }],
});

/** People are boxed whole, as far as they are in the picture; of a logo its ink, not the board it is on. */
const PHOTOGRAPHER: Box = [0, 66, 330, 512];
const ASTRONAUT: Box = [22, 16, 365, 512];

export const CASES: readonly GalleryCase[] = [
	{
		about: "a person and a logo, related",
		picture: `${SAMPLES}/press.jpg`,
		text: "David Miller joins the NASA team as a photographer",
		tasks: ["mner", "mre"],
		entities: [
			{ type: "person", text: "David Miller", box: PHOTOGRAPHER },
			{ type: "organization", text: "NASA", box: [333, 42, 466, 79] },
		],
		relations: [["David Miller", "member of", "NASA"]],
	},
	{
		about: "a portrait",
		picture: `${SAMPLES}/astronaut.jpg`,
		text: "Meet Eileen Collins from New York: she flew with NASA four times",
		tasks: ["mner", "mre"],
		entities: [
			{ type: "person", text: "Eileen Collins", box: ASTRONAUT },
			{ type: "location", text: "New York" },
			{ type: "organization", text: "NASA" },
		],
		relations: [["Eileen Collins", "member of", "NASA"]],
	},
	{
		about: "only the picture says: a person",
		picture: `${SAMPLES}/photographer.jpg`,
		text: "Who else misses Chad?",
		...only("person", "Chad", PHOTOGRAPHER),
	},
	{
		about: "only the picture says: a country",
		picture: `${SAMPLES}/flag.jpg`,
		text: "Who else misses Chad?",
		...only("location", "Chad", [110, 70, 450, 325]),
	},
	{
		about: "only the picture says: a brand",
		picture: `${SAMPLES}/logo.jpg`,
		text: "Who else misses Kia?",
		...only("organization", "Kia", [166, 180, 392, 240]),
	},
	{
		about: "the same name, a person",
		picture: `${SAMPLES}/photographer.jpg`,
		text: "Who else misses Kia?",
		...only("person", "Kia", PHOTOGRAPHER),
	},
	{
		about: "an event with its arguments",
		picture: `${SAMPLES}/astronaut.jpg`,
		text: "Eileen Collins flew from Houston to Florida with her crew on Monday.",
		tasks: ["mner", "mee"],
		entities: [
			{ type: "person", text: "Eileen Collins", box: ASTRONAUT },
			{ type: "location", text: "Houston" },
			{ type: "location", text: "Florida" },
		],
		events: [
			{
				type: "transport",
				trigger: "flew",
				roles: [
					["artifact", "Eileen Collins"],
					["origin", "Houston"],
					["destination", "Florida"],
				],
			},
		],
	},
	{
		about: "a picture that has nothing to do with the text: a cat",
		picture: `${OWN}/cat.jpg`,
		text: "Kyrie Irving joins the Cavs in Cleveland",
		tasks: ["mner"],
		unrelated: true,
		entities: [
			{ type: "person", text: "Kyrie Irving" },
			{ type: "organization", text: "Cavs" },
			{ type: "location", text: "Cleveland" },
		],
	},
	{
		about: "the same with a cup, round as many a logo",
		picture: `${OWN}/coffee.jpg`,
		text: "Kyrie Irving joins the Cavs in Cleveland",
		tasks: ["mner"],
		unrelated: true,
		entities: [
			{ type: "person", text: "Kyrie Irving" },
			{ type: "organization", text: "Cavs" },
			{ type: "location", text: "Cleveland" },
		],
	},
	{
		about: "two people: who is who?",
		picture: `${OWN}/two-people.jpg`,
		text: "David Miller and Eileen Collins at NASA in Houston",
		tasks: ["mner"],
		entities: [
			{ type: "person", text: "David Miller", box: [0, 54, 231, 420] },
			{ type: "person", text: "Eileen Collins", box: [380, 13, 640, 420] },
			{ type: "organization", text: "NASA" },
			{ type: "location", text: "Houston" },
		],
	},
	{
		about: "a person who has to be found in the picture, asked outright (gmner)",
		picture: `${SAMPLES}/astronaut.jpg`,
		text: "Meet Eileen Collins from New York: she flew with NASA four times",
		tasks: ["gmner"],
		entities: [
			{ type: "person", text: "Eileen Collins", box: ASTRONAUT },
			{ type: "location", text: "New York" },
			{ type: "organization", text: "NASA" },
		],
	},
	{
		about: "a drawing",
		picture: "e2e/pictures/basketball.jpg",
		text: "Kyrie Irving and LeBron James celebrate with the Cavs in Cleveland",
		tasks: ["mner"],
		entities: [
			{ type: "person", text: "Kyrie Irving", box: [208, 70, 435, 570] },
			{ type: "person", text: "LeBron James", box: [405, 60, 660, 570] },
			{ type: "organization", text: "Cavs" },
			{ type: "location", text: "Cleveland" },
		],
	},
	{
		about: "a name that is mostly a person’s, with a flag",
		picture: `${OWN}/jordan-flag.jpg`,
		text: "Who else misses Jordan?",
		...only("location", "Jordan", [110, 70, 450, 325]),
	},
	{
		about: "a logo that looks like a person",
		picture: `${OWN}/jordan-logo.jpg`,
		text: "Who else misses Jordan?",
		...only("organization", "Jordan", [170, 100, 390, 320]),
	},
	{
		about: "a place without a flag: a launch pad",
		picture: `${OWN}/rocket.jpg`,
		text: "Who else misses Kennedy?",
		...only("location", "Kennedy"),
	},
];
