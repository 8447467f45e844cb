/** Recognises which columns hold text, id and picture: by name first, then by what stands in them. */
import type { Columns } from "../types.ts";

/** Names in the order in which they are tried; case, blanks, hyphens and underscores do not matter. */
export const COLUMN_NAMES: Readonly<Record<keyof Columns, readonly string[]>> = {
	text: [
		...["text", "full_text", "tweet_text", "post_text", "comment_text", "message_text", "body", "selftext", "content"],
		...["tweet", "post", "message", "comment", "caption", "description", "sentence", "desc", "review", "statement"],
		...["title", "headline", "texte", "texto", "inhalt", "nachricht", "contenu", "mensaje", "本文", "文本", "内容"],
	],
	id: ["id", "id_str", "post_id", "tweet_id", "status_id", "comment_id", "message_id", "item_id", "uuid", "uri", "url"],
	picture: ["image", "image_id", "image_path", "image_name", "picture", "photo", "img", "media", "filename"],
};

/** Where `selftext` is empty or short, the title says what a post is about. */
export const TITLE = "title";

const normal = (name: string): string =>
	name
		.trim()
		.toLowerCase()
		.replace(/[\s-]+/g, "_");
const squeezed = (name: string): string => normal(name).replaceAll("_", "");

/** The best of `names` for a role, as it is written in the heading; null: none is known. */
export function namedColumn(role: keyof Columns, names: readonly string[]): string | null {
	for (const known of COLUMN_NAMES[role]) {
		const found = names.find((name) => squeezed(name) === known.replaceAll("_", ""));
		if (found !== undefined) return found;
	}
	return null;
}

/** Characters that a column of texts has on average, at least, and the share of its cells with several words. */
const MIN_MEAN = 12;
const MIN_SHARE = 0.5;
/** A script without blanks between words. */
const NO_BLANKS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]{4}/u;
const looksWritten = (cell: string): boolean => /\p{L}\S*\s+\S*\p{L}/u.test(cell) || NO_BLANKS.test(cell);

/**
 * The column with the longest texts.
 * @param rows some of the table, without the heading
 * @returns its index; null: no column looks like texts
 */
export function writtenColumn(rows: readonly (readonly string[])[]): number | null {
	const width = Math.max(0, ...rows.map(({ length }) => length));
	let best: { readonly at: number; readonly mean: number } | null = null;
	for (let at = 0; at < width; at++) {
		const cells = rows.flatMap((row) => (row[at]?.trim() ? [row[at]!] : []));
		if (cells.length === 0) continue;
		const mean = cells.reduce((sum, { length }) => sum + length, 0) / cells.length;
		const share = cells.filter(looksWritten).length / cells.length;
		if (mean >= MIN_MEAN && share >= MIN_SHARE && mean > (best?.mean ?? 0)) best = { at, mean };
	}
	return best?.at ?? null;
}

/**
 * Whether the first row is a heading: no name of it is written text, repeated, a number or empty, unless a name is
 * known.
 */
export function isHeading(row: readonly string[]): boolean {
	if (namedColumn("text", row) !== null) return true;
	const names = row.map((cell) => cell.trim());
	return (
		new Set(names).size === names.length &&
		names.every((name) => name !== "" && name.length <= 60 && !/^[\d.,:\-+/ ]+$/.test(name)) &&
		!names.some((name) => name.length > 30 && looksWritten(name))
	);
}
