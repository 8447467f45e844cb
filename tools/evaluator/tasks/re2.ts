/** Fields of forms (RE²): keys and values as entities, and which value belongs to which key. */
import * as z from "zod/mini";
import { Failure } from "../../../src/core/failure.ts";
import { VALUE_OF_KEY } from "../../../src/tasks/catalog/re2.ts";
import { layOutWords } from "../../../src/tasks/layout/layout.ts";
import { itemOf } from "../item.ts";
import { LABELLED, type Metric, SPAN_BOUNDARIES, STRICT_SPANS } from "../metric.ts";
import { box, type Check, checked, offsets, post, type Span, span, spanFault } from "../predict/schemas.ts";
import type { EvaluatedDefinition } from "./definition.ts";

const positionedWord = z.object({ text: z.string(), box });

const schema = z
	.object({
		...post,
		layout: z.optional(z.array(positionedWord)),
		entities: z.array(z.object({ type: z.enum(["key", "value"]), ...offsets })),
		links: z.array(z.object({ key: span, value: span })),
	})
	.check(
		checked(({ text, layout, entities, links }) => {
			const fault = spanFault(text, "entities", entities);
			if (fault !== null) return fault;
			const known = ({ start, end }: Span, type: string) =>
				entities.some((one) => one.type === type && one.start === start && one.end === end);
			const loose = links.findIndex(({ key, value }) => !known(key, "key") || !known(value, "value"));
			if (loose >= 0) return { path: ["links", loose], what: "its key or its value is not one of the entities" };
			return layout === undefined ? null : layoutFault(text, layout);
		}),
	);

/** Offsets count in the text that the model reads: the words of the layout in reading order. */
function layoutFault(text: string, words: z.infer<typeof positionedWord>[]): ReturnType<Check<unknown>> {
	try {
		return layOutWords(words).text === text
			? null
			: { path: ["layout"], what: "its words in reading order are not the text" };
	} catch (error) {
		if (error instanceof Failure) return { path: ["layout"], what: error.what };
		throw error;
	}
}

const FUNSD_ENTITIES = "entity labelling of FUNSD (Jaume et al., 2019), keys and values";

const METRICS: readonly Metric[] = [
	{
		id: "link",
		name: "key → value",
		rule: "words of the key and of its value as annotated, micro-averaged over links",
		source:
			"entity linking of FUNSD (Jaume et al., 2019), as RE² (NAACL 2024) counts; there entities are given, " +
			"here they are found",
		layer: "relations",
		parts: LABELLED,
	},
	{
		...STRICT_SPANS,
		id: "field",
		name: "key or value",
		rule: "words as annotated, and whether they are key or value",
		source: FUNSD_ENTITIES,
	},
	{ ...SPAN_BOUNDARIES, rule: "words as annotated, key or value", source: FUNSD_ENTITIES },
];

export const re2: EvaluatedDefinition<z.infer<typeof schema>> = {
	summary: "keys and values of forms",
	fields:
		'entities: [{type: "key" or "value", start, end}], links: [{key: {start, end}, value: {start, end}}],\n' +
		"layout?: [{text, box}], whose words in reading order are text",
	schema,
	metrics: METRICS,
	gold: ({ entities, links }, locate) => ({
		entities: entities.map(({ type, ...offsets }) => {
			const { span, reachable } = locate(offsets);
			return itemOf({ label: type, spans: [span], reachable });
		}),
		relations: links.map(({ key, value }) => {
			const ends = [locate(key), locate(value)];
			const reachable = ends.every((end) => end.reachable);
			return itemOf({ label: VALUE_OF_KEY, spans: ends.map(({ span }) => span), reachable });
		}),
	}),
	// A key and its value say themselves what they are.
	predicted: ({ relations }) => ({ relations: relations.map((item) => ({ ...item, group: "" })) }),
};
