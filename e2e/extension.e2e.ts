/**
 * Tests the extension in a real Chromium: it reads replicas of the feeds, withstands what they and hostile pages do,
 * sends nothing, and leaves no trace.
 */
import { readFileSync } from "node:fs";
import { expect, type Page, test } from "@playwright/test";
import {
	contentWorld,
	createEye,
	type Installed,
	install,
	isBrowsersOwn,
	isReplica,
	openReplica,
	type Seen,
	switchOffAll,
	switchOn,
	wish,
} from "./extension-page.ts";
import { path } from "./page.ts";

let umie: Installed;
test.beforeAll(async () => {
	umie = await install();
});
test.afterEach(async () => {
	for (const page of umie.context.pages().slice(1)) await page.close();
	await switchOffAll(umie);
	// After every test: pages sent requests to their own site only, and the rest of the browser sent none.
	expect(umie.requested.filter((url) => !isReplica(url))).toEqual([]);
	expect(umie.left.filter((address) => !isBrowsersOwn(address))).toEqual([]);
});
test.afterAll(async () => {
	await umie.close();
});

type Eye = () => Promise<Seen>;
const FIRST = ["Kyrie Irving", "LeBron James", "Cavs"];

async function pressFirst(page: Page, eye: Eye): Promise<void> {
	await expect.poll(async () => (await eye()).badges.length).toBeGreaterThan(0);
	const [badge] = (await eye()).badges;
	await page.mouse.click(badge!.x, badge!.y);
}

const shot = (page: Page, name: string) => page.screenshot({ path: path(`./screenshots/extension-${name}.png`) });
const bodyOf = (page: Page) => page.evaluate(() => document.body.outerHTML);

for (const site of ["x", "bluesky", "mastodon", "reddit"] as const) {
	test(`${site}: one click marks words, draws boxes and opens the card; a second restores the page`, async () => {
		await switchOn(umie, site);
		const page = await openReplica(umie, site, { count: 60 });
		const before = await bodyOf(page);
		const root = await page.evaluate(() => document.documentElement.childElementCount);
		const eye = await createEye(page);
		await pressFirst(page, eye);
		await expect.poll(async () => (await eye()).marked.slice(0, 3)).toEqual(FIRST);
		const seen = await eye();
		expect(seen.card).toContain("Kyrie Irving\nperson");
		expect(seen.badges[0]!.state).toBe("done");
		// Reddit's picture host does not let pages read its pictures: the card says so, and nothing is drawn.
		expect(seen.boxes.length > 0).toBe(site !== "reddit");
		expect(seen.card?.includes("does not allow reading its picture")).toBe(site === "reddit");
		await shot(page, site);
		expect(await bodyOf(page)).toBe(before);
		// The words can be copied as ever.
		expect(
			await page.evaluate(() => {
				getSelection()!.selectAllChildren(document.getElementById("post-1")!);
				return String(getSelection());
			}),
		).toContain("Kyrie Irving and LeBron James");
		await switchOffAll(umie);
		await expect.poll(() => page.evaluate(() => document.documentElement.childElementCount)).toBe(root - 1);
		expect(await page.evaluate(() => CSS.highlights.size)).toBe(0);
	});
}

test("x, by itself: follows re-rendered, edited and deleted posts, and another view; nothing shifts", async () => {
	await switchOn(umie, "x", true);
	const page = await openReplica(umie, "x", { pictures: false, script: WATCH_SHIFTS });
	const eye = await createEye(page);
	await expect
		.poll(async () => (await eye()).marked)
		.toEqual(expect.arrayContaining([...FIRST, "Angela Merkel", "Barack Obama"]));
	const shifts = await page.evaluate(() => (globalThis as unknown as { shifts: number }).shifts);
	expect(shifts).toBe(0);
	await page.evaluate(() => theSite.rerender());
	await expect.poll(async () => (await eye()).marked).toEqual(expect.arrayContaining(FIRST));
	await page.evaluate(() => theSite.edit("1", "Only Angela Merkel came"));
	await expect.poll(async () => (await eye()).marked.slice(0, 2)).toEqual(["Angela Merkel", "Angela Merkel"]);
	await page.evaluate(() => theSite.delete("1"));
	await expect.poll(async () => (await eye()).marked[0]).toBe("Angela Merkel");
	await expect.poll(async () => (await eye()).marked[1]).toBe("Barack Obama");
	await page.evaluate(() => theSite.navigate("/home/other"));
	await expect.poll(async () => (await eye()).marked.slice(0, 3)).toEqual(FIRST);
	expect(await page.evaluate(() => document.getElementById("post-101")?.innerText)).toContain("on /home/other");
});

test("500 posts scrolled: badges only for what is seen, memory stays flat", async () => {
	test.setTimeout(90_000);
	await switchOn(umie, "x");
	const page = await openReplica(umie, "x", { pictures: false });
	const eye = await createEye(page);
	await expect.poll(async () => (await eye()).badges.length).toBeGreaterThan(0);
	const session = await umie.context.newCDPSession(page);
	const scrollThrough = async (from: number, to: number) => {
		for (let post = from; post <= to; post += 5) {
			await page.evaluate((at) => scrollTo(0, at), post * 420);
			await page.waitForTimeout(20);
		}
		await expect.poll(async () => (await eye()).badges.length).toBeGreaterThan(0);
		await session.send("HeapProfiler.collectGarbage");
		const { usedSize } = await session.send("Runtime.getHeapUsage");
		return { heap: usedSize, ...(await session.send("Memory.getDOMCounters")) };
	};
	await scrollThrough(0, 60);
	const early = await scrollThrough(60, 100);
	const late = await scrollThrough(100, 496);
	console.log(`after 100 posts: ${JSON.stringify(early)}; after 496: ${JSON.stringify(late)}`);
	expect((await eye()).badges.length).toBeLessThanOrEqual(4);
	expect(late.nodes).toBeLessThan(early.nodes * 1.5);
	expect(late.heap).toBeLessThan(early.heap + 2_000_000);
});

test("bluesky: posts that scrolling brings have their buttons", async () => {
	await switchOn(umie, "bluesky");
	const page = await openReplica(umie, "bluesky", { count: 100, pictures: false });
	const eye = await createEye(page);
	await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
	await page.waitForFunction(() => document.getElementById("post-40") !== null);
	await page.evaluate(() => document.getElementById("post-40")!.scrollIntoView({ block: "center" }));
	await expect.poll(async () => (await eye()).badges.length).toBeGreaterThan(2);
	const middle = await page.evaluate(() => document.getElementById("post-40")!.getBoundingClientRect().top);
	expect((await eye()).badges.some(({ y }) => Math.abs(y - middle) < 1)).toBe(true);
});

test("a hostile page: its code never runs, only a person presses buttons, the overlay comes back", async () => {
	await switchOn(umie, "x");
	const sentences = [
		'<img src=x onerror="window.pwned=1"><script>window.pwned=1</script> Angela Merkel in Berlin',
		"Barack Obama \u202Egnitirw sdrawkcab\u202D in Paris",
		`Angela Merkel ${"word ".repeat(200_000)}`,
	];
	const page = await openReplica(umie, "x", { count: 3, pictures: false, script: HOSTILE, sentences });
	const eye = await createEye(page);
	await pressFirst(page, eye);
	await expect.poll(async () => (await eye()).marked).toContain("Angela Merkel");
	await shot(page, "hostile");
	// Scripts of the page press at the badge's place and on every key: nothing opens or closes.
	const { badges } = await eye();
	await page.evaluate(
		([x, y]) => {
			for (const target of [document.elementFromPoint(x, y), document.documentElement.lastElementChild, window]) {
				target?.dispatchEvent(new MouseEvent("click", { clientX: x, clientY: y, bubbles: true, composed: true }));
				target?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true, composed: true }));
			}
		},
		[badges[1]!.x, badges[1]!.y] as const,
	);
	expect((await eye()).card).toContain("Angela Merkel");
	expect((await eye()).badges[1]!.state).toBe("idle");
	await page.evaluate(() => document.documentElement.lastElementChild!.remove());
	await page.evaluate(() => document.body.append("x"));
	await expect.poll(async () => (await eye()).there).toBe(true);
	// The page can neither look inside nor see what is marked by name.
	expect(await page.evaluate(() => document.documentElement.lastElementChild!.shadowRoot)).toBeNull();
	expect(await page.evaluate(() => CSS.highlights.size)).toBe(0);
	await page.keyboard.press("Escape");
	// A megabyte of text is read from its beginning, and the card says so.
	const third = (await eye()).badges.at(-1)!;
	await page.mouse.click(third.x, third.y);
	await expect.poll(async () => (await eye()).card).toContain("Only its beginning was read");
	expect(await page.evaluate(() => (globalThis as unknown as { pwned?: number }).pwned)).toBeUndefined();
});

test("a page that spies sees that an overlay is there, but not what was found", async () => {
	await switchOn(umie, "x");
	// The id would hide a property of the page's global object, by which the content script once knew itself.
	const page = await openReplica(umie, "x", { count: 3, pictures: true, script: SPYING });
	const eye = await createEye(page);
	// The engine is woken only when the page has looked at the open, empty card: what it sees more comes from the result.
	const evaluate = await contentWorld(page);
	await evaluate(HOLD);
	await pressFirst(page, eye);
	await expect.poll(async () => (await eye()).card).not.toBeNull();
	await expect.poll(() => page.evaluate(() => (globalThis as unknown as Spy).spy.veiled())).toBe(true);
	await page.evaluate(() => (globalThis as unknown as Spy).spy.forget());
	const before = await page.evaluate(() => (globalThis as unknown as Spy).spy.look());
	expect((await eye()).badges[0]!.state).toBe("running");
	await page.evaluate(() => (globalThis as unknown as Spy).spy.forget());
	await evaluate("goOn()");
	await expect.poll(async () => (await eye()).marked.slice(0, 3)).toEqual(FIRST);
	expect((await eye()).boxes.length).toBeGreaterThan(0);
	expect((await eye()).card).toContain("Kyrie Irving\nperson");
	expect(await page.evaluate(() => (globalThis as unknown as Spy).spy.look())).toEqual(before);
	expect(before.found).toEqual([]);
	// Turned over the card, the wheel does not scroll the page, however little is in it.
	const scrolled = await page.evaluate(() => scrollY);
	const card = await page.evaluate(() => (globalThis as unknown as Spy).spy.somewhereOn());
	await page.mouse.move(card.x, card.y);
	for (const turn of [0, 1, 2]) await page.mouse.wheel(0, 400 + turn);
	await page.waitForTimeout(300);
	expect(await page.evaluate(() => scrollY)).toBe(scrolled);
});

test("on any page, on request: a selection, a picture, the page itself", async () => {
	const page = await openReplica(umie, "article", { article: "The Salvation Army opened a shelter in Hamburg." });
	await page.evaluate(() => getSelection()!.selectAllChildren(document.querySelectorAll("article > p")[1]!));
	const eye = await createEye(page);
	await wish(umie, page, { kind: "selection" });
	await expect.poll(async () => (await eye()).marked).toContain("Angela Merkel");
	expect((await eye()).marked).not.toContain("Salvation Army");
	await page.keyboard.press("Escape");
	await expect.poll(async () => (await eye()).there).toBe(false);
	expect((await eye()).marked).toEqual([]);
	await wish(umie, page, { kind: "image", src: await page.evaluate(() => document.images[0]!.currentSrc) });
	await expect.poll(async () => (await eye()).boxes.length).toBeGreaterThan(0);
	await expect.poll(async () => (await eye()).card).toContain("Hamburg");
	await page.keyboard.press("Escape");
	await wish(umie, page, { kind: "page" });
	await expect.poll(async () => (await eye()).marked).toEqual(expect.arrayContaining(["Hamburg", "Angela Merkel"]));
	await shot(page, "article");
});

test("the side panel has what was read, the options change what is looked for, the popup is drawn", async () => {
	await switchOn(umie, "mastodon");
	const page = await openReplica(umie, "mastodon", { count: 5, pictures: false });
	const before = await createEye(page);
	await pressFirst(page, before);
	// Opening the panel's page hides this one, and a hidden page's requests are not run.
	await expect.poll(async () => (await before()).marked).toContain("LeBron James");
	const panel = await umie.context.newPage();
	await panel.setViewportSize({ width: 380, height: 800 });
	await panel.goto(`chrome-extension://${umie.id}/panel.html`);
	await expect(panel.locator(".entry").first()).toContainText("Kyrie Irving and LeBron James");
	await panel.locator("summary").first().click();
	await expect(panel.locator(".lists").first()).toContainText("LeBron James");
	await shot(panel, "panel");
	const [saved] = await Promise.all([
		panel.waitForEvent("download"),
		panel.getByRole("button", { name: "Save with links" }).click(),
	]);
	expect(saved.suggestedFilename()).toBe("umie-results.jsonl");
	await panel.getByLabel("Format").selectOption("csv");
	const [table] = await Promise.all([
		panel.waitForEvent("download"),
		panel.getByRole("button", { name: "Save as" }).click(),
	]);
	expect(readFileSync(await table.path(), "utf8")).toContain("LeBron James");
	await panel.getByRole("button", { name: "Clear" }).click();
	await expect(panel.locator(".entry")).toHaveCount(0);

	const options = await umie.context.newPage();
	await options.goto(`chrome-extension://${umie.id}/options.html`);
	await expect(options.getByRole("listitem")).toContainText("mastodon.social");
	await options.getByLabel("Entity types").fill("person, person");
	await options.getByLabel("Entity types").blur();
	await expect(options.getByText("each only once")).toBeVisible();
	await options.getByLabel("Entity types").fill("person");
	await options.getByLabel("Relations").uncheck();
	await shot(options, "options");
	await options.close();

	const popup = await umie.context.newPage();
	await popup.setViewportSize({ width: 320, height: 520 });
	await popup.goto(`chrome-extension://${umie.id}/popup.html`);
	await expect(popup.getByLabel("Entity types")).toHaveValue("person");
	await shot(popup, "popup");
	await popup.close();

	const eye = await createEye(page);
	await page.bringToFront();
	const [first, second] = (await eye()).badges;
	await page.mouse.click(first!.x, first!.y);
	await expect.poll(async () => (await eye()).card).toBeNull();
	await page.mouse.click(second!.x, second!.y);
	await expect.poll(async () => (await eye()).card).toContain("Barack Obama");
	expect((await eye()).card).not.toContain("Relations");
});

declare const theSite: {
	edit(id: string, text: string): void;
	delete(id: string): void;
	rerender(): void;
	navigate(path: string): void;
};

/** Keeps the content script from waking the engine until `goOn` is called. */
const HOLD = `{
	const { sendMessage } = chrome.runtime;
	const held = new Promise((resolve) => { globalThis.goOn = () => void resolve(); });
	chrome.runtime.sendMessage = async (message) => {
		if (message.kind === "wake") await held;
		return sendMessage.call(chrome.runtime, message);
	};
}`;

interface Spy {
	readonly spy: {
		/** Whether the words of the first post lie under something. */
		veiled(): Promise<boolean>;
		look(): Promise<{ readonly found: readonly string[] }>;
		forget(): void;
		/** A point on the open card. */
		somewhereOn(): { readonly x: number; readonly y: number };
	};
}

/** Everything that a page can ask about what lies over it. */
const SPYING = `
addEventListener("DOMContentLoaded", () => {
	const decoy = document.createElement("a");
	decoy.id = "umieIsHere";
	document.body.append(decoy);
	const style = document.createElement("style");
	style.textContent = ["system-ui", "sans-serif", "Arial", "DejaVu Sans", "Segoe UI", "Roboto"].map((name) =>
		"@font-face { font-family: '" + name + "'; src: url(/font-" + name + ".svg); unicode-range: U+41-7A }").join("\\n");
	document.head.append(style);
	const grid = [];
	for (let y = 0; y < 24; y++) for (let x = 0; x < 20; x++) {
		const probe = document.createElement("i");
		probe.style.cssText = "position:absolute;pointer-events:none;width:6px;height:6px;" +
			"left:" + (262 + x * 29) + "px;top:" + (52 + y * 11) + "px";
		document.body.append(probe);
		grid.push(probe);
	}
	const veiled = () => new Promise((resolve) => {
		const seen = new Map();
		const observer = new IntersectionObserver((entries) => {
			for (const { target, isVisible } of entries) seen.set(target, isVisible);
			if (seen.size < grid.length) return;
			observer.disconnect();
			resolve(grid.map((probe) => (seen.get(probe) ? "." : "#")).join(""));
		}, { trackVisibility: true, delay: 100 });
		for (const probe of grid) observer.observe(probe);
	});
	let noticed = [];
	const host = () => document.documentElement.lastElementChild;
	new MutationObserver((records) => {
		for (const { type, target } of records) noticed.push("mutation " + type + " " + target.nodeName);
	}).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
	for (const type of ["focus", "blur", "focusin", "focusout", "animationstart", "transitionrun", "toggle", "load",
		"error", "slotchange", "scroll", "selectionchange", "pointerover", "beforematch"])
		addEventListener(type, (event) => noticed.push(type + " " + event.composedPath().length), true);
	new PerformanceObserver((list) => {
		for (const { entryType } of list.getEntries()) noticed.push(entryType);
	}).observe({ type: "layout-shift" });
	window.spy = {
		veiled: async () => (await veiled()).includes("#"),
		forget() { noticed = []; },
		somewhereOn() {
			for (let y = innerHeight - 20; y > 0; y -= 10)
				for (let x = innerWidth - 20; x > 0; x -= 10)
					// A button is smaller than this, the card is larger.
					if ([[x, y], [x - 120, y - 120]].every((at) => document.elementFromPoint(...at) === host()))
						return { x: x - 120, y: y - 120 };
		},
		async look() {
			const found = ["person", "organization", "Close", "Copy", "Found in this post", "93%", "85%"].filter((words) => {
				getSelection().removeAllRanges();
				return window.find(words, false, false, true) || String(getSelection()) !== "";
			});
			getSelection().removeAllRanges();
			getSelection().selectAllChildren(document.documentElement);
			const selected = String(getSelection());
			getSelection().removeAllRanges();
			await new Promise((resolve) => setTimeout(resolve, 50));
			const events = noticed.filter((one) => !/^(scroll|selectionchange)/.test(one));
			const hits = [];
			for (let y = 5; y < innerHeight; y += 30) for (let x = 5; x < innerWidth; x += 30)
				hits.push(document.elementsFromPoint(x, y).map((hit) => (hit === host() ? "#" : "")).join(""));
			const inside = host().getAnimations({ subtree: true }).length + document.getAnimations().length;
			return {
				found, selected, events, inside,
				hits: hits.map((hit) => hit || ".").join(""),
				veiled: await veiled(),
				markup: host().outerHTML, shadow: String(host().shadowRoot), computed: getComputedStyle(host()).cssText,
				box: JSON.stringify([host().getBoundingClientRect(), ...host().getClientRects()]),
				sizes: [host().scrollWidth, host().scrollHeight, host().clientHeight, host().offsetHeight,
					document.documentElement.scrollWidth, document.documentElement.scrollHeight],
				highlights: CSS.highlights.size, active: document.activeElement === host(),
				sheets: [document.styleSheets.length, document.adoptedStyleSheets.length, frames.length],
				named: Object.getOwnPropertyNames(window).filter((name) => /umie/i.test(name)),
				symbols: Object.getOwnPropertySymbols(window).map(String).filter((name) => /umie/i.test(name)),
				fonts: [...document.fonts].map(({ family, status }) => family + status),
				caret: document.caretPositionFromPoint(300, 100)?.offsetNode?.nodeName,
			};
		},
	};
});
`;

/** Adds up every layout shift of the page. */
const WATCH_SHIFTS = `
window.shifts = 0;
new PerformanceObserver((list) => {
	for (const { value } of list.getEntries()) window.shifts += value;
}).observe({ type: "layout-shift", buffered: true });
`;

/** Redefines what it can, once the replica itself has been built with it. */
const HOSTILE = `
addEventListener("DOMContentLoaded", () => {
const names = ["attachShadow", "getRootNode", "matches", "closest", "contains"];
for (const type of [Element, Node, ShadowRoot])
	for (const name of names)
		if (name in type.prototype) type.prototype[name] = () => { throw new Error("redefined"); };
Document.prototype.querySelectorAll = () => [];
Array.prototype.map = new Proxy(Array.prototype.map, {
	apply: (map, list, args) => {
		if (args[0]?.toString().includes("umie")) window.pwned = 1;
		return Reflect.apply(map, list, args);
	},
});
Object.defineProperty(window, "chrome", { value: { runtime: { sendMessage() { window.pwned = 1; } } } });
document.addEventListener("click", (event) => {
	if (event.composedPath().some((node) => node instanceof ShadowRoot)) window.pwned = 1;
}, true);
});
`;
