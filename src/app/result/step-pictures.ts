/** Keeps the pictures of steps with their steps while the text is edited. */
import { findSteps, MAX_STEPS } from "../../tasks/catalog/gmper.ts";
import type { Picture } from "../post/picture.ts";

/** The picture of each step, null where it has none. Pictures past the last step wait for another step. */
export type StepPictures = readonly (Picture | null)[];

export const NO_STEP_PICTURES: StepPictures = [];

/** A step as it stands in the text: `text.startsWith(step.text, step.start)`. */
interface StepText {
	readonly start: number;
	readonly text: string;
}

/** The steps as the engine will split them. */
export const stepTexts = (text: string): StepText[] =>
	findSteps({ text, words: [] }).map(({ start, end }) => ({ start, text: text.slice(start, end) }));

/** Without empty places at the end. */
function trimmed(pictures: StepPictures): StepPictures {
	const last = pictures.findLastIndex((picture) => picture !== null);
	return last + 1 === pictures.length ? pictures : pictures.slice(0, last + 1);
}

const padded = (pictures: StepPictures, length: number): StepPictures => [
	...pictures,
	...Array.from({ length: Math.max(0, length - pictures.length) }, () => null),
];

/**
 * After an edit of the text, steps that are still there keep their pictures, however many steps were added or removed
 * before them. No picture is lost: those without a step go to the end.
 */
export function realigned(pictures: StepPictures, before: readonly string[], after: readonly string[]): StepPictures {
	if (pictures.length === 0) return pictures;
	const most = Math.min(before.length, after.length);
	let head = 0;
	while (head < most && before[head] === after[head]) head++;
	let tail = 0;
	while (tail < most - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
	const all = padded(pictures, before.length);
	const end = before.length - tail;
	// Pictures behind the last step go to steps that are added at the end.
	const middle = tail === 0 ? all.slice(head) : all.slice(head, end);
	const places = after.length - head - tail;
	const fits = middle.length <= places;
	const kept = fits
		? padded(middle, places)
		: padded(middle.filter((picture) => picture !== null).slice(0, places), places);
	const left = fits ? [] : middle.filter((picture) => picture !== null).slice(places);
	return trimmed([...all.slice(0, head), ...kept, ...(tail === 0 ? [] : all.slice(end)), ...left]);
}

/** Moves a picture to another step; where that step has one, the pictures between shift by one. */
export function moved(pictures: StepPictures, from: number, to: number): StepPictures {
	const picture = pictures[from] ?? null;
	if (picture === null || from === to || to < 0 || to >= MAX_STEPS) return pictures;
	const all = padded(pictures, to + 1);
	if (all[to] === null) return trimmed(all.with(from, null).with(to, picture));
	return trimmed(all.toSpliced(from, 1).toSpliced(to, 0, picture));
}

/**
 * Adds pictures to a step, replacing its picture, and to the empty places after it; without a step, to all empty
 * places from the first.
 */
export function placed(pictures: StepPictures, added: readonly Picture[], step?: number): StepPictures {
	const [first, ...others] = added;
	if (first === undefined) return pictures;
	const next = step === undefined ? [...pictures] : [...padded(pictures, step + 1).with(step, first)];
	let at = step ?? 0;
	for (const picture of step === undefined ? added : others) {
		while (next[at]) at++;
		next[at] = picture;
	}
	return Array.from(next, (picture) => picture ?? null).slice(0, MAX_STEPS);
}

export const removed = (pictures: StepPictures, step: number): StepPictures =>
	trimmed(pictures.map((picture, at) => (at === step ? null : picture)));

export const samePlaces = (a: StepPictures, b: StepPictures): boolean =>
	a.length === b.length && a.every((picture, at) => picture === b[at]);
