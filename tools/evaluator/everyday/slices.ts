/** Kinds of everyday posts and of their names, by which judgements are told apart. */
import type { EverydayPost, ExpectedName } from "./posts.ts";
import { wasSeen } from "./seen.ts";

export interface Slice<T> {
	readonly group: string;
	readonly name: string;
	has(item: T): boolean;
}

const EMOJI = /\p{Extended_Pictographic}|\p{Regional_Indicator}/u;
const EDGE = /[^\p{L}\p{N}]/gu;

/** "lower case", "capitals" or "usual". Handles, hashtags and links say nothing; neither do scripts without case. */
export function caseOf(text: string): "lower case" | "capitals" | "usual" {
	const plain = text.replace(/(?:[@#]|https?:)\S+/gu, "");
	if (plain.toLowerCase() === plain.toUpperCase()) return "usual";
	return plain === plain.toLowerCase() ? "lower case" : plain === plain.toUpperCase() ? "capitals" : "usual";
}

const required = ({ names }: EverydayPost) => names.filter(({ optional }) => !optional);

/** Whether nothing but punctuation, marks and handles stands before a name. */
export function isFirstWord({ text }: Pick<EverydayPost, "text">, { start }: Pick<ExpectedName, "start">): boolean {
	return text.slice(0, start).replace(/@\S+/gu, "").replace(EDGE, "") === "";
}

const hasFirst = (post: EverydayPost) => required(post).some((name) => isFirstWord(post, name));

const FIXED: readonly Slice<EverydayPost>[] = [
	...(["usual", "lower case", "capitals"] as const).map((name) => ({
		group: "case",
		name,
		has: ({ text }: EverydayPost) => caseOf(text) === name,
	})),
	{ group: "names", name: "none", has: (post) => required(post).length === 0 },
	{ group: "names", name: "one", has: (post) => required(post).length === 1 },
	{ group: "names", name: "two", has: (post) => required(post).length === 2 },
	{ group: "names", name: "three or more", has: (post) => required(post).length > 2 },
	{ group: "position", name: "a name is the first word", has: hasFirst },
	{ group: "position", name: "no name is the first word", has: (post) => required(post).length > 0 && !hasFirst(post) },
	{ group: "form", name: "hashtag", has: ({ text }) => /#\p{L}/u.test(text) },
	{ group: "form", name: "handle", has: ({ text }) => /@[\p{L}\p{N}]/u.test(text) },
	{ group: "form", name: "emoji", has: ({ text }) => EMOJI.test(text) },
];

/** Slices with at least one of the posts. @param seen names of a training, or null */
export function postSlices(posts: readonly EverydayPost[], seen: ReadonlySet<string> | null): Slice<EverydayPost>[] {
	const values = (of: (post: EverydayPost) => readonly string[]) => [...new Set(posts.flatMap(of))].sort();
	const slices: Slice<EverydayPost>[] = [
		...values(({ lang }) => [lang]).map((name) => ({
			group: "language",
			name,
			has: ({ lang }: EverydayPost) => lang === name,
		})),
		...FIXED,
		...(seen === null ? [] : seenSlices(seen)),
		...values(({ slice }) => slice.slice(1)).map((name) => ({
			group: "shows",
			name,
			has: ({ slice }: EverydayPost) => slice.slice(1).includes(name),
		})),
		...values(({ slice }) => [slice[0]!]).map((name) => ({
			group: "topic",
			name,
			has: ({ slice }: EverydayPost) => slice[0] === name,
		})),
	];
	return slices.filter(({ has }) => posts.some(has));
}

function seenSlices(seen: ReadonlySet<string>): Slice<EverydayPost>[] {
	const unseen = (post: EverydayPost) => required(post).some((name) => !wasSeen(seen, name));
	return [
		{ group: "training", name: "every name seen", has: (post) => required(post).length > 0 && !unseen(post) },
		{ group: "training", name: "some name unseen", has: unseen },
	];
}

/** An expected name beside its post. */
export interface NameInPost {
	readonly post: EverydayPost;
	readonly name: ExpectedName;
}

/** @param seen names of a training, or null */
export function nameSlices(seen: ReadonlySet<string> | null): Slice<NameInPost>[] {
	return [
		{ group: "all", name: "all", has: () => true },
		...["person", "location", "organization", "miscellaneous"].map((type) => ({
			group: "type",
			name: type,
			has: ({ name }: NameInPost) => name.types[0] === type,
		})),
		{ group: "position", name: "first word", has: ({ post, name }) => isFirstWord(post, name) },
		{ group: "position", name: "elsewhere", has: ({ post, name }) => !isFirstWord(post, name) },
		...(seen === null
			? []
			: [
					{ group: "training", name: "seen", has: ({ name }: NameInPost) => wasSeen(seen, name) },
					{ group: "training", name: "unseen", has: ({ name }: NameInPost) => !wasSeen(seen, name) },
				]),
	];
}
