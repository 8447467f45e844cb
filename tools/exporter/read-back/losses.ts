/** What is lost of tensors that come back, and of which. */

/** What is lost of the tensors that come back: a kind of loss → names of tensors. */
export type Losses = Map<LossName, string[]>;

/** What cannot come back, in sentences for a person. */
export const LOSSES = {
	norms:
		"Batch normalisations were folded into the convolutions before them. They come back as ones that change " +
		"nothing, in front of weights that hold their scale: the model computes the same, but their running " +
		"statistics are not those of the data. Keep them frozen (evaluation mode).",
	orders:
		"The embedding that tells pictures from objects was added to rows of the vocabulary: its first row comes " +
		"back as the mean of the differences, its second, " +
		"which is never used, as zero.",
	types:
		"Positions and token types of the text encoder were one table: all of it comes back as positions, and the " +
		"types as zero. Only their sum is ever read.",
	positions: "Positions of the text encoder beyond the longest text come back as zero.",
	distances: "Biases of relative positions that no distance within the tables uses come back as zero.",
} as const;
export type LossName = keyof typeof LOSSES;

/** Remembers each name once. */
export function note(losses: Losses, loss: LossName, name: string): void {
	const names = losses.get(loss) ?? [];
	if (!names.includes(name)) losses.set(loss, [...names, name]);
}
