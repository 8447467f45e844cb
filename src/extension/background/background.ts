/** Routes messages: from menus, keys and permission changes to pages, and from content scripts to the engine's host. */
import { api, type MenuClick, type Tab } from "../common/api.ts";
import { t } from "../common/i18n.ts";
import type { PageSettings, ToContent, WakeAnswer, Wish } from "../common/messages.ts";
import { allowedTypes, loadSettings } from "../common/settings.ts";
import { siteOf } from "../common/sites.ts";
import { CONTENT_FILE, syncRegistrations } from "./registrations.ts";

interface BackgroundOptions {
	/** Starts the engine's host if it does not run. @returns whether it runs now */
	readonly wakeHost: () => Promise<boolean>;
}

const MENU = { selection: "menuSelection", image: "menuImage" } as const;

async function pageSettings(url: string | undefined): Promise<PageSettings> {
	const site = url === undefined ? null : siteOf(url);
	const settings = await loadSettings();
	const found = site && settings.sites[site.key];
	return { on: found != null, auto: found?.auto === true, allowed: allowedTypes(settings) };
}

/** Sends to a tab that may have no content script; nothing happens then. */
async function sendToTab(tab: number, message: ToContent): Promise<void> {
	await api.tabs.sendMessage(tab, message).catch(() => undefined);
}

/** Puts the content script into the tab that the person just used (`activeTab`), and sends it the wish. */
export async function fulfil(tab: Tab | undefined, wish: Wish): Promise<void> {
	if (tab?.id === undefined) return;
	await api.scripting.executeScript({ target: { tabId: tab.id }, files: [CONTENT_FILE] });
	await sendToTab(tab.id, { kind: "wish", wish });
}

function wishOf({ menuItemId, srcUrl }: MenuClick): Wish | null {
	if (menuItemId === "selection") return { kind: "selection" };
	return menuItemId === "image" && srcUrl !== undefined ? { kind: "image", src: srcUrl } : null;
}

async function makeMenus(): Promise<void> {
	await api.contextMenus.removeAll();
	for (const [id, title] of Object.entries(MENU)) api.contextMenus.create({ id, title: t(title), contexts: [id] });
}

/** After a change of sites or permissions: registers the scripts for pages to come, and notifies the open ones. */
async function syncPages(): Promise<void> {
	await syncRegistrations(await loadSettings());
	for (const { id } of await api.tabs.query({})) if (id !== undefined) await sendToTab(id, { kind: "changed" });
}

export function startBackground({ wakeHost }: BackgroundOptions): void {
	const ANSWERS: Readonly<Record<string, (url: string | undefined) => Promise<unknown>>> = {
		wake: async (): Promise<WakeAnswer> => ({ ok: await wakeHost() }),
		page: pageSettings,
		settings: loadSettings,
	};
	// One at a time: two at once would register the same script twice.
	let syncing: Promise<void> = Promise.resolve();
	const sync = () => {
		syncing = syncing.then(syncPages).catch((error: unknown) => console.error(error));
	};
	api.runtime.onMessage.addListener((message, sender, answer) => {
		const kind = (message as { kind?: unknown } | null)?.kind;
		const answerOf = typeof kind === "string" && Object.hasOwn(ANSWERS, kind) ? ANSWERS[kind] : undefined;
		if (!answerOf) return undefined;
		answerOf(sender.tab?.url ?? sender.url).then(answer, () => answer(null));
		return true;
	});
	api.runtime.onInstalled.addListener(() => {
		void makeMenus();
		sync();
	});
	api.runtime.onStartup.addListener(() => void makeMenus());
	api.storage.onChanged.addListener((_, area) => {
		if (area === "local") sync();
	});
	api.permissions.onAdded.addListener(sync);
	api.permissions.onRemoved.addListener(sync);
	api.contextMenus.onClicked.addListener((click, tab) => {
		const wish = wishOf(click);
		if (wish) void fulfil(tab, wish);
	});
	api.commands.onCommand.addListener((command, tab) => {
		if (command === "extract-here") void fulfil(tab, { kind: "here" });
	});
}
