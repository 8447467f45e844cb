/** The hook of the view of many posts: everything it draws, and everything a person can do with the collection. */
import { useEffect, useRef, useState } from "react";
import type { AllowedTypes } from "../../core/sensitive.ts";
import type { ReadOptions } from "../../inputs/types.ts";
import { ManyPosts, type ManyState, type ManyWork } from "./many-posts.ts";
import type { PostOutcome, PostStore } from "./store.ts";

/** Everything that the view draws. `ledger` and `totals` change in place; `version` counts the changes. */
export interface Many extends Readonly<ManyState> {
	/** Whether the browser keeps the collection. */
	readonly lasting: boolean;
	readonly version: number;
}

export interface ManyCalls {
	load(files: readonly File[], options?: ReadOptions): void;
	/** Stops reading files; what was there stays. */
	stopReading(): void;
	start(): void;
	pause(): void;
	/** Runs the failed posts again. */
	retry(): void;
	/** Forgets all results and starts over, with the current tasks and labels. */
	restart(): void;
	clear(): void;
	outcome(
		place: number,
	): Promise<{ readonly text: string; readonly picture: Blob | null; readonly outcome: PostOutcome | null } | null>;
	entries(): ReturnType<PostStore["entries"]>;
	/** Shows a failure from elsewhere in the view. */
	fail(error: unknown): void;
	dismiss(): void;
}

/** The page is drawn at most this often while posts come in. */
const REDRAW_MS = 200;

/** Draws at once, or soon: then at most every `REDRAW_MS`. @returns how often it was drawn, and what asks for it */
function useRedraw(): readonly [version: number, redraw: (soon: boolean) => void] {
	const [version, setVersion] = useState(0);
	const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
	const draw = () => setVersion((before) => before + 1);
	const redraw = (soon: boolean) => {
		if (!soon) return draw();
		timer.current ??= setTimeout(() => {
			timer.current = null;
			draw();
		}, REDRAW_MS);
	};
	return [version, redraw];
}

export function useMany(work: ManyWork & { readonly allowed: AllowedTypes }): {
	readonly many: Many;
	readonly calls: ManyCalls;
} {
	const [version, redraw] = useRedraw();
	const posts = useRef<ManyPosts | null>(null);
	posts.current ??= new ManyPosts(redraw, work.allowed);
	const all = posts.current;

	// biome-ignore lint/correctness/useExhaustiveDependencies: once, when the view opens; a run ends with it
	useEffect(() => {
		all.reload().catch(all.fail);
		return () => {
			all.stop();
			all.stopReading();
		};
	}, []);

	const calls: ManyCalls = {
		load: (files, options) => void all.load(files, options).catch(all.fail),
		stopReading: () => all.stopReading(),
		start: () => void all.run(work).catch(all.fail),
		pause: () => all.pause(),
		retry: () => void all.again("failed", work).catch(all.fail),
		restart: () => void all.again("all", work).catch(all.fail),
		clear: () => void all.clear().catch(all.fail),
		outcome: async (place) => {
			const store = await all.store();
			const post = await store.post(place);
			return post && { text: post.text, picture: post.picture, outcome: await store.outcome(place) };
		},
		entries: async function* () {
			yield* (await all.store()).entries();
		},
		fail: all.fail,
		dismiss: () => all.dismiss(),
	};
	return { many: { ...all.state, lasting: all.lasting, version }, calls };
}
