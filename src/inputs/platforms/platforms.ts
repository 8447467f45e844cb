/** The table of platforms, and how a record of any of them becomes posts. */
import type { JsonRecord, ReadOptions } from "../types.ts";
import { blueskyOther, blueskyPage, blueskyPost } from "./bluesky.ts";
import { readGeneric } from "./generic.ts";
import { activityPub, mastodonStatus } from "./mastodon.ts";
import type { Platform, PlatformPost, PlatformTools } from "./platform.ts";
import { redditListing, redditRecord } from "./reddit.ts";
import { xArchive, xPage, xPost } from "./x.ts";
import { youtubeComment, youtubeDownloaded, youtubePage, youtubeThread } from "./youtube.ts";
import { zeeschuimer } from "./zeeschuimer.ts";

/** The first that recognises a record reads it. */
const PLATFORMS: readonly Platform[] = [
	zeeschuimer,
	xArchive,
	activityPub,
	mastodonStatus,
	blueskyPost,
	blueskyOther,
	blueskyPage,
	redditListing,
	youtubePage,
	youtubeThread,
	youtubeComment,
	youtubeDownloaded,
	xPage,
	xPost,
	redditRecord,
];

/** Records inside each other that are followed: answers to answers. */
const MAX_NESTING = 200;

type RecordReading =
	| PlatformPost
	| { readonly leftOut: string }
	| { readonly noText: JsonRecord }
	| { readonly own: JsonRecord };

/**
 * The posts in a record, those in its lists included.
 * Where a person chose fields, platforms are not asked.
 */
export function* readRecord(
	record: JsonRecord,
	{ columns = {}, isOwn }: Pick<ReadOptions, "columns" | "isOwn">,
	tools: PlatformTools,
): Generator<RecordReading, void> {
	const pending: { readonly record: JsonRecord; readonly depth: number }[] = [{ record, depth: 0 }];
	for (let next = pending.pop(); next; next = pending.pop()) {
		const platform = columns.text === undefined ? PLATFORMS.find((one) => one.recognises(next!.record)) : undefined;
		if (!platform && isOwn?.(next.record)) {
			yield { own: next.record };
			continue;
		}
		const reading = platform ? platform.read(next.record, tools) : readGeneric(next.record, columns);
		if (reading.leftOut !== undefined) yield { leftOut: reading.leftOut };
		for (const post of reading.posts ?? []) yield post;
		const { depth } = next;
		if (depth < MAX_NESTING)
			for (const inner of [...(reading.records ?? [])].reverse()) pending.push({ record: inner, depth: depth + 1 });
		if (reading.leftOut === undefined && !reading.posts?.length && !reading.records?.length)
			yield { noText: next.record };
	}
}
