/** Finds the posts in files, folders and archives of any kind and size, one after the other, with their pictures. */
import { Failure, type FailureCode, type FailureFacts, toFacts } from "../core/failure.ts";
import { decompressed } from "./archives/compressed.ts";
import { filesInZip, isZip } from "./archives/zip.ts";
import { page } from "./documents/page.ts";
import { headOf, nameOf, peekOf, stemOf } from "./files.ts";
import { READERS, READERS_BY_PART } from "./readers.ts";
import { detectEncoding } from "./text/encoding.ts";
import { plain } from "./text/plain.ts";
import type { Found, FoundPost, InputFile, Preview, Reader, ReadOptions } from "./types.ts";

/** A post with its picture, which is not read yet. */
export interface InputPost extends Omit<FoundPost, "id"> {
	/** As the source has it, else made of its place. */
	readonly id: string | number;
	readonly picture: InputFile | null;
}

export type Input = ({ readonly kind: "post" } & InputPost) | Exclude<Found, { readonly kind: "post" }>;

/** A file that holds posts, and what reads it. */
interface Source {
	readonly file: InputFile;
	readonly reader: Reader;
}

export interface Inputs {
	/** Files with posts, in the order in which they are read. */
	readonly sources: readonly Source[];
	/** Names of the files that no reader knows. */
	readonly unread: readonly string[];
	/** Pictures among the files. */
	readonly pictures: number;
	/** The picture that the first known of some names means. */
	findPicture(names: readonly string[], beside: string): InputFile | null;
	/** @throws Failure where a file as a whole cannot be read */
	posts(options?: ReadOptions): AsyncGenerator<Input, void>;
}

const PICTURE_ENDING = /\.(jpe?g|png|webp|gif|avif|bmp)$/i;
/** Blobs of a Bluesky repository are named by their hash. */
const BLOB_NAME = /^bafk[a-z2-7]{50,}$/;
const isPicture = (path: string): boolean => PICTURE_ENDING.test(path) || BLOB_NAME.test(nameOf(path));

/** Archives inside archives that are opened. */
const MAX_NESTING = 3;

/** Files of archives that cost time to look into and never hold posts. */
const NEVER_POSTS =
	/\.(mp4|mov|webm|avi|mkv|mp3|m4a|wav|ogg|woff2?|ttf|otf|css|map|svg|ico|heic|wasm|exe|dll|bin|onnx)$/i;
/** Of an archive of Mastodon, beside outbox.json. */
const BESIDE_OUTBOX = /(^|\/)(actor|likes|bookmarks)\.json$/;

/** Of an archive of X: texts that are not the person's posts. */
const NOT_POSTS = /\/data\/(?!(tweets?|note-tweet|community-tweet|deleted-tweets?)(-part\d+)?\.js$)[\w-]+\.js$/;

/** @throws Failure where no file holds posts */
export async function openInputs(files: readonly InputFile[]): Promise<Inputs> {
	const pictures: InputFile[] = [];
	const sources: Source[] = [];
	const unread: string[] = [];
	const problems: FailureFacts[] = [];
	const sort = async (file: InputFile, depth: number): Promise<void> => {
		if (isPicture(file.path)) return void pictures.push(file);
		if (NOT_POSTS.test(file.path) || NEVER_POSTS.test(file.path)) return void unread.push(file.path);
		const found = await sourceIn(file);
		if (found === null) unread.push(file.path);
		else if ("reader" in found) sources.push(found);
		else if (depth === MAX_NESTING) unread.push(file.path);
		else
			for (const inside of found.inside) await sort(inside, depth + 1).catch((error) => problems.push(toFacts(error)));
	};
	for (const file of files) await sort(file, 0);
	const [problem] = problems;
	if (sources.length === 0 && problem) throw new Failure(problem.code, problem.what);
	if (sources.length === 0) throw nothing(unread, pictures.length);
	const kept = withoutLesser(sources);
	const byName = picturesBy(pictures);
	return {
		sources: kept,
		unread: [...unread, ...sources.filter((source) => !kept.includes(source)).map(({ file }) => file.path)],
		pictures: pictures.length,
		findPicture: (names, beside) => pictureOf(names, beside, byName),
		posts: (options = {}) => postsOf(kept, byName, problems, options),
	};
}

/** What reads a file; or the files inside of it; null: nobody knows it. */
async function sourceIn(file: InputFile): Promise<Source | { readonly inside: readonly InputFile[] } | null> {
	const head = await headOf(file);
	if (isZip(head)) {
		const inside = await filesInZip(file);
		const names = new Set(inside.map(({ path }) => path.slice(file.path.length + 1)));
		const office = READERS_BY_PART.find(([part]) => names.has(part));
		return office ? { file, reader: office[1] } : { inside };
	}
	const packed = decompressed(file, head);
	if (packed) return { inside: [packed] };
	const { label } = await detectEncoding(head);
	const text = new TextDecoder(label).decode(head, { stream: true });
	const peek = peekOf(file.path, head, text);
	// Scripts of a page beside the archive that it shows.
	if (peek.ending === "js" && !/^\s*window\.YTD\./.test(text)) return null;
	const reader = READERS.find((one) => one.recognises(peek));
	return reader ? { file, reader } : null;
}

/** Beside a table or records, a text or a web page is a description or a viewer, not a post. */
function withoutLesser(sources: readonly Source[]): readonly Source[] {
	const outbox = sources.some(({ file }) => nameOf(file.path) === "outbox.json");
	const own = sources.filter(({ file }) => !outbox || !BESIDE_OUTBOX.test(file.path));
	const greater = own.filter(({ reader }) => reader !== plain && reader !== page);
	return greater.length > 0 ? greater : own;
}

function nothing(unread: readonly string[], pictures: number): Failure {
	const names = unread.slice(0, 3).map(nameOf).join(", ");
	const others = unread.length > 3 ? ` and ${unread.length - 3} more` : "";
	const what = unread.length > 0 ? ` (${names}${others})` : pictures > 0 ? " (only pictures)" : "";
	return new Failure(
		"import-format",
		`These files contain no posts${what}: drop a CSV or JSONL file with a text column, or text files and pictures.`,
	);
}

/** Pictures by whatever a record may call them, in lower case; the first of a name counts. */
function picturesBy(pictures: readonly InputFile[]): ReadonlyMap<string, InputFile> {
	const found = new Map<string, InputFile>();
	const add = (name: string, file: InputFile) => {
		if (!found.has(name)) found.set(name, file);
	};
	for (const file of pictures) {
		const path = file.path.toLowerCase();
		for (const name of [path, nameOf(path), stemOf(path), stemOf(nameOf(path))]) add(name, file);
	}
	// After all whole names: "1234567-abc.jpg" is a picture of post 1234567.
	for (const file of pictures) {
		const [, id] = /^(\d{6,})[-_]/.exec(nameOf(file.path)) ?? [];
		if (id) add(id, file);
	}
	return found;
}

async function* postsOf(
	sources: readonly Source[],
	pictures: ReadonlyMap<string, InputFile>,
	problems: readonly FailureFacts[],
	options: ReadOptions,
): AsyncGenerator<Input, void> {
	for (const { what } of problems) yield { kind: "note", text: what };
	const failures: FailureFacts[] = [];
	for (const source of sources) {
		try {
			yield* postsOfSource(source, sources.length === 1, pictures, options);
		} catch (error) {
			// One file of several that cannot be read does not cost the others.
			const facts = toFacts(error);
			if (sources.length === 1 || !OF_ONE_FILE.has(facts.code)) throw error;
			failures.push(facts);
			yield { kind: "note", text: facts.what };
		}
	}
	const [first] = failures;
	if (first && failures.length === sources.length) throw new Failure(first.code, first.what);
}

const OF_ONE_FILE: ReadonlySet<FailureCode> = new Set(["input-format", "import-format", "import-too-large"]);

async function* postsOfSource(
	{ file, reader }: Source,
	alone: boolean,
	pictures: ReadonlyMap<string, InputFile>,
	options: ReadOptions,
): AsyncGenerator<Input, void> {
	let place = 0;
	for await (const found of reader.read(file, options)) {
		if (found.kind !== "note") place++;
		if (found.kind !== "post") {
			yield found;
			continue;
		}
		const id = found.id ?? (alone ? `${place}` : `${nameOf(file.path)}#${place}`);
		yield { ...found, id, picture: pictureOf([...found.pictures, String(id)], file.path, pictures) };
	}
}

/** A sentence about the files that were not read; empty where all were. */
export function unreadSentences({ unread }: Inputs): string[] {
	if (unread.length === 0) return [];
	const names = unread.slice(0, 3).map(nameOf);
	const listed = unread.length > names.length ? [...names, "…"] : names;
	return [`Not read, because they hold other things than posts: ${unread.length} files (${listed.join(", ")}).`];
}

/** By its path beside the file, then by any name of it. */
function pictureOf(names: readonly string[], path: string, pictures: ReadonlyMap<string, InputFile>): InputFile | null {
	if (pictures.size === 0) return null;
	const folder = path.slice(0, path.lastIndexOf("/") + 1);
	for (const name of names) {
		const small = name.replace(/^\.?\//, "").toLowerCase();
		for (const key of [`${folder.toLowerCase()}${small}`, small, nameOf(small), stemOf(small)]) {
			const found = pictures.get(key);
			if (found) return found;
		}
	}
	return null;
}

/** The columns and first rows of the first file that has some; null: there is nothing to choose. */
export async function previewInputs({ sources }: Inputs, options: ReadOptions = {}): Promise<Preview | null> {
	const source = sources.find(({ reader }) => reader.preview !== undefined);
	return source?.reader.preview ? source.reader.preview(source.file, options) : null;
}

/** What was counted, as sentences: "Skipped because they have no text: 2 posts." */
export const sentencesOf = (notes: ReadonlyMap<string, number>): string[] =>
	[...notes].map(([note, count]) =>
		/[.!?]$/.test(note) ? note : `${note}: ${count.toLocaleString("en")} ${count === 1 ? "post" : "posts"}.`,
	);
