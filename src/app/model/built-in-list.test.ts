/** What the list of built-in models says, whatever models the project has. */
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { tinyManifest } from "../../tasks/tiny-codec.ts";
import { BuiltInList } from "./built-in-list.tsx";

const models = [
	{ name: "large", title: "More exact", suits: "For most devices." },
	{ name: "little", title: "Quick", suits: "For slow phones." },
] as const;
const files = { "a.weights": { bytes: 38_000_000, sha256: "0".repeat(64) } };
const manifests = { large: { ...tinyManifest(), files, languages: ["en", "de"] } };

const html = (slow: string | null, chosen: "large" | "little" | null) =>
	renderToStaticMarkup(
		createElement(BuiltInList<"large" | "little">, {
			models,
			manifests,
			chosen,
			suggested: slow ? "little" : "large",
			slow,
			onChoose: () => {},
		}),
	);

/** Without React's ids and the markup. */
const text = (markup: string) =>
	markup
		.replaceAll(/<[^>]*>/g, " ")
		.replaceAll(/\s+/g, " ")
		.trim();

test("each model stands with size, languages and for whom it is; what could not be read is left out", () => {
	expect(text(html(null, "large"))).toBe(
		"More exact (default) For most devices. large · 38.0 MB · English and German Quick For slow phones. little",
	);
});

test("the model in force is checked, none where another one is open", () => {
	const checked = (markup: string) =>
		[...markup.matchAll(/<input[^>]*checked[^>]*>/g)].map(([input]) => /value="(\w+)"/.exec(input)?.[1]);
	expect(checked(html(null, "little"))).toEqual(["little"]);
	expect(checked(html(null, null))).toEqual([]);
});

test("on a slow device the light model is the default, and the reason is told", () => {
	const shown = text(html("2 GB of memory and 8 processor cores", "little"));
	expect(shown).toContain("Quick (default on this device) For slow phones.");
	expect(shown).toContain("This device reports 2 GB of memory and 8 processor cores, so little is the default here.");
	expect(text(html(null, "large"))).not.toContain("This device");
});
