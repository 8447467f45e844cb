/** A handful of records for each task beyond the paper, and a folder of pictures for them. For tests. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { discPng } from "../node/testing/png.ts";
import type { AnnotatedRecord, EvaluatedTask } from "./predict/contract.ts";

const KIDS = "Kyrie Irving and LeBron James celebrate with the Cavs";
const STEPS = "Mix the flour and two eggs\nKnead the dough\nBake the dough in Paris";
const words = [
	{ text: "Name", box: [0, 0, 40, 10] },
	{ text: "Ada", box: [100, 0, 130, 10] },
	{ text: "Lovelace", box: [135, 0, 190, 10] },
	{ text: "City", box: [0, 20, 40, 30] },
	{ text: "London", box: [100, 20, 160, 30] },
];
const FORM = "Name  Ada Lovelace\nCity  London";

const place = (text: string, piece: string, from = 0) => {
	const start = text.indexOf(piece, from);
	return { start, end: start + piece.length };
};
const LEFT = [0, 0.25, 0.5, 0.75];
const RIGHT = [0.5, 0, 1, 1];

/** Pictures "a" and "b" are there, "absent" is not. */
export function writePictures(folder: string): void {
	writeFileSync(join(folder, "a.png"), discPng(20));
	writeFileSync(join(folder, "b.png"), discPng(220));
}

export const BEYOND = {
	gmner: [
		{
			...{ id: "g0", text: KIDS, image_id: "a", picture: "deciding", ambiguous: true },
			entities: [{ type: "person", ...place(KIDS, "Kyrie Irving"), boxes: [LEFT] }],
		},
		{ id: "g1", text: "Nothing to see here", image_id: "absent", picture: "none", entities: [] },
		{
			...{ id: "g2", text: "Thinking about London today", image_id: "b", picture: "unrelated" },
			entities: [{ type: "location", ...place("Thinking about London today", "London"), boxes: [RIGHT] }],
		},
	],
	fmnerg: [
		{
			...{ id: "f0", text: KIDS, image_id: "a" },
			entities: [
				{ type: "athlete", coarse: "person", ...place(KIDS, "Kyrie Irving"), boxes: [LEFT] },
				{ type: "sports team", ...place(KIDS, "Cavs") },
			],
		},
		{ id: "f1", text: "😀 Police arrested 12 protesters in Paris", entities: [{ type: "city", start: 35, end: 40 }] },
	],
	more: [
		{
			...{ id: "m0", text: KIDS, image_id: "a", regions: [LEFT, RIGHT] },
			relations: [
				{ relation: "self", entity: place(KIDS, "Kyrie Irving"), object: 1 },
				{ relation: "none", entity: place(KIDS, "Cavs"), box: RIGHT },
			],
		},
	],
	gmper: [
		{
			...{ id: "p0", text: STEPS, image_id: "a" },
			steps: STEPS.split("\n").map((line) => place(STEPS, line)),
			entities: [
				{ ...place(STEPS, "dough"), thing: "dough" },
				{ ...place(STEPS, "dough", 46), thing: "dough" },
				{ ...place(STEPS, "Paris"), boxes: [RIGHT] },
			],
		},
	],
	re2: [
		{
			...{ id: "r0", text: FORM, layout: words },
			entities: [
				{ type: "key", ...place(FORM, "Name") },
				{ type: "value", ...place(FORM, "Ada Lovelace") },
				{ type: "key", ...place(FORM, "City") },
				{ type: "value", ...place(FORM, "London") },
			],
			links: [
				{ key: place(FORM, "Name"), value: place(FORM, "Ada Lovelace") },
				{ key: place(FORM, "City"), value: place(FORM, "London") },
			],
		},
	],
} as const satisfies Partial<Record<EvaluatedTask, readonly object[]>>;

/** As the evaluator reads them. */
export const beyond = (task: keyof typeof BEYOND): AnnotatedRecord[] => BEYOND[task] as unknown as AnnotatedRecord[];
