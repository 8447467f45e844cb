/** Reads the text of page elements as one string, and finds the place of every piece of it in the page again. */

/** A run of one text node: `text.slice(start, end)` is `node.data.slice(from, from + end - start)`. */
interface Piece {
	readonly node: Text;
	readonly from: number;
	readonly start: number;
	readonly end: number;
}

export interface PostText {
	readonly text: string;
	readonly pieces: readonly Piece[];
	/** The text is longer than the limit; the rest was not read. */
	readonly cut: boolean;
}

interface PostTextOptions {
	/** Selector of elements to leave out. */
	readonly skip?: string | undefined;
	/** UTF-16 units to read at most. */
	readonly limit: number;
}

const NEVER = "script, style, noscript, template, textarea, select, svg, iframe, object";
const BLOCK =
	/^(ADDRESS|ARTICLE|BLOCKQUOTE|BR|DD|DIV|DL|DT|FIGCAPTION|FIGURE|H[1-6]|HR|LI|OL|P|PRE|SECTION|TABLE|TD|TH|TR|UL)$/;

/** The page is only read, never changed. */
export function postText(elements: readonly Element[], { skip, limit }: PostTextOptions): PostText {
	const leftOut = skip === undefined ? NEVER : `${NEVER}, ${skip}`;
	const pieces: Piece[] = [];
	let text = "";
	let cut = false;
	const write = (letters: string, node: Text | null, from: number) => {
		const kept = letters.slice(0, limit - text.length);
		if (kept.length < letters.length) cut = true;
		if (node && kept !== "") pieces.push({ node, from, start: text.length, end: text.length + kept.length });
		text += kept;
	};
	const newLine = () => {
		if (text !== "" && !text.endsWith("\n")) write("\n", null, 0);
	};
	for (const element of elements) {
		newLine();
		// Walked without recursion: a hostile page may nest deeper than the stack allows.
		const walker = element.ownerDocument.createTreeWalker(
			element,
			NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT,
			(node) =>
				node instanceof Element && node.matches(leftOut) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
		);
		for (let node: Node | null = walker.nextNode(); node && !cut; node = walker.nextNode()) {
			if (node instanceof Text) write(node.data, node, 0);
			else if (node instanceof HTMLImageElement) write(emoji(node), null, 0);
			else if (BLOCK.test(node.nodeName)) newLine();
		}
	}
	return { text, pieces, cut };
}

/** Sites draw emoji as small pictures, with the character as their description. */
function emoji(image: HTMLImageElement): string {
	return image.alt.length <= 16 && /\p{Extended_Pictographic}|\p{Regional_Indicator}/u.test(image.alt) ? image.alt : "";
}

/** The text of a selection, cut at the selection's ends and at `limit` UTF-16 units. */
export function selectedText(range: Range, limit: number): PostText {
	const { commonAncestorContainer: common, startContainer, endContainer, startOffset, endOffset } = range;
	const element = common instanceof Element ? common : common.parentElement;
	if (!element) return { text: "", pieces: [], cut: false };
	const whole = postText([element], { limit: Number.POSITIVE_INFINITY });
	const kept = whole.pieces.flatMap((piece): Piece[] => {
		if (!range.intersectsNode(piece.node)) return [];
		const first = piece.node === startContainer ? startOffset : 0;
		const last = piece.node === endContainer ? endOffset : piece.node.data.length;
		return first < last ? [{ node: piece.node, from: first, start: piece.start + first, end: piece.start + last }] : [];
	});
	const start = kept[0]?.start ?? 0;
	const end = Math.min(kept.at(-1)?.end ?? 0, start + limit);
	const pieces = kept
		.filter((piece) => piece.start < end)
		.map((piece) => ({ ...piece, start: piece.start - start, end: Math.min(piece.end, end) - start }));
	return { text: whole.text.slice(start, end), pieces, cut: end < (kept.at(-1)?.end ?? 0) };
}

/**
 * Where a piece of the text stands in the page: one range for each text node it runs through.
 * Empty where the page has changed since.
 */
export function rangesOf({ pieces }: PostText, start: number, end: number): StaticRange[] {
	return pieces.flatMap((piece) => {
		const first = Math.max(start, piece.start);
		const last = Math.min(end, piece.end);
		const shift = piece.from - piece.start;
		if (first >= last || last + shift > piece.node.length || !piece.node.isConnected) return [];
		return [
			new StaticRange({
				startContainer: piece.node,
				startOffset: first + shift,
				endContainer: piece.node,
				endOffset: last + shift,
			}),
		];
	});
}
