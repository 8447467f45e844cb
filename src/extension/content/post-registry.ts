/** Keeps the posts that the overlay shows, one for each element, and the results of posts that were read before. */
import type { SiteAdapter } from "../adapters/types.ts";
import { createRecent } from "../common/recent.ts";
import type { Reading } from "./card.ts";
import { type Content, contentOf, isSameContent } from "./post.ts";
import type { ShownPost } from "./shown.ts";
import type { Stage } from "./stage.ts";

export interface PagePost extends ShownPost {
	/** Cancels the extraction that runs for this post; null when none runs. */
	running: AbortController | null;
	/** Requested from a menu or with a key, not a post of the feed: it goes when its card is closed. */
	readonly standalone: boolean;
}

export interface PostRegistry {
	all(): PagePost[];
	has(element: Element): boolean;
	/** Posts whose result is shown. */
	countDone(): number;
	/** Reads an element of the feed again. The post is drawn when its content changed, and goes when it has none. */
	refresh(element: Element): void;
	/** Adds a standalone post, in place of the post that the element held. */
	addStandalone(element: Element, content: Content): PagePost;
	/** Keeps a finished reading: the same content is not read twice on this page. */
	remember(post: PagePost, reading: Reading): void;
	/** Cancels the post's extraction and takes everything of the post off the page. */
	forget(post: PagePost): void;
	forgetAll(): void;
}

/** Readings kept on the page: a post that is scrolled back to shows its result at once. */
const MAX_READINGS = 200;
export const IDLE: Reading = { kind: "idle" };

export function createPostRegistry(adapter: SiteAdapter, stage: Stage<PagePost>): PostRegistry {
	const posts = new Map<Element, PagePost>();
	const readings = createRecent<Reading>(MAX_READINGS);

	function forget(post: PagePost): void {
		cancel(post);
		posts.delete(post.element);
		stage.drop(post);
	}

	return {
		all: () => [...posts.values()],
		has: (element) => posts.has(element),
		countDone: () => [...posts.values()].filter(({ reading }) => reading.kind === "done").length,
		refresh(element) {
			const known = posts.get(element);
			if (known?.standalone) return;
			const content = contentOf(adapter.read(element), adapter);
			if (!content) {
				if (known) forget(known);
				return;
			}
			if (known && isSameContent(known.content, content)) return;
			const post = known ?? { element, content, reading: IDLE, running: null, standalone: false };
			// The same text in new nodes keeps its reading; only the marks move.
			if (known?.content.key !== content.key) {
				cancel(post);
				post.reading = readings.get(content.key) ?? IDLE;
			}
			post.content = content;
			posts.set(element, post);
			stage.draw(post);
		},
		addStandalone(element, content) {
			const known = posts.get(element);
			if (known) forget(known);
			const post: PagePost = { element, content, reading: IDLE, running: null, standalone: true };
			posts.set(element, post);
			return post;
		},
		remember: ({ content }, reading) => readings.set(content.key, reading),
		forget,
		forgetAll() {
			for (const post of [...posts.values()]) forget(post);
		},
	};
}

/** Ends the post's running extraction, if there is one. */
export function cancel(post: PagePost): void {
	post.running?.abort();
	post.running = null;
}

/** The post nearest to the middle of the window, where people read. */
export function nearestToMiddle(posts: readonly PagePost[]): PagePost | undefined {
	const middle = innerHeight / 2;
	const distanceOf = ({ element }: PagePost) => {
		const { top, bottom } = element.getBoundingClientRect();
		return Math.max(0, top - middle, middle - bottom);
	};
	return posts.map((post) => ({ post, distance: distanceOf(post) })).sort((a, b) => a.distance - b.distance)[0]?.post;
}
