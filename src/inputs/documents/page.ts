/** Reads a saved web page: the text of its article, whose pieces lead back into the HTML. Nothing in it is run. */
import { Parser } from "htmlparser2";
import { headOf } from "../files.ts";
import { openText, readText } from "../text/decode.ts";
import { detectEncoding, encodingOf } from "../text/encoding.ts";
import { postsOfText } from "../text/plain.ts";
import type { Found, InputFile, Peek, Reader, ReadOptions, TextPiece } from "../types.ts";
import { type HtmlText, textOfHtml, textOfMarkedHtml } from "./html-text.ts";

/** Characters of a page. */
const MAX_PAGE = 16 << 20;
/** An article that is shorter is a menu or a cookie banner: the whole page is read. */
const MIN_ARTICLE = 200;

/** Elements that may not hold a `<span>`. */
const STRICT = new Set("table tbody thead tfoot tr ul ol dl select colgroup html head title script style".split(" "));

/** Wraps texts in elements that carry their place, which outlive what Readability does to the page. */
function marked(html: string): string {
	const pieces: string[] = [];
	const open: string[] = [];
	let written = 0;
	const parser: Parser = new Parser({
		onopentagname: (name) => void open.push(name),
		onclosetag: (name) => {
			const at = open.lastIndexOf(name);
			if (at >= 0) open.length = at;
		},
		ontext(data) {
			const [from, to] = [parser.startIndex, parser.endIndex + 1];
			if (
				data.trim() === "" ||
				from < written ||
				open.some((name) => HIDDEN.has(name)) ||
				STRICT.has(open.at(-1) ?? "")
			)
				return;
			pieces.push(
				html.slice(written, from),
				`<span data-umie-at="${from},${to},${data.length}">`,
				html.slice(from, to),
				"</span>",
			);
			written = to;
		},
	});
	parser.end(html);
	return pieces.join("") + html.slice(written);
}

const HIDDEN = new Set("head title script style textarea noscript template iframe svg math".split(" "));

interface Article extends HtmlText {
	readonly title: string;
}

/** The article; null: the page has none. */
async function articleIn(html: string): Promise<Article | null> {
	const [{ parseHTML }, { Readability }] = await Promise.all([
		import("linkedom/worker"),
		import("@mozilla/readability"),
	]);
	try {
		const { document } = parseHTML(marked(html));
		const found = new Readability(document as never, { charThreshold: MIN_ARTICLE }).parse();
		if (!found?.content) return null;
		const text = textOfMarkedHtml(found.content);
		return text.text.length < MIN_ARTICLE ? null : { title: found.title?.trim() ?? "", ...text };
	} catch {
		// A page that its own scripts would have built: what is written in it is read as it stands.
		return null;
	}
}

/** Text of a page with its title above, and places in the HTML. */
async function textOfPage(html: string): Promise<HtmlText> {
	const article = await articleIn(html);
	if (article === null) return textOfHtml(html);
	const { title, text, pieces } = article;
	if (title === "" || text.startsWith(title)) return { text, pieces };
	const above = title.length + 2;
	const moved = pieces.map((piece): TextPiece => ({ ...piece, start: piece.start + above, end: piece.end + above }));
	return { text: `${title}\n\n${text}`, pieces: moved };
}

/** What the page says of itself, where its bytes leave a doubt. */
async function declaredEncoding(file: InputFile): Promise<string | undefined> {
	const head = await headOf(file);
	if ((await detectEncoding(head)).certain) return undefined;
	const [, label] = /<meta[^>]+charset\s*=\s*["']?([\w-]+)/i.exec(new TextDecoder("latin1").decode(head)) ?? [];
	try {
		return label === undefined ? undefined : encodingOf(label);
	} catch {
		return undefined;
	}
}

async function* readPage(file: InputFile, { encoding }: ReadOptions): AsyncGenerator<Found, void> {
	const source = await openText(file, encoding ?? (await declaredEncoding(file)));
	const html = await readText(source, MAX_PAGE);
	const { text, pieces } = await textOfPage(html);
	if (text.trim() === "") yield { kind: "left-out", why: "Skipped because they have no text" };
	else yield* postsOfText(file.path, text, {}, pieces);
	const note = source.note();
	if (note !== null) yield { kind: "note", text: note };
}

export const page = {
	title: "a web page",
	isDocument: true,
	recognises: ({ text, ending }: Peek) =>
		/^\s*(?:<!--[\s\S]{0,2000}?-->\s*)?<(?:!doctype html|html|head|body|article|main)[\s>]/i.test(text) ||
		(/^x?html?$/.test(ending) && /<\w+[\s>]/.test(text)),
	read: readPage,
} satisfies Reader;
