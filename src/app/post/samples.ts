/** Sample posts with the results that are stored for them. public/samples names the authors of their pictures. */
import * as z from "zod/mini";
import { type ExtractionResult, ResultSchema } from "../../core/result.ts";
import { checkResult } from "../../exports/check-result.ts";
import type { AppState } from "../state/state.ts";
import type { Picture } from "./picture.ts";

export interface Sample {
	/** Its title is the message `samples.NAME`, its stored result the file `samples/NAME.json`. */
	readonly name: "photographer" | "astronaut" | "news" | "french" | "chadPerson" | "chadCountry";
	readonly text: string;
	/** File under `samples/`; null: the post has no picture. */
	readonly picture: string | null;
	/** What the stored result was asked for; a visitor's own tasks stay as they are. */
	readonly tasks: AppState["tasks"];
}

const ENTITIES = { entities: true, relations: false, events: false };
const ALL = { entities: true, relations: true, events: true };

/** Short posts of several kinds and languages, with and without a picture. */
export const SAMPLES: readonly Sample[] = [
	{
		name: "photographer",
		text: "David Miller joins the NASA team as a photographer",
		picture: "press.jpg",
		tasks: { entities: true, relations: true, events: false },
	},
	{
		name: "astronaut",
		text: "Eileen Collins of NASA met students in Houston on Monday",
		picture: "astronaut.jpg",
		tasks: ALL,
	},
	{
		name: "news",
		text: "Police arrested Marco Rossi in Milan after he attacked a Red Cross office",
		picture: null,
		tasks: ALL,
	},
	{
		name: "french",
		text: "Emma Dupont, la directrice de Renault, a rencontré des étudiants à Lyon",
		picture: null,
		tasks: ALL,
	},
	{
		name: "chadPerson",
		text: "Who else misses Chad?",
		picture: "photographer.jpg",
		tasks: ENTITIES,
	},
	{ name: "chadCountry", text: "Proud to be from Chad", picture: "flag.jpg", tasks: ENTITIES },
];

const sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/));

/** A sample's result as tools/scripts/samples computes it, with hashes of what it was computed from. */
export const StoredSampleSchema = z.object({
	format: z.literal("umie-sample/1"),
	/** Of the model's umie.json. */
	manifest: sha256,
	picture: z.nullable(sha256),
	request: z.unknown(),
	result: ResultSchema,
});

/** A sample's picture; null when it has none, or it cannot be fetched: the text alone is still a sample. */
async function pictureOf({ picture: name }: Sample): Promise<Picture | null> {
	if (name === null) return null;
	try {
		const answer = await fetch(new URL(`samples/${name}`, document.baseURI));
		return answer.ok ? { name, bytes: new Uint8Array(await answer.arrayBuffer()) } : null;
	} catch {
		return null;
	}
}

/** The stored result of a sample; null when it cannot be fetched, or is not one of its text. */
async function resultOf({ name, text }: Sample): Promise<ExtractionResult | null> {
	try {
		const answer = await fetch(new URL(`samples/${name}.json`, document.baseURI), { cache: "no-cache" });
		const { result } = StoredSampleSchema.parse(await answer.json());
		return result.text === text ? checkResult(result, name) : null;
	} catch {
		return null;
	}
}

/** What a chosen sample brings: no model is needed for it. */
export async function fetchSample(
	sample: Sample,
): Promise<{ readonly picture: Picture | null; readonly result: ExtractionResult | null }> {
	const [picture, result] = await Promise.all([pictureOf(sample), resultOf(sample)]);
	return { picture, result };
}
