/** Writes custom-elements.json from the tables of the contract, in the format of the Custom Elements Manifest 1.0.0. */
import { ATTRIBUTES, CSS_PROPERTIES, EVENTS, METHODS, PARTS, SLOTS, TAG } from "./contract.ts";

const MODULE = "umie-extractor.js";
const named = (table: Readonly<Record<string, string>>) =>
	Object.entries(table).map(([name, description]) => ({ name, description }));

/** The element's properties and methods. */
function membersOf(attributes: readonly { name: string; type: { text: string }; description: string }[]) {
	const fields = attributes.map(({ name, type, description }) => ({
		kind: "field",
		name,
		type,
		description,
		attribute: name,
		reflects: true,
	}));
	const result = {
		kind: "field",
		name: "result",
		type: { text: "ExtractionResult | null" },
		description: "The last result.",
		readonly: true,
	};
	const methods = Object.entries(METHODS).map(([call, description]) => ({
		kind: "method",
		name: call.replace("()", ""),
		description,
	}));
	return [...fields, result, ...methods];
}

/** @see https://github.com/webcomponents/custom-elements-manifest */
export function customElementsManifest() {
	const attributes = Object.entries(ATTRIBUTES).map(([name, { type, fallback, description }]) => ({
		name,
		type: { text: type },
		default: fallback,
		description,
		fieldName: name,
	}));
	return {
		schemaVersion: "1.0.0",
		modules: [
			{
				kind: "javascript-module",
				path: MODULE,
				declarations: [
					{
						kind: "class",
						customElement: true,
						tagName: TAG,
						name: "UmieExtractorElement",
						description: "Extracts entities, relations and events from a text and its picture, inside the page.",
						superclass: { name: "HTMLElement" },
						attributes,
						members: membersOf(attributes),
						events: Object.entries(EVENTS).map(([name, { type, description }]) => ({
							name,
							type: { text: type },
							description,
						})),
						slots: named(SLOTS),
						cssParts: named(PARTS),
						cssProperties: named(CSS_PROPERTIES),
					},
				],
				exports: [
					{
						kind: "custom-element-definition",
						name: TAG,
						declaration: { name: "UmieExtractorElement", module: MODULE },
					},
					{ kind: "js", name: "UmieExtractorElement", declaration: { name: "UmieExtractorElement", module: MODULE } },
				],
			},
		],
	};
}
