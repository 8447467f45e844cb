/** The lists show what is sure, and fold the rest with its count. */
import { expect, test, vi } from "vitest";
import { EXAMPLE } from "../../ui/testing.ts";

vi.mock("../common/i18n.ts", () => ({ t: (key: string, ...more: readonly unknown[]) => [key, ...more].join(" ") }));
const { resultLists } = await import("./result-card.ts");

const shownText = (lists: HTMLElement) => {
	const copy = lists.cloneNode(true) as HTMLElement;
	copy.querySelector("details")?.remove();
	return copy.textContent ?? "";
};

test("everything is shown where nothing is unsure", () => {
	const lists = resultLists(EXAMPLE);
	expect(lists.querySelector("details")).toBeNull();
	for (const { text } of EXAMPLE.entities) expect(lists.textContent).toContain(text);
});

test("what is not sure is folded: records, and the roles of a sure event", () => {
	const [first, ...others] = EXAMPLE.entities;
	const event = EXAMPLE.events[0]!;
	const roles = event.arguments.map((role) => ({ ...role, role: "folded role", sure: false }));
	const lists = resultLists({
		...EXAMPLE,
		entities: [{ ...first!, type: "folded type", sure: false }, ...others],
		relations: EXAMPLE.relations.map((relation) => ({ ...relation, sure: false })),
		events: [{ ...event, sure: true, arguments: roles }],
	});
	const folded = lists.querySelector("details")!;
	const count = 1 + EXAMPLE.relations.length + roles.length;
	expect(folded.querySelector("summary")?.textContent).toBe(`lessSure ${count}`);
	expect(shownText(lists)).not.toMatch(/folded type|folded role/);
	expect(shownText(lists)).toContain(event.trigger.text);
	expect(folded.textContent).toMatch(/folded type.*folded role/);
	for (const { type } of EXAMPLE.relations) expect(folded.textContent).toContain(type);
});
