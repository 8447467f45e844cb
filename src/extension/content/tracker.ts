/** Tracks which posts a page holds now, and which of them are on the screen, however the page re-renders. */
import type { SiteAdapter } from "../adapters/types.ts";

export interface Tracker {
	/** Every post of the page, by its element. */
	readonly posts: ReadonlySet<Element>;
	readonly onScreen: ReadonlySet<Element>;
	stop(): void;
}

/** A feed changes hundreds of times a second while it loads; people see no difference below this. */
const SCAN_EVERY_MS = 200;

/**
 * @param onChange called when posts moved onto or off the screen; `changed`: the page itself may have changed, so posts
 * may have come, gone or got other content
 */
export function createTracker(
	adapter: SiteAdapter,
	onChange: (changed: boolean) => void,
	page: Document = document,
): Tracker {
	const posts = new Set<Element>();
	const onScreen = new Set<Element>();
	let timer: ReturnType<typeof setTimeout> | undefined;

	const visibility = new IntersectionObserver((entries) => {
		for (const { target, isIntersecting } of entries) {
			if (isIntersecting && posts.has(target)) onScreen.add(target);
			else onScreen.delete(target);
		}
		onChange(false);
	});

	/** Looks for all posts again instead of following each change, so that nothing is missed. */
	function scan(): void {
		clearTimeout(timer);
		timer = undefined;
		const found = new Set(adapter.find(page));
		for (const post of posts) {
			if (found.has(post)) continue;
			posts.delete(post);
			onScreen.delete(post);
			visibility.unobserve(post);
		}
		for (const post of found) {
			if (posts.has(post)) continue;
			posts.add(post);
			visibility.observe(post);
		}
		onChange(true);
	}

	const scheduleScan = () => {
		if (timer === undefined && page.visibilityState === "visible") timer = setTimeout(scan, SCAN_EVERY_MS);
	};
	const changes = new MutationObserver(scheduleScan);
	// Sites change classes with every hover, so the only attributes watched are those of pictures that load late.
	changes.observe(page, {
		childList: true,
		characterData: true,
		subtree: true,
		attributes: true,
		attributeFilter: ["src", "srcset"],
	});
	page.addEventListener("visibilitychange", scheduleScan);
	scan();

	return {
		posts,
		onScreen,
		stop() {
			clearTimeout(timer);
			changes.disconnect();
			visibility.disconnect();
			page.removeEventListener("visibilitychange", scheduleScan);
			posts.clear();
			onScreen.clear();
		},
	};
}
