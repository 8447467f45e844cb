/** Goes in: a page, its adapter, and what the person wishes. Comes out: posts read and shown, and nothing left of it when stopped. */
import { MAX_TEXT } from "../../core/limits.ts";
import { generic, mainElement, pictureAt, pictureParts } from "../adapters/generic.ts";
import type { SiteAdapter } from "../adapters/types.ts";
import type { MessageKey } from "../common/i18n.ts";
import type { Wish } from "../common/messages.ts";
import { createRecent } from "../common/recent.ts";
import type { Reading } from "./card.ts";
import type { Jobs } from "./jobs.ts";
import type { Overlay } from "./overlay.ts";
import type { Painter } from "./painters.ts";
import { readPicture } from "./picture.ts";
import { type Content, contentOf, contentWith } from "./post.ts";
import { selectedText } from "./post-text.ts";
import { createStage, type Shown } from "./stage.ts";
import { createTracker, type Tracker } from "./tracker.ts";

export interface Controller {
	/** Buttons on posts, and whether visible posts are read without a click. */
	watch(auto: boolean): void;
	wish(wish: Wish): void;
	status(): { readonly posts: number; readonly done: number; readonly trouble: MessageKey | null };
	stop(): void;
}

interface Post extends Shown {
	stop: AbortController | null;
	/** Asked for from a menu, not a post of the feed: gone when its card is closed. */
	readonly loose: boolean;
}

/** Readings kept on the page: what is scrolled back to is there at once. */
const MOST_READINGS = 200;
/** Every frame of scrolling would cost 3 ms of script on a slow machine. */
const SETTLE_MS = 100;
const IDLE: Reading = { kind: "idle" };

export interface ControllerParts {
	readonly adapter: SiteAdapter;
	readonly overlay: Overlay;
	readonly painter: Painter;
	readonly jobs: Jobs;
}

export function createController({ adapter, overlay, painter, jobs }: ControllerParts): Controller {
	const posts = new Map<Element, Post>();
	const known = createRecent<Reading>(MOST_READINGS);
	const events = new AbortController();
	let tracker: Tracker | null = null;
	let auto = false;
	let trouble: MessageKey | null = null;
	let frame = 0;
	let settling: ReturnType<typeof setTimeout> | undefined;

	const stage = createStage(overlay, painter, {
		onPress: (post) => press(post as Post),
		onRetry: (post) => void read(post as Post, true),
		onClosed: (post) => closed(post as Post),
	});

	function press(post: Post): void {
		if (stage.opened === post) {
			stage.close();
			return;
		}
		stage.open(post);
		if (post.reading.kind === "idle") void read(post, true);
		schedulePlace();
	}

	function closed(post: Post): void {
		if (post.loose || !tracker?.onScreen.has(post.element)) forget(post);
		if (!tracker && posts.size === 0) overlay.remove();
	}

	/** Reads one post; its failure is what is shown. */
	async function read(post: Post, asked: boolean): Promise<void> {
		post.stop?.abort();
		const stop = new AbortController();
		post.stop = stop;
		show(post, { kind: "running", what: "" });
		const { content } = post;
		const reading = await readContent(content, asked, stop.signal, (what) => {
			if (post.stop === stop) show(post, { kind: "running", what });
		});
		if (post.stop !== stop) return;
		post.stop = null;
		if (reading.kind === "done") known.set(content.key, reading);
		show(post, reading);
		pump();
	}

	async function readContent(
		{ text, picture, origin }: Content,
		asked: boolean,
		signal: AbortSignal,
		onProgress: (what: string) => void,
	): Promise<Reading> {
		try {
			const seen = picture && (await readPicture(picture, signal));
			const notes: MessageKey[] = [];
			if (seen && !seen.ok) notes.push(seen.why === "protected" ? "pictureProtected" : "pictureBroken");
			if (text.cut) notes.push("textCut");
			const result = await jobs.extract(
				{ text: text.text, image: seen?.ok ? seen.base64 : null, origin, asked },
				signal,
				onProgress,
			);
			return { kind: "done", result, notes };
		} catch (error) {
			return { kind: "failed", error };
		}
	}

	function show(post: Post, reading: Reading): void {
		post.reading = reading;
		stage.draw(post);
		schedulePlace();
	}

	/** Its work ends, and everything of it leaves the page. */
	function forget(post: Post): void {
		post.stop?.abort();
		post.stop = null;
		posts.delete(post.element);
		stage.drop(post);
	}

	/** A post that came, or whose words or picture changed, is read anew; one that is the same stays as it is. */
	function refresh(of: Element): void {
		const post = posts.get(of);
		if (post?.loose) return;
		const content = contentOf(adapter.read(of), adapter);
		if (!content) {
			if (post) forget(post);
			return;
		}
		if (post && isSame(post.content, content)) return;
		const moved = post?.content.key === content.key;
		const next: Post = post ?? { element: of, content, reading: IDLE, stop: null, loose: false };
		if (!moved) {
			next.stop?.abort();
			next.stop = null;
			next.reading = known.get(content.key) ?? IDLE;
		}
		next.content = content;
		posts.set(of, next);
		stage.draw(next);
	}

	/** @param changed the page is not what it was: posts that are shown are read again */
	function reconcile(changed: boolean): void {
		if (!tracker || document.visibilityState !== "visible") return;
		if (!overlay.keep()) {
			trouble = "troubleRemoved";
			stopWatching();
			return;
		}
		for (const post of [...posts.values()]) {
			const gone = !post.element.isConnected || (!post.loose && !tracker.posts.has(post.element));
			// The card that is open is what the person is looking at, or waiting for.
			if (gone || (!post.loose && !tracker.onScreen.has(post.element) && stage.opened !== post)) forget(post);
		}
		for (const of of tracker.onScreen) if (changed || !posts.has(of)) refresh(of);
		schedulePlace();
		pump();
	}

	/** One post at a time, the one nearest to the middle of the window first: that is where people read. */
	function pump(): void {
		if (!auto || document.visibilityState !== "visible") return;
		const all = [...posts.values()];
		if (all.some(({ stop }) => stop !== null)) return;
		const next = nearest(all.filter(({ reading }) => reading.kind === "idle"));
		if (next) void read(next, false);
	}

	function place(): void {
		cancelAnimationFrame(frame);
		frame = 0;
		stage.place();
	}

	function schedulePlace(): void {
		if (frame === 0) frame = requestAnimationFrame(place);
	}

	/** The overlay scrolls with the page by itself; only what covers a badge has to be looked at again, and that can wait. Columns scroll under it. */
	function onScroll({ target }: Event): void {
		if (target !== document) schedulePlace();
		else if (settling === undefined) settling = setTimeout(settle, SETTLE_MS);
	}

	function settle(): void {
		settling = undefined;
		schedulePlace();
	}

	/** Nothing runs for a tab that nobody sees. */
	function onVisibility(): void {
		if (document.visibilityState === "visible") reconcile(true);
		else rest();
	}

	function rest(): void {
		for (const post of posts.values()) {
			if (!post.stop || stage.opened === post) continue;
			post.stop.abort();
			post.stop = null;
			show(post, IDLE);
		}
	}

	function stopWatching(): void {
		tracker?.stop();
		tracker = null;
		for (const post of [...posts.values()]) forget(post);
	}

	function wishLoose(of: Element | null, content: Content | null): void {
		if (!of || !content) {
			trouble = "troubleNothing";
			return;
		}
		trouble = null;
		const before = posts.get(of);
		if (before) forget(before);
		const post: Post = { element: of, content, reading: IDLE, stop: null, loose: true };
		posts.set(of, post);
		overlay.keep();
		press(post);
	}

	const WISHES: { readonly [Kind in Wish["kind"]]: (wish: Extract<Wish, { kind: Kind }>) => void } = {
		selection() {
			const selection = getSelection();
			const range = selection && selection.rangeCount > 0 ? selection.getRangeAt(0) : null;
			const text = range && selectedText(range, MAX_TEXT);
			const of = range?.commonAncestorContainer;
			const origin = { site: adapter.id, url: document.URL.slice(0, 2000), author: "" };
			wishLoose(
				(of instanceof Element ? of : of?.parentElement) ?? null,
				text?.text.trim() ? contentWith(text, null, origin) : null,
			);
		},
		image({ src }) {
			const image = pictureAt(document, src);
			const parts = image && pictureParts(image);
			const title = { text: document.title, pieces: [], cut: false };
			const origin = { site: adapter.id, url: document.URL.slice(0, 2000), author: "" };
			wishLoose(
				image,
				contentOf(parts, generic) ?? (image && document.title.trim() ? contentWith(title, image, origin) : null),
			);
		},
		page() {
			const main = mainElement(document);
			wishLoose(main, contentOf(generic.read(main), generic));
		},
		here() {
			if (getSelection()?.toString().trim()) return WISHES.selection({ kind: "selection" });
			const post = nearest([...posts.values()]);
			if (post) press(post);
			else WISHES.page({ kind: "page" });
		},
	};

	document.addEventListener("visibilitychange", onVisibility, { signal: events.signal });
	// Captured, because scrolling columns do not let it bubble.
	addEventListener("scroll", onScroll, { capture: true, passive: true, signal: events.signal });
	addEventListener("resize", schedulePlace, { passive: true, signal: events.signal });
	// Pictures and late styles move posts without changing the page's elements.
	document.addEventListener("load", schedulePlace, { capture: true, signal: events.signal });

	return {
		watch(wanted) {
			auto = wanted;
			tracker ??= createTracker(adapter, reconcile);
			reconcile(true);
		},
		wish(wish) {
			(WISHES[wish.kind] as (wish: Wish) => void)(wish);
		},
		status: () => ({
			posts: tracker?.posts.size ?? 0,
			done: [...posts.values()].filter(({ reading }) => reading.kind === "done").length,
			trouble,
		}),
		stop() {
			stopWatching();
			events.abort();
			cancelAnimationFrame(frame);
			clearTimeout(settling);
			stage.clear();
			overlay.remove();
			jobs.close();
		},
	};
}

/** The same words and picture, in the same places of the page. */
function isSame(a: Content, b: Content): boolean {
	const places = a.text.pieces;
	return (
		a.key === b.key && a.picture === b.picture && places.every(({ node }, index) => node === b.text.pieces[index]?.node)
	);
}

function nearest(posts: readonly Post[]): Post | undefined {
	const middle = innerHeight / 2;
	const distance = ({ element }: Post) => {
		const { top, bottom } = element.getBoundingClientRect();
		return Math.max(0, top - middle, middle - bottom);
	};
	return posts.map((post) => ({ post, far: distance(post) })).sort((a, b) => a.far - b.far)[0]?.post;
}
