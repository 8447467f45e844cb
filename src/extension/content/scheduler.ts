/** Reads posts: the requested ones at once, the others one at a time while automatic reading is on. */
import type { Reading } from "./card.ts";
import type { Jobs } from "./jobs.ts";
import { cancel, IDLE, nearestToMiddle, type PagePost, type PostRegistry } from "./post-registry.ts";
import { readContent } from "./read-content.ts";
import type { Stage } from "./stage.ts";

interface Scheduler {
	/** Whether posts on the screen are read without a click. */
	automatic: boolean;
	/**
	 * Reads one post and shows its result or failure. A reading of this post that still runs is cancelled.
	 * @param requested the person clicked and waits
	 */
	read(post: PagePost, requested: boolean): Promise<void>;
	/** Reads the unread post nearest to the middle of the window, if reading is automatic and nothing runs. */
	readNext(): void;
	/** Cancels what runs, because the tab is hidden. The post whose card is open goes on. */
	pause(): void;
}

interface SchedulerParts {
	readonly posts: PostRegistry;
	readonly stage: Stage<PagePost>;
	readonly jobs: Jobs;
	/** Called when a post was drawn again. */
	readonly onDrawn: () => void;
}

export function createScheduler({ posts, stage, jobs, onDrawn }: SchedulerParts): Scheduler {
	function show(post: PagePost, reading: Reading): void {
		post.reading = reading;
		stage.draw(post);
		onDrawn();
	}

	const scheduler: Scheduler = {
		automatic: false,
		async read(post, requested) {
			cancel(post);
			const running = new AbortController();
			post.running = running;
			const onProgress = (progress: string) => {
				if (post.running === running) show(post, { kind: "running", progress });
			};
			onProgress("");
			const reading = await readContent(jobs, post.content, { requested, signal: running.signal, onProgress });
			if (post.running !== running) return;
			post.running = null;
			if (reading.kind === "done") posts.remember(post, reading);
			show(post, reading);
			scheduler.readNext();
		},
		readNext() {
			if (!scheduler.automatic || document.visibilityState !== "visible") return;
			const all = posts.all();
			if (all.some(({ running }) => running !== null)) return;
			const next = nearestToMiddle(all.filter(({ reading }) => reading.kind === "idle"));
			if (next) void scheduler.read(next, false);
		},
		pause() {
			for (const post of posts.all()) {
				if (!post.running || stage.opened === post) continue;
				cancel(post);
				show(post, IDLE);
			}
		},
	};
	return scheduler;
}
