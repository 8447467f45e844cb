/** CoNLL: a word and its BIO tag per line, the format of sequence taggers and of the Twitter data sets. */
import { piecesOf, type Span, withoutOverlap } from "./offsets.ts";
import { readConllPosts } from "./read-conll.ts";
import { tokenRange, tokensOf } from "./tokens.ts";
import type { ExportItem, Format, OutFile } from "./types.ts";

/** Tags are split at white space by most readers. */
const tagName = (type: string): string => type.trim().replace(/\s+/gu, "_") || "_";

/** One tag for each token. Of entities that overlap, only the longest has a place. */
function bioTags(
	tokens: ReturnType<typeof tokensOf>,
	spans: ReadonlyArray<Span & { readonly type: string }>,
): string[] {
	const tags = tokens.map(() => "O");
	for (const span of withoutOverlap(spans)) {
		const [from, to] = tokenRange(tokens, span) ?? [0, 0];
		for (let index = from; index < to; index++) tags[index] = `${index === from ? "B" : "I"}-${tagName(span.type)}`;
	}
	return tags;
}

function linesOf({ image, result: { text, entities } }: ExportItem): string {
	const spans = entities.flatMap((entity) =>
		piecesOf(entity).map(({ start, end }) => ({ start, end, type: entity.type })),
	);
	const tokens = tokensOf(
		text,
		spans.flatMap(({ start, end }) => [start, end]),
	);
	const tags = bioTags(tokens, spans);
	const name = image === null ? [] : [`IMGID:${image.replace(/\s+/gu, "_")}`];
	return [...name, ...tokens.map(({ model }, index) => `${model}\t${tags[index]}`), ""].join("\n");
}

/**
 * Two columns, tab between them, an empty line after each post, `IMGID:` before a post with a picture: the layout of
 * Twitter-2015 and Twitter-2017 as published with UMT (github.com/jefferyYu/UMT), whose first two columns are those of
 * CoNLL-2003 and WNUT-17. A word that a mention begins or ends in is cut there, so no mention changes.
 */
function writeConll(items: readonly ExportItem[]): OutFile[] {
	return [{ path: "umie.conll", text: `${items.map(linesOf).join("\n")}` }];
}

export const conll: Format = {
	title: "CoNLL BIO",
	about: "One word and its tag per line, for sequence taggers",
	leavesOut: "relations, events, boxes, scores, entities inside others",
	extension: ".conll",
	files: "one",
	mediaType: "text/plain",
	offsets: "words",
	write: writeConll,
	reader: {
		recognisesNames: (names) => names.every((name) => /\.(conll|conllu|bio|iob2?|bilou|bioes|iobes)$/i.test(name)),
		read: readConllPosts,
		restores: { fragments: false, scores: false },
	},
};
