/** JSON Schemas written by hand from the public documentation of each format, independent of our writers. */

const string = { type: "string" };
const count = { type: "integer", minimum: 0 };
const object = (properties: object, required: readonly string[] = Object.keys(properties)) => ({
	type: "object",
	properties,
	required,
});
const array = (items: object) => ({ type: "array", items });
const exactly = (value: string | number) => ({ const: value });
const percent = { type: "number", minimum: 0, maximum: 100 };

/** labelstud.io/guide/predictions: image, text and relation results. */
const labelStudio = array(
	object({
		data: { type: "object" },
		predictions: array(
			object({
				model_version: string,
				result: array({
					oneOf: [
						object({
							id: string,
							from_name: string,
							to_name: string,
							type: exactly("labels"),
							value: object({ start: count, end: count, text: string, labels: array(string) }),
						}),
						object({
							id: string,
							from_name: string,
							to_name: string,
							type: exactly("rectanglelabels"),
							original_width: count,
							original_height: count,
							image_rotation: exactly(0),
							value: object({
								x: percent,
								y: percent,
								width: percent,
								height: percent,
								rotation: { type: "number" },
								rectanglelabels: array(string),
							}),
						}),
						object({
							type: exactly("relation"),
							from_id: string,
							to_id: string,
							direction: { enum: ["left", "right", "bi"] },
							labels: array(string),
						}),
					],
				}),
			}),
		),
	}),
);

/** spacy.io/usage/visualizers#manual-usage. */
const displacy = array(
	object({
		text: string,
		ents: array(object({ start: count, end: count, label: string })),
		title: { type: ["string", "null"] },
		tokens: array(string),
		spans: array(object({ start_token: count, end_token: count, label: string })),
	}),
);

/** spacy.io/api/data-formats#dict-input: `entities` as offsets with a label, `spans` as groups of such. */
const triple = { type: "array", prefixItems: [count, count, string], items: false, minItems: 3 };
const spacy = {
	...object({ text: string, entities: array(triple), spans: { type: "object", additionalProperties: array(triple) } }),
	additionalProperties: false,
};

/** w3.org/TR/annotation-model: sections 3.1, 3.2.5, 4.1, 4.2.1, 4.2.4, 4.2.5 and 5. */
const selector = {
	oneOf: [
		object({ type: exactly("TextQuoteSelector"), exact: string, prefix: string, suffix: string }),
		object({ type: exactly("TextPositionSelector"), start: count, end: count }),
		object({
			type: exactly("FragmentSelector"),
			conformsTo: exactly("http://www.w3.org/TR/media-frags/"),
			value: { type: "string", pattern: "^xywh=pixel:\\d+,\\d+,\\d+,\\d+$" },
		}),
	],
};
const iri = { type: "string", pattern: '^[a-z][a-z0-9+.-]*:[^\\s<>"{}|\\\\^`]+$' };
const specific = object({ source: iri, selector: { oneOf: [selector, array(selector)] } }, ["source"]);
const target = { oneOf: [iri, specific, { ...array(specific), minItems: 1 }] };
const textual = object({ type: exactly("TextualBody"), value: string, purpose: { enum: ["classifying", "tagging"] } });
const linked = object({ type: exactly("SpecificResource"), source: iri, purpose: exactly("linking") });
const bodies = { oneOf: [textual, array({ oneOf: [textual, linked] })] };
const annotation = object({
	id: iri,
	type: { type: "array", items: string, contains: exactly("Annotation") },
	motivation: { enum: ["classifying", "linking", "identifying"] },
	body: bodies,
	target,
});
const webAnnotation = object({
	"@context": { type: "array", prefixItems: [exactly("http://www.w3.org/ns/anno.jsonld")] },
	id: iri,
	type: exactly("AnnotationCollection"),
	total: count,
	first: object({ type: exactly("AnnotationPage"), startIndex: exactly(0), items: array(annotation) }),
});

/** cocodataset.org/#format-data: object detection. */
const positive = { type: "integer", minimum: 1 };
const coco = object({
	info: { type: "object" },
	licenses: { type: "array" },
	images: array(object({ id: positive, width: positive, height: positive, file_name: string })),
	annotations: array(
		object({
			id: positive,
			image_id: positive,
			category_id: positive,
			bbox: { type: "array", items: { type: "number", minimum: 0 }, minItems: 4, maxItems: 4 },
			area: { type: "number", minimum: 0 },
			segmentation: { type: "array" },
			iscrowd: { enum: [0, 1] },
		}),
	),
	categories: array(object({ id: positive, name: string, supercategory: string })),
});

export const SCHEMAS = { "label-studio": labelStudio, displacy, spacy, "web-annotation": webAnnotation, coco };
