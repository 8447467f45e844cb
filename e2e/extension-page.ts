/**
 * Starts a real Chromium with the built extension, serves replicas in place of the sites, and records every request
 * that would have left.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, type CDPSession, chromium, type Page, type Route, type Worker } from "@playwright/test";
import { chromiumArgs, findChromium } from "../tools/node/browser/find-chromium.ts";
import { path } from "./page.ts";
import { articlePage, type Feed, type FeedOptions, feedPage, HOSTS, PICTURES, PROTECTED } from "./replicas/pages.ts";

const ROOT = path("..");
const BUILT = path("../dist/extension");

/** The match pattern of all pages of an address's host. */
const patternOf = (address: string): string => `${new URL(address).origin}/*`;

/** The extension with every replica allowed, as if a person had: a test cannot answer the browser's own question. */
function installable(): string {
	execFileSync("npx", ["--no-install", "tsx", "tools/scripts/extension/build.ts", "chrome", "--no-zip"], {
		cwd: ROOT,
		stdio: ["ignore", "ignore", "inherit"],
	});
	const folder = mkdtempSync(join(tmpdir(), "umie-extension-"));
	cpSync(BUILT, folder, { recursive: true });
	const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as Record<string, unknown>;
	const hosts = [...Object.values(HOSTS), "https://news.example/"].map(patternOf);
	writeFileSync(join(folder, "manifest.json"), JSON.stringify({ ...manifest, host_permissions: hosts }));
	return folder;
}

export interface Installed {
	readonly context: BrowserContext;
	readonly background: Worker;
	readonly id: string;
	/** Addresses that were requested beyond the replicas: everything that would have left this computer. */
	readonly left: string[];
	/** Requests of pages to the replicas. */
	readonly requested: string[];
	close(): Promise<void>;
}

/** Every connection of every part of the browser goes through here, and ends here. */
async function recordingProxy(left: string[]): Promise<Server> {
	const server = createServer((request, response) => {
		left.push(request.url ?? "");
		response.writeHead(502).end();
	});
	server.on("connect", (request, socket) => {
		left.push(request.url ?? "");
		socket.end("HTTP/1.1 502 Refused\r\n\r\n");
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return server;
}

export async function install(): Promise<Installed> {
	const left: string[] = [];
	const requested: string[] = [];
	const proxy = await recordingProxy(left);
	const folder = installable();
	const executablePath = findChromium();
	const context = await chromium.launchPersistentContext("", {
		...(executablePath ? { executablePath } : { channel: "chromium" }),
		headless: true,
		viewport: { width: 1100, height: 900 },
		ignoreDefaultArgs: ["--disable-extensions"],
		args: [
			...chromiumArgs(),
			`--disable-extensions-except=${folder}`,
			`--load-extension=${folder}`,
			`--proxy-server=http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
			"--proxy-bypass-list=<-loopback>",
		],
	});
	const background = context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));
	return {
		context,
		background,
		id: new URL(background.url()).host,
		left,
		requested,
		async close() {
			await context.close();
			proxy.closeAllConnections();
			proxy.close();
			rmSync(folder, { recursive: true });
		},
	};
}

/** Switches a site on, as the popup does. */
export async function switchOn({ background }: Installed, site: Feed | "news.example", auto = false): Promise<void> {
	const origins = [patternOf(site === "news.example" ? "https://news.example/" : HOSTS[site])];
	const key = site === "mastodon" ? "mastodon.social" : site.replace(/^old-|-article$/, "");
	await background.evaluate(
		async ([name, patterns, automatic]) => {
			const api = (globalThis as unknown as { chrome: ChromeOfTest }).chrome;
			const { settings } = await api.storage.local.get("settings");
			await api.storage.local.set({
				settings: { ...settings, sites: { ...settings?.sites, [name]: { name, origins: patterns, auto: automatic } } },
			});
		},
		[key, origins, auto] as const,
	);
}

/** Does what the menu, the shortcut and the popup do: puts the content script into the page, and tells it to start. */
export async function wish({ background }: Installed, page: Page, wanted: object): Promise<void> {
	await background.evaluate(
		async ([url, message]) => {
			const api = (globalThis as unknown as { chrome: ChromeOfTest }).chrome;
			const tabs = await api.tabs.query({});
			const id = tabs.find((tab) => tab.url === url)?.id ?? -1;
			await api.scripting.executeScript({ target: { tabId: id }, files: ["content.js"] });
			await api.tabs.sendMessage(id, { kind: "wish", wish: message });
		},
		[page.url(), wanted] as const,
	);
}

interface ChromeOfTest {
	readonly tabs: {
		query(query: object): Promise<Array<{ id: number; url?: string }>>;
		sendMessage(tab: number, message: object): Promise<unknown>;
	};
	readonly scripting: {
		executeScript(injection: object): Promise<unknown>;
	};
	readonly storage: {
		readonly local: {
			get(key: string): Promise<{ settings?: { sites?: object } }>;
			set(values: object): Promise<void>;
		};
	};
}

export async function switchOffAll({ background }: Installed): Promise<void> {
	await background.evaluate(async () => {
		const api = (globalThis as unknown as { chrome: ChromeOfTest }).chrome;
		await api.storage.local.set({ settings: { sites: {} } });
	});
}

export interface OpenOptions extends FeedOptions {
	readonly article?: string;
}

/** Opens a replica under the site's own address; no request leaves for it. */
export async function openReplica(
	{ context, requested }: Installed,
	site: Feed | "article",
	options: OpenOptions = {},
): Promise<Page> {
	const page = await context.newPage();
	const address = site === "article" ? "https://news.example/storm" : HOSTS[site];
	const html =
		site === "article"
			? articlePage(options.article ?? "The Salvation Army opened a shelter in Hamburg.")
			: feedPage(site, options);
	await page.route(/^https?:/, (route) => answer(route, address, html, requested));
	await page.goto(address);
	return page;
}

async function answer(route: Route, address: string, html: string, requested: string[]): Promise<void> {
	const url = route.request().url();
	requested.push(url);
	if (url === address) return route.fulfill({ contentType: "text/html", body: html });
	const picture = PICTURES.find((name) => url.endsWith(`/${name}`));
	if (picture) {
		// Said outright: where it is missing, Playwright lets everybody read.
		const headers = { "access-control-allow-origin": PROTECTED.test(url) ? "https://nobody.invalid" : "*" };
		return route.fulfill({ path: path(`./pictures/${picture}`), contentType: "image/jpeg", headers });
	}
	if (url.endsWith(".svg"))
		return route.fulfill({
			contentType: "image/svg+xml",
			body: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="4" fill="#e80"/></svg>',
		});
	return route.fulfill({ status: 404, body: "" });
}

export interface Seen {
	/** The overlay's element is in the page. */
	readonly there: boolean;
	/** Buttons that can be pressed: where, and what they say. */
	readonly badges: ReadonlyArray<{
		readonly x: number;
		readonly y: number;
		readonly label: string;
		readonly state: string;
		readonly position: string;
	}>;
	/** Text of the open card; null: none is open. */
	readonly card: string | null;
	/** Words that are marked, in page order. */
	readonly marked: readonly string[];
	/** Boxes over pictures, in window coordinates. */
	readonly boxes: ReadonlyArray<{
		readonly left: number;
		readonly top: number;
		readonly right: number;
		readonly bottom: number;
	}>;
}

/** Looks at the overlay from the content script's own world, where its closed root is open. */
export async function createEye(page: Page): Promise<() => Promise<Seen>> {
	const evaluate = await contentWorld(page);
	return async () => (await evaluate(`(${look})()`)) as Seen;
}

/** Runs an expression in the content script's own world. */
export async function contentWorld(page: Page): Promise<(expression: string) => Promise<unknown>> {
	const session = await page.context().newCDPSession(page);
	const world = await isolatedWorld(session);
	return async (expression) => {
		const { result, exceptionDetails } = await session.send("Runtime.evaluate", {
			contextId: await world(),
			expression,
			returnByValue: true,
		});
		if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
		return result.value;
	};
}

/** The world's number changes with every document. */
async function isolatedWorld(session: CDPSession): Promise<() => Promise<number>> {
	let current: number | null = null;
	session.on("Runtime.executionContextsCleared", () => {
		current = null;
	});
	session.on("Runtime.executionContextCreated", ({ context }) => {
		if (context.auxData?.type === "isolated" && context.origin.startsWith("chrome-extension:")) current = context.id;
	});
	await session.send("Runtime.enable");
	return async () => {
		for (let tries = 0; tries < 100; tries++) {
			if (current !== null) return current;
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
		throw new Error("The content script is not in the page.");
	};
}

/** Runs beside the page, where a closed root is open: in Chromium's isolated world, and in Firefox's sandbox. */
export function look(): Seen {
	const { chrome } = globalThis as unknown as {
		chrome?: { dom?: { openOrClosedShadowRoot(element: Element): ShadowRoot | null } };
	};
	const rootOf = (element: Element) =>
		chrome?.dom?.openOrClosedShadowRoot(element) ??
		(element as Element & { readonly openOrClosedShadowRoot?: ShadowRoot | null }).openOrClosedShadowRoot ??
		null;
	const host = [...document.documentElement.children].at(-1);
	const root = host?.tagName === "DIV" ? rootOf(host) : null;
	const all = (selector: string, inside: ParentNode | null = root) =>
		[...(inside?.querySelectorAll<HTMLElement>(selector) ?? [])].filter((element) => !element.hidden);
	const badges = all(".badge").map((badge) => {
		const { left, top, width, height } = badge.getBoundingClientRect();
		return {
			x: left + width / 2,
			y: top + height / 2,
			label: badge.title,
			state: badge.className.replace("badge is-", ""),
			position: getComputedStyle(badge).position,
		};
	});
	const boxOf = (element: Element) => {
		const { left, top, right, bottom } = element.getBoundingClientRect();
		return { left, top, right, bottom };
	};
	const range = new Range();
	/** The letters of the page that lie under a mark. */
	const lettersUnder = ({ left, top, right, bottom }: ReturnType<typeof boxOf>) => {
		const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
		let letters = "";
		for (let node = walker.nextNode() as Text | null; node; node = walker.nextNode() as Text | null) {
			range.selectNodeContents(node);
			const whole = range.getBoundingClientRect();
			if (whole.bottom < top || whole.top > bottom || whole.right < left || whole.left > right) continue;
			for (let at = 0; at < Math.min(node.length, 2000); at++) {
				range.setStart(node, at);
				range.setEnd(node, at + 1);
				const letter = range.getBoundingClientRect();
				const [x, y] = [(letter.left + letter.right) / 2, (letter.top + letter.bottom) / 2];
				if (x > left && x < right && y > top && y < bottom) letters += node.data[at];
			}
		}
		return letters;
	};
	const marks = all(".mark:not(.is-lit)").map(boxOf);
	const ordered = marks.sort((a, b) => (Math.abs(a.top - b.top) > 4 ? a.top - b.top : a.left - b.left));
	const card = all(".card")[0];
	// Words are generated content, which `innerText` leaves out.
	const shown = card && all("[data-words]", card).filter((words) => words.checkVisibility());
	return {
		there: root !== null,
		badges: badges.sort((a, b) => a.y - b.y),
		card: shown?.map(({ dataset }) => dataset.words).join("\n") ?? null,
		marked: ordered.map(lettersUnder),
		boxes: all(".region").map(boxOf),
	};
}

/** Whether a page requests something from its own replica, which is not a leak. */
export const isReplica = (url: string): boolean =>
	[
		...Object.values(HOSTS).map((address) => new URL(address).origin),
		"https://news.example/",
		"https://pbs.twimg.com/",
		"https://cdn.bsky.app/",
		"https://preview.redd.it/",
	].some((host) => url.startsWith(host));

/**
 * Whether Chromium requests an address by itself: it looks for updates, for an account and for messages to the device,
 * and connects ahead to the host of the page it opens.
 */
export const isBrowsersOwn = (address: string): boolean =>
	/^(https?:\/\/)?(update\.googleapis\.com|accounts\.google\.com|android\.clients\.google\.com)\b/.test(address) ||
	Object.values(HOSTS)
		.concat("https://news.example/")
		.some((host) => address === `${new URL(host).host}:443`);
