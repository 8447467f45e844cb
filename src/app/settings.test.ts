/** Goes in: stored settings, whole and broken. Comes out: settings the page can use. */
import { describe, expect, test } from "vitest";
import { parseSettings, settingsOf } from "./settings.ts";
import { INITIAL } from "./state.ts";

describe("parseSettings", () => {
	test("settings survive storing", () => {
		const settings = settingsOf({ ...INITIAL, post: { text: "hi", picture: null }, labels: { ...INITIAL.labels, entityTypes: ["film"] } });
		expect(parseSettings(JSON.parse(JSON.stringify(settings)))).toEqual(settings);
	});

	test("nothing stored gives the defaults", () => {
		expect(parseSettings(null)).toEqual(settingsOf(INITIAL));
	});

	test("a broken part is left at its default, the others are kept", () => {
		const parsed = parseSettings({ text: "hi", options: { beams: 1e9 }, tasks: "all" });
		expect(parsed).toEqual({ ...settingsOf(INITIAL), text: "hi" });
	});

	test("picked files cannot be kept", () => {
		const choice = { kind: "files", name: "m", source: { kind: "files", files: [] } } as const;
		expect(settingsOf({ ...INITIAL, choice }).choice).toEqual({ kind: "built-in" });
	});
});
