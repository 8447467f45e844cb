/** Cuts a stream of text into lines; only one line is in memory at a time. */

export interface TextLine {
	/** The first is 1. */
	readonly number: number;
	/** Without its line break; null: longer than the limit, and left out. */
	readonly text: string | null;
}

/** @param limit characters of the longest line */
export async function* linesOf(chunks: AsyncIterable<string>, limit: number): AsyncGenerator<TextLine, void> {
	let number = 0;
	let pieces: string[] = [];
	let length = 0;
	const keep = (piece: string) => {
		length += piece.length;
		if (length > limit) pieces = [];
		else if (piece !== "") pieces.push(piece);
	};
	const finish = (): TextLine => {
		const text = length > limit ? null : pieces.join("").replace(/\r$/, "");
		pieces = [];
		length = 0;
		return { number: ++number, text };
	};
	for await (const chunk of chunks) {
		let from = 0;
		for (let to = chunk.indexOf("\n"); to >= 0; to = chunk.indexOf("\n", from)) {
			keep(chunk.slice(from, to));
			from = to + 1;
			yield finish();
		}
		keep(chunk.slice(from));
	}
	if (length > 0) yield finish();
}
