/** Tests that the host answers the right ports, and only with their own results. */
import { beforeAll, beforeEach, expect, test, vi } from "vitest";
import { MAX_TEXT } from "../../core/limits.ts";
import type { Extractor } from "./extractor.ts";

const OWN_PAGE = "chrome-extension://umie/panel.html";

/** The browser's side of a port. */
function port(name: string, url: string) {
	const listeners: Array<(message: unknown) => void> = [];
	const endListeners: Array<() => void> = [];
	const sent: unknown[] = [];
	return {
		name,
		sender: { url },
		sent,
		onMessage: {
			addListener: (listener: (message: unknown) => void) => void listeners.push(listener),
			removeListener: () => {},
		},
		onDisconnect: { addListener: (listener: () => void) => void endListeners.push(listener), removeListener: () => {} },
		postMessage: (message: unknown) => void sent.push(structuredClone(message)),
		disconnect: vi.fn(),
		receive: (message: unknown) => {
			for (const listen of listeners) listen(message);
		},
		end: () => {
			for (const listen of endListeners) listen();
		},
	};
}

let connect: (made: ReturnType<typeof port>) => void = () => {};
let start: typeof import("./host.ts").startHost;
const signals: AbortSignal[] = [];
const extractor: Extractor = {
	extract: async ({ text }, _, __, signal) => {
		signals.push(signal);
		if (text === "never") await new Promise((_, reject) => signal.addEventListener("abort", reject));
		return { text } as never;
	},
	rest: async () => {},
};

beforeAll(async () => {
	vi.stubGlobal("chrome", {
		runtime: {
			getURL: () => "chrome-extension://umie/",
			onConnect: { addListener: (listener: typeof connect) => (connect = listener) },
		},
	});
	({ startHost: start } = await import("./host.ts"));
});
beforeEach(() => {
	signals.length = 0;
	start({ extractor, settings: async () => ({}) as never, restAfter: 1 });
});

const job = (number: number, text: string) => ({
	kind: "extract",
	job: number,
	text,
	image: null,
	origin: { site: "x", url: "https://x.com/1", author: "@a" },
	requested: true,
});

test("a post's result goes back to the tab it came from", async () => {
	const [one, other] = [port("umie-jobs", "https://x.com/"), port("umie-jobs", "https://bsky.app/")];
	connect(one);
	connect(other);
	one.receive(job(1, "Ada"));
	await vi.waitFor(() => expect(one.sent).toEqual([{ kind: "result", job: 1, result: { text: "Ada" } }]));
	expect(other.sent).toEqual([]);
});

test("a tab that is closed takes its work with it", async () => {
	const tab = port("umie-jobs", "https://x.com/");
	connect(tab);
	tab.receive(job(1, "never"));
	await vi.waitFor(() => expect(signals.length).toBe(1));
	tab.end();
	expect(signals[0]!.aborted).toBe(true);
	expect(tab.sent).toEqual([]);
});

test("messages of a wrong form are not answered", async () => {
	const tab = port("umie-jobs", "https://x.com/");
	connect(tab);
	for (const wrong of [
		null,
		7,
		{},
		{ kind: "extract" },
		{ ...job(1, "x".repeat(MAX_TEXT + 1)) },
		{ ...job(1, "a"), image: 5 },
		{ ...job(-1, "a") },
	])
		tab.receive(wrong);
	tab.receive(job(2, "right"));
	await vi.waitFor(() => expect(tab.sent.length).toBe(1));
	expect(signals.length).toBe(1);
});

test("pages of other sites do not see what was read in other tabs", async () => {
	const page = port("umie-results", "https://x.com/");
	connect(page);
	expect(page.disconnect).toHaveBeenCalled();
	expect(page.sent).toEqual([]);
});

test("the side panel gets what was read before and while it is open", async () => {
	const [tab, panel] = [port("umie-jobs", "https://x.com/"), port("umie-results", OWN_PAGE)];
	connect(panel);
	connect(tab);
	tab.receive(job(1, "Ada"));
	await vi.waitFor(() => expect(panel.sent.length).toBe(2));
	expect(panel.sent).toMatchObject([
		{ kind: "entries", entries: [] },
		{ kind: "entries", entries: [{ id: 1, origin: { author: "@a" }, result: { text: "Ada" } }] },
	]);
	panel.receive({ kind: "clear" });
	expect(panel.sent.at(-1)).toEqual({ kind: "entries", entries: [] });
});
