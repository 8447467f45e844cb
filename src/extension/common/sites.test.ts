/** Tests which site a page belongs to, and which hosts it allows. */
import { describe, expect, test } from "vitest";
import { knownSite, siteOf } from "./sites.ts";

describe("siteOf", () => {
	test("a known site requests all its hosts at once", () => {
		expect(siteOf("https://twitter.com/someone/status/1")).toEqual({
			key: "x",
			name: "X",
			origins: ["https://x.com/*", "https://*.x.com/*", "https://twitter.com/*", "https://*.twitter.com/*"],
		});
	});
	test("a Mastodon server requests itself only", () => {
		expect(siteOf("https://mastodon.social/@someone")?.origins).toEqual(["https://mastodon.social/*"]);
	});
	test("a port is part of the key but not of the pattern, which has none", () => {
		expect(siteOf("http://localhost:8080/a")).toEqual({
			key: "localhost:8080",
			name: "localhost",
			origins: ["http://localhost/*"],
		});
	});
	test("pages of the browser and local files have no site", () => {
		for (const address of ["chrome://settings", "about:blank", "file:///tmp/a.html", "not an address"])
			expect(siteOf(address)).toBeNull();
	});
});

describe("knownSite", () => {
	test("subdomains count, hosts that only end alike do not", () => {
		expect(knownSite(new URL("https://old.reddit.com/r/all"))).toBe("reddit");
		expect(knownSite(new URL("https://notx.com/"))).toBeNull();
		expect(knownSite(new URL("https://x.com.example.org/"))).toBeNull();
	});
});
