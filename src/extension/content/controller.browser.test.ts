/** Tests when the overlay reads posts, cancels them and shows them, with an engine that the test plays. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Failure } from "../../core/failure.ts";
import type { ExtractionResult } from "../../core/result.ts";
import type { SiteAdapter } from "../adapters/types.ts";
import type { Controller } from "./controller.ts";
import type { JobRequest, Jobs } from "./jobs.ts";
import css from "./overlay.css?inline";
import type { Overlay } from "./overlay.ts";

// The extension's sentences come from the browser, which has none for a test.
vi.mock("../common/i18n.ts", () => ({ t: (key: string, ...values: unknown[]) => [key, ...values].join(" ") }));
const { createController } = await import("./controller.ts");
const { createOverlay } = await import("./overlay.ts");

interface SentRequest extends JobRequest {
	readonly signal: AbortSignal;
	readonly answer: (result: ExtractionResult) => void;
	readonly fail: (error: unknown) => void;
}

const adapter: SiteAdapter = {
	id: "generic",
	find: (page) => [...page.querySelectorAll("article")],
	read: (post) => ({ text: [post], images: [...post.querySelectorAll("img")], author: "", url: document.URL }),
};

let sent: SentRequest[];
let controller: Controller;
let overlay: Overlay;

function playedJobs(): Jobs {
	return {
		extract: (request, signal) =>
			new Promise((resolve, reject) => {
				sent.push({ ...request, signal, answer: resolve, fail: reject });
				signal.addEventListener("abort", () => reject(new Failure("cancelled", "It was cancelled.")));
			}),
		close() {},
	};
}

/** "Ada" at the beginning of every text is a person. */
function resultOf(text: string): ExtractionResult {
	return {
		format: "umie-result/1",
		text,
		image: null,
		offsets: "utf-16",
		regions: [],
		entities: [{ id: "e1", type: "person", text: "Ada", start: 0, end: 3, score: 0.9, regions: [] }],
		relations: [],
		events: [],
		gate: {},
		scores: "candidates",
		raw: [],
		unread: [],
		notes: [],
		model: "played",
		device: { name: "wasm", threads: 1, reason: "" },
		timings: {},
	};
}

function show(count: number, height = 200): void {
	document.body.innerHTML = Array.from(
		{ length: count },
		(_, index) => `<article style="height:${height}px">Ada ${index}</article>`,
	).join("");
}
const post = (index: number) => document.querySelectorAll("article")[index]!;
const settle = () => new Promise((resolve) => setTimeout(resolve, 300));
const marks = () => overlay.layers.marks.querySelectorAll(".mark").length;

beforeEach(() => {
	sent = [];
	scrollTo(0, 0);
});
afterEach(() => {
	controller.stop();
	document.body.replaceChildren();
});

function start(auto: boolean): void {
	overlay = createOverlay(css);
	controller = createController({ adapter, overlay, jobs: playedJobs() });
	controller.watch(auto);
}

describe("without automatic reading", () => {
	test("nothing is read", async () => {
		show(3);
		start(false);
		await settle();
		expect(sent).toEqual([]);
		expect(controller.status()).toMatchObject({ posts: 3, done: 0 });
	});
});

describe("automatic reading", () => {
	test("one post at a time, only what is on the screen, the middle first", async () => {
		show(50);
		start(true);
		await vi.waitFor(() => expect(sent.length).toBe(1));
		const middle = [...document.querySelectorAll("article")].findIndex(
			(of) => of.getBoundingClientRect().bottom > innerHeight / 2,
		);
		expect(sent[0]!.text).toBe(`Ada ${middle}`);
		expect(sent[0]!.requested).toBe(false);
		for (let read = 0; read < 20; read++) {
			sent.at(-1)!.answer(resultOf(sent.at(-1)!.text));
			await settle();
		}
		const onScreen = [...document.querySelectorAll("article")].filter(
			(of) => of.getBoundingClientRect().top < innerHeight,
		).length;
		expect(sent.length).toBe(onScreen);
		expect(marks()).toBe(onScreen);
	});

	test("a post that leaves the screen is cancelled, and the next on the screen is read", async () => {
		show(50);
		start(true);
		await vi.waitFor(() => expect(sent.length).toBe(1));
		scrollTo(0, 8000);
		await vi.waitFor(() => expect(sent.length).toBe(2));
		expect(sent[0]!.signal.aborted).toBe(true);
		expect(sent[1]!.signal.aborted).toBe(false);
		expect(Number(sent[1]!.text.slice(4))).toBeGreaterThanOrEqual(40);
	});

	test("a hidden tab reads nothing, and goes on when it is visible again", async () => {
		show(3);
		start(true);
		await vi.waitFor(() => expect(sent.length).toBe(1));
		const state = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
		document.dispatchEvent(new Event("visibilitychange"));
		expect(sent[0]!.signal.aborted).toBe(true);
		document.body.insertAdjacentHTML("afterbegin", "<article>Ada new</article>");
		await settle();
		expect(sent.length).toBe(1);
		state.mockRestore();
		document.dispatchEvent(new Event("visibilitychange"));
		await vi.waitFor(() => expect(sent.length).toBe(2));
	});

	test("a post that failed is not tried again automatically", async () => {
		show(1);
		start(true);
		await vi.waitFor(() => expect(sent.length).toBe(1));
		sent[0]!.fail(new Failure("timeout", "Too slow."));
		await settle();
		document.body.append("changed");
		await settle();
		expect(sent.length).toBe(1);
	});
});

describe("a page that changes", () => {
	async function readFirst(): Promise<void> {
		show(1);
		start(true);
		await vi.waitFor(() => expect(sent.length).toBe(1));
		sent[0]!.answer(resultOf("Ada 0"));
		await vi.waitFor(() => expect(marks()).toBe(1));
	}

	test("the same words in new elements are marked again without being read again", async () => {
		await readFirst();
		show(1);
		await vi.waitFor(() => expect(marks()).toBe(1));
		expect(sent.length).toBe(1);
	});
	test("edited words are read anew, and the old marks go", async () => {
		await readFirst();
		(post(0).firstChild as Text).data = "Charles came";
		await vi.waitFor(() => expect(sent.map(({ text }) => text)).toEqual(["Ada 0", "Charles came"]));
		expect(marks()).toBe(0);
	});
	test("a deleted post takes its marks and its running work with it", async () => {
		await readFirst();
		(post(0).firstChild as Text).data = "Charles came";
		await vi.waitFor(() => expect(sent.length).toBe(2));
		post(0).remove();
		await vi.waitFor(() => expect(sent[1]!.signal.aborted).toBe(true));
		await vi.waitFor(() => expect(controller.status()).toMatchObject({ posts: 0, done: 0 }));
	});
	test("an overlay that was removed comes back", async () => {
		await readFirst();
		overlay.host.remove();
		await vi.waitFor(() => expect(overlay.host.isConnected).toBe(true));
	});
	test("a page that always removes it keeps it off, and the status says why", async () => {
		await readFirst();
		const remover = new MutationObserver(() => overlay.host.remove());
		remover.observe(document.documentElement, { childList: true });
		overlay.host.remove();
		for (let change = 0; change < 30; change++) {
			document.body.append(".");
			await new Promise((resolve) => setTimeout(resolve, 210));
			if (controller.status().trouble) break;
		}
		remover.disconnect();
		expect(controller.status().trouble).toBe("troubleRemoved");
		expect(overlay.host.isConnected).toBe(false);
		expect(marks()).toBe(0);
	});
});

describe("with the shortcut", () => {
	test("the post nearest to the middle is read when nothing is selected", async () => {
		show(20);
		start(false);
		await settle();
		controller.fulfil({ kind: "here" });
		await vi.waitFor(() => expect(sent.length).toBe(1));
		const middle = [...document.querySelectorAll("article")].findIndex(
			(article) => article.getBoundingClientRect().bottom > innerHeight / 2,
		);
		expect(sent[0]).toMatchObject({ text: `Ada ${middle}`, requested: true });
	});
	test("the selection comes before the posts", async () => {
		show(20);
		start(false);
		await settle();
		getSelection()!.selectAllChildren(post(1));
		controller.fulfil({ kind: "here" });
		await vi.waitFor(() => expect(sent.map(({ text }) => text)).toEqual(["Ada 1"]));
		getSelection()!.removeAllRanges();
	});
});

describe("sensitive records", () => {
	const words = () =>
		[...overlay.layers.cards.querySelectorAll<HTMLElement>("[data-words]")].map((one) => one.dataset.words).join("\n");
	const press = (key: string) =>
		[...overlay.layers.cards.querySelectorAll("button")].find(
			(button) => button.querySelector<HTMLElement>("[data-words]")?.dataset.words === key,
		);

	async function readWithReligion(): Promise<void> {
		show(1);
		start(false);
		await settle();
		controller.fulfil({ kind: "here" });
		await vi.waitFor(() => expect(sent.length).toBe(1));
		const result = resultOf("Ada 0");
		const other = { ...result.entities[0]!, id: "e2", type: "miscellaneous" };
		sent[0]!.answer({
			...result,
			entities: [...result.entities, other],
			relations: [
				{ id: "r1", type: "religion", head: "e1", tail: "e2", score: 0.9 },
				{ id: "r2", type: "present in", head: "e1", tail: "e2", score: 0.9 },
			],
		});
		await vi.waitFor(() => expect(words()).toContain("present in"));
	}

	test("are hidden and counted, and the card says what they are about", async () => {
		await readWithReligion();
		expect(words()).not.toContain("→ religion →");
		expect(words()).toContain("hiddenSensitive topicReligion 1");
		expect(press("showHidden")).toBeDefined();
		expect(overlay.layers.badges.querySelector<HTMLElement>(".badge")!.title).toBe("showResult 3");
	});
	test("are shown where the settings or the person's own list ask for them, and hidden again", async () => {
		await readWithReligion();
		controller.allow(["religion"]);
		expect(words()).toContain("→ religion →");
		expect(words()).not.toContain("hiddenSensitive");
		controller.allow([]);
		expect(words()).not.toContain("→ religion →");
		controller.allow("all");
		expect(words()).toContain("→ religion →");
	});
});

test("a known site on whose page no post is recognised says so, and any other page does not", async () => {
	document.body.innerHTML = "<p>New markup</p>";
	overlay = createOverlay(css);
	controller = createController({ adapter: { ...adapter, id: "x" }, overlay, jobs: playedJobs() });
	controller.watch(false);
	expect(controller.status()).toMatchObject({ posts: 0, trouble: "troubleNoPosts" });
	document.body.innerHTML = "<article>Ada</article>";
	await vi.waitFor(() => expect(controller.status()).toMatchObject({ posts: 1, trouble: null }));
	controller.stop();
	controller = createController({ adapter, overlay: createOverlay(css), jobs: playedJobs() });
	document.body.innerHTML = "<p>Only a page</p>";
	controller.watch(false);
	expect(controller.status().trouble).toBeNull();
});

test("a wish without anything to read is reported until the next one succeeds", async () => {
	show(1);
	start(false);
	await settle();
	controller.fulfil({ kind: "image", src: "https://example.org/absent.jpg" });
	expect(controller.status().trouble).toBe("troubleNothing");
	expect(sent).toEqual([]);
	controller.fulfil({ kind: "page" });
	await vi.waitFor(() => expect(sent.length).toBe(1));
	expect(controller.status().trouble).toBeNull();
});

test("a selection is read on request, and closing it leaves nothing", async () => {
	show(2);
	overlay = createOverlay(css);
	controller = createController({ adapter, overlay, jobs: playedJobs() });
	const before = document.body.innerHTML;
	getSelection()!.selectAllChildren(post(1));
	controller.fulfil({ kind: "selection" });
	await vi.waitFor(() => expect(sent.length).toBe(1));
	expect(sent[0]).toMatchObject({ text: "Ada 1", requested: true, image: null });
	sent[0]!.answer(resultOf("Ada 1"));
	await vi.waitFor(() => expect(marks()).toBe(1));
	expect(document.body.innerHTML).toBe(before);
	controller.stop();
	expect(marks()).toBe(0);
	expect(CSS.highlights.size).toBe(0);
});
