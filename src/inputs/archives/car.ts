/** Reads a repository of Bluesky (.car): the posts that its tree of records names, in the order of their keys. */
import { Failure } from "../../core/failure.ts";
import { nameOf, wholeFile } from "../files.ts";
import { readBlueskyPost } from "../platforms/bluesky.ts";
import { asRecord } from "../platforms/fields.ts";
import type { Found, InputFile, JsonRecord, Peek, Reader } from "../types.ts";

const POSTS = "app.bsky.feed.post/";
/** Records of a repository, and levels of its tree. */
const MAX_RECORDS = 10_000_000;
const MAX_LEVELS = 64;

/** A block of the repository by its address, decoded. */
type Blocks = (address: unknown) => Promise<JsonRecord | null>;

async function* readCar(file: InputFile): AsyncGenerator<Found, void> {
	const { roots, block } = await openCar(file);
	const commit = await block(roots[0]);
	if (commit === null) throw new Failure("input-format", `${file.path} has no root: export the repository again.`);
	const owner = typeof commit.did === "string" ? commit.did : nameOf(file.path);
	const others = new Map<string, number>();
	let count = 0;
	for await (const { key, value } of leavesOf(commit.data, block, file.path, 0)) {
		if (++count > MAX_RECORDS)
			throw new Failure("import-too-large", `${file.path} holds more than ${MAX_RECORDS} records.`);
		if (!key.startsWith(POSTS)) {
			const collection = key.split("/")[0] ?? "";
			others.set(collection, (others.get(collection) ?? 0) + 1);
			continue;
		}
		yield await foundIn(file.path, count, key, owner, await block(value));
	}
	const named = [...others].map(([name, number]) => `${name} ${number}`).join(", ");
	if (others.size > 0) yield { kind: "note", text: `Other records of ${nameOf(file.path)} were left out: ${named}.` };
}

async function foundIn(
	path: string,
	line: number,
	key: string,
	owner: string,
	record: JsonRecord | null,
): Promise<Found> {
	const id = `at://${owner}/${key}`;
	const [post] = record ? (readBlueskyPost(record, id).posts ?? []) : [];
	if (record && !post) return { kind: "left-out", why: "Skipped because they have no text" };
	if (!post) {
		const what = `${nameOf(path)}, record ${line} (${key.slice(0, 80)}) is missing or damaged.`;
		return { kind: "failed", id, line, failure: { code: "input-record", what } };
	}
	return { kind: "post", ...post, pictures: post.pictures ?? [], source: { file: path, line } };
}

async function openCar(file: InputFile): Promise<{ readonly roots: readonly unknown[]; readonly block: Blocks }> {
	const [{ CarBufferReader }, cbor] = await Promise.all([import("@ipld/car/buffer-reader"), import("@ipld/dag-cbor")]);
	const bytes = await wholeFile(file);
	try {
		const reader = CarBufferReader.fromBytes(bytes);
		const places = new Map<string, Uint8Array>();
		for (const { cid, bytes: content } of reader.blocks()) places.set(String(cid), content);
		return {
			roots: reader.getRoots(),
			block: async (address) => {
				const content = places.get(String(address));
				try {
					return content ? asRecord(cbor.decode(content)) : null;
				} catch {
					return null;
				}
			},
		};
	} catch (cause) {
		throw new Failure("input-format", `${file.path} is damaged or breaks off: it is not a whole .car file.`, { cause });
	}
}

interface Leaf {
	readonly key: string;
	readonly value: unknown;
}

/** Leaves of the tree in order: a node has entries, each with a key that shares letters with the one before it. */
async function* leavesOf(address: unknown, block: Blocks, path: string, level: number): AsyncGenerator<Leaf, void> {
	if (address === null || address === undefined) return;
	const node = await block(address);
	if (node === null || !Array.isArray(node.e) || level > MAX_LEVELS)
		throw new Failure("input-format", `${path} is not a whole repository: a part of its tree is missing.`);
	yield* leavesOf(node.l, block, path, level + 1);
	let before = new Uint8Array();
	for (const item of node.e as unknown[]) {
		const entry = asRecord(item);
		const rest = entry?.k;
		if (!(rest instanceof Uint8Array) || typeof entry?.p !== "number" || !(entry.p <= before.length)) continue;
		before = Uint8Array.from([...before.subarray(0, entry.p), ...rest.subarray(0, 1024)]);
		yield { key: new TextDecoder().decode(before), value: entry.v };
		yield* leavesOf(entry.t, block, path, level + 1);
	}
}

export const car = {
	title: "a repository of Bluesky (CAR)",
	recognises: ({ bytes, ending }: Peek) =>
		ending === "car" || /^.{1,3}\xa2\x65roots/s.test(latin(bytes.subarray(0, 64))),
	read: readCar,
} satisfies Reader;

const latin = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
