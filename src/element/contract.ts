/** Goes in: nothing. Comes out: what the element understands and says, as tables: the element, its documentation and custom-elements.json are made from them. */

import type { Progress } from "../client/protocol.ts";
import type { FailureData } from "../core/failure.ts";
import type { ExtractionResult } from "../core/result.ts";

export const TAG = "umie-extractor";

interface AttributeText {
	/** As TypeScript writes it. */
	readonly type: string;
	readonly kind: "text" | "switch";
	readonly fallback: string;
	readonly description: string;
}

/** Every attribute has a property of the same name, and each shows the other. */
export const ATTRIBUTES = {
	text: {
		type: "string | null",
		kind: "text",
		fallback: "the element's own text",
		description: "The text of the post.",
	},
	src: {
		type: "string | null",
		kind: "text",
		fallback: "no picture",
		description: "Address of the picture. Another site's must allow reading (CORS).",
	},
	tasks: {
		type: "string | null",
		kind: "text",
		fallback: "mner,mre",
		description: "What to extract: mner (entities), mre (relations), med, mee (events).",
	},
	labels: {
		type: "string | null",
		kind: "text",
		fallback: "the model's own",
		description:
			"Entity types with commas between, or JSON with entityTypes, relationTypes, eventTypes, argumentRoles.",
	},
	model: {
		type: "string | null",
		kind: "text",
		fallback: "the model of the package",
		description: "Address of a bundle's folder.",
	},
	device: { type: "string | null", kind: "text", fallback: "auto", description: "auto, webgpu or wasm." },
	beams: { type: "string | null", kind: "text", fallback: "4", description: "Beams of the search, 1 to 16." },
	trigger: {
		type: "string | null",
		kind: "text",
		fallback: "visible",
		description: "When to begin: visible (scrolled into view), load (at once), manual (a button, or extract()).",
	},
	name: {
		type: "string | null",
		kind: "text",
		fallback: "none",
		description: "Name of the form field; its value is the result as JSON.",
	},
	disabled: {
		type: "boolean",
		kind: "switch",
		fallback: "false",
		description: "Nothing is extracted, and a form leaves it out.",
	},
} as const satisfies Record<string, AttributeText>;

export type AttributeName = keyof typeof ATTRIBUTES;
export type ElementAttributes = {
	[Name in AttributeName]: (typeof ATTRIBUTES)[Name]["kind"] extends "switch" ? boolean : string | null;
};

/** Events of the element and their `detail`: they bubble and cross shadow roots. */
export interface EventDetails {
	"umie-progress": Progress;
	"umie-result": ExtractionResult;
	"umie-error": FailureData;
}

export const EVENTS: Readonly<Record<keyof EventDetails, { readonly type: string; readonly description: string }>> = {
	"umie-progress": {
		type: "CustomEvent<Progress>",
		description: "What is going on: loading the model, reading the picture, decoding.",
	},
	"umie-result": {
		type: "CustomEvent<ExtractionResult>",
		description: "The result; detail is also the property result.",
	},
	"umie-error": {
		type: "CustomEvent<FailureData>",
		description: "What failed and what to do, as code, what and remedy.",
	},
};

export const METHODS = {
	"extract()": "Extracts now, whatever the trigger. Resolves to the result, rejects with a Failure.",
	"cancel()": "Ends a running extraction.",
} as const;

export const SLOTS = {
	"": "The text of the post, where there is no attribute text; shown until the result is there.",
	header: "Above everything.",
	footer: "Below everything.",
} as const;

export const PARTS = {
	frame: "The whole box.",
	status: "The line that says what is going on.",
	progress: "The progress bar.",
	button: "Buttons: extract, cancel, try again.",
	error: "What failed and what to do.",
	result: "The result.",
} as const;

export const CSS_PROPERTIES = {
	"--umie-surface": "Background.",
	"--umie-text": "Text.",
	"--umie-muted": "Text that matters less.",
	"--umie-border": "Lines.",
	"--umie-accent": "Buttons, progress and focus.",
	"--umie-radius": "Corners.",
	"--umie-font": "Font family.",
} as const;
