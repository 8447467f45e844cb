/** The popup: switches the site of the current tab on or off, and leads to the settings and the side panel. */
import { fulfil } from "../background/background.ts";
import { api, type Tab } from "../common/api.ts";
import { t } from "../common/i18n.ts";
import type { PageStatus } from "../common/messages.ts";
import { changeSettings, loadSettings, type Settings } from "../common/settings.ts";
import { type Site, siteOf } from "../common/sites.ts";
import { button, element } from "../view/dom.ts";
import { checkbox, settingsForm } from "./form.ts";
import { byId, translate } from "./page.ts";

const without = (sites: Settings["sites"], key: string): Settings["sites"] =>
	Object.fromEntries(Object.entries(sites).filter(([name]) => name !== key));

/**
 * The browser asks the person for permission, which it allows only on a click. The site is stored before the answer,
 * because Firefox closes the popup when it asks.
 * @returns a problem to show; empty: none
 */
async function switchSite({ key, name, origins }: Site, on: boolean): Promise<string> {
	if (!on) {
		await changeSettings(({ sites }) => ({ sites: without(sites, key) }));
		await api.permissions.remove({ origins: [...origins] });
		return "";
	}
	const granted = api.permissions.request({ origins: [...origins] });
	await changeSettings(({ sites }) => ({ sites: { ...sites, [key]: { name, origins, auto: false } } }));
	if (await granted) return "";
	await changeSettings(({ sites }) => ({ sites: without(sites, key) }));
	return t("permissionRefused");
}

async function statusOf(tab: Tab): Promise<string> {
	const status = (await api.tabs.sendMessage(tab.id ?? -1, { kind: "status" }).catch(() => null)) as PageStatus | null;
	if (!status) return "";
	return status.trouble ?? (status.on ? t("statusPosts", status.posts, status.done) : "");
}

function drawSite(site: Site, tab: Tab, { sites }: Settings, problem: string): void {
	const found = sites[site.key];
	const status = element("p", { class: "quiet", role: "status" }, problem);
	const change = async (work: Promise<string>) => {
		const message = await work;
		drawSite(site, tab, await loadSettings(), message);
	};
	const onSwitch = checkbox(t("onThisSite", site.name), found !== undefined, (on) => void change(switchSite(site, on)));
	const setAuto = async (auto: boolean) => {
		await changeSettings(({ sites: all }) => {
			const before = all[site.key];
			return before ? { sites: { ...all, [site.key]: { ...before, auto } } } : {};
		});
		return "";
	};
	const autoSwitch = found && checkbox(t("auto"), found.auto, (auto) => void change(setAuto(auto)));
	// Addresses without encryption are not among those that can be allowed; they are read on request.
	const switches = site.origins.every((origin) => origin.startsWith("https:")) ? [onSwitch] : [];
	byId("site").replaceChildren(...switches, ...(autoSwitch ? [autoSwitch] : []), status);
	if (problem === "") {
		void statusOf(tab).then((message) => {
			status.textContent = message;
		});
	}
}

async function openPanel({ windowId }: Tab): Promise<void> {
	await (api.sidePanel ? api.sidePanel.open({ windowId }) : api.sidebarAction?.open());
	close();
}

async function start(): Promise<void> {
	translate("extName");
	const [[tab], settings] = await Promise.all([api.tabs.query({ active: true, currentWindow: true }), loadSettings()]);
	const site = tab?.url === undefined ? null : siteOf(tab.url);
	if (tab && site) drawSite(site, tab, settings, "");
	else byId("site").append(element("p", { class: "quiet" }, t("notHere")));
	byId("settings").append(settingsForm(settings, ["tasks", "entityTypes", "model", "device"]));
	const extract = button({ class: "button" }, () => void fulfil(tab, { kind: "page" }).then(close), t("extractPage"));
	extract.disabled = !site;
	const panel = button({ class: "button" }, () => void (tab && openPanel(tab)), t("openPanel"));
	const options = button({ class: "button" }, () => void api.runtime.openOptionsPage().then(close), t("openOptions"));
	byId("buttons").append(extract, panel, options);
}

void start();
