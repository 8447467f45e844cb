/** Makes the extension's manifest for each browser (Manifest V3). */
import { KNOWN_SITES } from "../../../src/extension/common/sites.ts";

export const BROWSERS = ["chrome", "firefox"] as const;
export type Browser = (typeof BROWSERS)[number];

/** The extension's own pages may load from and connect to themselves only. Messages to pages are not affected. */
export const POLICY = [
	"default-src 'none'",
	"script-src 'self' 'wasm-unsafe-eval'",
	"worker-src 'self'",
	"connect-src 'self'",
	"style-src 'self'",
	"img-src 'self'",
	"base-uri 'none'",
	"form-action 'none'",
	"frame-src 'none'",
].join("; ");

/**
 * Permissions that are requested at installation. The browser warns about none of them:
 * - activeTab: the page on which the person uses a menu, a key or the popup, until that page is left
 * - scripting: to put the content script into that page, and into the sites that were switched on
 * - storage: the settings
 * - contextMenus: "Extract from this text", "Extract from this picture"
 */
const PERMISSIONS = ["activeTab", "scripting", "storage", "contextMenus"] as const;

/**
 * Hosts that can be allowed later, one site at a time, when the person switches it on: the known sites, and every other
 * one, because Mastodon runs anywhere and people read feeds that we do not know. Nothing is read before the browser
 * has asked the person about that one host; `docs/extension/store.md` says so to the stores.
 */
const OPTIONAL_HOSTS = [
	...Object.values(KNOWN_SITES).flatMap(({ hosts }) =>
		hosts.flatMap((host) => [`https://${host}/*`, `https://*.${host}/*`]),
	),
	"https://*/*",
];

const ICONS = Object.fromEntries([16, 32, 48, 128].map((size) => [size, `icons/${size}.png`]));

const OWN: Readonly<Record<Browser, Readonly<Record<string, unknown>>>> = {
	chrome: {
		// From this version on WebAssembly can be suspended (JSPI), so one build of the runtime is enough for WebGPU.
		minimum_chrome_version: "137",
		// offscreen: the engine needs a document that outlives the service worker; sidePanel: the collected results.
		permissions: [...PERMISSIONS, "offscreen", "sidePanel"],
		background: { service_worker: "background.js", type: "module" },
		side_panel: { default_path: "panel.html" },
		// Cross-origin isolation gives WASM its threads.
		cross_origin_embedder_policy: { value: "require-corp" },
		cross_origin_opener_policy: { value: "same-origin" },
	},
	firefox: {
		permissions: [...PERMISSIONS],
		background: { page: "background.html" },
		sidebar_action: {
			default_panel: "panel.html",
			default_title: "__MSG_panelTitle__",
			default_icon: ICONS,
			open_at_install: false,
		},
		browser_specific_settings: {
			// 142: `data_collection_permissions`, on Android, too.
			gecko: {
				id: "umie@umie-web.invalid",
				strict_min_version: "142.0",
				data_collection_permissions: { required: ["none"] },
			},
		},
	},
};

/** @param homepage address of the project, if it has one */
export function manifestFor(browser: Browser, version: string, homepage?: string): Record<string, unknown> {
	return {
		manifest_version: 3,
		name: "__MSG_extName__",
		description: "__MSG_extDescription__",
		version,
		...(homepage === undefined ? {} : { homepage_url: homepage }),
		default_locale: "en",
		icons: ICONS,
		action: { default_popup: "popup.html", default_icon: ICONS },
		options_ui: { page: "options.html", open_in_tab: true },
		optional_host_permissions: OPTIONAL_HOSTS,
		commands: { "extract-here": { suggested_key: { default: "Alt+Shift+E" }, description: "__MSG_commandExtract__" } },
		content_security_policy: { extension_pages: POLICY },
		...OWN[browser],
	};
}
