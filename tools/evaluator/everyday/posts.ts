/**
 * Everyday posts with their expected names and relations, read from JSONL and checked: every text is found in its post,
 * every type exists.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod/mini";
import { Failure } from "../../../src/core/failure.ts";
import { DEFAULT_INSTRUCTORS, NO_RELATION, RELATION_SIGNATURES } from "../../../src/tasks/defaults.ts";
import { textsIn } from "./occurrences.ts";

export const HALVES = ["train", "judge"] as const;
export type Half = (typeof HALVES)[number];

/** Where the built-in posts are. */
const POSTS_FOLDER = join(import.meta.dirname, "posts");

export const TOPICS = [
	"sport",
	"news",
	"politics",
	"technology",
	"business",
	"launch",
	"obituary",
	"concert",
	"music",
	"film",
	"game",
	"food",
	"travel",
	"weather",
	"job",
	"advert",
	"request",
	"talk",
	"reply",
	"local",
	"science",
	"culture",
] as const;

const MAX_FILE_BYTES = 8 << 20;
const MAX_TEXT = 2000;
const MAX_NAMES = 60;

const ENTITY_TYPES: readonly string[] = DEFAULT_INSTRUCTORS.labels.entity_types;
const RELATIONS: readonly string[] = Object.keys(RELATION_SIGNATURES).filter((name) => name !== NO_RELATION);

const types = (allowed: readonly string[]) => z.array(z.enum(allowed as [string, ...string[]])).check(z.minLength(1));
const piece = z.string().check(z.minLength(1), z.maxLength(MAX_TEXT));

const NameSchema = z.strictObject({
	text: piece,
	at: z.optional(z.int().check(z.gte(0))),
	types: types(ENTITY_TYPES),
	also: z.optional(z.array(piece)),
	optional: z.optional(z.boolean()),
});

const RelationSchema = z.strictObject({
	head: piece,
	tail: piece,
	types: types(RELATIONS),
	optional: z.optional(z.boolean()),
});

const PostSchema = z.strictObject({
	id: z.string().check(z.regex(/^[a-z]{2}-\d{3,5}(-[a-z]+)?$/)),
	lang: z.string().check(z.regex(/^[a-z]{2}$/)),
	half: z.nullable(z.enum(HALVES)),
	slice: z.array(piece).check(z.minLength(1)),
	of: z.optional(z.string()),
	text: piece,
	names: z.array(NameSchema).check(z.maxLength(MAX_NAMES)),
	relations: z.array(RelationSchema),
});

/** A line of a file, as it is written. */
export type PostLine = z.infer<typeof PostSchema>;

/** UTF-16 offsets of the post's text. */
export interface Extent {
	readonly start: number;
	readonly end: number;
}

export interface ExpectedName extends Extent {
	readonly text: string;
	/** The best first. */
	readonly types: readonly string[];
	/** Every acceptable extent, the main one first. */
	readonly extents: readonly Extent[];
	readonly optional: boolean;
}

export interface ExpectedRelation {
	/** Indices into `names`: every mention of the head, and of the tail. */
	readonly heads: readonly number[];
	readonly tails: readonly number[];
	/** The best first. */
	readonly types: readonly string[];
	readonly optional: boolean;
}

export interface EverydayPost {
	readonly id: string;
	readonly lang: string;
	/** Null: not drawn yet. */
	readonly half: Half | null;
	/** The topic first. */
	readonly slice: readonly string[];
	/** The post that a variant was made from; null: it is none. */
	readonly of: string | null;
	readonly text: string;
	readonly names: readonly ExpectedName[];
	readonly relations: readonly ExpectedRelation[];
}

/** @param path a file, or a folder of `*.jsonl` @throws Failure `input-unreadable` naming file and line */
export function readPosts(path: string = POSTS_FOLDER): EverydayPost[] {
	const posts = listFiles(path).flatMap((file) => readPostLines(file).map(({ post }) => post));
	const seen = new Set<string>();
	for (const { id } of posts) {
		if (seen.has(id)) throw unreadable(`${path}: the id ${id} stands there twice`);
		seen.add(id);
	}
	const stray = posts.find(({ of }) => of !== null && !seen.has(of));
	if (stray !== undefined) throw unreadable(`${path}: ${stray.id} is made from ${stray.of}, which is not there`);
	return posts;
}

/** Lines of one file, as they are written and as they are understood. @throws Failure `input-unreadable` */
export function readPostLines(file: string): { line: PostLine; post: EverydayPost }[] {
	return readText(file)
		.split("\n")
		.flatMap((text, index) => {
			if (text.trim() === "") return [];
			const line = parseLine(text, `${file}, line ${index + 1}`);
			return [{ line, post: understand(line, `${file}, line ${index + 1}`) }];
		});
}

function listFiles(path: string): string[] {
	try {
		if (!statSync(path).isDirectory()) return [path];
		const files = readdirSync(path)
			.filter((name) => name.endsWith(".jsonl"))
			.sort();
		if (files.length === 0) throw unreadable(`${path} has no .jsonl file`);
		return files.map((name) => join(path, name));
	} catch (cause) {
		if (cause instanceof Failure) throw cause;
		throw unreadable(`${path} cannot be read`, cause);
	}
}

function readText(file: string): string {
	try {
		if (statSync(file).size > MAX_FILE_BYTES) throw unreadable(`${file} is larger than 8 MiB`);
		return readFileSync(file, "utf8");
	} catch (cause) {
		if (cause instanceof Failure) throw cause;
		throw unreadable(`${file} cannot be read`, cause);
	}
}

function parseLine(text: string, where: string): PostLine {
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch (cause) {
		throw unreadable(`${where} is not valid JSON`, cause);
	}
	const parsed = PostSchema.safeParse(json);
	if (parsed.success) return parsed.data;
	const issue = parsed.error.issues[0];
	throw unreadable(`${where}: "${issue?.path.join(".")}": ${issue?.message}`);
}

/** Finds every text of a line in its post. @throws Failure `input-unreadable` for what contradicts itself */
export function understand(line: PostLine, where: string): EverydayPost {
	const { id, lang, half, slice, of = null, text } = line;
	const fail = (what: string) => unreadable(`${where} (${id}): ${what}`);
	if (!id.startsWith(`${lang}-`)) throw fail(`the id of a post in "${lang}" begins with ${lang}-`);
	if (!(TOPICS as readonly string[]).includes(slice[0]!))
		throw fail(`the first slice is the topic, one of ${TOPICS.join(", ")}`);
	const names = line.names.map((name) => locate(text, name, fail));
	const spans = new Set<string>();
	for (const { start, end, text } of names) {
		if (spans.has(`${start} ${end}`)) throw fail(`"${text}" stands there twice at one place`);
		spans.add(`${start} ${end}`);
	}
	const relations = line.relations.map((relation) => resolve(names, relation, fail));
	return { id, lang, half, slice, of, text, names, relations };
}

type Fail = (what: string) => Failure;

function locate(
	text: string,
	{ text: name, at = 0, types, also = [], optional = false }: PostLine["names"][number],
	fail: Fail,
): ExpectedName {
	const found = textsIn(text, name);
	const main = found[at];
	if (main === undefined)
		throw fail(
			`"${name}" occurs ${found.length} times as whole words, so there is no occurrence ${at} (they count from 0)`,
		);
	const others = also.map((other) => {
		const overlapping = textsIn(text, other).filter(({ start, end }) => start < main.end && main.start < end);
		if (overlapping.length !== 1)
			throw fail(`"${other}" (also) overlaps "${name}" ${overlapping.length} times, expected once`);
		return overlapping[0]!;
	});
	return { text: name, ...main, types, extents: [main, ...others], optional };
}

function resolve(
	names: readonly ExpectedName[],
	{ head, tail, types, optional = false }: PostLine["relations"][number],
	fail: Fail,
): ExpectedRelation {
	const [heads = [], tails = []] = [head, tail].map((end) => {
		const mentions = names.flatMap(({ text }, index) => (text === end ? [index] : []));
		if (mentions.length === 0) throw fail(`the relation's end "${end}" is not a name of the post`);
		return mentions;
	});
	if (head === tail) throw fail(`"${head}" has a relation with itself`);
	const typesOf = (mentions: readonly number[]) => mentions.flatMap((index) => names[index]!.types);
	for (const type of types) {
		const fits = RELATION_SIGNATURES[type]!.some(
			([first, second]) => typesOf(heads).includes(first) && typesOf(tails).includes(second),
		);
		if (!fits) throw fail(`"${head}" and "${tail}" have no types that "${type}" joins`);
	}
	return { heads, tails, types, optional };
}

const unreadable = (what: string, cause?: unknown) => new Failure("input-unreadable", `${what}.`, { cause });
