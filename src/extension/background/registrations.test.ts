/** Tests that scripts go exactly where a site is switched on and allowed. */
import { expect, test } from "vitest";
import { scriptsFor } from "./registrations.ts";

const site = (...origins: string[]) => ({ name: "", origins, auto: false });

test("a site that is on but not allowed gets no script", () => {
	expect(scriptsFor({ sites: { x: site("https://x.com/*") } }, new Set())).toEqual([]);
});

test("allowed sites share one script", () => {
	const sites = { x: site("https://x.com/*", "https://twitter.com/*"), bluesky: site("https://bsky.app/*") };
	const scripts = scriptsFor({ sites }, new Set(["https://x.com/*", "https://bsky.app/*", "https://reddit.com/*"]));
	expect(scripts.map(({ matches }) => matches)).toEqual([["https://x.com/*", "https://bsky.app/*"]]);
});
