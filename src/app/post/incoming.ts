/** Recognises dropped, pasted and picked files by their content, and says what the page should do with them. */

import { Failure } from "../../core/failure.ts";
import { MAX_HTML, MAX_IMAGE_BYTES, MIB } from "../../core/limits.ts";
import { type ExportItem, IMPORT_LIMITS, type InFile } from "../../exports/types.ts";
import { t } from "../../messages/app.ts";
import { looksLikeWords, MAX_LAYOUT_FILE_LENGTH, parseLayoutFile } from "../../tasks/layout/layout-file.ts";
import { bundleFromFiles } from "../model/bundle-files.ts";
import type { Action, Picture } from "../state/state.ts";

/** Frames taken from a video, spread evenly: each costs as much as a picture. */
const VIDEO_FRAMES = 8;
/** Longer texts are refused by the engine anyway. */
const MAX_TEXT_BYTES = 1 << 20;
/** The first bytes of a .zip. */
const ZIP = "PK\u0003\u0004";
/** Bytes that are read to recognise a file. */
const HEAD = 512;

export interface Incoming {
	/** To be dispatched in this order. */
	readonly actions: readonly Action[];
	/** Annotated posts, to be corrected. */
	readonly annotations: readonly ExportItem[];
	/** The files hold several posts: they belong in the view of many posts. */
	readonly areMany?: boolean;
}

/** Kinds of files, apart from a model. */
const KINDS = ["picture", "video", "annotations", "layout", "html", "text", "posts"] as const;
type Kind = (typeof KINDS)[number] | "unknown";

/** Everything that can be dropped, for a message. */
async function expected(): Promise<string> {
	const { READABLE_TITLES } = await import("../../exports/formats.ts");
	const titles = READABLE_TITLES.join(", ");
	const others = "a form (HTML), words with boxes (JSON, TSV), a text, a document (PDF, Word, web page)";
	return `a picture, a video, annotations (${titles}), ${others} or posts (CSV, Excel, JSON)`;
}

const ENDINGS: Readonly<Record<string, Kind>> = {
	ann: "annotations",
	zip: "annotations",
	json: "annotations",
	jsonl: "annotations",
	ndjson: "annotations",
	jsonld: "annotations",
	tsv: "layout",
	html: "html",
	htm: "html",
	txt: "text",
	...Object.fromEntries(["csv", "xlsx", "docx", "pdf", "gz", "zst", "car", "js"].map((name) => [name, "posts"])),
};

const PICTURE_NAME = /\.(jpe?g|png|webp|gif|avif|bmp|svg|heic|heif|tiff?|ico)$/i;

/** Recognises a file by its first bytes, then by its type, then by its name: content counts more than the name. */
async function kindOf(file: File): Promise<Kind> {
	const head = new TextDecoder().decode(await file.slice(0, HEAD).arrayBuffer()).replace(/^\uFEFF?\s*/, "");
	if (/^[{[]/.test(head)) return "annotations";
	if (head.startsWith("%PDF-")) return "posts";
	if (head.startsWith(ZIP)) return /\.(docx|xlsx)$/i.test(file.name) ? "posts" : "annotations";
	if (/^(<!doctype html|<(html|head|body|table|form|dl|div|label)[\s>])/i.test(head)) return "html";
	if (/^([TREAMN#]\d+|\*)\t\S+ /.test(head)) return "annotations";
	if (file.type.startsWith("video/")) return "video";
	if (file.type.startsWith("image/") || PICTURE_NAME.test(file.name)) return "picture";
	const ending = ENDINGS[/\.([^.]+)$/.exec(file.name)?.[1]?.toLowerCase() ?? ""];
	// Without a type and a known name it may still be a picture: the engine looks closer.
	return ending ?? (file.type === "" ? "picture" : "unknown");
}

/** Whether a file may be a picture, as far as its name and type say. */
export const isPicture = ({ name, type }: File): boolean => type.startsWith("image/") || PICTURE_NAME.test(name);

function checkSize({ name, size }: File, max: number): void {
	if (size > max)
		throw new Failure("import-too-large", `${name} is ${Math.ceil(size / MIB)} MiB; the limit is ${max / MIB} MiB.`);
}

/** @throws Failure `image-too-large` */
export async function pictureOf(file: File): Promise<Picture> {
	if (file.size > MAX_IMAGE_BYTES)
		throw new Failure(
			"image-too-large",
			`${file.name} is ${Math.round(file.size / MIB)} MiB; the limit is ${MAX_IMAGE_BYTES / MIB} MiB.`,
		);
	return { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
}

/** Reads a video as frames. @throws Failure */
async function pictureOfVideo(file: File): Promise<Picture> {
	const { framesOfFile } = await import("../../ui/video-frames.ts");
	const frames = await framesOfFile(file, VIDEO_FRAMES);
	return { name: file.name, bytes: frames[0]!.bytes, frames };
}

/**
 * Reads annotations in any supported format; a list of words with boxes is a form. The formats are loaded on first use.
 */
async function readAnnotations(files: readonly File[], text: string): Promise<Incoming> {
	const { load } = await import("../../exports/formats.ts");
	const read: InFile[] = [];
	let bytes = 0;
	for (const file of files) {
		bytes += file.size;
		if (bytes > IMPORT_LIMITS.bytes)
			throw new Failure("import-too-large", `The files total more than ${IMPORT_LIMITS.bytes >> 20} MiB.`);
		read.push({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) });
	}
	const [first] = read;
	const words = files.length === 1 && first && first.bytes.length <= MAX_LAYOUT_FILE_LENGTH ? wordsIn(first) : null;
	if (words) return { actions: [{ type: "layout", layout: words }], annotations: [] };
	return { actions: [], annotations: load(withText(read, text), text === "" ? {} : { text }) };
}

/** An .ann without its .txt belongs to the text on the page. */
function withText(files: readonly InFile[], text: string): readonly InFile[] {
	const [only] = files;
	const alone = files.length === 1 && only && /\.ann$/i.test(only.name) && text !== "";
	return alone ? [only, { name: only.name.replace(/\.ann$/i, ".txt"), bytes: new TextEncoder().encode(text) }] : files;
}

function wordsIn({
	name,
	bytes,
}: InFile): { readonly name: string; readonly words: ReturnType<typeof parseLayoutFile> } | null {
	try {
		const text = new TextDecoder().decode(bytes);
		return looksLikeWords(JSON.parse(text)) ? { name, words: parseLayoutFile(text, name) } : null;
	} catch (error) {
		// Not JSON: the reader of annotations reports it.
		if (error instanceof Failure) throw error;
		return null;
	}
}

async function readOne(file: File, kind: Kind): Promise<Action> {
	switch (kind) {
		case "video":
			return { type: "picture", picture: await pictureOfVideo(file) };
		case "layout":
			checkSize(file, MAX_LAYOUT_FILE_LENGTH);
			return { type: "layout", layout: { name: file.name, words: parseLayoutFile(await file.text(), file.name) } };
		case "html": {
			checkSize(file, 4 * MAX_HTML);
			const { layoutFromHtml } = await import("../../ui/html-layout.ts");
			return { type: "layout", layout: { name: file.name, words: layoutFromHtml(await file.text()) } };
		}
		case "text":
			checkSize(file, MAX_TEXT_BYTES);
			return { type: "text", text: (await file.text()).replace(/^\uFEFF/, "").trim() };
		case "unknown":
			throw new Failure("import-format", `${file.name} is not supported. You can drop ${await expected()}.`);
		default:
			return { type: "picture", picture: await pictureOf(file) };
	}
}

/** A page with paragraphs and without fields is read as an article, another one as a form. */
async function isArticle(file: File): Promise<boolean> {
	const html = await file.slice(0, 4 * MAX_HTML).text();
	return (html.match(/<p[\s>]/gi)?.length ?? 0) >= MIN_PARAGRAPHS && !/<(input|select|textarea)[\s>]/i.test(html);
}

/** Paragraphs of a page that is an article. */
const MIN_PARAGRAPHS = 3;

/** Tells a person who dropped several pictures that only the first is used. */
function onlyOne(kinds: readonly Kind[]): Action[] {
	const pictures = kinds.filter((kind) => kind === "picture").length;
	if (kinds[0] !== "picture" || pictures < 2) return [];
	const used = t("incoming.onlyOne", { count: pictures });
	return [{ type: "notice", text: `${used} ${t("incoming.severalHint")}` }];
}

/**
 * Reads files as a model where one of them is a umie.json; as annotations, with a picture where one is among them; else
 * reads the first file. Files of another kind may hold posts.
 * @param text the text field: annotations may refer to it
 * @throws Failure that says what was expected
 */
export async function bringIn(files: readonly File[], text: string): Promise<Incoming> {
	try {
		return await bringKnown(files, text);
	} catch (error) {
		// A table of words, annotations or a long text may be posts instead; pictures are not.
		if (!(error instanceof Failure) || !MAY_BE_POSTS.has(error.code)) throw error;
		const posts = await bringPosts(files).catch(() => null);
		if (posts === null) throw error;
		return posts;
	}
}

const MAY_BE_POSTS: ReadonlySet<string> = new Set(["import-format", "import-too-large", "text-too-long"]);

/** Loaded on first use: it reads many formats. */
async function bringPosts(files: readonly File[]): Promise<Incoming> {
	const { readDroppedPosts } = await import("./dropped-posts.ts");
	return { ...(await readDroppedPosts(files)), annotations: [] };
}

async function bringKnown(files: readonly File[], text: string): Promise<Incoming> {
	if (files.some(({ name }) => name === "umie.json")) {
		const choice = {
			kind: "files",
			name: t("model.files", { count: files.length }),
			source: bundleFromFiles(files),
		} as const;
		return { actions: [{ type: "model-chosen", choice }], annotations: [] };
	}
	const kinds = await Promise.all(files.slice(0, 2 * IMPORT_LIMITS.posts).map(kindOf));
	const [first] = files;
	const [kind] = kinds;
	if (!first || !kind) return { actions: [], annotations: [] };
	if (kind === "posts" || (kind === "html" && (await isArticle(first)))) return bringPosts(files);
	const annotated = kinds.includes("annotations");
	if (!annotated) return { actions: [await readOne(first, kind), ...onlyOne(kinds)], annotations: [] };
	const pictures = files.filter((_, at) => kinds[at] === "picture");
	const brought = await readAnnotations(
		files.filter((_, at) => kinds[at] === "annotations" || kinds[at] === "text"),
		text,
	);
	const picture =
		pictures.length === 1 && pictures[0] ? [{ type: "picture", picture: await pictureOf(pictures[0]) } as const] : [];
	return { ...brought, actions: [...picture, ...brought.actions] };
}
