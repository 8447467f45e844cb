/** The post being written: keeps its picture, steps and form in agreement with its text. */
import { layOutWords, type PositionedWord } from "../../tasks/layout/layout.ts";
import { realigned, type StepPictures, stepTexts } from "../result/step-pictures.ts";
import type { Picture } from "./picture.ts";

export type { Picture } from "./picture.ts";

/** Parts of a post that only some tasks need. */
export interface PostParts {
	/** Pictures of the steps of a procedure; absent: none. */
	readonly stepPictures?: StepPictures;
	/** Where the words of a form or a table stand; the text is then their reading order. */
	readonly layout?: FormLayout;
}

export interface PostDraft extends PostParts {
	readonly text: string;
	readonly picture: Picture | null;
}

export interface FormLayout {
	/** Name of the source. */
	readonly name: string;
	readonly words: readonly PositionedWord[];
}

/** Changes the text: pictures stay with their steps, and a form is dropped because the text no longer matches it. */
export function withText({ layout, ...post }: PostDraft, text: string): PostDraft {
	const { stepPictures = [] } = post;
	const form = layout && text === post.text ? { layout } : {};
	if (stepPictures.length === 0) return { ...post, ...form, text };
	const [before, after] = [post.text, text].map((whole) => stepTexts(whole).map((step) => step.text));
	return { ...post, ...form, text, stepPictures: realigned(stepPictures, before!, after!) };
}

/** A form as text; null where its words make none. */
function textOf({ words }: FormLayout): string | null {
	try {
		return layOutWords(words).text;
	} catch {
		return null;
	}
}

export const isEmpty = ({ text, picture, stepPictures = [] }: PostDraft): boolean =>
	text === "" && picture === null && stepPictures.length === 0;

/** Whether two are the same file, byte by byte. */
export const samePicture = (a: Picture | null, b: Picture | null): boolean =>
	a !== null &&
	b !== null &&
	a.name === b.name &&
	a.bytes.length === b.bytes.length &&
	a.bytes.every((byte, index) => byte === b.bytes[index]);

/**
 * Adds parts kept from an earlier visit. Parts that the post already has stay, and a form is added only to its own
 * text.
 */
export function withParts(post: PostDraft, { stepPictures, layout }: PostParts): PostDraft {
	const pictures = post.stepPictures ? undefined : stepPictures;
	const form = layout && !post.layout && textOf(layout) === post.text ? layout : undefined;
	if (!pictures && !form) return post;
	return { ...post, ...(pictures && { stepPictures: pictures }), ...(form && { layout: form }) };
}
