/** Sends the text and picture of a post to the engine and turns the answer into what the card shows. */
import { type MessageKey, t } from "../common/i18n.ts";
import type { Stage } from "../common/messages.ts";
import type { Reading } from "./card.ts";
import type { Jobs } from "./jobs.ts";
import { readPicture } from "./picture.ts";
import type { Content } from "./post.ts";

interface ReadCall {
	/** The person clicked and waits: this post goes first. */
	readonly requested: boolean;
	readonly signal: AbortSignal;
	/** @param progress what the engine does now, for people */
	readonly onProgress: (progress: string) => void;
}

const STAGE_MESSAGES: Readonly<Record<Stage, MessageKey>> = {
	runtime: "stageRuntime",
	download: "stageDownload",
	verify: "stageVerify",
	sessions: "stageSessions",
	image: "stageImage",
	regions: "stageRegions",
	encode: "stageEncode",
	decode: "stageDecode",
	parts: "stageParts",
};

/** Never rejects: a failure is a reading of its own. */
export async function readContent(
	jobs: Jobs,
	{ text, picture, origin }: Content,
	{ requested, signal, onProgress }: ReadCall,
): Promise<Reading> {
	try {
		const read = picture && (await readPicture(picture, signal));
		const notes: MessageKey[] = [];
		if (read && !read.ok) notes.push(read.why === "protected" ? "pictureProtected" : "pictureBroken");
		if (text.cut) notes.push("textCut");
		const request = { text: text.text, image: read?.ok ? read.base64 : null, origin, requested };
		const result = await jobs.extract(request, signal, (stage) => onProgress(t(STAGE_MESSAGES[stage])));
		return { kind: "done", result, notes };
	} catch (error) {
		return { kind: "failed", error };
	}
}
