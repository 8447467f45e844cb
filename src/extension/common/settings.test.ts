/** Checks that settings are always complete, whatever the browser stored. */
import { expect, test } from "vitest";
import { parseSettings, requestOf, SETTINGS_DEFAULTS } from "./settings.ts";

test("nothing stored gives the defaults", () => {
	for (const stored of [undefined, null, 7, "settings", []]) expect(parseSettings(stored)).toEqual(SETTINGS_DEFAULTS);
});

test("a broken field costs only itself", () => {
	const sites = { x: { name: "X", origins: ["https://x.com/*"], auto: true } };
	expect(parseSettings({ sites, beams: 99, device: "abacus", tasks: ["mee"] })).toEqual({
		...SETTINGS_DEFAULTS,
		sites,
		tasks: ["mee"],
	});
});

test("labels the engine would refuse are not kept", () => {
	expect(parseSettings({ labels: { entityTypes: ["person", "person"] } }).labels).toEqual({});
	expect(parseSettings({ labels: { entityTypes: ["band", "song"] } }).labels).toEqual({
		entityTypes: ["band", "song"],
	});
});

test("the request is what the engine takes", () => {
	expect(requestOf({ ...SETTINGS_DEFAULTS, beams: 2, labels: { entityTypes: ["band"] } })).toEqual({
		tasks: ["mner", "mre"],
		labels: { entityTypes: ["band"] },
		beams: 2,
	});
});
