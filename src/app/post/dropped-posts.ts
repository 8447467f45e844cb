/** Reads dropped files as posts: one is put into the fields, a document's text too; several are for the other view. */
import { Failure } from "../../core/failure.ts";
import { MAX_TEXT } from "../../core/limits.ts";
import { fileOfBlob, nameOf, wholeFile } from "../../inputs/files.ts";
import { type InputPost, openInputs } from "../../inputs/inputs.ts";
import { t } from "../../messages/app.ts";
import type { Action } from "../state/state.ts";
import { findPdfWorker } from "./pdf-worker.ts";

export interface DroppedPosts {
	readonly actions: readonly Action[];
	/** There are several: the files belong in the view of many posts. */
	readonly areMany: boolean;
}

/** @throws Failure where no file holds posts */
export async function readDroppedPosts(files: readonly File[]): Promise<DroppedPosts> {
	findPdfWorker();
	const inputs = await openInputs(files.map(fileOfBlob));
	const document = inputs.sources.length === 1 && inputs.sources[0]?.reader.isDocument === true;
	const posts: InputPost[] = [];
	let length = 0;
	for await (const found of inputs.posts()) {
		if (found.kind !== "post") continue;
		posts.push(found);
		length += found.text.length + 2;
		if (document ? length > MAX_TEXT : posts.length > 1) break;
	}
	const [first] = posts;
	const name = files[0]?.name ?? "";
	if (!first && !document) throw new Failure("import-format", `${name} has no post with a text.`);
	if (!first) return { actions: [{ type: "notice", text: t("incoming.noText", { name }) }], areMany: false };
	if (!document && posts.length > 1)
		return { actions: [{ type: "notice", text: t("incoming.many", { name }) }], areMany: true };
	const text = posts.map((post) => post.text).join("\n\n");
	const actions: Action[] = [{ type: "text", text: text.length > MAX_TEXT ? startOf(text) : text }];
	if (first.picture) {
		const bytes = new Uint8Array(await wholeFile(first.picture));
		actions.push({ type: "picture", picture: { name: nameOf(first.picture.path), bytes } });
	}
	if (text.length > MAX_TEXT) actions.push({ type: "notice", text: t("incoming.cut", { name }) });
	return { actions, areMany: false };
}

/** As much as a post may have, up to the end of a paragraph, a line or a word. */
function startOf(text: string): string {
	const start = text.slice(0, MAX_TEXT);
	const end = [/\n\n(?!.*\n\n)/s, /\n(?!.*\n)/s, /\s(?=\S*$)/].map((pattern) => start.search(pattern));
	return start.slice(0, end.find((at) => at > MAX_TEXT / 2) ?? MAX_TEXT);
}
