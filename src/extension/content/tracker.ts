/** Goes in: a page that re-renders as it likes. Comes out: which posts it holds now, and which of them are on the screen. */
import type { SiteAdapter } from "../adapters/types.ts";

export interface Tracker {
	/** Every post of the page, by its element. */
	readonly posts: ReadonlySet<Element>;
	readonly onScreen: ReadonlySet<Element>;
	/** Looks again at once. */
	scan(): void;
	stop(): void;
}

/** A feed changes hundreds of times a second while it loads; people do not see more than this. */
const SCAN_EVERY_MS = 200;

/** @param onChange posts moved on or off the screen, and, where `changed`, the page itself did: posts came, went, or hold something else */
export function createTracker(
	adapter: SiteAdapter,
	onChange: (changed: boolean) => void,
	page: Document = document,
): Tracker {
	const posts = new Set<Element>();
	const onScreen = new Set<Element>();
	let timer: ReturnType<typeof setTimeout> | undefined;

	const seen = new IntersectionObserver((entries) => {
		for (const { target, isIntersecting } of entries) {
			if (isIntersecting && posts.has(target)) onScreen.add(target);
			else onScreen.delete(target);
		}
		onChange(false);
	});

	/** Asks the page for its posts instead of following each change: what is on the page is the truth. */
	function scan(): void {
		clearTimeout(timer);
		timer = undefined;
		const found = new Set(adapter.find(page));
		for (const post of posts) {
			if (found.has(post)) continue;
			posts.delete(post);
			onScreen.delete(post);
			seen.unobserve(post);
		}
		for (const post of found) {
			if (posts.has(post)) continue;
			posts.add(post);
			seen.observe(post);
		}
		onChange(true);
	}

	const schedule = () => {
		if (timer === undefined && page.visibilityState === "visible") timer = setTimeout(scan, SCAN_EVERY_MS);
	};
	const changes = new MutationObserver(schedule);
	// Attributes are left out, but for pictures that get their address late: sites flip classes with every hover.
	changes.observe(page, {
		childList: true,
		characterData: true,
		subtree: true,
		attributes: true,
		attributeFilter: ["src", "srcset"],
	});
	page.addEventListener("visibilitychange", schedule);
	scan();

	return {
		posts,
		onScreen,
		scan,
		stop() {
			clearTimeout(timer);
			changes.disconnect();
			seen.disconnect();
			page.removeEventListener("visibilitychange", schedule);
			posts.clear();
			onScreen.clear();
		},
	};
}
