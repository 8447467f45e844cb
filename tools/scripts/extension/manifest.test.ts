/** Tests that both manifests request no more than was promised. */
import { expect, test } from "vitest";
import { BROWSERS, manifestFor, POLICY } from "./manifest.ts";

test.each(BROWSERS)("%s: no site is read before the person allows it", (browser) => {
	const manifest = manifestFor(browser, "1.0");
	expect(manifest.host_permissions).toBeUndefined();
	expect(manifest.content_scripts).toBeUndefined();
	expect(manifest.permissions).not.toContain("tabs");
	expect(manifest.permissions).not.toContain("unlimitedStorage");
	expect(manifest.web_accessible_resources).toBeUndefined();
	// Encrypted pages only, and each is asked about by itself.
	const hosts = manifest.optional_host_permissions as readonly string[];
	expect(hosts.filter((host) => !host.startsWith("https://"))).toEqual([]);
});

test("the homepage is the package's", () => {
	expect(manifestFor("chrome", "1.0", "https://example.org/").homepage_url).toBe("https://example.org/");
	expect(manifestFor("chrome", "1.0")).not.toHaveProperty("homepage_url");
});

test("only Chrome requests an offscreen document and a side panel", () => {
	expect(manifestFor("chrome", "1.0").permissions).toEqual([
		"activeTab",
		"scripting",
		"storage",
		"contextMenus",
		"offscreen",
		"sidePanel",
	]);
	expect(manifestFor("firefox", "1.0").permissions).toEqual(["activeTab", "scripting", "storage", "contextMenus"]);
});

test("the extension's pages can connect only to themselves", () => {
	const sources = POLICY.split("; ").map((rule) => rule.split(" ").slice(1));
	expect(new Set(sources.flat())).toEqual(new Set(["'none'", "'self'", "'wasm-unsafe-eval'"]));
});
