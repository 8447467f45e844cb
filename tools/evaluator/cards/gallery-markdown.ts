/** Writes judged gallery cases into a model card, between its marks. Pure. */
import type { GalleryCase } from "./cases.ts";
import type { Judged } from "./judge.ts";

export interface Shown {
	readonly post: Pick<GalleryCase, "about" | "picture" | "text" | "tasks">;
	readonly judged: Judged;
}

export const BEGIN = "<!-- gallery: written by tools/evaluator/cards/gallery.ts -->";
export const END = "<!-- end of gallery -->";

/** Model output and posts must not become markup: what Markdown or HTML reads is escaped. */
function inMarkdown(text: string): string {
	return text.replace(/\s+/g, " ").replace(/[\\`*_[\]<>#|&~$]/g, (character) => `&#${character.codePointAt(0)};`);
}

/** No minus before a zero. */
export const gateText = (gate: number): string => (Math.abs(gate) < 0.005 ? "0.00" : gate.toFixed(2));

export const isRight = ({ judged }: Shown): boolean => judged.wrong.length === 0;

export function galleryMarkdown(shown: readonly Shown[]): string {
	const right = shown.filter(isRight).length;
	const rows = shown.map((one, at) => {
		const { post, judged } = one;
		const verdict = isRight(one) ? "right" : `**wrong**: ${judged.wrong.map(inMarkdown).join("; ")}`;
		const cells = [
			`${at + 1}`,
			inMarkdown(post.about),
			inMarkdown(post.text),
			judged.output.map(inMarkdown).join("; ") || "nothing",
			gateText(judged.gate),
			verdict,
		];
		return `| ${cells.join(" | ")} |`;
	});
	return [
		`![The posts below with their pictures, the regions that mentions are shown in, and the output](gallery.jpg)`,
		"",
		`${right} of these ${shown.length} are right, ${shown.length - right} are wrong. ` +
			"They were chosen to show both, by looking at the output: the share is not a measurement.",
		"",
		"| | what it is about | post | output of the model (and in which region) | gate | |",
		"|---|---|---|---|---|---|",
		...rows,
	].join("\n");
}

/** @throws Error where the card has no place for it */
export function withGallery(card: string, gallery: string): string {
	const [begin, end] = [card.indexOf(BEGIN), card.indexOf(END)];
	if (begin < 0 || end < begin)
		throw new Error(
			`The model card has no place for the gallery: put the lines "${BEGIN}" and "${END}" where it belongs.`,
		);
	return `${card.slice(0, begin + BEGIN.length)}\n\n${gallery}\n\n${card.slice(end)}`;
}
