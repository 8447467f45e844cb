/** Checks that the page can use what an earlier visit stored, whole or broken. */
import { describe, expect, test } from "vitest";
import { EXAMPLE } from "../../ui/testing.ts";
import { parseParts, parseSettings, parseShown, settingsOf } from "./settings.ts";
import { INITIAL, NO_EXTRAS } from "./state.ts";

describe("parseSettings", () => {
	test("settings survive storing", () => {
		const settings = settingsOf({
			...INITIAL,
			post: { text: "hi", picture: null },
			labels: { ...INITIAL.labels, entityTypes: ["film"] },
		});
		expect(parseSettings(JSON.parse(JSON.stringify(settings)))).toEqual(settings);
	});

	test("nothing stored gives the defaults", () => {
		expect(parseSettings(null)).toEqual(settingsOf(INITIAL));
	});

	test("a broken part is left at its default, the others are kept", () => {
		const parsed = parseSettings({ text: "hi", options: { beams: 1e9 }, tasks: "all" });
		expect(parsed).toEqual({ ...settingsOf(INITIAL), text: "hi" });
	});

	test("choices of an earlier version stay, and options that it did not know are at their defaults", () => {
		const extras = { tasks: ["gmner"], style: "mqa", arguments: "trigger", untrained: "ask" };
		expect(parseSettings({ extras }).extras).toEqual({ ...NO_EXTRAS, ...extras });
		// The former name of the prefilter.
		const { extras: read } = parseSettings({ extras: { ...extras, screen: "off" } });
		expect(read).toEqual({ ...NO_EXTRAS, ...extras, prefilter: "off" });
	});

	test("every option of a request is kept", () => {
		const extras = { ...NO_EXTRAS, words: "tokens", maxPairs: 3 } as const;
		const options = { ...INITIAL.options, gate: 0.25, beams: 2 };
		const stored = JSON.parse(JSON.stringify(settingsOf({ ...INITIAL, extras, options })));
		expect(parseSettings(stored)).toMatchObject({ extras, options });
	});

	test("picked files cannot be kept", () => {
		const choice = { kind: "files", name: "m", source: { kind: "files", files: [] } } as const;
		expect(settingsOf({ ...INITIAL, choice }).choice).toEqual({ kind: "built-in", name: null });
	});

	test("a chosen built-in model is kept; a choice without a name, or of a model that is gone, is none", () => {
		const choice = { kind: "built-in", name: "umie-nano" } as const;
		expect(parseSettings({ choice }).choice).toEqual(choice);
		expect(parseSettings({ choice: { kind: "built-in" } }).choice).toEqual({ kind: "built-in", name: null });
		expect(parseSettings({ choice: { kind: "built-in", name: "umie-gone" } }).choice).toEqual({
			kind: "built-in",
			name: null,
		});
	});

	test("the address of a person's own bundle stays chosen", () => {
		const choice = { kind: "url", url: "https://example.org/my-bundle/" } as const;
		expect(parseSettings({ choice }).choice).toEqual(choice);
	});
});

describe("pictures of steps and a form of an earlier visit", () => {
	const bytes = new Uint8Array([7]);
	const layout = { name: "form", words: [{ text: "City", box: [0, 0, 30, 10] }] };

	test("come back", () => {
		expect(parseParts({ stepPictures: [null, { name: "a.png", bytes: bytes.buffer }], layout })).toEqual({
			stepPictures: [null, { name: "a.png", bytes }],
			layout,
		});
	});

	test.each([
		["nothing", undefined],
		["a list of something else", { stepPictures: ["a.png"] }],
		["more pictures than steps can be", { stepPictures: Array.from({ length: 101 }, () => null) }],
		["a form without boxes", { layout: { name: "form", words: [{ text: "City" }] } }],
	])("%s is left alone", (_, value) => {
		expect(parseParts(value)).toEqual({});
	});
});

describe("a corrected result of an earlier visit", () => {
	const stored = { result: EXAMPLE, undone: [], picture: { name: "a.png", bytes: new Uint8Array([7]).buffer } };

	test("comes back with its picture", () => {
		expect(parseShown(stored)).toEqual({
			result: EXAMPLE,
			undone: [],
			picture: { name: "a.png", bytes: new Uint8Array([7]) },
		});
	});

	test.each([
		["nothing", null],
		["a result of another version", { ...stored, result: { ...EXAMPLE, format: "umie-result/0" } }],
		["a mention outside its text", { ...stored, result: { ...EXAMPLE, text: "short" } }],
	])("%s is left alone", (_, value) => {
		expect(parseShown(value)).toBeNull();
	});
});
