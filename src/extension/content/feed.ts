/** Follows the feed: posts that come onto the screen are shown, posts that leave it are forgotten. */
import type { SiteAdapter } from "../adapters/types.ts";
import type { Overlay } from "./overlay.ts";
import type { PagePost, PostRegistry } from "./post-registry.ts";
import type { Stage } from "./stage.ts";
import { createTracker, type Tracker } from "./tracker.ts";

export interface Feed {
	readonly isFollowed: boolean;
	/** Posts that the page holds now, on the screen or not. */
	readonly size: number;
	/** Elements that look like posts are on the screen, readable or not. */
	readonly isSeen: boolean;
	isVisible(element: Element): boolean;
	/** Begins to follow, or reads all shown posts again. */
	follow(): void;
	/** Reads the shown posts again, if the feed is followed: the tab is visible again. */
	refresh(): void;
	/** Stops following and forgets every post. */
	stop(): void;
}

interface FeedParts {
	readonly adapter: SiteAdapter;
	readonly overlay: Overlay;
	readonly posts: PostRegistry;
	readonly stage: Stage<PagePost>;
	/** Posts came, went or changed. */
	readonly onChange: () => void;
	/** The page keeps removing the overlay; the feed is not followed any more. */
	readonly onRefused: () => void;
}

export function createFeed({ adapter, overlay, posts, stage, onChange, onRefused }: FeedParts): Feed {
	let tracker: Tracker | null = null;

	function stop(): void {
		tracker?.stop();
		tracker = null;
		posts.forgetAll();
	}

	/** @param changed the page's content may have changed: posts that are shown are read again */
	function reconcile(changed: boolean): void {
		if (!tracker || document.visibilityState !== "visible") return;
		if (!overlay.keep()) {
			stop();
			onRefused();
			return;
		}
		for (const post of posts.all()) if (isGone(post, tracker)) posts.forget(post);
		for (const element of tracker.onScreen) if (changed || !posts.has(element)) posts.refresh(element);
		onChange();
	}

	/** A post whose card is open stays while it is off the screen: the person looks at it, or waits for it. */
	function isGone(post: PagePost, { posts: found, onScreen }: Tracker): boolean {
		if (!post.element.isConnected) return true;
		if (post.standalone) return false;
		return !found.has(post.element) || (!onScreen.has(post.element) && stage.opened !== post);
	}

	return {
		get isFollowed() {
			return tracker !== null;
		},
		get size() {
			return tracker?.posts.size ?? 0;
		},
		get isSeen() {
			return (tracker?.onScreen.size ?? 0) > 0;
		},
		isVisible: (element) => tracker?.onScreen.has(element) === true,
		follow() {
			tracker ??= createTracker(adapter, reconcile);
			reconcile(true);
		},
		refresh: () => reconcile(true),
		stop,
	};
}
