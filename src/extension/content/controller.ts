/** Runs the overlay on one page: it connects the feed, the reading of posts and their display, and fulfils wishes. */
import type { AllowedTypes } from "../../core/sensitive.ts";
import type { SiteAdapter } from "../adapters/types.ts";
import type { MessageKey } from "../common/i18n.ts";
import type { Wish } from "../common/messages.ts";
import { createFeed, type Feed } from "./feed.ts";
import type { Jobs } from "./jobs.ts";
import type { Overlay } from "./overlay.ts";
import { createPainter } from "./painter.ts";
import { createPlacement } from "./placement.ts";
import { createPostRegistry, type PagePost, type PostRegistry } from "./post-registry.ts";
import { createScheduler } from "./scheduler.ts";
import type { Shown } from "./shown.ts";
import { createStage } from "./stage.ts";
import { fulfilWish } from "./wishes.ts";

export interface Controller {
	/** Shows buttons on the posts of the feed. @param automatic posts on the screen are read without a click */
	watch(automatic: boolean): void;
	/** Shows these sensitive types, too, and no others, in all posts. */
	allow(types: AllowedTypes): void;
	fulfil(wish: Wish): void;
	status(): { readonly posts: number; readonly done: number; readonly trouble: MessageKey | null };
	/** Ends all work and leaves the page as it was. */
	stop(): void;
}

interface ControllerParts {
	readonly adapter: SiteAdapter;
	readonly overlay: Overlay;
	readonly jobs: Jobs;
}

export function createController({ adapter, overlay, jobs }: ControllerParts): Controller {
	let trouble: MessageKey | null = null;
	const events = new AbortController();
	const onRefused = () => {
		trouble = "troubleRemoved";
	};
	const { shown, placement, stage, posts, scheduler, feed, press } = connect({ adapter, overlay, jobs }, onRefused);
	followVisibility(feed, scheduler, events.signal);
	return {
		watch(automatic) {
			scheduler.automatic = automatic;
			feed.follow();
		},
		allow(types) {
			shown.allowed = types;
			for (const post of posts.all()) stage.draw(post);
			placement.schedule();
		},
		fulfil(wish) {
			trouble = fulfilWish(wish, { site: adapter.id, posts, press });
		},
		status() {
			return { posts: feed.size, done: posts.countDone(), trouble: trouble ?? feedTrouble(adapter, feed, posts) };
		},
		stop() {
			feed.stop();
			events.abort();
			placement.stop();
			stage.clear();
			overlay.remove();
			jobs.close();
		},
	};
}

/** Makes the parts of the overlay and tells each what the others do. @param onRefused the page removed the overlay */
function connect({ adapter, overlay, jobs }: ControllerParts, onRefused: () => void) {
	const painter = createPainter(overlay, () => placement.schedule());
	const shown: Shown = { allowed: [] };
	const stage = createStage<PagePost>(overlay, painter, shown, {
		onPress: press,
		onRetry: (post) => void scheduler.read(post, true),
		onClosed,
	});
	const placement = createPlacement(
		() => stage.place(),
		() => painter.scrolled(overlay.origin()),
	);
	const posts = createPostRegistry(adapter, stage);
	const scheduler = createScheduler({ posts, stage, jobs, onDrawn: placement.schedule });
	const feed = createFeed({ adapter, overlay, posts, stage, onChange, onRefused });

	function press(post: PagePost): void {
		if (stage.opened === post) {
			stage.close();
			return;
		}
		// Closing the last standalone card took the overlay off the page.
		overlay.keep();
		stage.open(post);
		if (post.reading.kind === "idle") void scheduler.read(post, true);
		placement.schedule();
	}

	function onClosed(post: PagePost): void {
		if (post.standalone || !feed.isVisible(post.element)) posts.forget(post);
		if (!feed.isFollowed && posts.all().length === 0) overlay.remove();
	}

	function onChange(): void {
		placement.schedule();
		scheduler.readNext();
	}

	return { shown, placement, stage, posts, scheduler, feed, press };
}

/** A hidden tab does no work. */
function followVisibility(feed: Feed, scheduler: ReturnType<typeof createScheduler>, signal: AbortSignal): void {
	const onVisibility = () => (document.visibilityState === "visible" ? feed.refresh() : scheduler.pause());
	document.addEventListener("visibilitychange", onVisibility, { signal });
}

/** The page of a known site on which no post is recognised may have new markup. */
function feedTrouble({ id }: SiteAdapter, feed: Feed, posts: PostRegistry): MessageKey | null {
	if (!feed.isFollowed || id === "generic") return null;
	return feed.size === 0 || (feed.isSeen && posts.all().length === 0) ? "troubleNoPosts" : null;
}
