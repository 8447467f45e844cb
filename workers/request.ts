/** Goes in: a request and a post, from another thread. Comes out: the request with its defaults, checked: the only place that meets them from outside. */
import { type GraphRole, type Manifest, VISUAL_ROLES } from "../src/bundle/manifest.ts";
import { Failure } from "../src/core/failure.ts";
import type { Post } from "../src/engine/protocol.ts";
import { type ExtractRequest, REQUEST_DEFAULTS, REQUESTABLE } from "../src/tasks/types.ts";
import type { SettledRequest } from "./model/answer.ts";

export const DECODINGS = ["extractive", "full", "constrained"] as const;
export const INSTRUCTORS = ["default", "I0", "I1", "I2"] as const;
const WORDS = ["post", "tokens"] as const;

/** Lowest and highest value of each number; the ends keep a wrong one from eating the memory, or from turning scores into infinity. */
export const REQUEST_RANGES = {
	beams: [1, 16],
	maxNewTokens: [1, 512],
	maxPairs: [0, 200],
	lengthPenalty: [-100, 100],
	gate: [-1000, 1000],
} as const;

interface Rule {
	readonly expected: string;
	readonly holds: (value: unknown) => boolean;
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null && !isList(value);
const isLabelList = (value: unknown) => value === undefined || (isList(value) && value.every((label) => typeof label === "string"));

function oneOf(...values: readonly string[]): Rule {
	return { expected: `one of ${values.join(", ")}`, holds: (value) => values.includes(value as string) };
}

function within(name: keyof typeof REQUEST_RANGES, whole: boolean): Rule {
	const [low, high] = REQUEST_RANGES[name];
	const holds = (value: unknown) => typeof value === "number" && value >= low && value <= high && (!whole || Number.isInteger(value));
	return { expected: `a ${whole ? "whole " : ""}number from ${low} to ${high}`, holds };
}

const GATE = within("gate", false);

/** What is checked of labels here is their type; the lists themselves are checked where they are read (`checkLabels`). */
const RULES: Record<keyof SettledRequest, Rule> = {
	tasks: {
		expected: `a list of ${REQUESTABLE.join(", ")}`,
		holds: (value) => isList(value) && value.length > 0 && value.every((task) => (REQUESTABLE as readonly unknown[]).includes(task)),
	},
	labels: {
		expected: "lists of strings",
		holds(value) {
			if (value === undefined) return true;
			if (!isRecord(value)) return false;
			const { entityTypes, relationTypes, eventTypes, argumentRoles = {} } = value;
			return (
				[entityTypes, relationTypes, eventTypes].every(isLabelList) && isRecord(argumentRoles) && Object.values(argumentRoles).every(isLabelList)
			);
		},
	},
	instructor: oneOf(...INSTRUCTORS),
	beams: within("beams", true),
	decoding: oneOf(...DECODINGS),
	words: oneOf(...WORDS),
	gate: { expected: `auto, model or ${GATE.expected}`, holds: (value) => value === "auto" || value === "model" || GATE.holds(value) },
	maxNewTokens: within("maxNewTokens", true),
	lengthPenalty: within("lengthPenalty", false),
	maxPairs: within("maxPairs", true),
};

/** A request with its defaults. @throws Failure `usage` naming what is out of range */
export function settleRequest(request: ExtractRequest): SettledRequest {
	if (!isRecord(request)) throw new Failure("usage", `The request: expected an object, found ${shown(request)}.`);
	// What is there but undefined means the default, too.
	const given = Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined));
	const settled = { ...REQUEST_DEFAULTS, ...given } as SettledRequest;
	for (const [name, { expected, holds }] of Object.entries(RULES) as [keyof SettledRequest, Rule][]) {
		if (!holds(settled[name])) throw new Failure("usage", `The request's ${name}: expected ${expected}, found ${shown(settled[name])}.`);
	}
	return { ...settled, tasks: [...new Set(settled.tasks)] };
}

/** @throws Failure `usage` for a post of another shape */
export function checkPost(post: Post): void {
	if (!isRecord(post) || typeof post.text !== "string") throw new Failure("usage", "The post's text: expected a string.");
	const { image } = post;
	if (image !== null && !(image instanceof Uint8Array))
		throw new Failure("usage", `The post's image: expected the bytes of a file, or null, found ${shown(image)}.`);
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

/** Graphs a request runs. @param pictures whether there is any picture to look at */
export function rolesFor(manifest: Manifest, { decoding, gate }: Pick<SettledRequest, "decoding" | "gate">, pictures: boolean): GraphRole[] {
	const decoder = decoding === "extractive" ? "decoder_extractive" : "decoder";
	return ["text_encoder", "decoder_context", decoder, ...(pictures && looksAtPictures(manifest, gate) ? VISUAL_ROLES : [])];
}
