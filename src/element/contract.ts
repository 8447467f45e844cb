/**
 * What the element understands and reports, as tables: the element, its documentation and custom-elements.json are made
 * from them.
 */

import type { Progress } from "../client/protocol.ts";
import { DEVICE_CHOICES } from "../core/devices.ts";
import type { FailureData } from "../core/failure.ts";
import type { ExtractionResult } from "../core/result.ts";
import { REQUESTABLE, TASKS } from "../core/tasks.ts";
import { REQUEST_DEFAULTS, REQUEST_OPTIONS } from "../tasks/request.ts";

/** Name of the element. */
export const TAG = "umie-extractor";

interface AttributeText {
	/** As TypeScript writes it. */
	readonly type: string;
	readonly kind: "text" | "switch";
	readonly fallback: string;
	readonly description: string;
}

/** "What to extract, separated by commas: mner (entities), mre (relations), …" */
const TASKS_DESCRIPTION = `What to extract, separated by commas: ${REQUESTABLE.map(
	(name) => `${name} (${TASKS[name].title.toLowerCase()})`,
).join(", ")}.`;

/** Every attribute has a property of the same name, and each reflects the other. */
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
		description: "Address of the picture. A picture of another site must allow reading (CORS).",
	},
	tasks: {
		type: "string | null",
		kind: "text",
		fallback: "mner,mre",
		description: TASKS_DESCRIPTION,
	},
	labels: {
		type: "string | null",
		kind: "text",
		fallback: "the model's own",
		description:
			"Entity types separated by commas, or JSON with entityTypes, relationTypes, eventTypes, argumentRoles.",
	},
	model: {
		type: "string | null",
		kind: "text",
		fallback: "the model of the package",
		description: "Address of the model bundle's folder.",
	},
	device: {
		type: "string | null",
		kind: "text",
		fallback: "auto",
		description: `${DEVICE_CHOICES.slice(0, -1).join(", ")} or ${DEVICE_CHOICES.at(-1)}.`,
	},
	beams: {
		type: "string | null",
		kind: "text",
		fallback: String(REQUEST_DEFAULTS.beams),
		description: `Width of the beam search, ${REQUEST_OPTIONS.beams.min} to ${REQUEST_OPTIONS.beams.max}.`,
	},
	trigger: {
		type: "string | null",
		kind: "text",
		fallback: "visible",
		description: "When to start: visible (scrolled into view), load (at once), manual (with the button, or extract()).",
	},
	name: {
		type: "string | null",
		kind: "text",
		fallback: "none",
		description: "Name of the form field. Its value is the result as JSON.",
	},
	sensitive: {
		type: "boolean",
		kind: "switch",
		fallback: "false",
		description:
			"Show what the model says about race, religion and criminal charges. Without it these records are hidden and " +
			"counted, unless `labels` names their types; the property result and the form's value hold them always.",
	},
	disabled: {
		type: "boolean",
		kind: "switch",
		fallback: "false",
		description: "While set, nothing is extracted, and the form leaves the field out.",
	},
} as const satisfies Record<string, AttributeText>;

/** Name of an attribute, and of its property. */
export type AttributeName = keyof typeof ATTRIBUTES;
/** The properties: a switch is a boolean, every other one the attribute's text, or null without the attribute. */
export type ElementAttributes = {
	[Name in AttributeName]: (typeof ATTRIBUTES)[Name]["kind"] extends "switch" ? boolean : string | null;
};

/** The element's events and their `detail`. They bubble and cross shadow roots. */
export interface EventDetails {
	"umie-progress": Progress;
	"umie-result": ExtractionResult;
	"umie-error": FailureData;
}

/** The events, for custom-elements.json. */
export const EVENTS: Readonly<Record<keyof EventDetails, { readonly type: string; readonly description: string }>> = {
	"umie-progress": {
		type: "CustomEvent<Progress>",
		description: "The current step: loading the model, reading the picture, decoding.",
	},
	"umie-result": {
		type: "CustomEvent<ExtractionResult>",
		description: "The result, which is also in the property result.",
	},
	"umie-error": {
		type: "CustomEvent<FailureData>",
		description: "What failed and what to do, as code, what and remedy.",
	},
};

/** The methods, as they are called. */
export const METHODS = {
	"extract()": "Extracts now, whatever the trigger is. Resolves to the result, or rejects with a Failure.",
	"cancel()": "Cancels a running extraction.",
} as const;

/** The slots by name; the one without a name is the default. */
export const SLOTS = {
	"": "The text of the post when there is no attribute text. It is shown until the result replaces it.",
	header: "Shown above everything else.",
	footer: "Shown below everything else.",
} as const;

/** The parts that a page can style with `::part()`. */
export const PARTS = {
	frame: "The whole element.",
	status: "The line that names the current step.",
	progress: "The progress bar.",
	button: "The button: extract, cancel, or try again.",
	error: "What failed and what to do.",
	result: "The result.",
} as const;

/** The custom properties that a page can set. */
export const CSS_PROPERTIES = {
	"--umie-surface": "Background colour.",
	"--umie-text": "Text colour.",
	"--umie-muted": "Secondary text.",
	"--umie-border": "Colour of lines.",
	"--umie-accent": "Colour of buttons, progress and focus.",
	"--umie-radius": "Radius of corners.",
	"--umie-font": "Font family.",
} as const;
