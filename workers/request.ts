/** Goes in: a request and a post, from another thread. Comes out: the request with its defaults, checked: the only place that meets them from outside. */
import { type GraphRole, type Manifest, VISUAL_ROLES } from "../src/bundle/manifest.ts";
import type { Post } from "../src/client/protocol.ts";
import { Failure } from "../src/core/failure.ts";
import { layOutWords, type PositionedWord, type TextLayout } from "../src/tasks/layout/layout.ts";
import { MOST_NAMES } from "../src/tasks/names/gazetteer.ts";
import { BIAS_RANGE } from "../src/tasks/names/gazetteer-bias.ts";
import { type ExtractRequest, REQUEST_DEFAULTS, REQUESTABLE } from "../src/tasks/types.ts";
import type { SettledRequest } from "./model/answer.ts";
import { readRegions } from "./vision/regions/given-regions.ts";

export const DECODINGS = ["extractive", "full", "constrained"] as const;
export const INSTRUCTORS = ["default", "I0", "I1", "I2"] as const;
const WORDS = ["post", "tokens"] as const;
export const STYLES = ["instruct", "mqa"] as const;
export const UNTRAINED = ["substitute", "ask"] as const;
export const SCREENS = ["auto", "off"] as const;
export const ARGUMENTS = ["type", "trigger"] as const;

/** Lowest and highest value of each number; the ends keep a wrong one from eating the memory, or from turning scores into infinity. */
export const REQUEST_RANGES = {
	beams: [1, 16],
	maxNewTokens: [1, 512],
	maxPairs: [0, 200],
	lengthPenalty: [-100, 100],
	beamThreshold: [0, 1000],
	gate: [-1000, 1000],
	groundingThreshold: [0, 100],
	bias: BIAS_RANGE,
} as const;

interface Rule {
	readonly expected: string;
	readonly holds: (value: unknown) => boolean;
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === "object" && value !== null && !isList(value);
const isLabelList = (value: unknown) =>
	value === undefined || (isList(value) && value.every((label) => typeof label === "string"));

function oneOf(...values: readonly string[]): Rule {
	return { expected: `one of ${values.join(", ")}`, holds: (value) => values.includes(value as string) };
}

function within(name: keyof typeof REQUEST_RANGES, whole: boolean): Rule {
	const [low, high] = REQUEST_RANGES[name];
	const holds = (value: unknown) =>
		typeof value === "number" && value >= low && value <= high && (!whole || Number.isInteger(value));
	return { expected: `a ${whole ? "whole " : ""}number from ${low} to ${high}`, holds };
}

const GATE = within("gate", false);
const BIAS = within("bias", false);

/** What is checked of labels here is their type; the lists themselves are checked where they are read (`checkLabels`). */
const RULES: Record<keyof SettledRequest, Rule> = {
	tasks: {
		expected: `a list of ${REQUESTABLE.join(", ")}`,
		holds: (value) =>
			isList(value) && value.length > 0 && value.every((task) => (REQUESTABLE as readonly unknown[]).includes(task)),
	},
	labels: {
		expected: "lists of strings",
		holds(value) {
			if (value === undefined) return true;
			if (!isRecord(value)) return false;
			const { entityTypes, relationTypes, eventTypes, objectRelationTypes, argumentRoles = {}, fineTypes = {} } = value;
			const areLists = (record: unknown) => isRecord(record) && Object.values(record).every(isLabelList);
			return (
				[entityTypes, relationTypes, eventTypes, objectRelationTypes].every(isLabelList) &&
				areLists(argumentRoles) &&
				areLists(fineTypes)
			);
		},
	},
	instructor: oneOf(...INSTRUCTORS),
	style: oneOf(...STYLES),
	arguments: oneOf(...ARGUMENTS),
	untrained: oneOf(...UNTRAINED),
	screen: oneOf(...SCREENS),
	gazetteer: {
		expected: `at most ${MOST_NAMES} names {name, type, link} and a bias from ${BIAS_RANGE[0]} to ${BIAS_RANGE[1]}`,
		holds(value) {
			if (value === undefined) return true;
			if (!isRecord(value) || !BIAS.holds(value.bias) || !isList(value.names) || value.names.length > MOST_NAMES)
				return false;
			const isText = (text: unknown) => text === null || typeof text === "string";
			return value.names.every(
				(entry) => isRecord(entry) && typeof entry.name === "string" && isText(entry.type) && isText(entry.link),
			);
		},
	},
	beams: within("beams", true),
	groundingThreshold: within("groundingThreshold", false),
	decoding: oneOf(...DECODINGS),
	words: oneOf(...WORDS),
	gate: {
		expected: `auto, model or ${GATE.expected}`,
		holds: (value) => value === "auto" || value === "model" || GATE.holds(value),
	},
	maxNewTokens: within("maxNewTokens", true),
	lengthPenalty: within("lengthPenalty", false),
	beamThreshold: within("beamThreshold", false),
	maxPairs: within("maxPairs", true),
};

/** A request with its defaults. @throws Failure `usage` naming what is out of range */
export function settleRequest(request: ExtractRequest): SettledRequest {
	if (!isRecord(request)) throw new Failure("usage", `The request: expected an object, found ${shown(request)}.`);
	// What is there but undefined means the default, too.
	const given = Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined));
	const settled = { ...REQUEST_DEFAULTS, ...given } as SettledRequest;
	for (const [name, { expected, holds }] of Object.entries(RULES) as [keyof SettledRequest, Rule][]) {
		if (!holds(settled[name]))
			throw new Failure("usage", `The request's ${name}: expected ${expected}, found ${shown(settled[name])}.`);
	}
	return { ...settled, tasks: [...new Set(settled.tasks)] };
}

/** @throws Failure `usage` for a post of another shape */
export function checkPost(post: Post): void {
	if (!isRecord(post) || typeof post.text !== "string")
		throw new Failure("usage", "The post's text: expected a string.");
	const { image } = post;
	if (image !== null && !(image instanceof Uint8Array))
		throw new Failure("usage", `The post's image: expected the bytes of a file, or null, found ${shown(image)}.`);
	if (readRegions(post.regions) !== null && image === null)
		throw new Failure("usage", "The post's regions: there is no picture they could lie in.");
}

/** Where the words of a post are drawn; null for plain text. @throws Failure `usage` | `text-empty` */
export function layoutOf({ layout }: Post): TextLayout | null {
	if (layout === undefined || layout === null) return null;
	const isWord = (word: unknown): word is PositionedWord =>
		isRecord(word) && typeof word.text === "string" && isList(word.box);
	if (!isList(layout) || !layout.every(isWord))
		throw new Failure("usage", "The post's layout: expected a list of {text, box: [x1, y1, x2, y2]}.");
	return layOutWords(layout);
}

function shown(value: unknown): string {
	// NaN and infinity are null in JSON.
	const text = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));
	return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/** Whether the picture reaches the text at all: what an untrained vision says is noise. */
export function looksAtPictures(manifest: Manifest, gate: SettledRequest["gate"]): boolean {
	if (manifest.vision === "none" || gate === 0) return false;
	return gate !== "auto" || manifest.vision === "trained";
}

/** Whether the bundle brings a trained proposer of regions, and says how it sees. */
export function hasProposer({ graphs, config }: Manifest): boolean {
	return graphs.region_proposer !== undefined && config.proposer !== undefined;
}

/** Whether the bundle's pair classifier is ever asked. */
function votesOnPairs({ graphs, config, instructors }: Manifest): boolean {
	return graphs.pair_classifier !== undefined && instructors.relations === "marked" && config.pair_vote !== 0;
}

/** Graphs a request runs. @param pictures whether there is any picture to look at */
export function rolesFor(
	manifest: Manifest,
	{ decoding, gate, screen }: Pick<SettledRequest, "decoding" | "gate" | "screen">,
	pictures: boolean,
): GraphRole[] {
	const decoder = decoding === "extractive" ? "decoder_extractive" : "decoder";
	const proposer: GraphRole[] = pictures && hasProposer(manifest) ? ["region_proposer"] : [];
	const screens: GraphRole[] = screen === "auto" && manifest.graphs.screen !== undefined ? ["screen"] : [];
	const pairs: GraphRole[] = votesOnPairs(manifest) ? ["pair_classifier"] : [];
	const visual = pictures && looksAtPictures(manifest, gate) ? VISUAL_ROLES : [];
	return ["text_encoder", "decoder_context", decoder, ...visual, ...proposer, ...screens, ...pairs];
}
