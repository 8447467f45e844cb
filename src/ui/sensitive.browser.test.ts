/** Tests that a view hides race, religion and charges, says so, and shows them when it is asked to. */
import { act, createElement } from "react";
import { createRoot } from "react-dom/client";
import { afterEach, expect, test } from "vitest";
import type { AllowedTypes } from "../core/sensitive.ts";
import { ResultView } from "./result-view.tsx";
import { AllowedContext } from "./sensitive.tsx";
import { EXAMPLE } from "./testing.ts";

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
const [head, tail] = EXAMPLE.entities;
const result = {
	...EXAMPLE,
	relations: [
		{ id: "r1", type: "religion", head: head!.id, tail: tail!.id, score: 0.9 },
		{ id: "r2", type: "peer", head: head!.id, tail: tail!.id, score: 0.9 },
	],
};
const place = document.body.appendChild(document.createElement("div"));
let root = createRoot(place);
afterEach(() => {
	void act(() => root.unmount());
	root = createRoot(place);
});

function show(allowed: AllowedTypes): void {
	const view = createElement(ResultView, { result, pictureUrl: null });
	void act(() => root.render(createElement(AllowedContext, { value: allowed }, view)));
}

const button = () => [...place.querySelectorAll("button")].find(({ textContent }) => textContent === "Show");

test("hidden records are counted, shown on request, and hidden again", () => {
	show([]);
	expect(place.textContent).toContain("1 record about religion is hidden.");
	expect(place.textContent?.match(/religion/g)?.length).toBe(1);
	expect(place.textContent).toContain("peer");
	void act(() => button()!.click());
	expect(place.textContent?.match(/religion/g)?.length).toBeGreaterThan(1);
	void act(() => button()!.click());
	expect(place.textContent?.match(/religion/g)?.length).toBe(1);
});

test("where the page or a label list allows them, nothing is hidden and nothing is said", () => {
	for (const allowed of ["all", ["religion"]] as const) {
		show(allowed);
		expect(button()).toBeUndefined();
		expect(place.textContent).toContain("religion");
	}
});
